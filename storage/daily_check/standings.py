"""The level of every shop by the newest scores, in one query: `rules.assessment.Assessment.level` written as SQL.

The lines come from the edition. Facts of `also_if` that are no scores are left out, as in chat. A test compares with
the rules, shop by shop.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.absence import absent_for, scores_that_count
from rules.edition import Edition
from rules.lines import LEVEL_OF, Level, hundredths, limits_of
from rules.requirements import Effect, Line
from storage.daily_check.conditions import (
    Seen,
    all_known,
    any_refuted,
    chose,
    is_absent,
    is_chosen,
    is_never_given,
)
from storage.daily_check.scales import Scales, at_odds, fits
from storage.schema import newest, shops

BARRED: Final = int(max(Level)) + 1
"""In place of a level: the access never comes back, whatever the scores."""


def levels(editions: Sequence[Edition]) -> CompoundSelect[tuple[int, int]]:
    """Select of (shop, level or BARRED) for every shop, by the edition of the scores' scale, by the first without a
    number.
    """
    first, *others = editions
    main = first.main_score.id
    judged = [(first, Scales(main, others=tuple(other.main_score.scale for other in others)))]
    judged += [(other, Scales(main, only=other.main_score.scale)) for other in others]
    return union_all(*(_levels(edition).where(which.hold(shops.c.id)) for edition, which in judged))


def _levels(edition: Edition) -> Select[tuple[int, int]]:
    joined, seen = beside(shops, edition, newest, "seen")
    lines = sorted(edition.lines, key=lambda line: -LEVEL_OF[line.effect])
    certain = [(concerns(line) & holds(edition, line, seen, min), int(LEVEL_OF[line.effect])) for line in lines]
    is_open = or_(false(), *(concerns(line) & _is_open(edition, line, seen) for line in lines))
    level = case(
        (_is_barred(edition), BARRED),
        *certain,
        (is_open | at_odds(shops.c.id, {fact.scale for fact in edition.scores}), int(Level.UNKNOWN)),
        else_=int(Level.CLEAR),
    )
    return select(shops.c.id.label("shop_id"), cast(level, Integer).label("level")).select_from(joined)


def _is_barred(edition: Edition) -> ColumnElement[bool]:
    """Whether the shop was closed for the last time and is not known to be in."""
    if edition.chances is None:
        return false()
    is_in = func.coalesce(shops.c.in_alliance, false())
    return and_(func.coalesce(shops.c.closures, 0) >= edition.chances.limit, ~is_in)


def beside(joined: Any, edition: Edition, rows: FromClause, name: str) -> tuple[Any, Seen]:
    """`joined`, which has the shops, with the row of each score in `rows`; and those rows, by score."""
    seen: dict[str, FromClause] = {}
    for fact in scores_that_count(edition):
        row = seen[fact] = rows.alias(f"{name}_{fact}")
        its = and_(row.c.shop_id == shops.c.id, row.c.fact == fact, fits(row, edition.fact(fact).scale))
        joined = joined.outerjoin(row, its)
    return joined, seen


def concerns(line: Line) -> ColumnElement[bool]:
    """Whether the line concerns the shop, see `rules.lines.concerns`."""
    is_out = shops.c.in_alliance.is_not(None) & ~shops.c.in_alliance
    return is_out if line.effect is Effect.NO_ENTRY else ~is_out


def holds(edition: Edition, line: Line, seen: Seen, of_all: Callable[[Iterable[int]], int]) -> ColumnElement[bool]:
    """Whether the effect of the line follows: the score is below, or known to be absent where absence counts.

    `of_all`: which limit counts while the deciding choice is untold: `min` for what is certain, `max` for what may be.
    A line for shops of a kind is only for those known to be of that kind.
    """
    score = seen[line.fact].c.hundredths
    is_below = and_(score.is_not(None), score < _limit(line, of_all))
    absent = [is_absent(edition, fact, seen) for fact in absent_for(edition, line)]
    follows = or_(is_below, and_(*absent)) if absent else is_below
    return and_(follows, all_known(line.applies_when, seen), ~is_never_given(edition, line.fact, seen))


def _is_open(edition: Edition, line: Line, seen: Seen) -> ColumnElement[bool]:
    """Whether the score is unknown, or below only for some values of an untold choice."""
    score, applies = seen[line.fact].c.hundredths, all_known(line.applies_when, seen)
    below_some = and_(score.is_not(None), score < _limit(line, max))
    depends = and_(below_some, score >= _limit(line, min))
    is_open = or_(and_(applies, or_(score.is_(None), depends)), and_(~applies, below_some))
    may_apply = ~any_refuted(line.applies_when, seen)
    return and_(is_open, may_apply, ~is_never_given(edition, line.fact, seen))


def _limit(line: Line, of_all: Callable[[Iterable[int]], int]) -> Any:
    """The shop's limit in hundredths; while the deciding choice is untold, the lowest or highest of all."""
    general = hundredths(line.limit)
    if line.limit_by is None:
        return general
    fact = line.limit_by.fact
    is_told = is_chosen(fact)
    chosen = [(chose(fact, value), hundredths(limit)) for value, limit in line.limit_by.limits.items()]
    return case(*chosen, (is_told, general), else_=of_all(map(hundredths, limits_of(line, {}))))


async def counts(conn: AsyncConnection, editions: Sequence[Edition]) -> dict[int, int]:
    """Count of shops by level or BARRED; those without shops are left out."""
    every = levels(editions).subquery()
    query = select(every.c.level, func.count()).group_by(every.c.level)
    return {row.level: row[1] for row in (await conn.execute(query)).all()}
