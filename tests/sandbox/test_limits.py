"""The windows of Telegram's real limits, on a clock of the test's own."""

import pytest

from bot.sandbox.limits import Budget
from bot.sandbox.refusals import Refusal


def most_in(seconds: float, chats: int, is_group: bool) -> int:
    """How many messages go through when one is tried in each chat every tenth of a second."""
    budget, sent = Budget(), 0
    for tick in range(round(seconds * 10)):
        for chat in range(chats):
            try:
                budget.spend(chat, is_group, tick / 10)
            except Refusal:
                continue
            sent += 1
    return sent


@pytest.mark.parametrize(
    ("seconds", "chats", "is_group", "most"),
    [
        (1, 1, False, 1),
        (10, 1, False, 10),
        (1, 50, False, 30),
        (3, 50, False, 90),
        (60, 1, True, 20),
        (61, 1, True, 21),
    ],
)
def test_no_window_holds_more_than_telegram_allows(seconds: float, chats: int, is_group: bool, most: int) -> None:
    assert most_in(seconds, chats, is_group) == most


def test_a_refusal_names_the_seconds_until_there_is_room() -> None:
    budget = Budget()
    for second in range(20):
        budget.spend(-5, True, float(second))
    with pytest.raises(Refusal, match="retry after 40"):
        budget.spend(-5, True, 20.0)
