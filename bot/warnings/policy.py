"""An edition's lines as what the day's check looks for in the database."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rules.edition import Edition
from rules.lines import hundredths, limit_for, limits_of
from rules.outlook import FALL_STEPS, FORETOLD
from rules.requirements import Effect
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


def day_query(watch: WatchPolicy, day: date, now: datetime) -> DayQuery:
    """What to look for on this day; on a past one, silence is not asked about: it is a matter of now."""
    is_past = day < watch.today(now)
    return DayQuery(day, watched(watch.edition), is_past, None if is_past else epoch_ms(now))


def watched(edition: Edition) -> tuple[WatchedScore, ...]:
    """Every score that has a line."""
    facts = dict.fromkeys(line.fact for line in edition.lines)
    return tuple(_watched(edition, fact) for fact in facts)


def _watched(edition: Edition, fact: str) -> WatchedScore:
    lines = [line for line in edition.lines if line.fact == fact]
    limits = [(line.effect, hundredths(limit_for(line, {}))) for line in lines]
    foretold = [hundredths(limit) for line in lines if line.effect in FORETOLD for limit in limits_of(line, {})]
    return WatchedScore(
        fact=fact,
        scale=scale_of(edition.fact(fact)),
        low_if_in=max((limit for effect, limit in limits if effect is not Effect.NO_ENTRY), default=0),
        low_if_out=max((limit for effect, limit in limits if effect is Effect.NO_ENTRY), default=0),
        lowest_foretold=min(foretold, default=None),
        fall=hundredths(FALL_STEPS * edition.fact(fact).step),
    )
