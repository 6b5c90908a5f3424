"""The buttons under a warning: all is mended, hear again later, or not any more."""

from datetime import date, timedelta

from bot.conversation.presses import Press
from bot.journeys.entries import press
from bot.journeys.shops import ShopPress, of_chat
from bot.journeys.turn import Reply, Turn
from bot.views.notice import Mended
from bot.views.render import render
from rules.lines import Level
from rules.watch_state import after_mending
from storage import checks, follows, preferences, shops
from storage.follows import Follow
from storage.preferences import Daily

SNOOZES = (1, 3, 7)
ALL = "all"


class MendedAll(Press, verb="mend|all"):
    """No reminder any more of what goes on of any shop, until it gets worse."""


class SnoozeShop(Press, verb="z"):
    """Nothing but a closing of the shop for so many days; None: for how many?"""

    shop: int
    days: int | None = None


class SnoozeAll(Press, verb="z|all"):
    """The same of every shop."""

    days: int | None = None


class AskToTurnOff(ShopPress, verb="off"):
    """Ask whether the shop is to be turned off."""


class TurnOff(ShopPress, verb="off|*|1"):
    """Nothing of the shop until the merchant turns the shop on again."""


class StopAll(Press, verb="off|all"):
    """Nothing of any shop, and of no day ahead, until the merchant turns the shops on again."""


class HearAll(Press, verb="on|all", keeps=True):
    """Hear of all shops again."""


class ForgetDays(Press, verb="off|days"):
    """Nothing of the days ahead found by a check."""


@press(Mended)
async def mended(turn: Turn, pressed: Mended) -> Reply | None:
    """No reminder any more of this descent; None for an earlier one, and for a shop that is not followed."""
    shop = await of_chat(turn, pressed.shop)
    follow = await follows.of(turn.conn, pressed.shop, turn.chat_id)
    if shop is None or follow is None or not await _mended(turn, follow, pressed.day):
        return None
    if follow.state and follow.state.is_mended:
        return turn.reply(toast="same")
    return turn.say(render("notices/mended", shops=[shop], may_be_closed=_is_closing(follow)), toast="saved")


@press(MendedAll)
async def mended_all(turn: Turn, _: MendedAll) -> Reply:
    """The same of every shop below a line; a kind line without any."""
    followed = await follows.of_chat(turn.conn, turn.chat_id)
    low = {follow.shop_id: follow for follow in followed if await _mended(turn, follow, turn.today)}
    meant = [shop for shop in await shops.of_chat(turn.conn, turn.chat_id) if shop.id in low]
    rendered = render("notices/mended", shops=meant, may_be_closed=any(map(_is_closing, low.values())))
    return turn.say(rendered, toast="saved" if meant else "")


def _is_closing(follow: Follow) -> bool:
    return follow.state is not None and follow.state.level is Level.CLOSING


async def _mended(turn: Turn, follow: Follow, day: date) -> bool:
    """Whether what was told of the shop on the day goes on; then it is kept that it is mended."""
    state = follow.state if follow.is_on else None
    if state is None or after_mending(state, day) is None:
        return False
    return await follows.mend(turn.conn, follow.shop_id, turn.chat_id, state)


@press(SnoozeShop, SnoozeAll)
async def snooze(turn: Turn, pressed: SnoozeShop | SnoozeAll) -> Reply | None:
    """For how long? Or, with days: nothing but a closing until then."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    meant = known if isinstance(pressed, SnoozeAll) else [shop for shop in known if shop.id == pressed.shop]
    if not meant or pressed.days not in (None, *SNOOZES):
        return None
    shop = None if isinstance(pressed, SnoozeAll) else meant[0]
    values = {"shop": shop, "of": shop.id if shop else ALL, "snoozes": SNOOZES}
    if pressed.days is None:
        return turn.say(render("notices/later", **values))
    until = turn.today + timedelta(pressed.days)
    for each in meant:
        await follows.snooze(turn.conn, each.id, turn.chat_id, until)
    return turn.amend(render("notices/snoozed", until=until, **values), toast="saved")


@press(AskToTurnOff)
async def ask_to_turn_off(turn: Turn, pressed: AskToTurnOff) -> Reply | None:
    """Really not any more?"""
    shop = await of_chat(turn, pressed.shop)
    return turn.say(render("notices/off", shop=shop)) if shop else None


@press(TurnOff)
async def turn_off(turn: Turn, pressed: TurnOff) -> Reply | None:
    """The shop, off until turned on again; None for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    if shop is None:
        return None
    await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=False)
    return turn.amend(render("notices/is_off", shop=shop), toast="off")


@press(ForgetDays)
async def forget_days(turn: Turn, _: ForgetDays) -> Reply:
    """No day ahead is told any more."""
    await checks.forget_milestones(turn.conn, turn.chat_id)
    return turn.say(render("check/milestones_off"), toast="off")


@press(StopAll)
async def stop_all(turn: Turn, _: StopAll) -> Reply:
    """All shops, off until turned on again, no day ahead and no daily table; a kind line where nothing was on."""
    followed = await follows.of_chat(turn.conn, turn.chat_id)
    on = [follow for follow in followed if follow.is_on]
    for follow in on:
        await follows.turn(turn.conn, follow.shop_id, turn.chat_id, is_on=False)
    await checks.forget_milestones(turn.conn, turn.chat_id)
    if (await preferences.of(turn.conn, turn.chat_id)).has_table:
        await preferences.wish(turn.conn, turn.chat_id, Daily.TABLE, None, turn.now_ms)
    return turn.amend(render("notices/all_off", count=len(on), has_shops=bool(followed)), toast="off" if on else "same")


@press(HearAll)
async def hear_all(turn: Turn, _: HearAll) -> Reply | None:
    """All shops, on, a snooze over; None without any."""
    followed = await follows.of_chat(turn.conn, turn.chat_id)
    if not followed:
        return None
    for follow in followed:
        await follows.turn(turn.conn, follow.shop_id, turn.chat_id, is_on=True)
    return turn.amend(turn.render("notices/all_on", count=len(followed)), toast="on")
