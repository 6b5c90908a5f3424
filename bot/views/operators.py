"""What those who run the bot are shown, in the chat and on the command line alike."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rules.lines import Level
from storage.daily_check.standings import UNKNOWN
from storage.overview import Overview


def standings(seen: Overview) -> list[tuple[str, int]]:
    """How many shops are at each standing, the gravest first; those at which none is are left out."""
    named = {**{int(level): level.name.lower() for level in sorted(Level, reverse=True)}, UNKNOWN: "unknown"}
    return [(name, seen.standings[level]) for level, name in named.items() if seen.standings.get(level)]


def instant(at_ms: int | None, zone: ZoneInfo) -> datetime | None:
    """Epoch milliseconds as local time."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
