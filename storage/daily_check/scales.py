"""The scale of a shop's scores, by which the shop is judged by one edition and no other."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import newest


@dataclass(frozen=True)
class Scales:
    """Which shops to judge: those with scores on the scale `only`, if given; else those with none on the `others`.

    `main`: the fact of the main score.
    """

    main: str = ""
    only: str = ""
    others: tuple[str, ...] = ()

    def hold(self, shop_id: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether the shop is one of them; a shop without a score is on no scale."""
        if self.only:
            return _scale(shop_id, self.main) == self.only
        if not self.others:
            return true()
        scale = _scale(shop_id, self.main)
        return or_(scale.is_(None), scale.not_in(self.others))


EVERY_SHOP: Final = Scales()


def _scale(shop_id: Any, main: str) -> ColumnElement[str]:
    """The scale of the newest main score; without one, of another score."""
    its = newest.alias("its")
    of_main = select(its.c.scale).where(its.c.shop_id == shop_id, its.c.fact == main).scalar_subquery()
    of_any = select(func.min(its.c.scale)).where(its.c.shop_id == shop_id).scalar_subquery()
    return func.coalesce(of_main, of_any)


async def of_shop(conn: AsyncConnection, shop_id: int, main: str) -> str | None:
    """The scale of the shop's scores, None without a score."""
    return (await conn.execute(select(_scale(shop_id, main)))).scalar()


async def is_in_use(conn: AsyncConnection, scale: str) -> bool:
    """Whether any shop has a newest score on the scale."""
    return (await conn.execute(select(newest.c.shop_id).where(newest.c.scale == scale).limit(1))).scalar() is not None
