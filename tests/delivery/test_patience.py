"""How long a message is tried, and how soon again."""

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
    ages_s = [0, 1, 2, 60, 300, 1200, 7200, 72 * 3600]
    waits = [patience.wait_s(called(), 1 + age * 1000) for age in ages_s]
    assert waits == [1, 1, 2, 60, 300, 300, 1800, 18 * 3600]


def test_a_message_whose_answers_are_always_lost_is_called_a_few_dozen_times():
    calls, age_s = 0, 0.0
    while not patience.is_over(called(), 1 + int(age_s * 1000)):
        calls, age_s = calls + 1, age_s + patience.wait_s(called(), 1 + int(age_s * 1000))
    assert calls < 40
