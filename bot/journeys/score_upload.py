"""A file of scores sent by an operator: taken, examined by `bot.feeds`, confirmed."""

from typing import Final

from bot.journeys.admin import note
from bot.journeys.entries import OperatorPress, entry, press
from bot.journeys.turn import Reply, Turn
from bot.telegram.updates import What
from bot.views.render import render
from storage import uploads

HOUR_MS: Final = 3_600_000
MOST_AN_HOUR: Final = 5


class AnswerUpload(OperatorPress, verb="up"):
    """Whether the file with this number is to be imported; `registers`: with the shops that are not known yet."""

    number: int
    is_wanted: bool
    registers: bool = False


@entry(What.MEDIA)
async def take(turn: Turn) -> Reply:
    """A document, photo, voice …: an operator's document is a file of scores; anything else can't be read."""
    incoming = turn.incoming
    if not incoming.file_id or not turn.is_operator:
        return turn.say_plain("frame/media")
    if incoming.file_bytes > uploads.LARGEST_BYTES:
        return turn.say(render("operators/upload_refused", why="too_large"))
    if await uploads.count(turn.conn, turn.chat_id, turn.now_ms - HOUR_MS) >= MOST_AN_HOUR:
        return turn.say(render("operators/upload_refused", why="too_many", most=MOST_AN_HOUR))
    await uploads.add(turn.conn, turn.chat_id, incoming.file_id, turn.now_ms)
    return turn.say(render("operators/upload_received"))


@press(AnswerUpload)
async def answer(turn: Turn, pressed: AnswerUpload) -> Reply | None:
    """A line: the file will be imported, or not; None when answered before."""
    wish = {"is_wanted": pressed.is_wanted, "registers": pressed.registers}
    if not await uploads.answer(turn.conn, pressed.number, turn.chat_id, **wish):
        return None
    if pressed.is_wanted:
        await note(turn, "scores.register" if pressed.registers else "scores.import", pressed.number)
    return turn.amend(render("operators/upload_answered", is_wanted=pressed.is_wanted))
