"""Whose turn it is: lanes, one call a chat, even pace, trouble."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.lanes import FLOODED_CHATS, LONGEST_HOLD_S, OTHERS_AFTER, SECOND_S, Lanes, LastSecond
from bot.delivery.pace import OWN_AHEAD_S as AHEAD_S
from bot.delivery.trouble import FAILURES
from bot.telegram.telegram_channel import LIMITS
from storage.outbox import Lane
from storage.sending import NextMessage

LIFTED = replace(LIMITS, per_second=1e6, chat_interval_s=0, group_per_minute=10**9)
_ids = count(1)


def message(chat_id: int = 1, lane: Lane = Lane.REPLY, method: str = "sendMessage") -> NextMessage:
    return NextMessage(next(_ids), chat_id, lane, method, None)


def press(chat_id: int) -> NextMessage:
    return replace(message(chat_id, method="answerCallbackQuery"), in_order=False)


def picked(lanes: Lanes, waiting: Sequence[NextMessage], now: float) -> list[NextMessage]:
    return [turn.message for turn in lanes.plan(waiting, now)]


def simulate(
    lanes: Lanes, waiting: list[NextMessage], seconds: float, step: float = 0.01, late_s: Sequence[float] = (0.0,)
) -> list[tuple[float, NextMessage]]:
    """When each call began, if each call takes no time. The disk takes `late_s` of the n-th plan, over and over."""
    gone, left, now, lates = [], list(waiting), 0.0, cycle(late_s)
    while now < seconds and left:
        first = list({(one.chat_id, one.lane): one for one in reversed(left)}.values())
        turns = lanes.plan(sorted(first, key=lambda one: (one.lane, one.id)), now, AHEAD_S)
        now += next(lates) if turns else 0.0
        for one, at in turns:
            begins_at = max(at, now)
            lanes.begin(one, begins_at)
            gone.append((begins_at, one))
            left.remove(one)
            lanes.finish(one)
        now = round(now + step, 6)
    return gone


def most_in_a_window(times: list[float], seconds: float) -> int:
    return max(sum(start <= at < start + seconds for at in times) for start in times)


def test_replies_go_before_warnings_before_bulk():
    waiting = [message(1, Lane.REPLY), message(2, Lane.WARNING), message(3, Lane.BULK)]
    assert picked(Lanes(LIFTED, 10), waiting, 0.0) == waiting
    assert picked(Lanes(LIFTED, 1), waiting, 0.0) == waiting[:1]


def test_warnings_get_a_turn_even_when_replies_never_end():
    waiting = [message(n, Lane.REPLY) for n in range(500)] + [message(1000 + n, Lane.WARNING) for n in range(40)]
    gone = [one.lane for _, one in simulate(Lanes(LIMITS, 10), waiting, 10)]
    assert gone[: OTHERS_AFTER + 1] == [Lane.REPLY] * OTHERS_AFTER + [Lane.WARNING]
    assert gone.count(Lane.WARNING) == pytest.approx(len(gone) / (OTHERS_AFTER + 1), abs=1)


def test_a_chat_has_one_call_under_way():
    lanes = Lanes(LIFTED, 10)
    first, second = message(1), message(1)
    assert picked(lanes, [first], 0.0) == [first]
    assert picked(lanes, [second], 0.0) == []
    lanes.finish(first)
    assert picked(lanes, [second], 0.0) == [second]


def test_the_answer_to_a_press_waits_for_no_call_and_no_pace():
    lanes = Lanes(replace(LIMITS, per_second=1), 10)
    waiting = [message(1), press(1), press(2)]
    assert picked(lanes, waiting, 0.0) == waiting


@pytest.mark.parametrize("lane", list(Lane))
def test_no_second_has_more_than_thirty_calls(lane: Lane):
    times = [at for at, _ in simulate(Lanes(LIMITS, 100), [message(n, lane) for n in range(200)], 10)]
    assert len(times) == 200
    assert most_in_a_window(times, 1.0) <= 30
    assert 200 / (times[-1] - times[0]) >= 0.95 * 29


LATE = {
    "a busy disk": [0.02, 0.06, 0.0],
    "now and then a stall": [0.0] * 200 + [0.3],
    "a stall at the start": [0.2] + [0.0] * 1000,
}


@pytest.mark.parametrize("late_s", LATE.values(), ids=LATE)
def test_no_second_has_more_than_thirty_calls_though_some_begin_late(late_s: list[float]):
    lanes = Lanes(LIMITS, 100)
    times = [at for at, _ in simulate(lanes, [message(n, Lane.WARNING) for n in range(300)], 60, late_s=late_s)]
    assert most_in_a_window(times, 1.0) <= 30
    assert 300 / (times[-1] - times[0]) >= 0.95 * 29


@settings(deadline=None)
@given(st.lists(st.floats(0, 0.5), min_size=1, max_size=20))
def test_no_second_has_more_than_thirty_calls_however_late_they_begin(late_s: list[float]):
    waiting = [message(n, Lane.WARNING) for n in range(60)]
    times = [at for at, _ in simulate(Lanes(LIMITS, 100), waiting, 60, step=0.05, late_s=late_s)]
    assert len(times) == 60
    assert most_in_a_window(times, 1.0) <= 30


def test_calls_that_were_held_up_together_count_from_when_they_arrived():
    second = LastSecond(3)
    for began_at, answered_at in ((0.0, 0.1), (0.4, 1.2), (0.8, 1.2)):
        second.begin(began_at)
        second.answered(began_at, answered_at)
    assert second.has_room_at(planned=0) == SECOND_S
    second.begin(1.15)
    assert second.has_room_at(planned=0) == pytest.approx(1.1 + SECOND_S, abs=0.01)
    assert second.has_room_at(planned=3) == float("inf")


def test_answers_that_are_always_late_do_not_slow_the_pace():
    lanes, now = Lanes(LIMITS, 100), 0.0
    for number in range(300):
        ready_at = lanes.next_ready_at([message(number)])
        assert ready_at is not None
        now = max(now, ready_at)
        lanes.start(message(number), now)
        lanes.begin(message(number), now)
        lanes.answered(message(number), now, now + 0.3)
    assert 299 / now >= 0.95 * 29


def test_a_turn_that_nobody_takes_leaves_its_place_to_another():
    lanes = Lanes(replace(LIMITS, per_second=1), 10)
    for one in [message(n) for n in range(5)]:
        lanes.start(one, 0.0)
        lanes.finish(one)
    assert lanes.may_start(message(9), 5.0)


def test_warnings_to_a_chat_come_one_a_second_and_replies_in_a_short_burst():
    warnings = [at for at, _ in simulate(Lanes(LIMITS, 10), [message(1, Lane.WARNING) for _ in range(5)], 20)]
    assert most_in_a_window(warnings, 1.0) == 1
    replies = [at for at, _ in simulate(Lanes(LIMITS, 10), [message(1) for _ in range(5)], 20)]
    assert most_in_a_window(replies, 1.0) == 3
    assert replies[-1] < 3


@pytest.mark.parametrize("lane", list(Lane))
def test_a_group_gets_twenty_messages_a_minute_at_most(lane: Lane):
    times = [at for at, _ in simulate(Lanes(LIMITS, 10), [message(-5, lane) for _ in range(60)], 300)]
    assert most_in_a_window(times, 60.0) <= 20
    assert len(times) == 60


def test_edits_are_not_counted_as_messages_of_the_chat():
    waiting = [message(1, method="editMessageText") for _ in range(10)]
    assert len(simulate(Lanes(LIMITS, 10), waiting, 1)) == 10


def test_a_server_in_trouble_is_called_by_nobody_until_it_answers_a_question_then_by_one():
    lanes = Lanes(LIFTED, 10)
    waiting = [message(n) for n in range(5)]
    for one in waiting[:FAILURES]:
        lanes.troubled(one.chat_id, 0.0)
    assert picked(lanes, waiting, 100.0) == []
    assert lanes.is_server_to_be_asked(100.0)
    lanes.asked(is_well=True, now=100.0)
    assert picked(lanes, waiting, 100.0) == waiting[:1]
    assert picked(lanes, waiting[1:], 100.0) == []
    lanes.finish(waiting[0])
    assert lanes.succeeded()
    assert picked(lanes, waiting[1:], 100.0) == waiting[1:]


def test_one_failure_stops_nobody():
    lanes = Lanes(LIFTED, 10)
    lanes.troubled(1, 0.0)
    waiting = [message(n) for n in range(5)]
    assert picked(lanes, waiting, 0.0) == waiting


@pytest.mark.parametrize(("wait_s", "all_wait_s"), [(30, 30), (60, 60), (14_400, LONGEST_HOLD_S)])
def test_a_few_chats_that_must_wait_stop_nobody_else_and_many_not_for_long(wait_s: float, all_wait_s: float):
    lanes = Lanes(LIFTED, 10)
    for chat_id in range(FLOODED_CHATS - 1):
        lanes.flooded(chat_id, wait_s, 0.0)
        lanes.flooded(chat_id, wait_s, 0.0)
    assert lanes.may_start(message(99), 0.0)
    lanes.flooded(FLOODED_CHATS, wait_s, 0.0)
    assert not lanes.may_start(message(99), all_wait_s - 0.1)
    assert lanes.may_start(message(99), all_wait_s)


@given(
    st.lists(st.tuples(st.integers(-3, 3).filter(bool), st.sampled_from(Lane)), max_size=60),
    st.floats(min_value=1, max_value=60),
)
def test_everything_goes_in_the_end_and_in_order_within_chat_and_lane(wanted: list[tuple[int, Lane]], rate: float):
    waiting = [message(chat_id, lane) for chat_id, lane in wanted]
    gone = [one for _, one in simulate(Lanes(replace(LIMITS, per_second=rate), 5), waiting, 600, step=0.25)]
    assert sorted(one.id for one in gone) == [one.id for one in waiting]
    for key in set(wanted):
        numbers = [one.id for one in gone if (one.chat_id, one.lane) == key]
        assert numbers == sorted(numbers)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_the_next_instant_is_neither_missed_nor_too_early(chats: list[int]):
    lanes, now = Lanes(LIMITS, 100), 0.0
    waiting = [message(chat_id, Lane.WARNING) for chat_id in chats]
    for _ in range(30):
        for one in picked(lanes, waiting, now):
            lanes.finish(one)
            waiting.remove(one)
        if not waiting:
            return
        at = lanes.next_ready_at(waiting)
        assert at is not None
        assert at > now
        now = at
        assert lanes.may_start(waiting[0], now) or len(waiting) > 1
