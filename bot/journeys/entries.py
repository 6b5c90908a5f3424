"""The ways into the journeys: a command, the press of a button, a text, a file. Each journey registers entries:

    @command("shops", keeps=names_a_shop)      # /shops
    @press(ShowShops)                          # a button; the class says whether something is kept
    @entry(What.TEXT)                          # an update, by kind

An entry is async and takes the Turn; the entry of a button takes the press too. An entry gives a Reply, or None where
nothing is to be done: the button is old, there is no such command.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple, TypeVar

from bot.conversation.presses import Press
from bot.journeys.turn import OLD, Reply, Turn
from bot.telegram.updates import What
from bot.views.render import Rendered

Entry = Callable[[Turn], Awaitable[Reply | None]]
F = TypeVar("F", bound=Callable[..., Awaitable[Reply | None]])
Keeps = Callable[[Turn], Awaitable[bool]]
Asks = Callable[[Turn, Press], Awaitable[Rendered]]


class OperatorPress(Press):
    """A button for operators; for everybody else there is no such button."""


class Command(NamedTuple):
    """`keeps`: whether the command, as typed, keeps something of the merchant; None for one that never does.

    `asks`: the question for consent in words of its own, with the button behind a yes.
    """

    entry: Entry
    keeps: Keeps | None
    asks: Asks | None


COMMANDS: dict[str, Command] = {}
PRESSES: dict[type[Press], Callable[[Turn, Any], Awaitable[Reply | None]]] = {}
OTHERS: dict[What, Entry] = {}


def command(name: str, *, keeps: Keeps | None = None, asks: Asks | None = None) -> Callable[[F], F]:
    """Registers the entry of a command."""

    def register(entry: F) -> F:
        COMMANDS[name] = Command(entry, keeps, asks)
        return entry

    return register


def press(*kinds: type[Press]) -> Callable[[F], F]:
    """Registers the entry of buttons."""

    def register(entry: F) -> F:
        PRESSES.update(dict.fromkeys(kinds, entry))
        return entry

    return register


def entry(what: What) -> Callable[[F], F]:
    """Registers the entry of updates of a kind."""

    def register(entry: F) -> F:
        OTHERS[what] = entry
        return entry

    return register


async def keeps(turn: Turn) -> bool:
    """Whether the command or press keeps something of the merchant."""
    if turn.incoming.what is What.COMMAND:
        known = COMMANDS.get(turn.incoming.command)
        return known is not None and known.keeps is not None and await known.keeps(turn)
    return turn.press is not None and turn.press.keeps


async def enter(turn: Turn) -> Reply:
    """The reply of the entry for this update; "old" for a press without an entry or a reply."""
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
    """The name of the press or command, "" for an unknown name, so that no merchant's text gets into a log."""
    if turn.press:
        return turn.press.name()
    return turn.incoming.command if turn.incoming.command in COMMANDS else ""
