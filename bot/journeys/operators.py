"""Those who run the bot: the chats in ADMIN_CHAT_IDS. What they do is written down."""

from datetime import datetime

from bot.conversation.presses import Press
from bot.journeys.turn import Turn
from bot.views import operator_values
from storage import audit


class OperatorPress(Press):
    """A button for those who run the bot; for others there is no such button."""


def is_operator(turn: Turn) -> bool:
    """Whether this chat is one of those who run the bot."""
    return turn.chat_id in turn.context.admins


async def note(turn: Turn, action: str, subject: object = "") -> None:
    """Write down what the operator did."""
    await audit.record(turn.conn, turn.chat_id, action, str(subject), turn.now_ms)


def instant(turn: Turn, at_ms: int | None) -> datetime | None:
    """Epoch milliseconds as local time."""
    return operator_values.instant(at_ms, turn.context.zone)
