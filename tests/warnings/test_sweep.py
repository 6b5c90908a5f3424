"""The daily check over a database: each piece of news once, in a single message, in time; on SQLite and PostgreSQL."""

import json
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings import sweep as sweeping
from rules.watch_state import Frequency
from storage import chats, follows, notice_evidence, notices, preferences, schema, shops
from storage.notice_evidence import Fate
from storage.preferences import Preferences
from tests.databases import on_one_engine
from tests.faults.scene import report, times
from tests.packaged import HUNDRED_POINTS
from tests.warnings.world import START, World, instant, ms


async def test_a_fall_below_a_line_is_told_once_and_then_a_reminder_a_day(world: World):
    await world.follow("A", 1)
    told = []
    for day, score in enumerate(["3.90", "3.79", "3.79", "3.49", "3.60", "3.85", "3.86"]):
        await world.day(day, A=score)
        told.append((await world.check(day)).get(1))
    assert told == [
        None,
        [("A", "warning")],
        [("A", "reminder")],
        [("A", "closing")],
        [("A", "reminder")],
        [("A", "recovered")],
        None,
    ]


@on_one_engine
async def test_the_same_check_again_tells_nothing(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    assert await world.check(0) == {1: [("A", "warning")]}
    assert await world.check(0) == {}
    assert await world.check(0, at="23:00") == {}
    assert await world.count("outbox") == 1


async def test_a_check_that_is_killed_half_way_is_finished_by_the_next(world: World, monkeypatch: pytest.MonkeyPatch):
    for number in range(6):
        await world.follow(f"S{number}", 1 + number % 2)
    await world.day(0, **{f"S{number}": "3.70" for number in range(6)})
    monkeypatch.setattr(sweeping, "SHOPS_A_CHUNK", 2)
    chunks = sweeping.Sweep(world.engine, world.watch, START, instant(0)).chunks()
    assert await anext(chunks) == 2
    await chunks.aclose()
    assert await world.check(0) == {
        1: [("S0", "warning"), ("S2", "warning"), ("S4", "warning")],
        2: [("S1", "warning"), ("S3", "warning"), ("S5", "warning")],
    }
    assert await world.count("notices") == 2


@on_one_engine
async def test_several_shops_of_one_chat_are_one_message_though_the_check_has_many_chunks(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sweeping, "SHOPS_A_CHUNK", 1)
    for ref in "ABC":
        await world.follow(ref, 1)
    await world.day(0, A="3.70", B="3.60", C="4.20")
    assert await world.check(0) == {1: [("A", "warning"), ("B", "warning")]}
    assert await world.count("notices") == await world.count("outbox") == 1
    assert [due - ms(instant(0)) for _, _, due in await world.letters()] == [30_000]  # when it is over


@on_one_engine
async def test_a_closing_and_a_warning_of_one_chat_go_together_when_nothing_has_to_wait(world: World):
    await world.follow("A", 1)
    await world.follow("B", 1)
    await world.day(0, A="3.70", B="3.40")
    assert await world.check(0) == {1: [("A", "warning"), ("B", "closing")]}
    assert await world.count("notices") == 1


async def test_r14_in_quiet_hours_a_closing_goes_at_once_and_warnings_at_eight_once_and_merged(world: World):
    world.quiet()
    for ref in "ABC":
        await world.follow(ref, 1)
    await world.day(0, A="3.70", B="3.40", C="4.20", came="22:50")
    await world.check(0, at="23:00")
    await world.day(0, A="3.70", B="3.40", C="3.65", came="23:20")  # a correction
    await world.check(0, at="23:30")
    morning = ms(instant(1, "08:00"))
    closing, warning = await world.all_notices()
    assert [(item.reason.value, item.points) for item in closing.items] == [("closing", Decimal("3.40"))]
    assert (closing.is_urgent, closing.due_at) == (True, ms(instant(0, "23:00")))
    assert sorted((item.reason.value, item.points) for item in warning.items) == [
        ("warning", Decimal("3.65")),
        ("warning", Decimal("3.70")),
    ]
    assert warning.due_at == morning
    assert [(notice, due) for _, notice, due in await world.letters()] == [
        (closing.id, closing.due_at - notices.AHEAD_MS),
        (warning.id, morning),
    ]
    said = "a closing at 23:00 went at once, two warnings at 08:00 in one message"
    report("R14", said, "the closing at once, the warnings as one at 08:00")


@on_one_engine
async def test_a_closing_at_night_silences_the_warning_that_waits_for_the_morning(world: World):
    world.quiet()
    await world.follow("A", 1)
    await world.day(0, A="3.70", came="22:50")
    await world.check(0, at="23:00")
    await world.day(0, A="3.40", came="23:20")
    await world.check(0, at="23:30")
    warning, closing = await world.all_notices()
    assert [item.reason.value for item in closing.items] == ["closing"]
    assert warning.items == ()


@on_one_engine
async def test_closings_are_sent_before_warnings_that_are_due_longer(world: World):
    for number in range(4):
        await world.follow(f"S{number}", 1 + number)
    await world.day(0, S0="3.70", S1="3.70", S2="3.70")
    await world.sweep(START, instant(0))
    await world.day(0, S3="3.40", came="09:40")
    await world.sweep(START, instant(0, "10:00"))
    assert [chat for chat, _, _ in await world.letters()] == [4, 1, 2, 3]


async def test_a_chat_that_chose_its_own_hours_is_told_at_its_hour(world: World):
    world.quiet()
    for chat in (1, 2, 3):
        await world.follow("A", chat)
    async with world.engine.begin() as conn:
        await preferences.keep(conn, 2, Preferences(digest_at=time(18)), 1)
        await preferences.keep(conn, 3, Preferences(has_own_hours=True, quiet_hours=(time(9), time(12))), 1)
    await world.day(0, A="3.70")
    await world.check(0)
    due = {notice.chat_id: notice.due_at for notice in await world.all_notices()}
    assert due == {1: ms(instant(0)), 2: ms(instant(0, "18:00")), 3: ms(instant(0, "12:00"))}


async def test_whoever_turned_it_off_snoozed_it_or_blocked_the_bot_is_left_in_peace(world: World):
    shop_id = await world.follow("A", 1)
    for chat in (2, 3, 4):
        await world.follow("A", chat)
    async with world.engine.begin() as conn:
        await follows.turn(conn, shop_id, 2, is_on=False)
        await follows.snooze(conn, shop_id, 3, START + timedelta(1))
        await chats.block(conn, 4, "left", 1)
    await world.day(0, A="3.70")
    assert await world.check(0) == {1: [("A", "warning")]}
    async with world.engine.begin() as conn:
        await chats.revive(conn, [4], 2)
    await world.day(1, A="3.71")
    assert await world.check(1) == {1: [("A", "reminder")], 3: [("A", "warning")], 4: [("A", "warning")]}


@on_one_engine
async def test_a_snooze_never_holds_a_closing_back(world: World):
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        await follows.snooze(conn, shop_id, 1, START + timedelta(7))
    await world.day(0, A="3.40")
    assert await world.check(0) == {1: [("A", "closing")]}


@on_one_engine
async def test_who_wants_to_hear_of_changes_only_gets_no_reminder(world: World):
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        await follows.choose(conn, shop_id, 1, Frequency.ON_CHANGE)
    await world.day(0, A="3.70")
    await world.check(0)
    await world.day(1, A="3.70")
    assert await world.check(1) == {}


async def test_what_is_mended_is_not_reminded_of_until_a_graver_line_or_a_later_descent(world: World):
    shop_id = await world.follow("A", 1)
    await world.follow("A", 2)
    told = []
    for day, score in enumerate(["3.70", "3.69", "3.40", "3.39", "4.20", "3.70"]):
        await world.day(day, A=score)
        told.append([reason for _, reason in (await world.check(day)).get(1, [])])
        if day in (0, 2):
            async with world.engine.begin() as conn:
                await mend(conn, shop_id)
    assert told == [["warning"], [], ["closing"], [], ["may_enter_again"], ["warning"]]
    heard = [item.reason.value for notice in await world.all_notices() if notice.chat_id == 2 for item in notice.items]
    assert heard == ["warning", "reminder", "closing", "reminder", "may_enter_again", "warning"]


async def mend(conn: AsyncConnection, shop_id: int) -> None:
    """Chat 1 says that what it was told is mended."""
    found = await follows.of(conn, shop_id, 1)
    assert found and found.state
    assert await follows.mend(conn, shop_id, 1, found.state)


@on_one_engine
async def test_a_reminder_that_waits_for_the_morning_is_not_sent_once_all_is_mended(world: World):
    shop_id = await world.follow("A", 1)
    await world.day(0, A="3.70")
    await world.check(0)
    world.quiet()
    await world.day(1, A="3.69", came="22:50")
    await world.sweep(START + timedelta(1), instant(1, "23:00"))
    async with world.engine.begin() as conn:
        await mend(conn, shop_id)
    assert await world.delivered(instant(2, "08:00")) == {}


@on_one_engine
async def test_r12_a_score_that_swings_around_a_line_makes_at_most_two_messages(world: World):
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        await follows.choose(conn, shop_id, 1, Frequency.ON_CHANGE)
    told, swings = [], times(100, 40)
    for day in range(swings):
        await world.day(day, A="3.79" if day % 2 else "3.80")
        told += (await world.check(day)).get(1, [])
    report(
        "R12", f"{swings} swings of 0.01 around the line made {len(told)} messages", f"{len(told)} in {swings} swings"
    )
    assert told == [("A", "warning")]


@on_one_engine
async def test_r13_the_same_an_older_and_an_out_of_order_file_tell_nothing_new(world: World):
    await world.follow("A", 1)
    await world.day(5, A="3.79")
    assert await world.check(5) == {1: [("A", "warning")]}
    assert (await world.day(5, A="3.70", came="10:00")).new == 0
    assert await world.check(5, at="10:30") == {}
    await world.day(3, A="4.50", came="11:00")  # older, and good
    assert await world.check(5, at="11:30") == {}
    await world.day(4, A="3.20", came="12:00")  # older, and bad
    assert await world.check(5, at="12:30") == {}
    report("R13", "the same, an older good and an older bad file made 0 messages", "0 messages")


@on_one_engine
async def test_a_correction_can_only_bring_worse_news_for_its_day(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    await world.check(0)
    await world.day(0, A="4.10", came="10:00")
    assert await world.check(0, at="10:30") == {}
    await world.day(0, A="3.30", came="11:00")
    assert await world.check(0, at="11:30") == {1: [("A", "closing")]}


async def test_r21_silence_is_told_once_to_followers_and_counted_for_operators(world: World):
    for number in range(3):
        await world.follow(f"S{number}", 1 + number)
    await world.day(0, S0="4.50", S1="3.70", S2="4.20")
    await world.check(0)
    await world.day(1, S2="4.20")
    assert await world.check(1, at="07:59", admins=[99]) == {}
    assert await world.check(1, admins=[99]) == {1: [("S0", "stale")], 2: [("S1", "stale")]}
    assert await world.check(1, at="12:00", admins=[99]) == {}
    await world.day(2, S2="4.20")
    assert await world.check(2, admins=[99]) == {}
    letters = await _letters_to(world, 99)
    assert len(letters) == 1
    assert "2 家" in letters[0]
    said = "26 hours of silence of 2 shops made 1 notice to each follower and 1 message to the operator"
    report("R21", said, "1 notice to each follower, 1 to the operator")
    await world.day(3, S0="4.50", S1="3.70", S2="4.20")
    assert await world.check(3) == {2: [("S1", "reminder")]}


@on_one_engine
async def test_a_shop_of_which_no_score_ever_comes_is_silent_too(world: World):
    await world.follow("A", 1, since=instant(0, "10:00"))
    assert await world.check(1, at="11:00") == {}
    assert await world.check(1, at="13:00") == {1: [("A", "stale")]}
    assert await world.check(2) == {}


@on_one_engine
async def test_rows_that_come_late_are_no_sign_of_life(world: World):
    await world.follow("A", 1)
    await world.day(0, A="4.50")
    await world.file([("A", START + timedelta(1), 0, 450, None)], instant(9, "06:00"))
    assert await world.check(9) == {1: [("A", "stale")]}


async def test_a_closing_that_the_feed_counts_is_told(world: World):
    await world.follow("A", 1)
    await world.day(0, A="4.50", closures={"A": 0})
    assert await world.check(0) == {}
    await world.day(1, A="3.90", closures={"A": 1})
    assert await world.check(1) == {1: [("A", "closed")]}
    await world.day(2, A="4.10", closures={"A": 1})
    assert await world.check(2) == {1: [("A", "may_enter_again")]}
    await world.day(3, A="4.10", closures={"A": 2})
    assert await world.check(3) == {1: [("A", "closed")]}


@on_one_engine
async def test_closings_known_before_a_chat_followed_are_no_news(world: World):
    await world.day(0, A="4.50", closures={"A": 2})
    await world.follow("A", 1)
    await world.day(1, A="4.50", closures={"A": 2})
    assert await world.check(1) == {}
    await world.day(2, A="4.50", closures={"A": 3})
    assert await world.check(2) == {1: [("A", "closed")]}


@on_one_engine
async def test_a_shop_that_is_not_in_hears_of_the_entry_line_only(world: World):
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        await shops.set_in_alliance(conn, shop_id, False)
    told = []
    for day, score in enumerate(["3.70", "3.40", "4.10"]):
        await world.day(day, A=score)
        told.append(await world.check(day))
    assert told == [{1: [("A", "cannot_enter")]}, {}, {1: [("A", "may_enter")]}]


async def test_a_fall_towards_the_line_is_foretold_once_a_descent(world: World):
    await world.follow("A", 1)
    told = []
    for day in range(10):
        await world.day(day, A=f"{Decimal('4.50') - day * Decimal('0.05')}")
        told.append((await world.check(day)).get(1))
    assert [day for day, items in enumerate(told) if items == [("A", "approach")]] == [3]
    assert [items for items in told if items] == [[("A", "approach")]]
    notice = (await world.all_notices())[0]
    item = notice.items[0]
    assert (item.line, item.points, item.happens_on, item.span_days) == (
        "warning", Decimal("4.35"), START + timedelta(15), 4,
    )  # fmt: skip


async def test_a_past_day_is_checked_by_what_was_known_of_it(world: World):
    await world.follow("A", 1)
    rows = [("A", START + timedelta(day), 0, score, None) for day, score in enumerate([390, 370, 340, 410])]
    await world.file(rows, instant(20))
    told = []
    for day in range(4):
        await world.sweep(START + timedelta(day), instant(20))
        await world.sent(instant(20))
        told.append((await world.news()).get(1))
    assert told == [None, [("A", "warning")], [("A", "closing")], [("A", "may_enter_again")]]


@on_one_engine
async def test_scores_of_another_scale_are_not_compared(world: World):
    await world.follow("A", 1)
    await world.day(0, A="4.50")
    async with world.engine.begin() as conn:
        await conn.execute(update(schema.newest).values(scale="0-100", hundredths=100))
    assert await world.check(0) == {}


async def test_what_became_of_a_notice_can_be_seen(world: World):
    world.quiet()
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    await world.check(0, at="23:00")
    async with world.engine.begin() as conn:
        held = await notice_evidence.newest(conn, START, ms(instant(0, "23:00")))
        due = await notice_evidence.newest(conn, START, ms(instant(1, "08:00")))
        for state, fate in [("sent", Fate.SENT), ("dead", Fate.FAILED), ("muted", Fate.MUTED)]:
            await conn.execute(update(schema.outbox).values(state=state))
            assert [found.fate for found in await notice_evidence.newest(conn, START, 0)] == [fate]
    assert [one.fate for one in held] == [Fate.WAITING]
    assert [one.fate for one in due] == [Fate.DUE]


async def _letters_to(world: World, chat: int) -> list[str]:
    async with world.engine.begin() as conn:
        query = select(schema.outbox.c.payload).where(schema.outbox.c.chat_id == chat)
        return [json.loads(payload)["text"] for payload in (await conn.execute(query)).scalars()]


@on_one_engine
async def test_days_below_a_line_count_from_the_first_though_nothing_was_told_of_it(world: World):
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        await follows.snooze(conn, shop_id, 1, START + timedelta(3))
    for day in range(4):
        await world.day(day, A="3.70")
        await world.check(day)
    (notice,) = await world.all_notices()
    assert [(item.reason.value, item.since, item.score_day) for item in notice.items] == [
        ("warning", START, START + timedelta(3))
    ]


async def test_no_score_is_a_sign_of_life_and_no_old_score_is_told_again(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.7")
    assert await world.check(0) == {1: [("A", "warning")]}
    for day in (1, 2, 3):
        await world.day(day, A="-")
        assert await world.check(day) == {}
    await world.day(4, A="3.7")
    assert await world.check(4) == {1: [("A", "reminder")]}


async def test_a_shop_without_any_score_hears_of_its_closing_under_the_edition_that_says_so(world: World):
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    await world.follow("A", 1)
    await world.day(0, A="-")
    assert await world.check(0) == {}
    growth = [fact.id for fact in HUNDRED_POINTS.scores].index("growth_score")
    await world.file([("A", START + timedelta(1), number, None, None) for number in (0, growth)], instant(1, "06:00"))
    assert await world.check(1) == {1: [("A", "closing")]}
    (item,) = (await world.all_notices())[-1].items
    assert (item.fact, item.points, item.line) == ("score", None, "closing")


async def since(world: World) -> list[tuple[str, int | None]]:
    """Of each new item: the reason, and how many days after START the shop is said to be low; None: not said."""
    items = [item for notice in await world.new_notices() for item in notice.items]
    return [(item.reason.value, item.since and (item.since - START).days) for item in items]


async def test_the_days_below_a_line_are_the_score_s_days_whenever_the_bot_looked(world: World):
    await world.follow("A", 1)
    rows = [("A", START + timedelta(day), 0, score, None) for day, score in enumerate([370, 390, 379, 340, 379])]
    await world.file(rows, instant(4, "06:00"))
    await world.sweep(START + timedelta(4), instant(4))
    assert await since(world) == [("warning", 2)]
    await world.sent(instant(4))
    await world.day(5, A="3.79")
    await world.sweep(START + timedelta(5), instant(5))
    assert await since(world) == [("reminder", 2)]


async def test_a_graver_line_has_its_own_first_day(world: World):
    await world.follow("A", 1)
    await world.day(0, A="3.70")
    await world.sweep(START, instant(0))
    assert await since(world) == [("warning", None)]
    await world.file([("A", START + timedelta(day), 0, 340, None) for day in (1, 2)], instant(2, "06:00"))
    await world.sweep(START + timedelta(2), instant(2))
    assert await since(world) == [("closing", 1)]


@on_one_engine
@pytest.mark.parametrize(
    ("earlier", "first"),
    [({}, None), ({0: 390}, None), ({1: 390}, 2), ({0: 370}, 0), ({0: 390, 1: 370}, 1)],
    ids=["the first score", "high two days ago", "high the day before", "low two days ago", "low since yesterday"],
)
async def test_on_which_day_a_score_fell_is_said_only_where_it_is_known(
    world: World, earlier: dict[int, int], first: int | None
):
    await world.follow("A", 1)
    rows = [("A", START + timedelta(day), 0, score, None) for day, score in {**earlier, 2: 370}.items()]
    await world.file(rows, instant(2, "06:00"))
    await world.sweep(START + timedelta(2), instant(2))
    assert await since(world) == [("warning", first)]


async def test_a_day_without_a_score_ends_the_days_in_a_row_and_a_day_without_a_row_does_not(world: World):
    for ref, days in {"none": [370, None, 370], "silent": [370, "", 370]}.items():
        await world.follow(ref, 1)
        given = [(ref, START + timedelta(day), 0, score, None) for day, score in enumerate(days) if score != ""]
        await world.file(given, instant(2, "06:00"))
    await world.sweep(START + timedelta(2), instant(2))
    assert sorted(await since(world)) == [("warning", 0), ("warning", 2)]
