"""One update, handled inside one transaction: what the merchant wants, the journey for it, what is remembered."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import Dialogue
from bot.journeys import (
    about,
    admin,
    announcements,
    ask,
    check,
    closings,
    editions,
    notices,
    privacy,
    score_upload,
    scores,
    settings,
    shops,
    telling,
)
from bot.journeys.acknowledge import done
from bot.journeys.context import Context
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.telegram.updates import Incoming, What, read
from bot.views.render import render
from storage import dialogues
from storage.dialogues import Kept
from storage.instants import epoch_ms
from storage.outbox import Message

log = structlog.get_logger(__name__)
ACTIONABLE = (What.TEXT, What.COMMAND, What.PRESS, What.MEDIA)
MESSAGE_WEIGHT, PRESS_WEIGHT = 3, 1
"""A check is a quick row of presses, so that a press weighs a third of a message against the limit of a minute."""


async def handle(context: Context, raw: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
    """What is said to this update, its effects written. Raises on a malformed one: the worker decides what then."""
    incoming = read(raw)
    if incoming.what not in ACTIONABLE:
        return ()
    if not incoming.is_private:
        return tuple(_to_a_group(incoming))
    kept = await dialogues.load(conn, incoming.chat_id)
    dialogue = Dialogue.model_validate_json(kept.body) if kept.body else Dialogue()
    dialogue = dialogue.knowing({edition.name for edition in context.catalogue.editions})
    outcome = await _throttled(Turn(context, incoming, dialogue.counted(now, _weight(incoming)), now, conn))
    if not outcome.is_forgotten:
        await _remember(conn, incoming.chat_id, kept, outcome.dialogue, now)
    log.info("handled", what=incoming.what.value, journey=_journey(incoming), said=len(outcome.messages))
    return outcome.messages


def _journey(incoming: Incoming) -> str:
    """What was asked for, of the names that the bot knows: never what somebody wrote."""
    name = incoming.command or incoming.data.partition("|")[0]
    return name if name in COMMANDS or name in PRESSES else ""


async def _remember(conn: AsyncConnection, chat_id: int, kept: Kept, dialogue: Dialogue, now: datetime) -> None:
    body = dialogue.model_dump_json(exclude_defaults=True)
    await dialogues.save(conn, chat_id, kept, body, epoch_ms(now))


def _to_a_group(incoming: Incoming) -> Sequence[Message]:
    """One kind line to a command in a group, silence to everything else there."""
    return tuple(say(incoming.chat_id, render("frame/group"))) if incoming.what is What.COMMAND else ()


async def _throttled(turn: Turn) -> Reply:
    """The turn, unless the chat writes too fast: then one notice, and silence until the minute is over."""
    count, weight = turn.dialogue.window.count if turn.dialogue.window else 0, _weight(turn.incoming)
    limit = turn.context.messages_per_minute * MESSAGE_WEIGHT
    if count <= limit:
        return await respond(turn)
    if count - weight <= limit:
        return about.plain(turn, "frame/throttled")
    return Reply.of(turn.dialogue, done(turn))


def _weight(incoming: Incoming) -> int:
    return PRESS_WEIGHT if incoming.what is What.PRESS else MESSAGE_WEIGHT


async def respond(turn: Turn) -> Reply:
    """The journey that the update asks for; before anything is kept, the question whether it may be."""
    if privacy.keeps(turn) and not await privacy.is_agreed(turn) and not await shops.leads_nowhere(turn):
        return privacy.asked(turn)
    what = turn.incoming.what
    if what is What.PRESS:
        return await _pressed(turn)
    if what is What.COMMAND:
        return await _commanded(turn)
    if what is What.MEDIA:
        return await score_upload.received(turn)
    return await _typed(turn)


async def _typed(turn: Turn) -> Reply:
    """Plain text answers the open question of a check when it can be read so; otherwise it is a question."""
    if announced := await announcements.typed(turn):
        return announced
    underway = turn.dialogue.open_check
    if underway is None:
        return await telling.told(turn) or await ask.asked(turn)
    if taken := await check.typed(turn, underway):
        return taken
    told = await telling.told(turn)
    return check.beside(turn, underway, told) if told else check.interrupted(turn, underway)


async def _commanded(turn: Turn) -> Reply:
    journey = COMMANDS.get(turn.incoming.command)
    return await journey(turn) if journey else about.plain(turn, "frame/unknown_command")


async def _pressed(turn: Turn) -> Reply:
    journey = PRESSES.get(turn.incoming.data) or PRESSES.get(turn.incoming.data.partition("|")[0])
    return await journey(turn) if journey else Reply.of(turn.dialogue, done(turn, "old"))


async def _help(turn: Turn) -> Reply:
    return about.plain(turn, "frame/help")


async def _rules(turn: Turn) -> Reply:
    return editions.rules(turn)


async def _version(turn: Turn) -> Reply:
    return await editions.seen(turn)


async def _announce(turn: Turn) -> Reply:
    return await editions.confirmed(turn)


async def _agreed(turn: Turn) -> Reply:
    """Yes, something may be kept: what was wanted is done."""
    wanted = await privacy.agree(turn)
    if wanted is None:
        return Reply.of(turn.dialogue, privacy.given(turn))
    outcome = await respond(wanted)
    if wanted.incoming.what is What.PRESS:
        return outcome
    return Reply.of(outcome.dialogue, (*privacy.given(turn), *outcome.messages))


async def _topic(turn: Turn) -> Reply:
    return ask.topic(turn)


Journey = Callable[[Turn], Awaitable[Reply]]
COMMANDS: dict[str, Journey] = {
    "start": shops.start,
    "help": _help,
    "rules": _rules,
    "check": check.start,
    "cancel": check.cancel,
    "score": scores.command,
    "shops": shops.command,
    "settings": settings.command,
    "admin": admin.command,
    "privacy": privacy.privacy,
    "export": privacy.exported,
    "forget": privacy.forget,
}
PRESSES: dict[str, Journey] = {
    "check": check.start,
    "check|new": check.restart,
    "rules": _rules,
    "t": _topic,
    "v": _version,
    "an": _announce,
    "c": check.pressed,
    "score": scores.overview,
    "s": scores.kept,
    "sq": scores.offered,
    "sy": scores.offered,
    "no": scores.dismissed,
    "pic": scores.picture,
    "cn": closings.asked,
    "cq": closings.chosen,
    "cl": closings.closed,
    "op": closings.opened,
    "shops": shops.listed,
    "open": settings.opened,
    "set": settings.page,
    "sv": settings.shop_changed,
    "hq": settings.hours_changed,
    "hd": settings.hours_changed,
    "z": notices.later,
    "off": notices.never,
    "up": score_upload.answered,
    "adm": admin.page,
    "ann": announcements.pressed,
    "ok": _agreed,
    "nok": privacy.refused,
    "export": privacy.exported,
    "fg": privacy.forget,
}
