"""An operator's own doings in their private chat: a score file sent to the bot, looked at, confirmed."""

from typing import Final

from bot.journeys.about import plain
from bot.journeys.acknowledge import done
from bot.journeys.admin import note
from bot.journeys.amend import amended
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.render import render
from storage import uploads

HOUR_MS: Final = 3_600_000
MOST_AN_HOUR: Final = 5


async def received(turn: Turn) -> Reply:
    """A document, photo, voice …: an operator's document is a file of scores; anything else can't be read."""
    incoming = turn.incoming
    if not incoming.file_id or turn.chat_id not in turn.context.admins:
        return plain(turn, "frame/media")
    if incoming.file_bytes > uploads.LARGEST_BYTES:
        return Reply.of(turn.dialogue, say(turn.chat_id, render("operators/upload_refused", why="too_large")))
    if await uploads.count(turn.conn, turn.chat_id, turn.now_ms - HOUR_MS) >= MOST_AN_HOUR:
        return Reply.of(
            turn.dialogue, say(turn.chat_id, render("operators/upload_refused", why="too_many", most=MOST_AN_HOUR))
        )
    await uploads.add(turn.conn, turn.chat_id, incoming.file_id, turn.now_ms)
    return Reply.of(turn.dialogue, say(turn.chat_id, render("operators/upload_received")))


async def answered(turn: Turn) -> Reply:
    """`up|7|1`: import it; `up|7|0`: don't."""
    _, number, wanted = [*turn.incoming.data.split("|"), "", ""][:3]
    is_right = number.isdecimal() and len(number) < 19 and wanted in ("0", "1") and turn.chat_id in turn.context.admins
    if not is_right or not await uploads.answer(turn.conn, int(number), turn.chat_id, is_wanted=wanted == "1"):
        return Reply.of(turn.dialogue, done(turn, "old"))
    if wanted == "1":
        await note(turn, "scores.import", number)
    return Reply.of(turn.dialogue, amended(turn, render("operators/upload_answered", is_wanted=wanted == "1")))
