"""/admin: what those who run the bot see and do, in one message of their private chat, edited in place.

Anybody else is told what anybody is told of a command or button that there is not.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from bot.journeys.about import plain
from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views import operators
from bot.views.render import Rendered, render
from storage import audit, evidence, inbox, outbox, overview, shops, unanswered
from storage.evidence import Fate

MOST_LISTED: Final = 8
MOST_ITEMS: Final = 10
MOST_QUESTIONS: Final = 15
Journey = Callable[[Turn], Awaitable[Reply]]


def for_operators(journey: Journey) -> Journey:
    """The journey for chats in ADMIN_CHAT_IDS; for others there is no such command or button."""

    async def guarded(turn: Turn) -> Reply:
        if turn.chat_id in turn.context.admins:
            return await journey(turn)
        if turn.incoming.callback_id:
            return Reply.of(turn.dialogue, done(turn, "old"))
        return plain(turn, "frame/unknown_command")

    return guarded


@for_operators
async def command(turn: Turn) -> Reply:
    """The front page in a message of its own."""
    await note(turn, "admin.overview")
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, await _front(turn, ""))))


@for_operators
async def page(turn: Turn) -> Reply:
    """`adm` the front page, `adm|n|failed` the failed notices, `adm|e|7` the proof of one, `adm|rm|7` send it again."""
    _, name, value = [*turn.incoming.data.split("|"), "", ""][:3]
    shown = await PAGES[name](turn, value) if name in PAGES else None
    if shown is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    return Reply.of(turn.dialogue, amended(turn, shown))


async def note(turn: Turn, action: str, subject: object = "") -> None:
    """Write down what the operator did."""
    await audit.record(turn.conn, turn.chat_id, action, str(subject), turn.now_ms)


def instant(turn: Turn, at_ms: int | None) -> datetime | None:
    """Epoch milliseconds as local time."""
    return operators.instant(at_ms, turn.context.zone)


async def _front(turn: Turn, _: str) -> Rendered:
    seen = await overview.overview(turn.conn, turn.context.edition, turn.today, turn.now_ms)
    return render(
        "operators/overview",
        seen=seen,
        shops=sum(seen.standings.values()),
        standings=operators.standings(seen),
        fates=[(fate.value, count) for fate, count in seen.notices.items()],
        now=turn.now.astimezone(turn.context.zone),
    )


async def _notices(turn: Turn, chosen: str) -> Rendered | None:
    if chosen not in ("", *Fate):
        return None
    fate = Fate(chosen) if chosen else None
    found = await evidence.newest(turn.conn, turn.today, turn.now_ms, fate, MOST_LISTED)
    counts = await evidence.counts(turn.conn, turn.today, turn.now_ms)
    total = counts[fate] if fate else sum(counts.values())
    return render(
        "operators/notices",
        day=turn.today,
        chosen=chosen,
        found=[_line(one) for one in found],
        fates=[(one.value, count) for one, count in counts.items()],
        more=total > len(found),
    )


def _line(one: evidence.Evidence) -> dict[str, Any]:
    reason = one.notice.items[0].reason.value if one.notice.items else ""
    items = len(one.notice.items)
    return {"id": one.notice.id, "number": one.number, "fate": one.fate.value, "reason": reason, "count": items}


async def _evidence(turn: Turn, value: str) -> Rendered | None:
    number = number_of(value)
    proof = await evidence.of(turn.conn, number, turn.now_ms) if number else None
    if proof is None:
        return None
    await note(turn, "notice.evidence", number)
    items = proof.notice.items[:MOST_ITEMS]
    return render(
        "operators/evidence",
        proof=proof,
        due=instant(turn, proof.due_at),
        sent=instant(turn, proof.sent_at),
        items=items,
        more=len(proof.notice.items) - len(items),
        shops=await shops.by_ids(turn.conn, [item.shop_id for item in items]),
    )


async def _dead(turn: Turn, _: str, requeued: int = 0) -> Rendered:
    updates = await inbox.dead(turn.conn, MOST_LISTED)
    letters = await outbox.dead(turn.conn, MOST_LISTED)
    return render(
        "operators/dead",
        requeued=requeued,
        updates=[{**vars(one), "at": instant(turn, one.received_at)} for one in updates],
        letters=[{**vars(one), "at": instant(turn, one.created_at)} for one in letters],
        limit=MOST_LISTED,
        more=MOST_LISTED in (len(updates), len(letters)),
    )


async def _handle_again(turn: Turn, value: str) -> Rendered | None:
    number = number_of(value)
    if not number or not await inbox.requeue(turn.conn, number, turn.now_ms):
        return None
    await note(turn, "update.requeue", number)
    return await _dead(turn, "", 1)


async def _send_again(turn: Turn, value: str) -> Rendered | None:
    number = number_of(value)
    if not number or not await outbox.requeue(turn.conn, number, turn.now_ms):
        return None
    await note(turn, "message.requeue", number)
    return await _dead(turn, "", 1)


async def _questions(turn: Turn, _: str) -> Rendered:
    await note(turn, "questions.read")
    return render("operators/questions", found=await unanswered.listed(turn.conn, turn.now_ms, MOST_QUESTIONS))


async def _feeds(turn: Turn, _: str) -> Rendered:
    found = await overview.feeds(turn.conn, turn.today, turn.now_ms)
    silent = await overview.silent_shops(turn.conn, turn.today, turn.now_ms, MOST_LISTED)
    shown = [{**vars(one), "source": one.source.value, "seen": instant(turn, one.last_seen)} for one in found]
    return render("operators/feeds", feeds=shown, silent=silent)


async def _log(turn: Turn, _: str) -> Rendered:
    acts = await audit.listed(turn.conn, MOST_LISTED * 2)
    return render("operators/log", acts=[{**vars(one), "at": instant(turn, one.at)} for one in acts])


def number_of(value: str) -> int:
    """The number that a button carries, 0 for anything else."""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


PAGES: Final[dict[str, Callable[[Turn, str], Awaitable[Rendered | None]]]] = {
    "": _front,
    "n": _notices,
    "e": _evidence,
    "d": _dead,
    "ru": _handle_again,
    "rm": _send_again,
    "q": _questions,
    "f": _feeds,
    "l": _log,
}
