"""/settings: which shops to hear of, how often and when; one message, edited in place by its buttons."""

from collections.abc import Awaitable, Callable
from datetime import time

from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.scores import of_chat
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from bot.warnings.quiet_hours import due
from rules.lines import choices
from rules.watch_state import Frequency
from storage import follows, notices, preferences, shops
from storage.instants import epoch_ms
from storage.preferences import Hours, Preferences
from storage.shops import Shop

MOST_SHOPS = 20
QUIET = ("21:00-09:00", "22:00-08:00", "23:00-07:00", "00:00-08:00")
DIGESTS = ("08:30", "09:30", "12:00", "18:00", "20:00")


async def command(turn: Turn) -> Reply:
    """The settings in a message of their own."""
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, await _front(turn))))


async def page(turn: Turn) -> Reply:
    """The button of a page: `set` the first one, `set|5` that of a shop; elsewhere than on a page it is said anew."""
    number = turn.incoming.data.partition("|")[2]
    if number in PAGES:
        return Reply.of(turn.dialogue, amended(turn, await PAGES[number](turn)))
    shop = await of_chat(turn, number)
    if shop is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    return Reply.of(turn.dialogue, amended(turn, await _of_shop(turn, shop)))


async def opened(turn: Turn) -> Reply:
    """The button under another message: the page is said below it, and that message stays."""
    shop = await of_chat(turn, turn.incoming.data.partition("|")[2])
    rendered = await _of_shop(turn, shop) if shop else await _front(turn)
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))


async def shop_changed(turn: Turn) -> Reply:
    """A choice about one shop: `sv|5|on|1`, `sv|5|f|daily`, `sv|5|in|1`, `sv|5|c|category:crab`."""
    _, number, what, value = [*turn.incoming.data.split("|"), "", "", ""][:4]
    shop, change = await of_chat(turn, number), CHANGES.get(what)
    if shop is None or change is None or not await change(turn, shop, value):
        return Reply.of(turn.dialogue, done(turn, "old"))
    shop = await of_chat(turn, number) or shop
    return Reply.of(turn.dialogue, amended(turn, await _of_shop(turn, shop)))


async def hours_changed(turn: Turn) -> Reply:
    """A choice of quiet hours, `hq|22:00-08:00`, or of the time of the daily message, `hd|09:30`."""
    kind, _, value = turn.incoming.data.partition("|")
    chosen = _chosen(await preferences.of(turn.conn, turn.chat_id), kind, value)
    if chosen is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    await preferences.keep(turn.conn, turn.chat_id, chosen, turn.now_ms)
    at = due(turn.now, turn.context.zone, chosen.hours(turn.context.quiet_hours), chosen.digest_at)
    await notices.postpone(turn.conn, turn.chat_id, epoch_ms(at))
    return Reply.of(turn.dialogue, amended(turn, await _front(turn)))


def _chosen(before: Preferences, kind: str, value: str) -> Preferences | None:
    """The preferences with this choice; None for one that was never offered."""
    if kind == "hd" and value in ("", *DIGESTS):
        return Preferences(before.has_own_hours, before.quiet_hours, time.fromisoformat(value) if value else None)
    if kind == "hq" and value == "default":
        return Preferences(digest_at=before.digest_at)
    if kind == "hq" and value in ("", *QUIET):
        return Preferences(True, hours_of(value), before.digest_at)
    return None


def hours_of(text: str) -> Hours | None:
    """ "22:00-08:00" as two times; "" is none."""
    start, _, until = text.partition("-")
    return (time.fromisoformat(start), time.fromisoformat(until)) if text else None


async def _front(turn: Turn) -> Rendered:
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


async def _quiet(turn: Turn) -> Rendered:
    chosen = await preferences.of(turn.conn, turn.chat_id)
    hours = chosen.hours(turn.context.quiet_hours)
    return render(
        "shops/settings_quiet", quiet=hours, offered=[hours_of(one) for one in QUIET], default=turn.context.quiet_hours
    )


async def _digest(turn: Turn) -> Rendered:
    chosen = await preferences.of(turn.conn, turn.chat_id)
    return render(
        "shops/settings_digest", digest=chosen.digest_at, offered=[time.fromisoformat(one) for one in DIGESTS]
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


async def _turned(turn: Turn, shop: Shop, value: str) -> bool:
    if value == "1":
        await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=value == "1")
    return value in ("0", "1")


async def _how_often(turn: Turn, shop: Shop, value: str) -> bool:
    if value not in set(Frequency):
        return False
    await follows.choose(turn.conn, shop.id, turn.chat_id, Frequency(value))
    return True


async def _is_in(turn: Turn, shop: Shop, value: str) -> bool:
    known = {"1": True, "0": False, "": None}
    if value not in known:
        return False
    await shops.set_in_alliance(turn.conn, shop.id, known[value])
    return True


async def _chosen_of_shop(turn: Turn, shop: Shop, value: str) -> bool:
    """A choice that sets limits: `category:crab`; `category:` takes it back."""
    name, _, chosen = value.partition(":")
    offered = {fact.id: ["", *(option.value for option in fact.options)] for fact in choices(turn.context.edition)}
    if chosen not in offered.get(name, ()):
        return False
    others = {fact: told for fact, told in shop.choices.items() if fact != name}
    await shops.set_choices(turn.conn, shop.id, {**others, name: chosen} if chosen else others)
    return True


async def _heard_again(turn: Turn, shop: Shop, _: str) -> bool:
    await follows.turn(turn.conn, shop.id, turn.chat_id, is_on=True)
    return True


PAGES: dict[str, Callable[[Turn], Awaitable[Rendered]]] = {"": _front, "quiet": _quiet, "digest": _digest}
CHANGES: dict[str, Callable[[Turn, Shop, str], Awaitable[bool]]] = {
    "on": _turned,
    "f": _how_often,
    "in": _is_in,
    "c": _chosen_of_shop,
    "now": _heard_again,
}
