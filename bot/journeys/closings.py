"""A closing by the system, or an opening, told: confirmed, counted, and what it leaves of the chances."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.statement import Kind, Said
from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.scores import MOST_SHOWN, of_chat, own_shop
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.render import Rendered, render
from rules.chances import is_barred, next_chance
from rules.edition import Edition
from rules.watch_state import WatchState, after_closing, after_opening
from storage import follows, shops
from storage.shops import Shop


async def told(turn: Turn, claim: Said, named: Shop | None = None) -> Reply:
    """What was told, to be confirmed: of which shop, and for a closing the how manieth it was."""
    if claim.doubt:
        return Reply.of(turn.dialogue, say(turn.chat_id, render("scores/closing_again", today=turn.today)))
    possible = [named] if named else await shops.of_chat(turn.conn, turn.chat_id)
    kind = "cl" if claim.kind is Kind.CLOSED else "op"
    return Reply.of(turn.dialogue, say(turn.chat_id, _confirming(turn, kind, possible, claim.day, claim.count)))


async def asked(turn: Turn) -> Reply:
    """`cn|5`, under a warning: this shop was closed today, the how manieth time was it? The warning stays."""
    shop = await of_chat(turn, _parts(turn)[0])
    if shop is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    question = _confirming(turn, "cl", [shop], turn.today, None)
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, question)))


async def chosen(turn: Turn) -> Reply:
    """The shop of a closing was chosen: the how manieth one was it?"""
    number, day, count = _parts(turn)
    shop = await of_chat(turn, number)
    if shop is None or day is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    return Reply.of(turn.dialogue, amended(turn, _confirming(turn, "cl", [shop], day, count)))


async def closed(turn: Turn) -> Reply:
    """The closing is confirmed: counted, and what is left of the chances."""
    number, day, count = _parts(turn)
    shop = await own_shop(turn, number) if day and count in _counts(turn.context.edition, None) else None
    if shop is None or day is None or count is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    await shops.set_closures(turn.conn, shop.id, count, day)
    await shops.set_in_alliance(turn.conn, shop.id, False)
    for follow in await _followers(turn, shop):
        state = after_closing(follow.state or WatchState(date.min), count)
        await follows.keep_state(turn.conn, shop.id, follow.chat_id, state)
    edition = turn.context.edition
    rendered = render(
        "scores/closing_kept",
        edition=edition,
        shop=shop,
        day=day,
        count=count,
        chance=next_chance(edition, count),
        barred=is_barred(edition, count),
        clause=edition.clause(edition.chances.clause) if edition.chances else None,
    )
    return Reply.of(turn.dialogue, amended(turn, rendered))


async def opened(turn: Turn) -> Reply:
    """The opening is confirmed."""
    number, day, _ = _parts(turn)
    shop = await own_shop(turn, number) if day else None
    if shop is None or day is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    await shops.set_in_alliance(turn.conn, shop.id, True)
    for follow in await _followers(turn, shop):
        if follow.state:
            await follows.keep_state(turn.conn, shop.id, follow.chat_id, after_opening(follow.state))
    edition = turn.context.edition
    clause = edition.clause(edition.chances.clause) if edition.chances and shop.closures else None
    rendered = render("scores/opening_kept", edition=edition, shop=shop, day=day, count=shop.closures, clause=clause)
    return Reply.of(turn.dialogue, amended(turn, rendered))


async def _followers(turn: Turn, shop: Shop) -> list[follows.Follow]:
    """All who follow the shop, and from now on this chat too."""
    if await follows.of(turn.conn, shop.id, turn.chat_id) is None:
        await follows.start(turn.conn, shop.id, turn.chat_id, turn.now_ms)
    return await follows.of_shop(turn.conn, shop.id)


def _confirming(turn: Turn, kind: str, possible: Sequence[Shop], day: date, count: int | None) -> Rendered:
    edition = turn.context.edition
    only = possible[0] if len(possible) == 1 else None
    return render(
        "scores/closing_confirm" if kind == "cl" else "scores/opening_confirm",
        shops=possible[:MOST_SHOWN] or [None],
        counts=_counts(edition, only),
        told=count if count in _counts(edition, None) else None,
        known=only.closures if only else None,
        chances=edition.chances,
        day=day,
        today=turn.today,
        at=f"{day:%Y%m%d}",
    )


def _counts(edition: Edition, shop: Shop | None) -> tuple[int, ...]:
    """The how manieth closing it may be: those that the edition counts, else the next one after those known."""
    if edition.chances:
        return tuple(range(1, edition.chances.limit + 1))
    return ((shop.closures or 0) + 1,) if shop else (1,)


def _parts(turn: Turn) -> tuple[str, date | None, int | None]:
    """Shop, day and count of a button's data; no day when it is none that may be told."""
    _, number, written, count = [*turn.incoming.data.split("|"), "", "", ""][:4]
    try:
        day = date.fromisoformat(written)
        told = int(count) if count else None
    except ValueError:
        return number, None, None
    return number, day if day <= turn.today else None, told
