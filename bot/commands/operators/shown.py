"""What all of these need: days and instants in the merchants' zone."""

from datetime import UTC, date, datetime
from typing import Any, Final

from bot.commands.refusal import Refusal
from bot.settings import Settings
from bot.views.operator_values import instant
from storage.instants import epoch_ms

MOST: Final = 1000
Shown = dict[str, Any]


def day_of(chosen: Settings, on: str | None) -> date:
    """The day that `--on` names, else the merchants' today. Raises Refusal."""
    if on is None:
        return datetime.now(chosen.zone).date()
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise Refusal(f"--on: got {on}; wants a day like 2026-07-29") from None


def instant_of(chosen: Settings, at_ms: int | None) -> str | None:
    """This instant (epoch ms) in the merchants' zone."""
    found = instant(at_ms, chosen.zone)
    return found.isoformat(timespec="seconds") if found else None


def now_ms() -> int:
    """Epoch milliseconds of now."""
    return epoch_ms(datetime.now(UTC))
