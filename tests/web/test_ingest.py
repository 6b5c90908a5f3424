"""The score ingest over HTTP: senders, stored rows, refusals with reasons."""

import asyncio
import json
import time
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import milliseconds
from bot.web.rows import MOST_ROWS
from storage import follows, schema, shops
from tests.web.conftest import KEY, OLD_KEY, ZONE, Served, served, signature

TODAY = datetime.now(ZONE).date()
JSON = {"Content-Type": "application/json"}
NO_NUMBER = "wants a number in plain digits, like 4.2, or null for no score"


def row(shop: str = "S1", day: date | str = TODAY, score: object = 4.2, **more: object) -> dict[str, object]:
    return {"shop_id": shop, "day": str(day), "score": score, **more}


async def stored(web: Served) -> list[tuple[str, date, int]]:
    """All scores, as shop, day and hundredths."""
    refs = {shop.id: shop.ref for shop in await web.rows(schema.shops)}
    return sorted((refs[one.shop_id], one.day, one.hundredths) for one in await web.rows(schema.scores))


async def nothing_is_stored(web: Served) -> bool:
    tables = (schema.scores, schema.shops, schema.newest, schema.nonces, schema.ingests)
    return not any([await web.rows(table) for table in tables])


async def test_rows_are_stored_and_counted(web: Served) -> None:
    rows = [row("S1", score=4.2), row("S2", score="3.85"), row("S2", TODAY - timedelta(1), score=4, closures=1)]
    reply = await web.ingest(rows)
    assert (reply.status, reply.json) == (
        200,
        {
            "rows": 3,
            "left_alone": [],
            "new": 3,
            "corrected": 0,
            "same": 0,
            "shops_registered": 2,
            "closings_told": 0,
            "corrections": [],
            "unknown_count": 0,
            "unknown": [],
        },
    )
    assert await stored(web) == [("S1", TODAY, 420), ("S2", TODAY - timedelta(1), 400), ("S2", TODAY, 385)]
    assert [(shop.ref, shop.closures) for shop in await web.rows(schema.shops)] == [("S1", None), ("S2", 1)]


def unasked(*rows: dict[str, object]) -> bytes:
    """The body of a call that does not ask to register shops."""
    return json.dumps({"rows": rows}).encode()


async def test_rows_of_unknown_shops_are_named_and_left_out_and_the_others_stored(web: Served) -> None:
    await follower(web, "S1", 101)
    reply = await web.ingest(unasked(row("S1"), row("S2"), row("S3", closures=1), row("S2", TODAY - timedelta(1))))
    found = reply.json
    assert (reply.status, found["rows"], found["new"], found["same"], found["shops_registered"]) == (200, 4, 1, 0, 0)
    assert (found["unknown_count"], found["unknown"]) == (2, ["S2", "S3"])
    assert await stored(web) == [("S1", TODAY, 420)]
    assert [shop.ref for shop in await web.rows(schema.shops)] == ["S1"]


async def test_a_call_may_ask_to_register_or_say_that_it_does_not(web: Served) -> None:
    body = {"rows": [row("S1")], "register": False}
    assert (await web.ingest(json.dumps(body).encode())).json["unknown"] == ["S1"]
    assert (await web.ingest(json.dumps(body | {"register": True}).encode())).json["shops_registered"] == 1


async def test_a_row_told_again_is_the_same_and_another_score_a_correction(web: Served) -> None:
    await web.ingest([row("S1", score=4.2), row("S2", score=4.0)])
    reply = await web.ingest([row("S1", score="4.20"), row("S2", score=3.9)])
    assert reply.json == {
        "rows": 2,
        "left_alone": [],
        "new": 0,
        "corrected": 1,
        "same": 1,
        "shops_registered": 0,
        "closings_told": 0,
        "corrections": [{"shop_id": "S2", "day": str(TODAY), "score": "score", "before": "4.00", "after": "3.90"}],
        "unknown_count": 0,
        "unknown": [],
    }
    assert await stored(web) == [("S1", TODAY, 420), ("S2", TODAY, 390)]


async def test_a_number_is_what_was_written_not_what_a_float_makes_of_it(web: Served) -> None:
    body = (
        b'{"register": true, "rows": [{"shop_id": "S1", "day": "%s", "score": 4.350000000000000088}]}'
        % str(TODAY).encode()
    )
    assert float("4.350000000000000088") == 4.35
    assert (await web.ingest(body)).json["problems"][0]["got"] == "4.350000000000000088"
    assert (await web.ingest(body.replace(b"4.350000000000000088", b"4.350"))).status == 200
    assert await stored(web) == [("S1", TODAY, 435)]


async def test_both_keys_are_good_and_no_other(web: Served) -> None:
    assert (await web.ingest([row("S1")], KEY)).status == 200
    assert (await web.ingest([row("S2")], OLD_KEY)).status == 200
    reply = await web.ingest([row("S3")], b"a key that nobody has agreed on")
    assert (reply.status, reply.error) == (401, "X-Alliance-Signature does not fit this request and any key")
    assert [shop.ref for shop in await web.rows(schema.shops)] == ["S1", "S2"]


async def test_without_a_secret_the_ingest_is_off(engine: AsyncEngine) -> None:
    async with served(engine, keys=()) as web:
        reply = await web.ingest([row()])
        assert (reply.status, reply.json) == (404, {"error": "the ingest is off: INGEST_SECRET is empty"})
        assert await nothing_is_stored(web)


async def test_another_time_body_query_or_missing_header_does_not_pass(web: Served) -> None:
    body, path = json.dumps({"rows": [row()]}).encode(), "/ingest/scores?from=erp"
    late = await web.ingest(body, **signature(body, at=int(time.time()) - 310))
    other = await web.ingest(body, **signature(body + b" "))
    elsewhere = await web.ingest(body, **signature(body, path=path))
    bare = await web.ask("POST", "/ingest/scores", body, JSON)
    assert [reply.status for reply in (late, other, elsewhere, bare)] == [401, 401, 401, 401]
    assert late.error == "X-Alliance-Timestamp is more than 300 s away from the clock here"
    assert bare.error.startswith("not signed")
    assert await nothing_is_stored(web)
    assert (await web.ask("POST", path, body, JSON | signature(body, path=path))).status == 200


async def test_a_call_that_is_sent_again_as_it_is_is_refused(web: Served) -> None:
    body = json.dumps({"rows": [row()]}).encode()
    signed = signature(body)
    assert (await web.ingest(body, **signed)).status == 200
    again = await web.ingest(body, **signed)
    assert (again.status, again.error) == (409, "X-Alliance-Nonce was used before: sign every try anew")


async def test_a_nonce_is_forgotten_when_its_window_is_long_over(web: Served) -> None:
    await web.ingest([row()])
    (known,) = await web.rows(schema.nonces)
    assert 590_000 < known.until - milliseconds(web.parts.clock) <= 600_000
    async with web.parts.engine.begin() as conn:
        await conn.execute(schema.nonces.update().values(until=1))
    await web.ingest([row()])
    assert known.nonce not in [one.nonce for one in await web.rows(schema.nonces)]


async def test_the_same_key_and_body_is_answered_the_same_and_stores_nothing(web: Served) -> None:
    rows = [row(score=4.2)]
    first = await web.ingest(rows, Idempotency_Key="day-1")
    await web.ingest([row(score=4.3)])
    again = await web.ingest(rows, Idempotency_Key="day-1")
    assert (again.status, again.text) == (200, first.text)
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")
    assert await stored(web) == [("S1", TODAY, 430)]


async def test_a_key_belongs_to_the_body_that_was_taken_with_it(web: Served) -> None:
    assert (await web.ingest([row(score=9)], Idempotency_Key="day-1")).status == 422  # the key stays free
    assert (await web.ingest([row(score=4.2)], Idempotency_Key="day-1")).status == 200
    reply = await web.ingest([row(score=4.3)], Idempotency_Key="day-1")
    assert (reply.status, reply.error) == (409, "Idempotency-Key was used before with another body")
    assert await stored(web) == [("S1", TODAY, 420)]


async def test_of_many_calls_with_one_key_at_once_one_is_stored(web: Served) -> None:
    replies = await asyncio.gather(*(web.ingest([row()], Idempotency_Key="day-1") for _ in range(8)))
    assert {reply.text for reply in replies} == {replies[0].text}
    assert replies[0].json["new"] == 1
    assert sorted(reply.headers.get("Idempotent-Replayed", "") for reply in replies) == ["", *["true"] * 7]


async def test_one_bad_row_and_nothing_is_stored(web: Served) -> None:
    reply = await web.ingest([row("S1"), row("S2", score=5.01), row("S 3", "2022-02-30", "4 stars")])
    assert reply.status == 422
    assert reply.json == {
        "error": 'nothing stored: 2 of 3 rows are wrong; row 2, "score": off the scale, which goes from 0 to 5',
        "problems": [
            {"row": 2, "field": "score", "error": "off the scale, which goes from 0 to 5", "got": "5.01"},
            {"row": 3, "field": "shop_id", "error": "wants text of 1 to 64 characters without spaces", "got": '"S 3"'},
            {"row": 3, "field": "day", "error": "wants a day like 2022-10-01", "got": '"2022-02-30"'},
            {"row": 3, "field": "score", "error": NO_NUMBER, "got": '"4 stars"'},
        ],
        "problem_count": 4,
    }
    assert await nothing_is_stored(web)


async def test_the_first_twenty_problems_are_named_and_all_are_counted(web: Served) -> None:
    reply = await web.ingest([row(f"S{number}", score=7) for number in range(30)])
    assert (len(reply.json["problems"]), reply.json["problem_count"]) == (20, 30)
    assert reply.error.startswith("nothing stored: 30 of 30 rows are wrong; row 1,")


BAD_CELLS = {
    "no id": ({"shop_id": None}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "a number as id": ({"shop_id": 17}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "an empty id": ({"shop_id": ""}, "shop_id", "empty"),
    "a long id": ({"shop_id": "S" * 65}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "a space after the id": ({"shop_id": "S1 "}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "a NUL in the id": ({"shop_id": "S\0"}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "half a character": ({"shop_id": "\ud800"}, "shop_id", "wants text of 1 to 64 characters without spaces"),
    "a formula": ({"shop_id": "=1+1"}, "shop_id", "begins like a formula"),
    "an id as a spreadsheet rounds it": ({"shop_id": "1.23E+15"}, "shop_id", "a spreadsheet has rounded this id"),
    "a day of another form": ({"day": "2022/10/10"}, "day", "wants a day like 2022-10-01"),
    "a day that is a number": ({"day": 20221010}, "day", "wants a day like 2022-10-01"),
    "tomorrow": ({"day": str(TODAY + timedelta(1))}, "day", "this day is still to come"),
    "below zero": ({"score": -0.1}, "score", "off the scale, which goes from 0 to 5"),
    "stars": ({"score": "5星"}, "score", NO_NUMBER),
    "an exponent": ({"score": 4e0 * 10**30}, "score", NO_NUMBER),
    "true": ({"score": True}, "score", NO_NUMBER),
    "too precise": ({"score": 4.123}, "score", "has more decimals than the scale"),
    "a nested score": ({"score": [4.2]}, "score", NO_NUMBER),
    "a count in words": ({"closures": "1"}, "closures", "wants a whole number from 0 to 9999, or null"),
    "half a closing": ({"closures": 0.5}, "closures", "wants a whole number from 0 to 9999, or null"),
    "less than no closing": ({"closures": -1}, "closures", "wants a whole number from 0 to 9999, or null"),
}


async def test_a_bad_cell_is_named(web: Served) -> None:
    for name, (cells, field, error) in BAD_CELLS.items():
        reply = await web.ingest([row() | cells])
        assert reply.status == 422, name
        assert [(one["row"], one["field"], one["error"]) for one in reply.json["problems"]] == [(1, field, error)]
    assert await nothing_is_stored(web)


async def test_a_missing_field_is_named(web: Served) -> None:
    reply = await web.ingest([{"shop_id": "S1"}, 7])
    assert [(one["row"], one["field"], one["error"]) for one in reply.json["problems"]] == [
        (1, "day", "missing"),
        (1, "score", "missing"),
        (2, None, "wants an object with shop_id, day and a score"),
    ]


async def test_a_field_of_another_name_is_left_alone_and_named(web: Served) -> None:
    reply = await web.ingest([row("S1", product_score=4, name="花店"), row("S2", name="茶店")])
    assert (reply.json["rows"], reply.json["new"], reply.json["left_alone"]) == (2, 2, ["name", "product_score"])
    mistyped = await web.ingest([{"shop_id": "S1", "day": str(TODAY), "scor": 4.2}])
    assert [(one["field"], one["error"]) for one in mistyped.json["problems"]] == [("score", "missing")]


async def test_every_score_of_the_edition_has_a_field_and_each_may_be_left_out(engine: AsyncEngine) -> None:
    async with served(engine, edition="2026-07-29") as web:
        rows = [row("S1", score=85, product_score="50"), {"shop_id": "S2", "day": str(TODAY), "product_score": 66}]
        reply = await web.ingest(rows)
        assert (reply.json["rows"], reply.json["new"], reply.json["left_alone"]) == (2, 3, [])
        found = [(one.shop_id, one.fact, one.hundredths) for one in await web.rows(schema.scores)]
        assert sorted(found) == [(1, "product_score", 5000), (1, "score", 8500), (2, "product_score", 6600)]
        off = await web.ingest([row("S1", score=85, product_score=101)])
        assert [(one["field"], one["error"]) for one in off.json["problems"]] == [
            ("product_score", "off the scale, which goes from 0 to 100")
        ]


@pytest.mark.parametrize("written", [None, "", "暂无", "-", "N/A"])
async def test_no_score_is_stored_as_a_state_of_its_own(web: Served, written: object) -> None:
    await web.ingest([row("S1", TODAY - timedelta(1), score=4.2)])
    reply = await web.ingest([row("S1", score=written)])
    assert (reply.status, reply.json["new"]) == (200, 1)
    (newest,) = await web.rows(schema.newest)
    assert (newest.day, newest.hundredths) == (TODAY, None)


async def test_two_scores_for_one_shop_and_day_contradict_each_other(web: Served) -> None:
    assert (await web.ingest([row(score=4), row(score="4.0")])).json["rows"] == 1
    reply = await web.ingest([row(score=4), row(score=4.1)])
    assert (reply.status, reply.json["problems"][0]["error"]) == (422, "stands already, with another value, in row 1")


MALFORMED = {
    "nothing": (b"", "the body is not JSON in UTF-8: expecting value at character 0"),
    "half a body": (b'{"rows": [', "the body is not JSON in UTF-8: expecting value at character 10"),
    "NaN": (b'{"rows": [{"score": NaN}]}', "the body is not JSON in UTF-8: NaN is no number"),
    "infinity": (b'{"rows": [-Infinity]}', "the body is not JSON in UTF-8: -Infinity is no number"),
    "a name twice": (
        b'{"rows": [{"score": 4, "score": 5}]}',
        "the body is not JSON in UTF-8: a name stands twice in one object",
    ),
    "GB18030": ('{"rows": "店"}'.encode("gb18030"), "the body is not JSON in UTF-8: byte 10 is not UTF-8"),
    "UTF-16": ('{"rows": []}'.encode("utf-16"), "the body is not JSON in UTF-8: byte 0 is not UTF-8"),
    "a tower": (b"[" * 200_000, "the body is nested too deeply"),
    "towers": (b'{"rows": [' + b'{"a":' * 100_000, "the body is nested too deeply"),
}


async def test_what_is_no_json_is_refused_in_one_line(web: Served) -> None:
    for name, (body, error) in MALFORMED.items():
        reply = await web.ingest(body)
        assert (reply.status, reply.json) == (400, {"error": error}), name
    assert await nothing_is_stored(web)


SHAPES = {
    "a list": (b"[]", 'the body wants the form {"rows": [...]}'),
    "no rows": (b"{}", 'the body wants the form {"rows": [...]}'),
    "one row as rows": (b'{"rows": {}}', 'the body wants the form {"rows": [...]}'),
    "zero rows": (b'{"rows": []}', "a call has 1 to 5000 rows, this one 0"),
    "more than rows": (b'{"rows": [1], "dry": 1}', 'unknown field "dry"; the body has rows, and register'),
    "a wish that is none": (b'{"rows": [1], "register": "yes"}', "register wants true or false"),
    "too many rows": (b'{"rows": [%s1]}' % (b"1," * MOST_ROWS), "a call has 1 to 5000 rows, this one 5001"),
    "a long number": (b'{"rows": %s}' % (b"9" * 100_000), 'the body wants the form {"rows": [...]}'),
}


async def test_a_body_of_another_form_is_refused_in_one_line(web: Served) -> None:
    for name, (body, error) in SHAPES.items():
        reply = await web.ingest(body)
        assert (reply.status, reply.json) == (422, {"error": error}), name


async def test_a_full_call_is_stored_whole(web: Served) -> None:
    reply = await web.ingest([row(f"S{number}") for number in range(MOST_ROWS)])
    assert (reply.status, reply.json["new"]) == (200, MOST_ROWS)
    assert len(await web.rows(schema.scores)) == MOST_ROWS


async def test_a_body_over_1_mb_is_refused_before_all_of_it_has_come(web: Served) -> None:
    async def endless():
        for _ in range(40):
            yield b" " * 65536

    told = await web.ingest(b" " * (1024 * 1024 + 1))
    streamed = await web.ask("POST", "/ingest/scores", endless(), JSON | signature(b""))
    assert (told.status, told.error) == (413, "the body is longer than 1048576 bytes")
    assert (streamed.status, streamed.error) == (413, "the body is longer than 1048576 bytes")
    assert (await web.ingest(b" " * 1024 * 1024)).status == 400


async def test_a_body_that_is_said_to_be_too_long_is_not_waited_for(web: Served) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /ingest/scores HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
    writer.write(b"Content-Length: 1048577\r\n\r\n")
    first = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    assert first.startswith(b"HTTP/1.1 413")


async def test_other_methods_types_and_paths_are_refused_in_one_line(web: Served) -> None:
    got = await web.get("/ingest/scores")
    assert (got.status, got.headers["Allow"], got.error) == (405, "POST", "the path does not have this method")
    body = b'{"rows": []}'
    csv = await web.ask("POST", "/ingest/scores", body, {"Content-Type": "text/csv", **signature(body)})
    assert (csv.status, csv.error) == (415, "the body wants Content-Type: application/json")
    lost = await web.get("/ingest/scores/")
    assert (lost.status, lost.error) == (404, "there is nothing at this path")


async def test_an_idempotency_key_of_another_form_is_refused(web: Served) -> None:
    for key in ("", "k" * 65, "a b", "schlüssel"):
        reply = await web.ingest([row()], Idempotency_Key=key)
        assert (reply.status, reply.error) == (400, "Idempotency-Key wants 1 to 64 visible characters of ASCII")


async def test_a_database_that_can_not_be_used_is_said_in_one_line_and_nothing_is_lost(web: Served) -> None:
    async with web.parts.engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE scores RENAME TO elsewhere")
    reply = await web.ingest([row()], Idempotency_Key="day-1")
    assert (reply.status, reply.headers["Retry-After"]) == (503, "5")
    assert reply.json == {"error": "not stored: the database can't be used just now; try again"}
    async with web.parts.engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE elsewhere RENAME TO scores")
    assert await nothing_is_stored(web)
    assert (await web.ingest([row()], Idempotency_Key="day-1")).json["new"] == 1


async def follower(web: Served, ref: str, chat_id: int) -> None:
    """Register the operator's shop `ref` and let the chat follow."""
    now_ms = milliseconds(web.parts.clock)
    async with web.parts.engine.begin() as conn:
        _, shop = await shops.add(conn, ref, f"name of {ref}", now_ms)
        await shops.set_in_alliance(conn, shop.id, True)
        await follows.start(conn, shop.id, chat_id, now_ms)


async def test_a_closing_is_on_its_way_at_once_and_once_and_a_warning_waits_for_the_daily_check(web: Served) -> None:
    for number in (1, 2, 3):
        await follower(web, f"S{number}", 100 + number)
    rows = [row("S1", score=3.4), row("S2", score=3.7), row("S3", score=4.5)]
    reply = await web.ingest(rows)
    again = await web.ingest(rows)
    assert (reply.json["closings_told"], again.json["closings_told"]) == (1, 0)
    (notice,) = await web.rows(schema.notices)
    (item,) = await web.rows(schema.notice_items)
    (letter,) = await web.rows(schema.outbox)
    assert (notice.chat_id, notice.is_urgent, item.reason, item.hundredths) == (101, True, "closing", 340)
    assert (letter.chat_id, letter.notice_id, letter.due_at <= milliseconds(web.parts.clock)) == (101, notice.id, True)
    assert web.woken


async def test_a_count_of_closings_that_has_risen_is_told_at_once(web: Served) -> None:
    await follower(web, "S1", 101)
    await web.ingest([row("S1", TODAY - timedelta(1), score=4.5, closures=0)])
    reply = await web.ingest([row("S1", score=4.5, closures=1)])
    assert reply.json["closings_told"] == 1
    assert [item.reason for item in await web.rows(schema.notice_items)] == ["closed"]


async def test_an_old_closing_score_tells_nobody(web: Served) -> None:
    await follower(web, "S1", 101)
    await web.ingest([row("S1", TODAY - timedelta(20), score=3.1)])
    assert await web.rows(schema.notices) == []


async def test_what_would_be_held_is_refused_where_nobody_can_be_asked(web: Served) -> None:
    for number in range(3):
        await follower(web, f"S{number}", 100 + number)
    reply = await web.ingest([row(f"S{number}", score=3.4) for number in range(3)])
    why = "3 of 3 known shops would newly fall below a closing line"
    assert (reply.status, reply.error) == (409, f"held, and ADMIN_CHAT_IDS names nobody to ask: {why}")
    assert await web.rows(schema.scores) == await web.rows(schema.notices) == []
    one = await web.ingest([row("S1", score=3.4)])
    assert (one.status, one.json["closings_told"]) == (200, 1)
