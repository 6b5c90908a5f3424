"""The page of an operator's shop, with the deeds."""

from bot.journeys.entries import OperatorPress, press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage import shops


class ShowShop(OperatorPress, verb="ops"):
    """The page of the operator's shop with this number."""

    shop: int


class ShowShopList(OperatorPress, verb="opl"):
    """The operator's shops."""


@press(ShowShop)
async def show_shop(turn: Turn, pressed: ShowShop) -> Reply | None:
    """The page; None for a shop that is gone."""
    shop = await shops.by_id(turn.conn, pressed.shop)
    return turn.amend(render("operators/shop", shop=shop)) if shop and shop.ref else None


@press(ShowShopList)
async def show_shop_list(_turn: Turn, _: ShowShopList) -> Reply | None:
    """Nothing yet."""
    return None
