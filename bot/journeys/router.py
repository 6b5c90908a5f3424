"""An update, handled inside a single transaction: the journey for the merchant's wish, the conversation to remember."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import journeys
from bot.conversation.memory import Dialogue, Shown
from bot.journeys import album, consent, corrected, editions, entries
from bot.journeys.context import Context
from bot.journeys.turn import OLD, SAME, Reply, Turn
from bot.telegram.messages import buttons, in_topic, say, screen, shown_last, toast
from bot.telegram.updates import Incoming, What, read
from bot.views.render import render, words
from rules.understanding.budget import TooLong
from storage import chats, dialogues
from storage.dialogues import Kept
from storage.instants import epoch_ms
from storage.outbox import Message

log = structlog.get_logger(__name__)
ACTIONABLE = (What.TEXT, What.COMMAND, What.PRESS, What.MEDIA)
MESSAGE_WEIGHT, PRESS_WEIGHT = 3, 1
"""A check is a quick row of presses, so that a press weighs a third of a message against the limit of a minute."""

for _module in iter_modules(journeys.__path__, f"{journeys.__name__}."):
    if _module.name != __name__:
        import_module(_module.name)  # each journey names its commands and buttons


async def handle(context: Context, raw: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
    """The messages that answer an update, the effects written. Raises Malformed; the worker decides what to do then."""
    incoming = _as_file(context, read(raw))
    if incoming.what is What.LEFT:
        await chats.block(conn, incoming.chat_id, "left or blocked the bot", epoch_ms(now))
    if incoming.what not in ACTIONABLE:
        return ()
    if not incoming.is_private:
        return tuple(_in_group(incoming, now))
    kept = await dialogues.load(conn, incoming.chat_id)
    dialogue = Dialogue.model_validate_json(kept.body) if kept.body else Dialogue()
    dialogue = dialogue.knowing({edition.name for edition in context.catalogue.editions})
    turn = Turn(context.of_edition(kept.edition), incoming, dialogue, now, conn)
    turn = replace(turn, dialogue=dialogue.counted(turn.sent_at, _weight(turn)))
    reply = await _throttled(turn)
    if kept.edition and not context.catalogue.has(kept.edition):
        reply = reply.then((await editions.forget_gone(turn, kept.edition)).messages)
    shown = _shown(reply, now)
    if not reply.is_forgotten:
        seen = {"shown": shown or reply.dialogue.shown, "album": incoming.album or dialogue.album}
        await _remember(conn, incoming.chat_id, kept, reply.dialogue.model_copy(update=seen), now)
    answers = in_topic(reply.messages, incoming.topic_id)
    said = (*_answer_of_the_press(turn, _toast(turn, reply, shown)), *answers)
    log.info("handled", what=incoming.what.value, journey=entries.name(turn), said=len(said))
    return said


def _in_group(incoming: Incoming, now: datetime) -> Iterator[Message]:
    """The line for a command, the end of a button's waiting; nothing else is answered in a group."""
    if incoming.what is What.PRESS:
        yield toast(incoming.chat_id, incoming.callback_id, words("frame/toast", kind=OLD), now)
    elif incoming.what is What.COMMAND and not incoming.edited:
        yield from in_topic(say(incoming.chat_id, render("frame/group")), incoming.topic_id)


def apology(raw: dict[str, Any], now: datetime) -> Sequence[Message]:
    """What a person reads when their message or press could not be handled. Raises Malformed."""
    incoming = read(raw)
    if incoming.what not in ACTIONABLE or incoming.edited or not incoming.is_private:
        return ()
    if incoming.what is What.PRESS:
        return (toast(incoming.chat_id, incoming.callback_id, words("frame/toast", kind="failed"), now),)
    return tuple(in_topic(say(incoming.chat_id, render("frame/failed")), incoming.topic_id))


def _as_file(context: Context, incoming: Incoming) -> Incoming:
    """The same; a document of an operator is a file, whatever is written below it."""
    is_file = incoming.file_id and incoming.chat_id in context.admins
    return replace(incoming, what=What.MEDIA) if is_file else incoming


def _shown(reply: Reply, now: datetime) -> Shown | None:
    """What the reply shows last, with the buttons that may be typed from now on; None where it shows nothing."""
    last = shown_last(reply.messages)
    return Shown(at=now, buttons=buttons(last), screen=screen(last)) if last else None


def _toast(turn: Turn, reply: Reply, shown: Shown | None) -> str:
    """The toast of the reply; "same" for an edit that leaves the message as it was."""
    last, before = shown_last(reply.messages), turn.dialogue.shown
    is_same = last and last.method == "editMessageText" and shown and before and before.screen == shown.screen
    return reply.toast or (SAME if is_same else "")


async def _remember(conn: AsyncConnection, chat_id: int, kept: Kept, dialogue: Dialogue, now: datetime) -> None:
    body = dialogue.model_dump_json(exclude_defaults=True)
    await dialogues.save(conn, chat_id, kept, body, epoch_ms(now))


async def _throttled(turn: Turn) -> Reply:
    """The reply, unless the chat writes too fast: then a single notice, and silence until the minute is over."""
    count, weight = turn.dialogue.window.count if turn.dialogue.window else 0, _weight(turn)
    limit = turn.context.messages_per_minute * MESSAGE_WEIGHT
    if count <= limit:
        return await _respond(turn)
    return turn.say_plain("frame/throttled") if count - weight <= limit else turn.reply()


async def _respond(turn: Turn) -> Reply:
    """The reply; once something was kept of a shop, its case counts and not what was told before.

    Pictures sent together are answered once, and words below any of them.
    """
    meant = None if album.is_more(turn) else await corrected.taken_up(turn)
    if meant is None:
        return turn.reply()
    reply = await album.answered(turn, await _read(meant))
    is_kept = await entries.keeps(meant) or isinstance(meant.press, consent.Agree)
    is_kept |= reply.dialogue.check != turn.dialogue.check
    return corrected.remembered(meant, reply.remembering(reply.dialogue.settled) if is_kept else reply)


async def _read(turn: Turn) -> Reply:
    try:
        return await consent.respond(turn)
    except TooLong:
        return turn.say_plain("frame/too_long")


def _weight(turn: Turn) -> int:
    """What the update counts against the limit of a minute; pictures sent together count once."""
    if album.is_more(turn):
        return 0
    return PRESS_WEIGHT if turn.incoming.what is What.PRESS else MESSAGE_WEIGHT


def _answer_of_the_press(turn: Turn, kind: str) -> Iterator[Message]:
    """The end of the pressed button's waiting, with or without a line of words."""
    if turn.incoming.callback_id:
        line = words("frame/toast", kind=kind) if kind else ""
        yield toast(turn.chat_id, turn.incoming.callback_id, line, turn.now)
