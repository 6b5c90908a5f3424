"""An edition's lines as what the day's check looks for in the database."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rules.edition import Edition
from rules.lines import Level, hundredths, step, thresholds
from rules.outlook import FALL_STEPS, FORETOLD
from storage.daily_check.evidence import DayQuery, WatchedScore
from storage.instants import epoch_ms
from storage.preferences import Hours
from storage.scores import scale_of


@dataclass(frozen=True)
class WatchPolicy:
    """By which edition scores are judged, in whose zone, and when nobody wants to hear who chose nothing else."""

    edition: Edition
    zone: ZoneInfo
    quiet_hours: Hours | None

    def today(self, now: datetime) -> date:
        """The merchant's day at this instant."""
        return now.astimezone(self.zone).date()


def look(watch: WatchPolicy, day: date, now: datetime) -> DayQuery:
    """What to look for on this day; on a past one, silence is not asked about: it is a matter of now."""
    is_past = day < watch.today(now)
    return DayQuery(day, watched(watch.edition), is_past, None if is_past else epoch_ms(now))


def watched(edition: Edition) -> tuple[WatchedScore, ...]:
    """Every score that has a line."""
    facts = dict.fromkeys(line.fact for line in edition.lines)
    return tuple(_watched(edition, fact) for fact in facts)


def _watched(edition: Edition, fact: str) -> WatchedScore:
    limits = [(one.level, hundredths(one.limit)) for one in thresholds(edition) if one.fact == fact]
    foretold = [hundredths(line.limit) for line in edition.lines if line.fact == fact and line.effect in FORETOLD]
    by_choice = [
        hundredths(limit)
        for line in edition.lines
        if line.fact == fact and line.effect in FORETOLD and line.limit_by
        for limit in line.limit_by.limits.values()
    ]
    return WatchedScore(
        fact=fact,
        scale=scale_of(edition.fact(fact)),
        low_if_in=max((limit for level, limit in limits if level is not Level.NO_ENTRY), default=0),
        low_if_out=max((limit for level, limit in limits if level is Level.NO_ENTRY), default=0),
        lowest_foretold=min([*foretold, *by_choice], default=None),
        fall=hundredths(FALL_STEPS * step(edition, fact)),
    )
