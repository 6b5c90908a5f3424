"""The ways into the journeys: a command, the press of a button, a text, a file. Each journey names its own.

    @command("shops", keeps=names_a_shop)      # /shops
    @press(ShowShops)                          # a button; its class says whether something is kept
    @entry(What.TEXT)                          # what is typed, by its kind

An entry is async and takes the Turn; that of a button takes the press too. It gives a Reply, or None where there is
nothing to do here: the button is old, there is no such command.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from bot.conversation.presses import Press
from bot.journeys.turn import OLD, Reply, Turn
from bot.telegram.updates import What

Entry = Callable[[Turn], Awaitable[Reply | None]]
F = TypeVar("F", bound=Callable[..., Awaitable[Reply | None]])
Keeps = Callable[[Turn], Awaitable[bool]]


class OperatorPress(Press):
    """A button for those who run the bot; for others there is no such button."""


class Command(NamedTuple):
    """`keeps`: whether the bot keeps something of the merchant for this command as it was typed."""

    entry: Entry
    keeps: Keeps


COMMANDS: dict[str, Command] = {}
PRESSES: dict[type[Press], Callable[[Turn, Any], Awaitable[Reply | None]]] = {}
OTHERS: dict[What, Entry] = {}


async def nothing(_: Turn) -> bool:
    """Nothing is kept."""
    return False


def command(name: str, *, keeps: Keeps = nothing) -> Callable[[F], F]:
    """Registers the entry of this command."""

    def register(entry: F) -> F:
        COMMANDS[name] = Command(entry, keeps)
        return entry

    return register


def press(*kinds: type[Press]) -> Callable[[F], F]:
    """Registers the entry of these buttons."""

    def register(entry: F) -> F:
        PRESSES.update(dict.fromkeys(kinds, entry))
        return entry

    return register


def entry(what: What) -> Callable[[F], F]:
    """Registers the entry of updates of this kind."""

    def register(entry: F) -> F:
        OTHERS[what] = entry
        return entry

    return register


async def keeps(turn: Turn) -> bool:
    """Whether what is asked for keeps something of the merchant."""
    if turn.incoming.what is What.COMMAND:
        known = COMMANDS.get(turn.incoming.command)
        return known is not None and await known.keeps(turn)
    return turn.press is not None and turn.press.keeps


async def enter(turn: Turn) -> Reply:
    """What the journey that the update asks for comes to."""
    what = turn.incoming.what
    if what is What.PRESS:
        may_press = turn.is_operator or not isinstance(turn.press, OperatorPress)
        reply = await PRESSES[type(turn.press)](turn, turn.press) if turn.press and may_press else None
        return reply or turn.reply(toast=OLD)
    if what is What.COMMAND:
        known = COMMANDS.get(turn.incoming.command)
        return (known and await known.entry(turn)) or turn.say_plain("frame/unknown_command")
    return await OTHERS[what](turn) or turn.reply()


def name(turn: Turn) -> str:
    """What was asked for, of the names that the bot knows: never what somebody wrote."""
    if turn.press:
        return turn.press.name()
    return turn.incoming.command if turn.incoming.command in COMMANDS else ""
