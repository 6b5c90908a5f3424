"""The day's query: the followers whom the day may concern, and the evidence that each decision rests on.

Each range of shops takes one query. Followers left out would hear nothing new (a test compares with judging
everybody), so a quiet day costs little.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Row,
    RowMapping,
    Select,
    String,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    type_coerce,
    union,
)

from rules.outlook import NEWEST_WITHIN_DAYS, WINDOW_DAYS
from rules.sources import Source
from rules.watch import WORSE_WITHIN_DAYS
from storage.chats import BLOCKED
from storage.daily_check.arrived import arrived
from storage.daily_check.scales import EVERY_SHOP, Scales, at_odds, fits
from storage.follows import KEYS
from storage.schema import WATCH_STATE, chats, follows, newest, preferences, scores, shops
from storage.scores import is_stale, silent_before


class Who(NamedTuple):
    """The first values of a row: the follower, and the chat's hours as kept."""

    chat_id: int
    shop_id: int
    quiet_hours: str | None
    digest_at: str | None


class Newest(NamedTuple):
    """The newest row of a score: day's number, hundredths (None: no score), source."""

    day: int
    hundredths: int | None
    source: str


class Evidence(NamedTuple):
    """The evidence for a decision, in the database's own values. `is_silent`: scores have stopped coming.

    `state`: in the order of `storage.follows.KEYS`. `scores`: by watched score, None without a row. `was_watched`: the
    follower was there when another edition judged. `is_mixed`: see `rules.watch_state.Sighting`.
    """

    is_silent: bool
    state: tuple[Any, ...]
    frequency: str
    snoozed_until: int | None
    in_alliance: bool | None
    closures: int | None
    choices: str | None
    scores: tuple[Newest | None, ...]
    was_watched: bool
    is_mixed: bool


WHO: Final = slice(len(Who._fields))
DECIDING: Final = slice(len(Who._fields), None)
"""The two parts of a row: the follower, and the evidence; followers with equal evidence get the same decision."""


def evidence(row: Row[Any], watched: int) -> Evidence:
    """The evidence in a row, by the query's labels; `watched`: count of watched scores."""
    kept = row._mapping
    in_alliance = kept["in_alliance"]
    return Evidence(
        is_silent=bool(kept["is_silent"]),
        state=tuple(kept[f"state_{key}"] for key in KEYS),
        frequency=kept["frequency"],
        snoozed_until=kept["snoozed_until"],
        in_alliance=None if in_alliance is None else bool(in_alliance),
        closures=kept["closures"],
        choices=kept["choices"],
        scores=tuple(_newest(kept, number) for number in range(watched)),
        was_watched=bool(kept["was_watched"]),
        is_mixed=bool(kept["is_mixed"]),
    )


def _newest(kept: RowMapping, number: int) -> Newest | None:
    day, hundredths, source = (kept[f"{name}_{number}"] for name in Newest._fields)
    return None if day is None else Newest(day, hundredths, source)


FIRST: Final = bindparam("first", type_=BigInteger)
LAST: Final = bindparam("last", type_=BigInteger)


@dataclass(frozen=True)
class WatchedScore:
    """A score and the bounds of "low" in hundredths: for shops in the alliance or maybe in, and for shops outside.

    `low_of_kinds`: for shops in or maybe in that told a choice, by which higher lines may be theirs.
    `lowest_foretold`: from here up a fall of `fall` may end below a line; None: no line of the score is foretold.
    `absence_counts`: "no score" may have an effect too.
    """

    fact: str
    scale: str
    low_if_in: int
    low_if_out: int
    low_of_kinds: int
    lowest_foretold: int | None
    fall: int
    absence_counts: bool = False


@dataclass(frozen=True)
class DayQuery:
    """A day's check. `is_past`: ignore newer rows. `now_ms`: epoch ms for judging silence, None: don't.

    `everybody`: judge also followers for whom there can be nothing new. `scales`: which shops at all. `since_ms`: epoch
    ms of the last check by another edition, 0 for none (see `storage.daily_check.switches`). `only_arrived`: judge only
    the shops in the temporary table of `storage.daily_check.arrived`.
    """

    day: date
    watched: tuple[WatchedScore, ...]
    is_past: bool
    now_ms: int | None = None
    everybody: bool = False
    scales: Scales = EVERY_SHOP
    since_ms: int = 0
    only_arrived: bool = False

    @cached_property
    def window(self) -> list[date]:
        """The days within reach of the check, the newest first."""
        return [self.day - timedelta(back) for back in range(WINDOW_DAYS)]

    @cached_property
    def query(self) -> Select[Any]:
        """The query for shops numbered `first` to `last`; kept, as building takes longer than running on few shops."""
        return query(self)


def query(look: DayQuery) -> Select[Any]:
    """Rows of the followers whom the day may concern, without chats that turned warnings off or blocked the bot.

    Values are the database's own: a million conversions would cost more than the query. WHO and DECIDING take a row
    apart, `evidence` names the second part.
    """
    seen = [_sightings(look, one) for one in look.watched]
    few = _worth_a_look(look, seen)
    joined: FromClause = few.join(follows, follows.c.shop_id == few.c.shop_id).join(shops, shops.c.id == few.c.shop_id)
    for one, table in zip(look.watched, seen, strict=True):
        same = (table.c.shop_id == follows.c.shop_id, table.c.fact == one.fact, fits(table, one.scale))
        joined = joined.outerjoin(table, and_(*same, table.c.day >= look.window[-1]))
    joined = joined.outerjoin(preferences, preferences.c.chat_id == follows.c.chat_id)
    joined = joined.outerjoin(chats, chats.c.chat_id == follows.c.chat_id)
    is_reachable = or_(chats.c.state.is_(None), chats.c.state != BLOCKED)
    found = select(*_columns(look, seen)).select_from(joined).where(follows.c.is_on, is_reachable)
    found = found.where(look.scales.hold(follows.c.shop_id))
    found = found.with_for_update(of=follows)
    return found if look.everybody else found.where(_may_be_news(look, seen))


def _worth_a_look(look: DayQuery, seen: Sequence[FromClause]) -> CTE:
    """A superset of the shops of `_may_be_news`, found by conditions on single tables.

    Materialised: a pass over the scores leaves few shops, and the rest is looked up for few.
    """
    if look.everybody:
        return select(shops.c.id.label("shop_id")).where(shops.c.id.between(FIRST, LAST)).cte("few")
    of_kinds = select(shops.c.id).where(shops.c.choices.is_not(None), *_within(look, shops.c.id))
    parts = [
        select(table.c.shop_id).where(
            *_within(look, table.c.shop_id),
            table.c.fact == one.fact,
            fits(table, one.scale),
            or_(
                table.c.hundredths < max(one.low_if_in, one.low_if_out),
                and_(table.c.hundredths < one.low_of_kinds, table.c.shop_id.in_(of_kinds)),
                *([table.c.hundredths.is_(None)] if one.absence_counts else []),
                table.c.hundredths <= table.c.highest - one.fall,
                _is_stale(look, table),
            ),
        )
        for one, table in zip(look.watched, seen, strict=True)
    ]
    awake = select(follows.c.shop_id).where(follows.c.is_awake == true(), *_within(look, follows.c.shop_id))
    has_been_closed = shops.c.closures > literal_column("0")
    closed = select(shops.c.id).where(has_been_closed, *_within(look, shops.c.id))
    return union(*parts, awake, closed).cte("few").prefix_with("MATERIALIZED")


def _within(look: DayQuery, shop_id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    """The conditions on the shops to be judged."""
    yield shop_id.between(FIRST, LAST)
    if look.only_arrived:
        yield shop_id.in_(select(arrived.c.shop_id))


def _sightings(look: DayQuery, watched: WatchedScore) -> FromClause:
    """The newest row of a score up to the day, by shop."""
    name = f"seen_{watched.fact}"
    if not look.is_past:
        return newest.alias(name)
    earlier = scores.alias("earlier")
    same = (earlier.c.fact == watched.fact, earlier.c.shop_id == newest.c.shop_id, earlier.c.day.in_(look.window))
    newest_day = select(func.max(earlier.c.day)).where(*same).scalar_subquery()
    row = and_(scores.c.fact == newest.c.fact, scores.c.shop_id == newest.c.shop_id, scores.c.day == newest_day)
    of_row = (scores.c.day, scores.c.hundredths, scores.c.scale, scores.c.source)
    query = select(newest.c.shop_id, newest.c.fact, newest.c.highest, newest.c.seen_at, *of_row)
    query = query.select_from(newest.join(scores, row))
    return query.where(newest.c.fact == watched.fact, newest.c.shop_id.between(FIRST, LAST)).subquery(name)


def _columns(look: DayQuery, seen: Sequence[FromClause]) -> Iterator[ColumnElement[Any]]:
    """The fields of Who, then the columns labelled for `evidence`."""
    yield from (follows.c.chat_id, follows.c.shop_id, preferences.c.quiet_hours, preferences.c.digest_at)
    yield _is_silent(look, seen).label("is_silent")
    yield (follows.c.created_at < look.since_ms if look.since_ms else false()).label("was_watched")
    yield at_odds(follows.c.shop_id, {one.scale for one in look.watched}).label("is_mixed")
    yield from (_raw(column).label(f"state_{column.key}") for column in WATCH_STATE)
    yield from (_raw(follows.c[name]).label(name) for name in ("frequency", "snoozed_until"))
    yield from (_raw(shops.c[name]).label(name) for name in ("in_alliance", "closures", "choices"))
    for number, table in enumerate(seen):
        yield from (_raw(table.c[name]).label(f"{name}_{number}") for name in Newest._fields)


def _raw(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, String() if isinstance(column.type, String) else Integer())


def _may_be_news(look: DayQuery, seen: Sequence[FromClause]) -> ColumnElement[bool]:
    """Whether a state is remembered of the shop, or the shop was closed, is low, falling or silent."""
    is_closed = and_(shops.c.closures > 0, follows.c.closures.is_distinct_from(shops.c.closures))
    scored = [_is_low_or_falling(look, one, table) for one, table in zip(look.watched, seen, strict=True)]
    return or_(follows.c.is_awake, is_closed, *scored, and_(_is_silent(look, seen), ~follows.c.stale_told))


def _is_low_or_falling(look: DayQuery, watched: WatchedScore, seen: FromClause) -> ColumnElement[bool]:
    may_be_in = or_(shops.c.in_alliance.is_(None), shops.c.in_alliance)
    recent = seen.c.day >= look.day - timedelta(WORSE_WITHIN_DAYS)
    of_kind = and_(seen.c.hundredths < watched.low_of_kinds, shops.c.choices.is_not(None))
    low_if_in = and_(or_(seen.c.hundredths < watched.low_if_in, of_kind), may_be_in)
    low_if_out = and_(seen.c.hundredths < watched.low_if_out, ~shops.c.in_alliance)
    is_absent = and_(seen.c.shop_id.is_not(None), seen.c.hundredths.is_(None), may_be_in)
    low = or_(low_if_in, low_if_out, is_absent) if watched.absence_counts else or_(low_if_in, low_if_out)
    return or_(and_(low, recent), and_(_has_fallen(look, watched, seen), may_be_in))


def _has_fallen(look: DayQuery, watched: WatchedScore, seen: FromClause) -> ColumnElement[bool]:
    """Whether the score fell by `fall` within the window, and is above a line that can be foretold.

    The comparison with the highest ever comes first: no other row is needed.
    """
    if watched.lowest_foretold is None:
        return false()
    was = scores.alias("was")
    its = (was.c.fact == watched.fact, was.c.shop_id == seen.c.shop_id, was.c.day.in_(look.window))
    return and_(
        seen.c.hundredths <= seen.c.highest - watched.fall,
        seen.c.hundredths >= watched.lowest_foretold,
        seen.c.day >= look.day - timedelta(NEWEST_WITHIN_DAYS),
        exists().where(*its, was.c.hundredths >= seen.c.hundredths + watched.fall),
    )


def _is_silent(look: DayQuery, seen: Sequence[FromClause]) -> ColumnElement[bool]:
    """Whether scores have stopped coming; without any score, counted from the start of the follow."""
    if look.now_ms is None:
        return false()
    waits = (
        and_(shops.c.source == source.value, follows.c.created_at < silent_before(source, look.now_ms))
        for source in Source
    )
    came = (table.c.shop_id.is_not(None) for table in seen)
    return and_(or_(*came, *waits), *(or_(table.c.shop_id.is_(None), _is_stale(look, table)) for table in seen))


def _is_stale(look: DayQuery, seen: FromClause) -> ColumnElement[bool]:
    """Whether the newest row of a shop is stale; False when silence is not judged."""
    return false() if look.now_ms is None else is_stale(seen, look.day, look.now_ms)
