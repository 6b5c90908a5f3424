"""/settings: which shops to hear of, how often and when; one message, edited in place by its buttons."""

from bot.conversation.presses import Press
from bot.journeys.entries import command, press
from bot.journeys.shops import of_chat
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from rules.lines import choices
from rules.watch_state import Frequency
from storage import follows, preferences, shops
from storage.shops import Shop

MOST_SHOPS = 20


class OpenSettings(Press, verb="open"):
    """Under another message, which stays: the settings, of a shop or the first page."""

    shop: int | None = None


class ShowPage(Press, verb="set"):
    """The first page, or that of a shop."""

    shop: int | None = None


class ShopSetting(Press):
    """A choice about one shop."""

    shop: int


class TurnShop(ShopSetting, verb="sv|*|on", keeps=True):
    """Whether to hear of the shop."""

    on: bool


class HearAgain(ShopSetting, verb="sv|*|now", keeps=True):
    """Hear of the shop again before the snooze is over."""


class ChooseFrequency(ShopSetting, verb="sv|*|f", keeps=True):
    """How often to hear of the shop."""

    frequency: Frequency


class TellAlliance(ShopSetting, verb="sv|*|in", keeps=True):
    """Whether the shop has the access; None: the merchant does not know."""

    is_in: bool | None


class TellChoice(ShopSetting, verb="sv|*|c|*:*", keeps=True):
    """A choice on which limits depend; None: the merchant does not know."""

    fact: str
    value: str | None


@command("settings")
async def show(turn: Turn) -> Reply:
    """The settings in a message of their own."""
    return turn.say(await front(turn))


@press(OpenSettings)
async def open_settings(turn: Turn, pressed: OpenSettings) -> Reply:
    """The page is said below the message that has the button."""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(await _of_shop(turn, shop) if shop else await front(turn))


@press(ShowPage)
async def show_page(turn: Turn, pressed: ShowPage) -> Reply | None:
    """The page in the message that has the button, as things are now; None for a shop that is not the chat's."""
    if pressed.shop is None:
        return turn.amend(await front(turn))
    shop = await of_chat(turn, pressed.shop)
    return turn.amend(await _of_shop(turn, shop)) if shop else None


@press(TurnShop)
async def turn_shop(turn: Turn, pressed: TurnShop) -> Reply | None:
    """The shop is heard of, or not any more."""
    if shop := await of_chat(turn, pressed.shop):
        if pressed.on:
            await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
        await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=pressed.on)
    return await show_page(turn, ShowPage(pressed.shop))


@press(HearAgain)
async def hear_again(turn: Turn, pressed: HearAgain) -> Reply | None:
    """The snooze is over."""
    if shop := await of_chat(turn, pressed.shop):
        await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=True)
    return await show_page(turn, ShowPage(pressed.shop))


@press(ChooseFrequency)
async def choose_frequency(turn: Turn, pressed: ChooseFrequency) -> Reply | None:
    """The shop is heard of so often."""
    if shop := await of_chat(turn, pressed.shop):
        await follows.choose(turn.conn, shop.id, turn.chat_id, pressed.frequency)
    return await show_page(turn, ShowPage(pressed.shop))


@press(TellAlliance)
async def tell_alliance(turn: Turn, pressed: TellAlliance) -> Reply | None:
    """The shop has the access, has it not, or nobody knows."""
    if shop := await of_chat(turn, pressed.shop):
        await shops.set_in_alliance(turn.conn, shop.id, pressed.is_in)
    return await show_page(turn, ShowPage(pressed.shop))


@press(TellChoice)
async def tell_choice(turn: Turn, pressed: TellChoice) -> Reply | None:
    """The choice is kept, or taken back; None for one that the edition does not offer."""
    offered = {fact.id: {None, *(option.value for option in fact.options)} for fact in choices(turn.context.edition)}
    if pressed.value not in offered.get(pressed.fact, ()):
        return None
    if shop := await of_chat(turn, pressed.shop):
        others = {fact: told for fact, told in shop.choices.items() if fact != pressed.fact}
        chosen = {pressed.fact: pressed.value} if pressed.value else {}
        await shops.set_choices(turn.conn, shop.id, others | chosen)
    return await show_page(turn, ShowPage(pressed.shop))


async def front(turn: Turn) -> Rendered:
    """The first page."""
    chosen = await preferences.of(turn.conn, turn.chat_id)
    known = await shops.of_chat(turn.conn, turn.chat_id)
    on = {follow.shop_id for follow in await follows.of_chat(turn.conn, turn.chat_id) if follow.is_on}
    return render(
        "shops/settings",
        shops=known[:MOST_SHOPS],
        on=on,
        quiet=chosen.hours(turn.context.quiet_hours),
        digest=chosen.digest_at,
        check_at=turn.context.daily_check_at,
    )


async def _of_shop(turn: Turn, shop: Shop) -> Rendered:
    return render(
        "shops/settings_shop",
        edition=turn.context.edition,
        shop=shop,
        follow=await follows.of(turn.conn, shop.id, turn.chat_id),
        today=turn.today,
        choices=choices(turn.context.edition),
    )
