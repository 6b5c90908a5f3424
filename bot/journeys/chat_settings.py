"""/settings: shops to hear of, how often and when; a single message, edited in place by buttons."""

from bot.conversation.presses import Press
from bot.journeys.entries import command, press
from bot.journeys.score_overview import overview
from bot.journeys.shops import PAGE, ShopPress, judging, of_chat
from bot.journeys.turn import Reply, Turn
from bot.journeys.undo import TakeBackTold
from bot.views.pages import paged
from bot.views.render import Rendered
from rules.lines import choices
from rules.requirements import IN_ALLIANCE
from rules.watch_state import Frequency
from storage import cases, follows, preferences, shops
from storage.shops import Shop


class OpenSettings(Press, verb="open"):
    """The settings of a shop, or the first page, in a new message: the message above stays."""

    shop: int | None = None


class ShowPage(Press, verb="set"):
    """The first page, or the page of a shop. `page`: of the shops."""

    shop: int | None = None
    page: int = 0


class TurnShop(ShopPress, verb="sv|*|on", keeps=True):
    """Whether to hear of the shop."""

    on: bool


class HearAgain(ShopPress, verb="sv|*|now", keeps=True):
    """Hear of the shop again before the snooze is over."""


class ChooseFrequency(ShopPress, verb="sv|*|f", keeps=True):
    """How often to hear of the shop."""

    frequency: Frequency


class TellAlliance(ShopPress, verb="sv|*|in", keeps=True):
    """Whether the shop has the access; None: the merchant does not know."""

    is_in: bool | None


class TellChoice(ShopPress, verb="sv|*|c|*:*", keeps=True):
    """A choice that sets limits; None: the merchant does not know."""

    fact: str
    value: str | None


class AnswerChoice(ShopPress, verb="ch|*|*:*", keeps=True):
    """The same, asked for below a score; None: not now, and not asked for again."""

    fact: str
    value: str | None


@command("settings")
async def show(turn: Turn) -> Reply:
    """The settings in a new message."""
    return turn.say(await front(turn))


@press(OpenSettings)
async def open_settings(turn: Turn, pressed: OpenSettings) -> Reply | None:
    """The page in a new message below the button; None for a shop of another chat."""
    if pressed.shop is None:
        return turn.say(await front(turn))
    shop = await of_chat(turn, pressed.shop)
    return turn.say(await _of_shop(turn, shop)) if shop else None


@press(ShowPage)
async def show_page(turn: Turn, pressed: ShowPage) -> Reply | None:
    """The page in the message above the button, with the settings of now; None for a shop of another chat."""
    if pressed.shop is None:
        return turn.amend(await front(turn, pressed.page))
    shop = await of_chat(turn, pressed.shop)
    return turn.amend(await _of_shop(turn, shop)) if shop else None


@press(TurnShop, HearAgain, ChooseFrequency, TellAlliance, TellChoice)
async def choose(turn: Turn, pressed: ShopPress) -> Reply | None:
    """The shop's page after the choice was kept; None for a choice not offered by an edition."""
    if isinstance(pressed, TellChoice) and not _is_offered(turn, pressed):
        return None
    shop = await of_chat(turn, pressed.shop)
    if shop is None:
        return None
    await _keep(turn, shop, pressed)
    undo = TakeBackTold(shop.id, turn.now_ms) if isinstance(pressed, TellAlliance | TellChoice) else None
    toast = ("on" if pressed.on else "off") if isinstance(pressed, TurnShop) else "saved"
    return turn.amend(await _of_shop(turn, await of_chat(turn, shop.id) or shop, undo), toast=toast)


@press(AnswerChoice)
async def answer(turn: Turn, pressed: AnswerChoice) -> Reply | None:
    """Where the shops stand with the choice; None for a choice not offered, and for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None or not _is_offered(turn, pressed):
        return None
    await _tell(turn, shop, pressed.fact, pressed.value)
    undo = TakeBackTold(shop.id, turn.now_ms) if pressed.value else None
    return turn.amend(await overview(turn, undo), toast="saved")


def _is_offered(turn: Turn, told: TellChoice | AnswerChoice) -> bool:
    offered = (fact for edition in turn.context.editions for fact in choices(edition) if fact.id == told.fact)
    return any(told.value in (None, *(option.value for option in fact.options)) for fact in offered)


async def _keep(turn: Turn, shop: Shop, pressed: ShopPress) -> None:
    match pressed:
        case TurnShop(on=True):
            await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
        case TurnShop():
            await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=False)
        case HearAgain():
            await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=True)
        case ChooseFrequency(frequency=frequency):
            await follows.choose(turn.conn, shop.id, turn.chat_id, frequency)
        case TellAlliance(is_in=is_in):
            await _tell(turn, shop, IN_ALLIANCE, is_in)
        case TellChoice(fact=told, value=value):
            await _tell(turn, shop, told, value)


async def _tell(turn: Turn, shop: Shop, fact: str, value: bool | str | None) -> None:
    """Keep what the merchant told of the shop; None: the merchant does not know."""
    await cases.tell(turn.conn, await judging(turn, shop), shop, {fact: value}, turn.telling(turn.today))


async def front(turn: Turn, page: int = 0) -> Rendered:
    """The first page; `page`: of the shops."""
    chosen = await preferences.of(turn.conn, turn.chat_id)
    known = await shops.of_chat(turn.conn, turn.chat_id)
    on = {follow.shop_id for follow in await follows.of_chat(turn.conn, turn.chat_id) if follow.is_on}
    return turn.render(
        "shops/settings",
        pages=paged(known, page, PAGE, lambda number: ShowPage(None, number)),
        on=on,
        quiet=chosen.hours(turn.context.quiet_hours),
        digest=chosen.digest_at,
        has_table=chosen.has_table,
        check_at=turn.context.daily_check_at,
        is_chosen=turn.context.chosen is not None,
    )


async def _of_shop(turn: Turn, shop: Shop, undo: TakeBackTold | None = None) -> Rendered:
    """The page of a shop; `undo`: takes back what was just told."""
    follow = await follows.of(turn.conn, shop.id, turn.chat_id)
    edition = await judging(turn, shop)
    presumed = {line.limit_by.fact for line in edition.lines if line.limit_by and not line.applies_when}
    values = {"shop": shop, "follow": follow, "choices": choices(edition), "presumed": presumed, "undo": undo}
    return turn.render("shops/settings_shop", edition=edition, **values)
