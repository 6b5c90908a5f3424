"""Where every shop stands by its newest scores, in one query: `rules.lines.level` written as SQL.

The lines come from the edition. What a line may also follow from (`also_if`) is not kept of a shop and left out, as it
is in chat. A test compares with the rules, shop by shop.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, and_, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.edition import Edition, Effect, Line
from rules.lines import LEVEL_OF, Level, hundredths
from storage.schema import newest, shops
from storage.scores import scale_of

UNKNOWN = -1
"""No score of the edition's scale is known."""


def levels(edition: Edition) -> Select[tuple[int, int]]:
    """(shop, level) of every shop; UNKNOWN where no score is known."""
    facts = dict.fromkeys(line.fact for line in edition.lines)
    seen = {fact: newest.alias(f"seen_{fact}") for fact in facts}
    joined: Any = shops
    for fact, rows in seen.items():
        its = and_(rows.c.shop_id == shops.c.id, rows.c.fact == fact, rows.c.scale == scale_of(edition.fact(fact)))
        joined = joined.outerjoin(rows, its)
    nothing = and_(*(rows.c.hundredths.is_(None) for rows in seen.values()))
    by_line = [(_falls_below(line, seen[line.fact]), int(LEVEL_OF[line.effect])) for line in _gravest_first(edition)]
    level = case((nothing, UNKNOWN), *by_line, else_=int(Level.CLEAR))
    return select(shops.c.id.label("shop_id"), cast(level, Integer).label("level")).select_from(joined)


def _gravest_first(edition: Edition) -> list[Line]:
    return sorted(edition.lines, key=lambda line: -LEVEL_OF[line.effect])


def _falls_below(line: Line, seen: FromClause) -> ColumnElement[bool]:
    """Whether the shop is known to be below the line, and the line concerns it (see `rules.lines.concerns`)."""
    is_out = shops.c.in_alliance.is_not(None) & ~shops.c.in_alliance
    concerns = is_out if line.effect is Effect.NO_ENTRY else ~is_out
    return and_(seen.c.hundredths.is_not(None), seen.c.hundredths < _limit(line), concerns)


def _limit(line: Line) -> Any:
    """The limit for this shop; while the choice that sets it is not known, the lowest of all."""
    general = hundredths(line.limit)
    if line.limit_by is None:
        return general
    by = {value: hundredths(limit) for value, limit in line.limit_by.limits.items()}
    is_told = and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{line.limit_by.fact}": ', autoescape=True))
    chosen = [(_chose(line.limit_by.fact, value), limit) for value, limit in by.items()]
    return case(*chosen, (is_told, general), else_=min(general, *by.values()))


def _chose(fact: str, value: str) -> ColumnElement[bool]:
    """The choices are kept as JSON with sorted keys: the pair stands in them as it is written here."""
    return and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{fact}": "{value}"', autoescape=True))


async def counts(conn: AsyncConnection, edition: Edition) -> dict[int, int]:
    """How many shops there are at each level, and at UNKNOWN; those without any are left out."""
    every = levels(edition).subquery()
    query = select(every.c.level, func.count()).group_by(every.c.level)
    return {row.level: row[1] for row in (await conn.execute(query)).all()}
