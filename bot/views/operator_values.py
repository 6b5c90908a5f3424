"""Values for operators, the same in the chat and on the command line."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rules.edition import Catalogue, Edition
from rules.lines import Level
from storage.daily_check.standings import BARRED
from storage.overview import Overview


def standings(seen: Overview) -> list[tuple[str, int]]:
    """How many shops are at each standing, the barred first, then the gravest; those without a shop are left out."""
    return counted(seen.standings)


def counted(levels: Mapping[int, int]) -> list[tuple[str, int]]:
    """How many shops are at each level, by name, the barred first, then the gravest; those without a shop left out."""
    return [(level_name(number), levels[number]) for number in sorted(levels, reverse=True) if levels[number]]


def level_name(number: int) -> str:
    """The name of a level, or of BARRED, as the messages have words for each."""
    return "barred" if number == BARRED else Level(number).name.lower()


def instant(at_ms: int | None, zone: ZoneInfo) -> datetime | None:
    """Epoch milliseconds as local time."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)


def topic_titles(catalogue: Catalogue, preferred: Edition) -> dict[str, str]:
    """The title of every topic, by id; as the preferred edition names it, where it has the topic."""
    return {topic.id: topic.title for edition in (*catalogue.editions, preferred) for topic in edition.topics}
