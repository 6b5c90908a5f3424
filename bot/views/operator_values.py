"""Values for operators, the same in the chat and on the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rules.lines import Level
from storage.daily_check.standings import BARRED
from storage.overview import Overview


def standings(seen: Overview) -> list[tuple[str, int]]:
    """How many shops are at each standing, the barred first, then the gravest; those without a shop are left out."""
    names = {BARRED: "barred"} | {int(level): level.name.lower() for level in sorted(Level, reverse=True)}
    return [(name, seen.standings[number]) for number, name in names.items() if seen.standings.get(number)]


def instant(at_ms: int | None, zone: ZoneInfo) -> datetime | None:
    """Epoch milliseconds as local time."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
