"""How long a message is tried, and how soon again."""

from dataclasses import replace

import pytest

from bot.delivery import patience
from storage.outbox import Lane, Message
from storage.sending import LeasedMessage, leased

HOUR_MS = 3_600_000


def called(at_ms: int = 1, lane: Lane = Lane.WARNING) -> LeasedMessage:
    return leased(1, Message(7, lane, "sendMessage", {}), at_ms)


@pytest.mark.parametrize(("lane", "hours"), [(Lane.REPLY, 12), (Lane.WARNING, 72), (Lane.BULK, 24)])
def test_a_message_is_given_up_by_its_age(lane: Lane, hours: int):
    assert not patience.is_over(called(lane=lane), hours * HOUR_MS)
    assert patience.is_over(called(lane=lane), hours * HOUR_MS + 1)


def test_a_message_is_called_again_soon_at_first_and_later_after_a_quarter_of_its_age():
    waits = [patience.wait_s(replace(called(), tries=tries), 1 + 60_000) for tries in (1, 2, 3, 9, 10, 99)]
    assert waits == [1, 2, 4, 256, 300, 300]
    assert patience.wait_s(replace(called(), tries=99), 1 + 2 * HOUR_MS) == 1800


def test_a_message_that_was_called_long_ago_and_seldom_is_called_again_soon():
    assert patience.wait_s(replace(called(), tries=2), 1 + 11 * HOUR_MS) == 2


def test_a_message_whose_answers_are_always_lost_is_called_a_few_dozen_times():
    one, age_s = called(), 0.0
    while not patience.is_over(one, 1 + int(age_s * 1000)):
        age_s += patience.wait_s(one, 1 + int(age_s * 1000))
        one = replace(one, tries=one.tries + 1)
    assert one.tries < 40
