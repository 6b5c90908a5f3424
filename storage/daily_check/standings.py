"""The level of every shop by the newest scores, in one query: `rules.assessment.Assessment.level` written as SQL.

The lines come from the edition. Facts of `also_if` that are no scores are left out, as in chat. A test compares with
the rules, shop by shop.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from storage.daily_check.scales import Scales, at_odds, fits
from storage.schema import newest, shops

Seen = Mapping[str, FromClause]
"""By score, the rows joined to the shops: no row for a score never given, a row without hundredths for "no score"."""


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
    """
    score = seen[line.fact].c.hundredths
    is_below = and_(score.is_not(None), score < _limit(line, of_all), *_applies(line))
    rows = [seen[fact].c for fact in absent_for(edition, line)]
    absent = [row.shop_id.is_not(None) & row.hundredths.is_(None) for row in rows]
    return or_(is_below, and_(*absent)) if absent else is_below


def _is_open(edition: Edition, line: Line, seen: Seen) -> ColumnElement[bool]:
    """Whether the score is unknown, or below only by an untold choice, or only for shops of an untold kind."""
    score, never = seen[line.fact].c.hundredths, _never(edition, line, seen)
    unknown = and_(score.is_(None), ~never, *_applies(line))
    if line.applies_when:
        untold = [~_is_told(condition.fact) for condition in line.applies_when]
        return or_(unknown, and_(score < _limit(line, max), *untold))
    depends = and_(score >= _limit(line, min), score < _limit(line, max))
    return or_(unknown, depends) if line.limit_by else unknown


def _applies(line: Line) -> list[ColumnElement[bool]]:
    """That the shop told to be of the kind that the line is for, a condition each: options of a choice."""
    return [
        or_(false(), *(_chose(condition.fact, value) for value in condition.among or ()))
        for condition in line.applies_when
    ]


def _never(edition: Edition, line: Line, seen: Seen) -> ColumnElement[bool]:
    """Whether the shop has no such score because it has none of others, see `rules.edition.Fact.none_if`."""
    never = edition.fact(line.fact).none_if
    others = [seen[condition.fact].c for condition in never if condition.absent and condition.fact in seen]
    return and_(*(row.shop_id.is_not(None) & row.hundredths.is_(None) for row in others)) if others else false()


def _is_told(fact: str) -> ColumnElement[bool]:
    """Whether the choice is told."""
    return and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{fact}": ', autoescape=True))


def _limit(line: Line, of_all: Callable[[Iterable[int]], int]) -> Any:
    """The shop's limit in hundredths; while the deciding choice is untold, the lowest or highest of all."""
    general = hundredths(line.limit)
    if line.limit_by is None:
        return general
    fact = line.limit_by.fact
    chosen = [(_chose(fact, value), hundredths(limit)) for value, limit in line.limit_by.limits.items()]
    return case(*chosen, (_is_told(fact), general), else_=of_all(map(hundredths, limits_of(line, {}))))


def _chose(fact: str, value: str) -> ColumnElement[bool]:
    """Whether the shop chose `value`. Choices are kept as JSON, so the pair is found as text."""
    return and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{fact}": "{value}"', autoescape=True))


async def counts(conn: AsyncConnection, editions: Sequence[Edition]) -> dict[int, int]:
    """Count of shops by level or BARRED; those without shops are left out."""
    every = levels(editions).subquery()
    query = select(every.c.level, func.count()).group_by(every.c.level)
    return {row.level: row[1] for row in (await conn.execute(query)).all()}
