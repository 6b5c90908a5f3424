"""A pressed button's own message with new words, wherever it stands and whatever has come after it."""

from collections.abc import Iterator

from bot.journeys.acknowledge import done
from bot.journeys.turn import Turn
from bot.telegram.messages import edit, say
from bot.views.render import Rendered
from storage.outbox import Lane, Message


def amended(turn: Turn, rendered: Rendered, toast: str = "") -> Iterator[Message]:
    """The message whose button was pressed shows this instead; without one (too old, or typed) it is said anew."""
    yield from done(turn, toast)
    if turn.incoming.message_id is None or not turn.incoming.callback_id:
        yield from say(turn.chat_id, rendered)
        return
    first, *more = edit(turn.chat_id, rendered, key="")
    payload = {"reply_markup": {"inline_keyboard": []}, **first.payload, "message_id": turn.incoming.message_id}
    yield Message(turn.chat_id, Lane.REPLY, "editMessageText", payload)
    yield from more
