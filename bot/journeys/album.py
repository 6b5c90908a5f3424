"""Pictures sent together: one answer to all of them, which is to the words below any of them if there are words."""

from dataclasses import replace

from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import remove
from bot.telegram.updates import What
from storage import outbox


def is_more(turn: Turn) -> bool:
    """Whether this is one more picture without words of those that were answered."""
    return _is_picture(turn) and turn.incoming.album == turn.dialogue.album


async def answered(turn: Turn, reply: Reply) -> Reply:
    """The reply; to words below a picture it also takes the line away that the pictures before can't be read."""
    if not turn.incoming.album:
        return reply
    key = f"album:{turn.incoming.album}"
    if _is_picture(turn):
        return replace(reply, messages=(*reply.messages[:-1], *(replace(one, key=key) for one in reply.messages[-1:])))
    is_said = turn.incoming.album == turn.dialogue.album and await outbox.is_known(turn.conn, turn.chat_id, key)
    return replace(reply, messages=(remove(turn.chat_id, key), *reply.messages)) if is_said else reply


def _is_picture(turn: Turn) -> bool:
    incoming = turn.incoming
    return incoming.what is What.MEDIA and not incoming.file_id and incoming.album != ""
