"""A message that its writer corrected: answered in place of what it said before."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from bot.conversation import check_moves
from bot.conversation.memory import Dialogue, Heard, Naming
from bot.journeys.turn import Reply, Turn
from bot.telegram.updates import What
from storage import announcements
from storage.announcements import SHOWN

LONGEST_UNHEARD = timedelta(days=1)
"""For so long a correction of a message that the chat does not remember is answered."""

NAMING_COMMANDS = ("shops", "rename")


def said(turn: Turn) -> str:
    """What tells the words of a message, or its file, from others."""
    incoming = turn.incoming
    words = f"{incoming.message_id} {incoming.command} {incoming.text} {incoming.file_id}"
    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()


async def taken_up(turn: Turn) -> Turn | None:
    """The turn in which the corrected message stands in place of the first one; None where the words are the same.

    A correction of a message that the chat does not remember is a message as any other, and None a day later.
    """
    if not turn.incoming.edited:
        return turn
    if turn.incoming.what is What.MEDIA and not turn.incoming.file_id:
        return None
    heard = turn.heard
    if heard is None:
        return None if _is_of_long_ago(turn) else turn
    if heard.said == said(turn):
        return None
    before = replace(turn, dialogue=_before(turn, heard))
    if heard.draft:
        await _draft_again(before, heard.draft)
    return _as_name(before, heard) if heard.named else before


def _is_of_long_ago(turn: Turn) -> bool:
    sent, written = turn.incoming.sent_at, turn.incoming.written_at
    return bool(sent and written and sent - written > LONGEST_UNHEARD)


def remembered(turn: Turn, reply: Reply) -> Reply:
    """The reply, with the message remembered as heard."""
    if turn.incoming.what is What.PRESS or turn.incoming.message_id is None:
        return reply
    heard = Heard(
        message=turn.incoming.message_id,
        said=said(turn),
        on=turn.written_on,
        before=turn.dialogue.subject,
        **reply.taken,
    )
    return reply.remembering(reply.dialogue.hearing(heard))


def _before(turn: Turn, heard: Heard) -> Dialogue:
    """The dialogue as before the message, with the question that it answered open again."""
    dialogue = turn.dialogue.model_copy(update={"subject": heard.before})
    known = (dialogue.preview, dialogue.check)
    check = next((one for one in known if one and heard.fact and one.id == heard.check), None)
    if check is None or heard.fact not in {*check.answers, *check.unsure}:
        return dialogue
    return dialogue.holding(check_moves.reopened(check, heard.fact))


def _as_name(turn: Turn, heard: Heard) -> Turn:
    """The turn in which the shop that got its name from the message waits for the name."""
    waiting = turn.dialogue.model_copy(update={"naming": Naming(at=turn.now, shop=heard.named)})
    incoming = turn.incoming
    if incoming.command in NAMING_COMMANDS and incoming.text:
        incoming = replace(incoming, what=What.TEXT, command="")
    return replace(turn, incoming=incoming, dialogue=waiting)


async def _draft_again(turn: Turn, number: int) -> None:
    """The announcement waits for its text anew, unless it is under way or dropped."""
    one = await announcements.by_id(turn.conn, number)
    if one and one.state == SHOWN and one.operator == turn.chat_id:
        await announcements.begin(turn.conn, turn.chat_id, one.audience, turn.now_ms, of_shop=one.of_shop)
