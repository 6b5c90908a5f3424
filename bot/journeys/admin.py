"""/admin: the operators' pages in a single message of a private chat, edited in place."""

from datetime import datetime
from typing import Final

from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.turn import Reply, Turn
from bot.views import operator_values
from bot.views.render import Rendered, render
from storage import audit, inbox, outbox, overview, shops, unanswered
from storage.audit import Act
from storage.shops import Shop

MOST_SHOPS: Final = 6
MOST_ACTS: Final = 16
MOST_QUESTIONS: Final = 15
MOST_DEAD: Final = 8


class ShowOverview(OperatorPress, verb="adm"):
    """The front page."""


class ShowQuestions(OperatorPress, verb="adm|q"):
    """Questions not understood."""


class ShowFeeds(OperatorPress, verb="adm|f"):
    """Where scores come from."""


class ShowLog(OperatorPress, verb="adm|l"):
    """The operators' deeds."""


class ShowDead(OperatorPress, verb="adm|d"):
    """Updates not handled and messages not sent."""


class HandleAgain(OperatorPress, verb="adm|ru"):
    """The update with this number is to be handled again."""

    number: int


class SendAgain(HandleAgain, verb="adm|rm"):
    """The message with this number is to be sent again."""


@command("admin")
async def show(turn: Turn) -> Reply | None:
    """The front page in a new message; None for everybody but operators."""
    if not turn.is_operator:
        return None
    await note(turn, "admin.overview")
    return turn.say(await _overview(turn))


@press(ShowOverview)
async def show_overview(turn: Turn, _: ShowOverview) -> Reply:
    """The front page."""
    return turn.amend(await _overview(turn))


async def _overview(turn: Turn) -> Rendered:
    seen = await overview.overview(turn.conn, turn.context.policy.editions, turn.today, turn.now_ms)
    return render(
        "operators/overview",
        seen=seen,
        shops=sum(seen.standings.values()),
        standings=operator_values.standings(seen),
        fates=list(seen.notices.items()),
        now=turn.now.astimezone(turn.context.zone),
    )


@press(ShowQuestions)
async def show_questions(turn: Turn, _: ShowQuestions) -> Reply:
    """The questions not understood, the most frequent first."""
    await note(turn, "questions.read")
    found = await unanswered.listed(turn.conn, turn.now_ms, MOST_QUESTIONS)
    titles = operator_values.topic_titles(turn.context.catalogue, turn.context.setting)
    return turn.amend(render("operators/questions", found=found, titles=titles))


@press(ShowFeeds)
async def show_feeds(turn: Turn, _: ShowFeeds) -> Reply:
    """Each source of scores, the shops without news from a source, and those that no score ever came for."""
    found = await overview.feeds(turn.conn, turn.today, turn.now_ms)
    silent = await overview.silent_shops(turn.conn, turn.today, turn.now_ms, MOST_SHOPS)
    never = await overview.never_fed(turn.conn, MOST_SHOPS)
    shown = [{**vars(one), "source": one.source.value, "seen": instant(turn, one.last_seen)} for one in found]
    all_silent = await overview.count_silent(turn.conn, turn.today, turn.now_ms)
    counts = {"all_silent": all_silent, "all_never": await overview.count_never_fed(turn.conn)}
    return turn.amend(render("operators/feeds", feeds=shown, silent=silent, never=never, **counts))


@press(ShowLog)
async def show_log(turn: Turn, _: ShowLog) -> Reply:
    """The operators' deeds, the newest first."""
    acts = await audit.listed(turn.conn, MOST_ACTS)
    shown = [({**vars(one), "at": instant(turn, one.at)}, await _shop_of(turn, one)) for one in acts]
    return turn.amend(render("operators/log", acts=shown, reader=turn.chat_id))


async def _shop_of(turn: Turn, act: Act) -> Shop | None:
    """The shop that the act is about; None for an act of another kind, and for a shop that is gone."""
    is_of_a_shop = act.action.startswith("shop.") or act.action == "invite.make"
    return await shops.by_ref(turn.conn, act.subject.partition(" ")[0]) if is_of_a_shop else None


@press(ShowDead)
async def show_dead(turn: Turn, _: ShowDead) -> Reply:
    """The dead updates and messages, the newest first."""
    return turn.amend(await _dead(turn))


@press(HandleAgain, SendAgain)
async def try_again(turn: Turn, pressed: HandleAgain | SendAgain) -> Reply | None:
    """The dead update or message, waiting again; None when the number names no dead update or message."""
    kind, store = ("message", outbox) if isinstance(pressed, SendAgain) else ("update", inbox)
    if not await store.requeue(turn.conn, pressed.number, turn.now_ms):
        return None
    await note(turn, f"{kind}.requeue", pressed.number)
    return turn.amend(await _dead(turn, requeued=1))


async def _dead(turn: Turn, *, requeued: int = 0) -> Rendered:
    updates = await inbox.dead(turn.conn, MOST_DEAD)
    letters = await outbox.dead(turn.conn, MOST_DEAD)
    return render(
        "operators/dead",
        requeued=requeued,
        updates=[{**vars(one), "at": instant(turn, one.received_at)} for one in updates],
        letters=[{**vars(one), "at": instant(turn, one.created_at)} for one in letters],
        limit=MOST_DEAD,
        more=MOST_DEAD in (len(updates), len(letters)),
    )


async def note(turn: Turn, action: str, subject: object = "") -> None:
    """Write down an operator's deed."""
    await audit.record(turn.conn, turn.chat_id, action, str(subject), turn.now_ms)


def instant(turn: Turn, at_ms: int | None) -> datetime | None:
    """Epoch milliseconds as local time; None stays None."""
    return operator_values.instant(at_ms, turn.context.zone)
