"""What an operator's journeys share: each deed is written down, instants are shown as local time."""

from datetime import datetime

from bot.journeys.turn import Turn
from bot.views import operator_values
from storage import audit


async def note(turn: Turn, action: str, subject: object = "") -> None:
    """Write down what the operator did."""
    await audit.record(turn.conn, turn.chat_id, action, str(subject), turn.now_ms)


def instant(turn: Turn, at_ms: int | None) -> datetime | None:
    """Epoch milliseconds as local time; None stays None."""
    return operator_values.instant(at_ms, turn.context.zone)
