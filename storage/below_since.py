"""Since when shops are below the line that holds for them, by the stored scores of the last weeks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rules.assessment import Assessment
from rules.lines import hundredths
from storage.daily_check.scales import fits
from storage.schema import scores

LOOKED_BACK_DAYS: Final = 60


@dataclass(frozen=True)
class Since:
    """The first day below the line since the last one above. `or_earlier`: no day above was found."""

    day: date
    or_earlier: bool


class _Below(NamedTuple):
    """What counts as below: the score of `fact` on `scale` under `limit` (hundredths); with None: no score."""

    fact: str
    scale: str
    limit: int | None


async def of(conn: AsyncConnection, found: Mapping[int, Assessment], today: date) -> dict[int, Since]:
    """By shop, since when the gravest line that certainly holds does; shops below no line are left out."""
    groups: dict[_Below, list[int]] = {}
    for shop_id, now in found.items():
        if (below := _below(now)) is not None:
            groups.setdefault(below, []).append(shop_id)
    days = [today - timedelta(back) for back in range(LOOKED_BACK_DAYS)]
    known: dict[int, Since] = {}
    for below, ids in groups.items():
        known.update(await _of_group(conn, below, ids, days))
    return known


def _below(now: Assessment) -> _Below | None:
    at = next((at for at in now.below if at.below), None)
    if at is None:
        return None
    limit = None if at.score is None else hundredths(at.limits[-1])
    return _Below(at.line.fact, now.edition.fact(at.line.fact).scale, limit)


async def _of_group(conn: AsyncConnection, below: _Below, ids: Sequence[int], days: Sequence[date]) -> dict[int, Since]:
    its = (scores.c.fact == below.fact, scores.c.day.in_(days), scores.c.shop_id.in_(ids), fits(scores, below.scale))
    query = select(scores.c.shop_id, scores.c.day, scores.c.hundredths).where(*its).order_by(scores.c.day.desc())
    found: dict[int, Since] = {}
    above: set[int] = set()
    for shop_id, day, value in (await conn.execute(query)).all():
        if shop_id in above:
            continue
        if (value is None) if below.limit is None else (value is not None and value < below.limit):
            found[shop_id] = Since(day, or_earlier=True)
        else:
            above.add(shop_id)
    return {shop_id: Since(since.day, shop_id not in above) for shop_id, since in found.items()}
