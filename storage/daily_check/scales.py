"""The scale of a shop's scores, by which the shop is judged by one edition and no other."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Integer, and_, exists, func, or_, select, true, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.sources import SOURCES
from storage.schema import newest


@dataclass(frozen=True)
class Scales:
    """Which shops to judge: those with scores on the scale `only`, if given; else those with no number on the `others`.

    `main`: the fact of the main score.
    """

    main: str = ""
    only: str = ""
    others: tuple[str, ...] = ()

    def hold(self, shop_id: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether the shop is one of them; a shop without a number is on no scale."""
        if self.only:
            return _scale(shop_id, self.main) == self.only
        if not self.others:
            return true()
        scale = _scale(shop_id, self.main)
        return or_(scale.is_(None), scale.not_in(self.others))


EVERY_SHOP: Final = Scales()


def _scale(shop_id: Any, main: str) -> ColumnElement[str]:
    """The scale of the newest number: `rules.case.scale_of` as SQL, where the reasons stand."""
    its = newest.alias("its")
    numbers = select(its.c.scale).where(its.c.shop_id == shop_id, its.c.hundredths.is_not(None))
    by_rank = numbers.order_by(*(each.desc() for each in (its.c.day, its.c.fact != main, its.c.scale)))
    return by_rank.limit(1).scalar_subquery()


def fits(row: FromClause, scale: str) -> ColumnElement[bool]:
    """Whether a row of scores can be judged on the scale: `rules.case.fits` as SQL; "no score" is so on every scale."""
    return or_(row.c.scale == scale, row.c.hundredths.is_(None))


def at_odds(shop_id: Any, own: Collection[str]) -> ColumnElement[bool]:
    """Whether a fresh number stands on none of the scales `own`: `rules.case.Case.at_odds` as SQL."""
    odd, other = newest.alias("odd"), newest.alias("other")
    numbers = (other.c.shop_id == odd.c.shop_id, other.c.hundredths.is_not(None))
    last = type_coerce(select(func.max(other.c.day)).where(*numbers).scalar_subquery(), Integer)
    age_days = last - type_coerce(odd.c.day, Integer)
    is_fresh = (and_(odd.c.source == source.value, age_days <= traits.fresh_days) for source, traits in SOURCES.items())
    is_other = (odd.c.shop_id == shop_id, odd.c.hundredths.is_not(None), odd.c.scale.not_in(own))
    return exists().where(*is_other, or_(*is_fresh))


async def of_shop(conn: AsyncConnection, shop_id: int, main: str) -> str | None:
    """The scale of the shop's scores, None without a number."""
    return (await conn.execute(select(_scale(shop_id, main)))).scalar()


async def is_in_use(conn: AsyncConnection, scale: str) -> bool:
    """Whether any shop has a newest score on the scale."""
    return (await conn.execute(select(newest.c.shop_id).where(newest.c.scale == scale).limit(1))).scalar() is not None
