"""The end of the waiting that a pressed button shows, with or without a line of words."""

from collections.abc import Iterator

from bot.journeys.turn import Turn
from bot.telegram.messages import toast
from bot.views.render import words
from storage.outbox import Message


def done(turn: Turn, kind: str = "") -> Iterator[Message]:
    """The answer to the press of this turn, if it is one; `kind` names the line of `frame/toast` that it shows."""
    if turn.incoming.callback_id:
        yield toast(turn.chat_id, turn.incoming.callback_id, words("frame/toast", kind=kind) if kind else "", turn.now)
