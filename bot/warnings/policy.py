"""The policy of the daily check: which scores an edition watches, and when a chat may hear of a warning."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.warnings.local_hours import after
from rules.absence import absent_for, scores_that_count
from rules.edition import Catalogue, Edition
from rules.lines import hundredths, limit_for, limits_of
from rules.outlook import FALL_STEPS, FORETOLD
from rules.requirements import Effect
from storage.daily_check.evidence import DayQuery, WatchedScore
from storage.daily_check.scales import Scales
from storage.instants import epoch_ms
from storage.preferences import Hours


@dataclass(frozen=True)
class WatchPolicy:
    """Edition and zone of the daily check. `quiet_hours`: of the chats without a choice; None: never quiet.

    `edition` judges the shops without a score, and those with scores on the scale of `edition`. With a `catalogue`,
    other editions judge the scores of other scales. `is_setting`: `edition` is the operator's, not one of those others.
    `admins`: chats of operators, who are told what could not be corrected.
    """

    edition: Edition
    zone: ZoneInfo
    quiet_hours: Hours | None
    catalogue: Catalogue | None = None
    is_setting: bool = True
    admins: frozenset[int] = frozenset()

    @property
    def scale(self) -> str:
        """The scale of the main scores that the edition judges."""
        return self.edition.main_score.scale

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The edition of each scale, the setting's first."""
        return self.catalogue.by_scale(self.edition) if self.catalogue else (self.edition,)

    def edition_named(self, name: str) -> Edition | None:
        """The edition by name, None when there is none (any more)."""
        known = (self.edition, *(self.catalogue.editions if self.catalogue else ()))
        return next((edition for edition in known if edition.name == name), None)

    @property
    def each(self) -> tuple["WatchPolicy", ...]:
        """The policy of each scale, the setting's first: a shop belongs to exactly one."""
        return self, *(replace(self, edition=edition, is_setting=False) for edition in self.editions[1:])

    def of_scale(self, scale: str | None) -> "WatchPolicy":
        """The policy by which scores of the scale are watched; the setting's for None and for a scale of no edition."""
        return next((one for one in self.each if one.scale == scale), self)

    def today(self, now: datetime) -> date:
        """The merchant's day at `now`."""
        return now.astimezone(self.zone).date()


def day_query(watch: WatchPolicy, day: date, now: datetime, since_ms: int = 0) -> DayQuery:
    """The database query for `day`; silence is not looked for on a past day. `since_ms`: see `DayQuery`."""
    is_past = day < watch.today(now)
    watched = tuple(_watched(watch.edition, fact) for fact in scores_that_count(watch.edition))
    return DayQuery(
        day,
        watched,
        is_past,
        None if is_past else epoch_ms(now),
        scales=Scales(watch.edition.main_score.id, "" if watch.is_setting else watch.scale, _others(watch)),
        since_ms=since_ms,
    )


def _others(watch: WatchPolicy) -> tuple[str, ...]:
    """The scales of the scores that other editions judge."""
    return tuple(one.scale for one in watch.each[1:]) if watch.is_setting else ()


def _watched(edition: Edition, fact: str) -> WatchedScore:
    lines = [line for line in edition.lines if line.fact == fact]
    limits = [(line.effect, hundredths(limit_for(line, {}))) for line in lines if not line.applies_when]
    of_kinds = [hundredths(limit_for(line, {})) for line in lines if line.applies_when]
    foretold = [hundredths(limit) for line in lines if line.effect in FORETOLD for limit in limits_of(line, {})]
    return WatchedScore(
        fact=fact,
        scale=edition.fact(fact).scale,
        low_if_in=max((limit for effect, limit in limits if effect is not Effect.NO_ENTRY), default=0),
        low_if_out=max((limit for effect, limit in limits if effect is Effect.NO_ENTRY), default=0),
        low_of_kinds=max(of_kinds, default=0),
        lowest_foretold=min(foretold, default=None),
        fall=hundredths(FALL_STEPS * edition.fact(fact).step),
        absence_counts=any(fact in absent_for(edition, line) for line in edition.lines),
    )


def due(now: datetime, zone: ZoneInfo, quiet: Hours | None, digest_at: time | None = None) -> datetime:
    """The first instant from `now` on outside the quiet hours and not before `digest_at` local time; aware UTC."""
    waited = after(now, zone, (time.min, digest_at)) if digest_at else now.astimezone(UTC)
    return after(waited, zone, quiet) if quiet else waited
