"""Shops that rows would newly close, before the rows are stored, on both engines."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.catalogue.load import load
from rules.edition import Edition
from storage import score_files, shops
from storage.daily_check import new_closings
from storage.score_files import Incoming, Row
from tests.invented import by_category
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS
from tests.storage.test_scores import store

DAY, NEXT = date(2022, 10, 10), date(2022, 10, 11)
GROWTH, PRODUCT = 1, 2


async def known(conn: AsyncConnection, *refs: str) -> None:
    for ref in refs:
        await shops.add(conn, ref, ref, 0)


async def found(conn: AsyncConnection, *rows: Row, edition: Edition = FIVE_POINTS) -> tuple[str, ...]:
    """The ids of the shops that the rows would newly close."""
    await score_files.begin(conn)
    await score_files.stage(conn, rows, 0)
    count = await new_closings.find(conn, edition, Incoming.of(edition, 1))
    names = await new_closings.first_names(conn, 99)
    assert count == len(names)
    return names


async def test_a_shop_closes_newly_by_its_newest_row_alone(conn: AsyncConnection) -> None:
    await known(conn, "fell", "first", "at", "closed", "later", "old", "again")
    await store(
        conn,
        *((ref, DAY, 0, 450, None) for ref in ("fell", "at", "later")),
        ("closed", DAY, 0, 340, None),
        ("old", NEXT, 0, 450, None),
        ("again", DAY, 0, 340, None),
    )
    rows: list[Row] = [
        ("fell", NEXT, 0, 349, None),
        ("first", NEXT, 0, 349, None),
        ("at", NEXT, 0, 350, None),
        ("closed", NEXT, 0, 300, None),
        ("later", NEXT, 0, 340, None),
        ("later", NEXT + timedelta(1), 0, 450, None),
        ("old", DAY, 0, 340, None),
        ("again", DAY, 0, 340, None),
        ("unknown", NEXT, 0, 100, None),
    ]
    assert await found(conn, *rows) == ("fell", "first")


async def choosing(conn: AsyncConnection, **categories: str) -> None:
    """A shop of each name, of this category, "" for an untold one; the shop "out" is not in the alliance."""
    await known(conn, *categories)
    for ref, category in categories.items():
        shop = await shops.by_ref(conn, ref)
        assert shop is not None
        await shops.set_choices(conn, shop.id, {"category": category} if category else {})
        await shops.set_in_alliance(conn, shop.id, False if ref == "out" else None)


async def test_who_is_out_is_not_closed_and_an_untold_choice_has_the_highest_limit(
    conn: AsyncConnection, tmp_path: Path
) -> None:
    (edition,) = load(by_category(tmp_path / "rules")).editions
    product = [fact.id for fact in edition.scores].index("product_score")
    await choosing(conn, out="", sixty="sixty", untold="")
    rows: list[Row] = [(ref, DAY, product, 6200, None) for ref in ("out", "sixty", "untold")]
    assert await found(conn, *rows, edition=edition) == ("untold",)


async def test_a_line_for_shops_of_a_kind_closes_only_those_told_to_be_of_it(conn: AsyncConnection) -> None:
    await choosing(conn, out="fruit", fruit="fruit", general="general", untold="", shop="coins")
    rows: list[Row] = [(ref, DAY, PRODUCT, 6200, None) for ref in ("out", "fruit", "general", "untold", "shop")]
    assert await found(conn, *rows, edition=HUNDRED_POINTS) == ("fruit",)


async def test_no_score_at_all_closes_where_the_edition_says_so(conn: AsyncConnection) -> None:
    await known(conn, "dormant", "grows")
    rows: list[Row] = [("dormant", DAY, 0, None, None), ("dormant", DAY, GROWTH, None, None)]
    assert await found(conn, *rows, ("grows", DAY, 0, None, None), edition=HUNDRED_POINTS) == ("dormant",)
    assert await found(conn, *rows) == ()


async def test_a_correction_upwards_and_a_shop_below_already_close_nothing(conn: AsyncConnection) -> None:
    await known(conn, "up", "below", "falls")
    await store(conn, ("up", DAY, 0, 340, None), ("below", DAY, 0, 340, None), ("falls", DAY, 0, 450, None))
    rows: list[Row] = [("up", DAY, 0, 450, None), ("below", DAY, 0, 330, None), ("falls", DAY, 0, 340, None)]
    assert await found(conn, *rows, *rows) == ("falls",)
    assert await new_closings.known_shops(conn) == 3
