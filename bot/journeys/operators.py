"""Those who run the bot: the chats in ADMIN_CHAT_IDS. What they do is written down."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec

from bot.journeys.turn import Reply, Turn
from bot.views import operator_values
from storage import audit

P = ParamSpec("P")
Guarded = Callable[Concatenate[Turn, P], Awaitable[Reply | None]]


def for_operators(entry: Guarded[P]) -> Guarded[P]:
    """The entry for operators; for others there is no such command or button."""

    @wraps(entry)
    async def guarded(turn: Turn, /, *args: P.args, **named: P.kwargs) -> Reply | None:
        return await entry(turn, *args, **named) if is_operator(turn) else None

    return guarded


def is_operator(turn: Turn) -> bool:
    """Whether this chat is one of those who run the bot."""
    return turn.chat_id in turn.context.admins


async def note(turn: Turn, action: str, subject: object = "") -> None:
    """Write down what the operator did."""
    await audit.record(turn.conn, turn.chat_id, action, str(subject), turn.now_ms)


def instant(turn: Turn, at_ms: int | None) -> datetime | None:
    """Epoch milliseconds as local time."""
    return operator_values.instant(at_ms, turn.context.zone)
