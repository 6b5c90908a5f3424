"""The operator's shops in chat: who is at risk, the list, a search, the page of a shop, a file to take away."""

import asyncio
from base64 import b64encode
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journeys import hours
from bot.journeys.admin import note
from bot.journeys.context import Context
from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.turn import Reply, Turn
from bot.views import shop_sheet
from bot.views.operator_values import counted, instant, level_name
from bot.views.render import Rendered, render, words
from bot.views.standing import standing_of
from storage import preferences, shop_list, shop_notices, shop_page, shop_ranks
from storage.instants import epoch_ms
from storage.outbox import Lane, Message
from storage.preferences import Daily
from storage.shop_list import Listed
from storage.shop_ranks import Judging, Which

PAGE: Final = 8
MOST_FOUND: Final = 16
MOST_FOLLOWERS: Final = 8
MOST_TOLD: Final = 5
HISTORY_DAYS: Final = 7


class ShowRisk(OperatorPress, verb="risk"):
    """The shops at risk, the worst first."""

    page: int = 0


class WishRisks(OperatorPress, verb="risk|day"):
    """The list of the shops at risk each morning, or no more."""

    is_on: bool


class ShowShopList(OperatorPress, verb="opl"):
    """The shops, by number."""

    page: int = 0
    which: Which = Which.ALL


class ShowShop(OperatorPress, verb="ops"):
    """The page of a shop."""

    shop: int


class SendSheet(OperatorPress, verb="opx"):
    """The shops as a spreadsheet."""

    which: Which


def judging(context: Context, now: datetime) -> Judging:
    """How shops are judged for operators: by the operator's edition, whatever the chat chose for itself."""
    return Judging(context.catalogue, context.setting, context.today(now), epoch_ms(now))


def _by(turn: Turn) -> Judging:
    return judging(turn.context, turn.now)


@command("risk")
async def show_risk(turn: Turn) -> Reply | None:
    """The shops at risk in a new message; None for everybody but operators."""
    if not turn.is_operator:
        return None
    await note(turn, "risk.read")
    return turn.say(await _risks(turn, 0))


@press(ShowRisk)
async def turn_to_risk(turn: Turn, pressed: ShowRisk) -> Reply:
    """A page of the shops at risk."""
    return turn.amend(await _risks(turn, pressed.page))


@press(WishRisks)
async def wish_risks(turn: Turn, pressed: WishRisks) -> Reply:
    """The list, which from now on comes each morning, or no more."""
    await hours.wish(turn, Daily.RISK, is_on=pressed.is_on)
    await note(turn, "risk.daily", int(pressed.is_on))
    return turn.amend(await _risks(turn, 0), toast="saved")


async def _risks(turn: Turn, page: int) -> Rendered:
    is_daily = (await preferences.of(turn.conn, turn.chat_id)).has_risks
    return await risk_page(turn.conn, turn.context, _by(turn), page, is_daily=is_daily)


async def risk_page(
    conn: AsyncConnection, context: Context, by: Judging, page: int = 0, *, is_daily: bool = False
) -> Rendered:
    """A page of the shops at risk, the last one for a number too high. `is_daily`: whether the list comes each day."""
    values = await _page(conn, context, by, Which.RISK, page)
    grouped = [(level_name(level), list(those)) for level, those in groupby(values["rows"], lambda row: row[0].level)]
    return render("operators/risk", grouped=grouped, is_daily=is_daily, check_at=context.daily_check_at, **values)


@press(ShowShopList)
async def show_list(turn: Turn, pressed: ShowShopList) -> Reply:
    """A page of the shops."""
    values = await _page(turn.conn, turn.context, _by(turn), pressed.which, pressed.page)
    return turn.amend(render("operators/shop_list", which=pressed.which.value, **values))


async def _page(conn: AsyncConnection, context: Context, by: Judging, which: Which, page: int) -> dict[str, Any]:
    """The values of a page of shops. `levels`: how many of those at risk are at each level, the gravest first."""
    counts = await shop_ranks.counts(conn, by)
    pages = max(1, -(-counts.of(which) // PAGE))
    shown = min(page, pages - 1)
    found = await shop_list.page(conn, by, which, shown * PAGE, PAGE)
    values = {"counts": counts, "levels": counted(counts.levels), "page": shown, "pages": pages}
    return {**_shown(context, by, found), **values}


def _shown(context: Context, by: Judging, found: list[Listed]) -> dict[str, Any]:
    """The values of shops, a line each."""
    standings = [standing_of(one.now.edition, one.shop, one.case, by.today) for one in found]
    at = partial(instant, zone=context.zone)
    rows = list(zip(found, standings, strict=True))
    return {"rows": rows, "edition": by.preferred, "today": by.today, "at": at}


@command("find")
async def find(turn: Turn) -> Reply | None:
    """The shops with the typed words in the name or the id; of a single one its page; None but for operators."""
    if not turn.is_operator:
        return None
    by, text = _by(turn), turn.incoming.text
    numbers = await shop_list.found(turn.conn, text)
    if len(numbers) == 1:
        return await _say_page(turn, numbers[0])
    found = await shop_list.of_numbers(turn.conn, by, numbers[:MOST_FOUND])
    values = {"typed": text, "more": len(numbers) - len(found), **_shown(turn.context, by, found)}
    return turn.say(render("operators/shop_found", **values))


async def _say_page(turn: Turn, shop_id: int) -> Reply | None:
    page = await _shop(turn, shop_id)
    return turn.say(page) if page else None


@press(ShowShop)
async def show_shop(turn: Turn, pressed: ShowShop) -> Reply | None:
    """The page of the shop; None for a merchant's own shop, and for one that is gone."""
    page = await _shop(turn, pressed.shop)
    return turn.amend(page) if page else None


async def _shop(turn: Turn, shop_id: int) -> Rendered | None:
    by = _by(turn)
    found = await shop_list.of_numbers(turn.conn, by, [shop_id])
    if not found:
        return None
    ((one, standing),) = _shown(turn.context, by, found)["rows"]
    await note(turn, "shop.read", one.shop.ref)
    edition, chats = one.now.edition, await shop_page.followers(turn.conn, shop_id)
    facts = {fact.id: fact for fact in edition.scores}
    told = await shop_notices.of_shop(turn.conn, shop_id, by.now_ms, MOST_TOLD)
    return turn.render(
        "operators/shop",
        shop=one.shop,
        one=one,
        standing=standing,
        edition=by.preferred,
        facts=list(facts.values()),
        history=await shop_page.history(turn.conn, shop_id, list(facts), by.today, HISTORY_DAYS),
        days=HISTORY_DAYS,
        chats=chats[:MOST_FOLLOWERS],
        more=len(chats[MOST_FOLLOWERS:]),
        links=await shop_page.invitations(turn.conn, shop_id, by.now_ms),
        told=told,
        at=partial(instant, zone=turn.context.zone),
    )


@press(SendSheet)
async def send_sheet(turn: Turn, pressed: SendSheet) -> Reply:
    """A workbook with such shops, in a new message."""
    by = _by(turn)
    found = await shop_list.every(turn.conn, by, pressed.which)
    await note(turn, "shops.export", f"{pressed.which.value} {len(found)}")
    sheet = shop_sheet.sheet(found, by.editions, turn.context.zone)
    content = b64encode(await asyncio.to_thread(shop_sheet.as_xlsx, sheet)).decode()
    name = words("operators/sheet_name", which=pressed.which.value, day=by.today)
    payload = {"document": {"name": name, "base64": content}, "caption": words("operators/sheet_sent", rows=len(found))}
    return turn.reply(Message(turn.chat_id, Lane.REPLY, "sendDocument", payload))
