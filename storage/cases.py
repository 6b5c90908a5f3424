"""The case of a shop (`rules.case`): what was told of it, the newest scores, and what a feed counts.

Whether the shop is in, the count of closings and the choices that set limits also stand in the row of the shop, where
the daily check compares them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.case import Case, Known
from rules.edition import Edition
from rules.facts import as_json, from_json
from rules.kinds import FactType
from rules.requirements import IN_ALLIANCE, FactValue
from rules.sources import Source
from storage import facts, scores, shops
from storage.facts import Told
from storage.scores import Score
from storage.shops import Shop

CLOSURES: Final = "closures"
"""The fact of the editions that counts closings by the system."""


@dataclass(frozen=True)
class Telling:
    """Who told facts, when, and of which day. `now_ms`: epoch ms."""

    source: Source
    day: date
    now_ms: int


async def of_shop(conn: AsyncConnection, shop: Shop) -> Case:
    """All that is known of the shop."""
    told = await told_of(conn, shop)
    return of_row(shop, await scores.latest(conn, shop.id), told)


async def of_shops(conn: AsyncConnection, known: Sequence[Shop]) -> dict[int, Case]:
    """All that is known of each of these shops, by number, in a query of each kind."""
    ids = [shop.id for shop in known]
    newest, told = await scores.latest_of(conn, ids), await facts.newest_of(conn, ids)
    of_facts = {number: {name: _known(one) for name, one in each.items()} for number, each in told.items()}
    return {shop.id: of_row(shop, newest.get(shop.id, {}), of_facts.get(shop.id, {})) for shop in known}


def of_row(shop: Shop, newest: Mapping[str, Score], told: Mapping[str, Known] = MappingProxyType({})) -> Case:
    """What the row of the shop and its newest scores say, and more that was told; the scores decide where it stands."""
    return Case({**_of_row(shop, told), **{name: _scored(one) for name, one in newest.items()}})


async def told_of(conn: AsyncConnection, shop: Shop) -> dict[str, Known]:
    """What was last told of each fact of the shop, other than scores, also where a feed's count is newer."""
    return {name: _known(one) for name, one in (await facts.newest(conn, shop.id)).items()}


def _of_row(shop: Shop, told: Mapping[str, Known]) -> dict[str, Known]:
    """What was told, with the row of the shop where a feed, or an earlier version, wrote the row alone."""
    columns: dict[str, FactValue] = {IN_ALLIANCE: shop.in_alliance, CLOSURES: shop.closures, **shop.choices}
    days = {CLOSURES: shop.closures_day or date.min}
    known = dict(told)
    for name, value in columns.items():
        if value is None:
            known.pop(name, None)
        elif name not in known or known[name].value != value:
            known[name] = Known(value, days.get(name, date.min), shop.source)
    return known


def _known(one: Told) -> Known:
    return Known(from_json(one.value), one.day, one.source, _instant(one.told_at), id=one.id)


def _scored(one: Score) -> Known:
    return Known(one.points, one.day, one.source, scale=one.scale)


def _instant(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


async def tell(
    conn: AsyncConnection, edition: Edition, shop: Shop, values: Mapping[str, FactValue], telling: Telling
) -> None:
    """Keep facts told of the shop, other than scores; nothing told before is overwritten.

    What the row of the shop alone knew becomes a fact of its own, so that taking back finds it again.
    """
    known = _of_row(shop, await told_of(conn, shop))
    unkept = {name: one for name, one in known.items() if name in values and not one.id}
    just_before = telling.now_ms - 1
    before = [Told(name, as_json(one.value), one.on, one.source, just_before) for name, one in unkept.items()]
    rows = [Told(name, as_json(value), telling.day, telling.source, telling.now_ms) for name, value in values.items()]
    await facts.keep(conn, shop.id, [*before, *rows])
    await _mirror(conn, shop, values, _choices(edition, values), telling.day)


async def forget(conn: AsyncConnection, edition: Edition, shop: Shop, fact: str) -> None:
    """Forget a fact of the shop: not known from now on."""
    await facts.forget(conn, shop.id, fact)
    await _mirror(conn, shop, {fact: None}, _choices(edition, {fact: None}), None)


async def take_back(conn: AsyncConnection, edition: Edition, shop: Shop, at_ms: int) -> list[Told]:
    """Delete what was told at this instant (epoch ms) by mistake, and return it; what was told before counts again."""
    gone = await facts.told_at(conn, shop.id, at_ms)
    for one in gone:
        await facts.take_back(conn, shop.id, one.id)
    newest = await facts.newest(conn, shop.id)
    for one in gone:
        before = newest.get(one.fact)
        value, day = (from_json(before.value), before.day) if before else (None, None)
        await _mirror(conn, shop, {one.fact: value}, _choices(edition, {one.fact: value}), day)
    return gone


async def _mirror(
    conn: AsyncConnection, shop: Shop, values: Mapping[str, FactValue], chosen: Mapping[str, Any], day: date | None
) -> None:
    """Write the columns of the shop's row that the daily check compares."""
    if IN_ALLIANCE in values:
        inside = values[IN_ALLIANCE]
        await shops.set_in_alliance(conn, shop.id, inside if isinstance(inside, bool) else None)
    if CLOSURES in values:
        count = values[CLOSURES]
        await shops.set_closures(conn, shop.id, count if isinstance(count, int) else None, day)
    if chosen:
        kept = {name: value for name, value in {**shop.choices, **chosen}.items() if value is not None}
        await shops.set_choices(conn, shop.id, kept)


def _choices(edition: Edition, values: Mapping[str, FactValue]) -> dict[str, Any]:
    of_choice = {fact.id for fact in edition.facts if fact.type is FactType.CHOICE}
    return {name: value for name, value in values.items() if name in of_choice}
