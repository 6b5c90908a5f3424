"""Which updates are taken, and which leave no trace."""

import pytest

from bot.clock import SystemClock
from bot.telegram.addressed import MOST_GROUPS, Addressed
from bot.telegram.hourly import AGAIN_S
from bot.telegram.updates import Incoming, What

GROUP, OPERATORS = -100, -200


class HandClock(SystemClock):
    """A clock with `monotonic` moved by hand."""

    at = 0.0

    def monotonic(self) -> float:
        return self.at


def addressed(name: str = "Shop_Bot", clock: SystemClock | None = None) -> Addressed:
    return Addressed(clock or HandClock(), {OPERATORS}, lambda: name)


def command(update_id: int = 1, chat_id: int = 7, addressee: str = "", **more: object) -> Incoming:
    return Incoming(
        update_id, What.COMMAND, chat_id, is_private=chat_id > 0, command="help", addressee=addressee, **more
    )


def test_a_group_gets_one_line_an_hour_however_many_commands_it_sends():
    clock = HandClock()
    door = addressed(clock=clock)
    assert [door.takes(command(n, GROUP)) for n in range(1, 101)] == [True] + [False] * 99
    assert door.takes(command(1, GROUP)), "the same update again, which was not on disk yet"
    assert door.takes(command(101, GROUP - 1)), "another group"
    clock.at = AGAIN_S
    assert door.takes(command(102, GROUP))
    assert not door.takes(command(103, GROUP))


@pytest.mark.parametrize("what", [What.TEXT, What.MEDIA, What.NOTHING])
def test_what_the_members_of_a_group_tell_each_other_is_left_out(what: What):
    assert not addressed().takes(Incoming(1, what, GROUP, is_private=False, text="大家好"))


@pytest.mark.parametrize("what", [What.LEFT, What.CAME, What.PRESS])
def test_what_happens_to_the_bot_in_a_group_and_its_buttons_are_taken(what: What):
    assert addressed().takes(Incoming(1, what, GROUP, is_private=False))


def test_of_operators_everything_is_taken():
    door = addressed()
    assert all(door.takes(command(n, OPERATORS)) for n in range(1, 50))
    assert door.takes(Incoming(1, What.TEXT, OPERATORS, is_private=False, text="大家好"))


def test_a_corrected_command_of_a_group_is_no_second_one():
    assert not addressed().takes(command(1, GROUP, edited=True))


@pytest.mark.parametrize(
    ("name", "chat_id", "addressee", "is_taken"),
    [
        ("Shop_Bot", 7, "shop_bot", True),
        ("Shop_Bot", 7, "otherbot", False),
        ("Shop_Bot", GROUP, "shop_bot", True),
        ("Shop_Bot", GROUP, "otherbot", False),
        ("Shop_Bot", OPERATORS, "otherbot", False),
        ("", 7, "otherbot", True),
        ("", GROUP, "shop_bot", False),
        ("", GROUP, "", True),
    ],
)
def test_a_command_for_another_bot_is_none_of_ours(name: str, chat_id: int, addressee: str, is_taken: bool):
    assert addressed(name).takes(command(1, chat_id, addressee)) is is_taken


def test_of_so_many_groups_the_oldest_is_forgotten():
    door = addressed()
    for number in range(MOST_GROUPS + 1):
        assert door.takes(command(number, GROUP - number))
    assert len(door._taken) == MOST_GROUPS
