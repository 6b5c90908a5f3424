"""Values for operators, the same in the chat and on the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rules.lines import Level
from storage.overview import Overview


def standings(seen: Overview) -> list[tuple[str, int]]:
    """How many shops are at each standing, the gravest first; standings without a shop are left out."""
    gravest_first = sorted(Level, reverse=True)
    return [(level.name.lower(), seen.standings[level]) for level in gravest_first if seen.standings.get(level)]


def instant(at_ms: int | None, zone: ZoneInfo) -> datetime | None:
    """Epoch milliseconds as local time."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
