"""Which of the operator's shops stand where, in SQL: those at risk, the worst first, and how many there are of each.

Merchants' own shops are not among them: their scores are for the merchants alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.absence import scores_that_count
from rules.assessment import Assessment, assess
from rules.case import Case, edition_of
from rules.edition import Catalogue, Edition
from rules.lines import Level, hundredths
from storage.daily_check import standings
from storage.schema import newest, shops
from storage.scores import is_stale


class Which(StrEnum):
    """Which shops. `risk`: below a line, or closed for good; `unknown`: with a fresh score, and yet something is open
    that may put it below a line; `old`: without a score that is not too old."""

    ALL = "all"
    RISK = "risk"
    UNKNOWN = "unknown"
    OLD = "old"


@dataclass(frozen=True)
class Judging:
    """By which editions shops are judged on a day: `preferred`, or the one of the scale of the shop's scores.

    `now_ms`: the instant as epoch ms.
    """

    catalogue: Catalogue
    preferred: Edition
    today: date
    now_ms: int

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The edition of each scale, the preferred one first."""
        return self.catalogue.by_scale(self.preferred)

    def judge(self, known: Case) -> Assessment:
        """The judgement of a shop's case."""
        return assess(edition_of(self.catalogue, known, self.preferred), known, self.today)


@dataclass(frozen=True)
class Counts:
    """Counts of the operator's shops by level, or BARRED, and whether a score is not too old."""

    shops: Mapping[tuple[int, bool], int]

    @property
    def all(self) -> int:
        return sum(self.shops.values())

    @property
    def levels(self) -> dict[int, int]:
        """How many shops at risk are at each level."""
        found: dict[int, int] = {}
        for (level, _), count in self.shops.items():
            if is_at_risk(level):
                found[level] = found.get(level, 0) + count
        return found

    @property
    def at_risk(self) -> int:
        return sum(self.levels.values())

    @property
    def no_fresh(self) -> int:
        """How many shops have no score that is not too old."""
        return sum(count for (_, has_fresh), count in self.shops.items() if not has_fresh)

    @property
    def unknown(self) -> int:
        """How many shops have a fresh score, and yet something is open that may put them below a line."""
        return self.shops.get((int(Level.UNKNOWN), True), 0)

    def of(self, which: Which) -> int:
        """How many shops are such."""
        known = {Which.ALL: self.all, Which.RISK: self.at_risk, Which.UNKNOWN: self.unknown, Which.OLD: self.no_fresh}
        return known[which]


def is_at_risk(level: int) -> bool:
    """Whether a shop of the level is below a line, or closed for good."""
    return level >= Level.NO_ENTRY


async def counts(conn: AsyncConnection, by: Judging) -> Counts:
    """How many shops stand where, with and without a fresh score."""
    levels = standings.levels(by.editions).subquery()
    fresh = case((is_fresh(by), 1), else_=0).label("fresh")
    query = select(levels.c.level, fresh).join_from(levels, shops, shops.c.id == levels.c.shop_id)
    each = query.where(shops.c.ref.is_not(None)).subquery()
    grouped = select(each.c.level, each.c.fresh, func.count()).group_by(each.c.level, each.c.fresh)
    return Counts({(level, bool(has)): count for level, has, count in (await conn.execute(grouped)).all()})


async def ranked(
    conn: AsyncConnection, by: Judging, which: Which, first: int = 0, limit: int | None = None
) -> dict[int, int]:
    """The level of each such shop, by number, from the place `first` on: those at risk the worst first, others by
    number."""
    levels = standings.levels(by.editions).subquery()
    query = select(shops.c.id, levels.c.level).join_from(shops, levels, levels.c.shop_id == shops.c.id)
    those = _those(query.where(shops.c.ref.is_not(None)), levels.c.level, which, by)
    return {row.id: row.level for row in (await conn.execute(those.offset(first).limit(limit))).all()}


def _those(
    query: Select[tuple[int, int]], level: ColumnElement[int], which: Which, by: Judging
) -> Select[tuple[int, int]]:
    if which is Which.RISK:
        return query.where(level >= int(Level.NO_ENTRY)).order_by(level.desc(), _share(by), shops.c.id)
    if which is Which.UNKNOWN:
        query = query.where(level == int(Level.UNKNOWN), is_fresh(by))
    if which is Which.OLD:
        query = query.where(~is_fresh(by))
    return query.order_by(shops.c.id)


def _share(by: Judging) -> Any:
    """The lowest of the shop's newest scores as a share of its scale: scores of two scales are in one order by that."""
    tops = {fact.scale: hundredths(fact.highest) for edition in by.editions for fact in edition.scores if fact.highest}
    top = case(*((newest.c.scale == scale, most) for scale, most in tops.items()), else_=None)
    lowest = func.min(cast(newest.c.hundredths, Float) / top)
    return func.coalesce(select(lowest).where(newest.c.shop_id == shops.c.id).scalar_subquery(), 2.0)


def is_fresh(by: Judging) -> ColumnElement[bool]:
    """Whether the shop has a score that is not too old, and none on the same scale that counts and is."""
    one, other = newest.alias("one"), newest.alias("other")
    counting = {fact for edition in by.editions for fact in scores_that_count(edition)}
    same = (other.c.shop_id == one.c.shop_id, other.c.scale == one.c.scale, other.c.fact.in_(counting))
    is_old = exists().where(*same, is_stale(other, by.today, by.now_ms))
    return exists().where(one.c.shop_id == shops.c.id, ~is_stale(one, by.today, by.now_ms), ~is_old)


async def levels_of(conn: AsyncConnection, by: Judging, shop_ids: list[int]) -> dict[int, int]:
    """The level of each of these shops, in their order; unknown numbers and merchants' own shops are left out."""
    levels = standings.levels(by.editions).subquery()
    query = select(shops.c.id, levels.c.level).join_from(shops, levels, levels.c.shop_id == shops.c.id)
    rows = (await conn.execute(query.where(shops.c.ref.is_not(None), shops.c.id.in_(shop_ids)))).all()
    known = {row.id: row.level for row in rows}
    return {shop_id: known[shop_id] for shop_id in shop_ids if shop_id in known}
