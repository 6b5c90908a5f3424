"""Rows are deleted after the period and not a day before; no table of chats is kept for ever by oversight."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import personal, retention, schema
from storage.retention import DAY_MS, PERIODS
from storage.schema import metadata
from tests.databases import on_one_engine
from tests.storage.test_personal import row_of

NOW = datetime(2022, 10, 10, 3, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TODAY = NOW.date()
ME = 701


async def put(conn: AsyncConnection, name: str, **values: Any) -> None:
    table = metadata.tables[name]
    await conn.execute(insert(table).values(row_of(table, ME) | values))


async def clean(conn: AsyncConnection) -> None:
    for rule in retention.rules(PERIODS, TODAY, NOW_MS):
        while await retention.step(conn, rule) == retention.ROWS_A_STEP:
            pass


async def is_there(conn: AsyncConnection, name: str) -> bool:
    table = metadata.tables[name]
    its = [table.c.chat_id == ME] if table is schema.paces else []
    return (await conn.execute(select(func.count()).select_from(table).where(*its))).scalar_one() > 0


def ago(days: float) -> int:
    return NOW_MS - int(days * DAY_MS)


AGED = [
    ("dialogues", "updated_at", PERIODS.talk, {}),
    ("inbox", "received_at", PERIODS.repeat_keys, {"state": "done"}),
    ("inbox", "received_at", PERIODS.failed, {"state": "dead"}),
    ("outbox", "done_at", PERIODS.sent, {"state": "sent", "notice_id": None}),
    ("outbox", "done_at", PERIODS.sent, {"state": "dead", "notice_id": None}),
    ("outbox", "done_at", PERIODS.notices, {"state": "sent"}),
    ("outbox", "done_at", PERIODS.notices, {"state": "recalled"}),
    ("reminders", "told_at", PERIODS.notices, {"about": "undelivered 7 5"}),
    ("reminders", "told_at", PERIODS.notices, {"about": "set aside 7 5"}),
    ("reminders", "told_at", PERIODS.notices, {"about": "aside shop 7"}),
    ("notices", "made_at", PERIODS.notices, {}),
    ("checks", "created_at", PERIODS.checks, {}),
    ("invites", "expires_at", PERIODS.invites, {}),
    ("uploads", "created_at", PERIODS.failed, {}),
    ("unanswered", "asked_at", PERIODS.unanswered, {}),
    ("audit", "at", PERIODS.audit, {}),
    ("reassessed", "told_at", PERIODS.checks, {}),
    ("facts", "told_at", PERIODS.checks, {}),
    ("nonces", "until", 0, {}),
    ("ingests", "until", 0, {}),
    ("paces", "next_at", 0, {}),
]


@on_one_engine
@pytest.mark.parametrize(("name", "column", "days", "more"), AGED, ids=[f"{one[0]}-{one[2]}{one[3]}" for one in AGED])
async def test_a_row_goes_when_its_time_is_over_and_not_before(
    conn: AsyncConnection, name: str, column: str, days: int, more: dict[str, Any]
) -> None:
    await put(conn, "consents")
    if name != "dialogues":
        await put(conn, "dialogues", updated_at=NOW_MS)
    await put(conn, name, **more, **{column: ago(days) + 1000})
    await clean(conn)
    assert await is_there(conn, name)
    await conn.execute(metadata.tables[name].update().values({column: ago(days) - 1000}))
    await clean(conn)
    assert not await is_there(conn, name)


async def test_scores_and_what_is_newest_of_them_go_by_their_day(conn: AsyncConnection) -> None:
    oldest = TODAY - timedelta(PERIODS.scores)
    await put(conn, "newest", day=TODAY)
    for day in (oldest, oldest - timedelta(1), date(2015, 1, 1)):
        await put(conn, "scores", day=day)
    await put(conn, "newest", day=oldest - timedelta(1), shop_id=5)
    await clean(conn)
    assert list((await conn.execute(select(schema.scores.c.day))).scalars()) == [oldest]
    assert list((await conn.execute(select(schema.newest.c.day))).scalars()) == [TODAY]


async def test_without_consent_a_conversation_is_kept_for_a_day(conn: AsyncConnection) -> None:
    await put(conn, "dialogues", updated_at=ago(PERIODS.talk_unagreed) + 1000)
    await clean(conn)
    assert await is_there(conn, "dialogues")
    await conn.execute(schema.dialogues.update().values(updated_at=ago(PERIODS.talk_unagreed) - 1000))
    await clean(conn)
    assert not await is_there(conn, "dialogues")


async def test_what_waits_to_be_sent_or_handled_stays_however_old(conn: AsyncConnection) -> None:
    await put(conn, "inbox", state="waiting", received_at=0)
    await put(conn, "notices", made_at=0)
    await put(conn, "notice_items")
    await put(conn, "outbox", state="waiting", done_at=None, created_at=0)
    await clean(conn)
    for name in ("inbox", "notices", "notice_items", "outbox"):
        assert await is_there(conn, name), name


async def test_what_was_dropped_without_a_note_of_when_goes_by_its_beginning(conn: AsyncConnection) -> None:
    await put(conn, "outbox", state="dropped", notice_id=None, done_at=None, created_at=ago(PERIODS.sent) - 1000)
    await clean(conn)
    assert not await is_there(conn, "outbox")


async def test_the_farewell_to_a_chat_that_is_forgotten_goes_after_a_day(conn: AsyncConnection) -> None:
    await put(conn, "outbox", state="sent", notice_id=None, done_at=ago(1) - 1000)
    await clean(conn)
    assert not await is_there(conn, "outbox")


async def test_what_is_in_a_notice_goes_with_it(conn: AsyncConnection) -> None:
    await put(conn, "notices", made_at=ago(PERIODS.notices) - 1000)
    await put(conn, "notice_items")
    await clean(conn)
    assert not await is_there(conn, "notice_items")


async def test_a_chat_that_blocked_the_bot_long_ago_is_forgotten(conn: AsyncConnection) -> None:
    await put(conn, "follows")
    await put(conn, "chats", state="blocked", updated_at=ago(PERIODS.blocked) + 1000)
    assert await retention.forget_blocked(conn, PERIODS, NOW_MS) == 0
    await conn.execute(schema.chats.update().values(updated_at=ago(PERIODS.blocked) - 1000))
    assert await retention.forget_blocked(conn, PERIODS, NOW_MS) == 1
    assert not await is_there(conn, "follows")


async def test_more_than_one_step_is_taken_in_steps(conn: AsyncConnection) -> None:
    count = retention.ROWS_A_STEP + 1
    rows = [{"nonce": f"{number}", "until": 1} for number in range(count)]
    await conn.execute(insert(schema.nonces), rows)
    (rule,) = (rule for rule in retention.rules(PERIODS, TODAY, NOW_MS) if rule.table is schema.nonces)
    assert [await retention.step(conn, rule) for _ in range(3)] == [retention.ROWS_A_STEP, 1, 0]


def test_every_table_of_chats_has_its_time_or_a_reason() -> None:
    timed = {rule.table.name for rule in retention.rules(PERIODS, TODAY, NOW_MS)}
    kept = set(retention.UNTIL_FORGOTTEN)
    assert {table.name for table in personal.personal()} - timed - kept == set()
    assert timed & kept == set()


def test_a_key_is_kept_longer_than_telegram_repeats_and_shorter_than_it_may_draw_new_numbers() -> None:
    assert 1 < PERIODS.repeat_keys < 7


def test_every_period_is_named_in_the_docs_with_its_days() -> None:
    """The table of the docs agrees with PERIODS, field by field."""
    from tests.test_ground import ROOT  # noqa: PLC0415

    text = (ROOT / "docs/privacy.md").read_text("utf-8")
    for field in fields(PERIODS):
        assert f"| `{field.name}` | {getattr(PERIODS, field.name)} |" in text
