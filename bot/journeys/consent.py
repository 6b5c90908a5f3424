"""The one question before anything of a merchant is kept, and its answers."""

from dataclasses import replace
from typing import Final, TypedDict

from bot.conversation.memory import Wanted
from bot.conversation.presses import Press
from bot.journeys.entries import enter, press
from bot.journeys.turn import OLD, Reply, Turn
from bot.telegram.updates import Incoming, What
from bot.views.check_question import CheckMove
from bot.views.render import Rendered, render
from storage import consents

VERSION: Final = "1"
"""Of what is agreed to. Another one asks everybody anew: only when more is kept, or longer, or elsewhere."""


class _Head(TypedDict):
    what: What
    update_id: int
    chat_id: int
    message_id: int | None


class Agree(Press, verb="ok"):
    """Something may be kept. `wanted`: the button that asked for it; None when a command did."""

    wanted: Press | None = None


class Refuse(Press, verb="nok"):
    """Nothing may be kept."""


async def is_given(turn: Turn) -> bool:
    """Whether something of this chat may be kept."""
    return await consents.is_given(turn.conn, turn.chat_id, VERSION)


def ask(turn: Turn) -> Reply:
    """The question, instead of what was wanted; that is done when the answer is yes."""
    if turn.press is None:
        wanted = Wanted(command=turn.incoming.command, text=turn.incoming.text)
        asked = turn.say(render("privacy/consent", data=Agree()))
        return asked.remembering(turn.dialogue.model_copy(update={"wanted": wanted}))
    agree = Agree(turn.press).fitting()
    if agree is None:
        return turn.reply(toast=OLD)
    rendered = render("privacy/consent", data=agree)
    return turn.say(rendered) if isinstance(turn.press, CheckMove) else turn.amend(rendered)  # a result stays readable


def with_offer(rendered: Rendered, wanted: Press) -> Rendered:
    """A message that is shown anyway, with the question below it and a button; `wanted`: what is done on a yes."""
    offer = render("privacy/consent_offer", data=Agree(wanted))
    return Rendered(f"{rendered.html}\n\n{offer.html}", (*offer.rows, *rendered.rows))


@press(Agree)
async def agree(turn: Turn, agreed: Agree) -> Reply:
    """Yes: written down, and what was wanted before the question is done, if that is known still."""
    await consents.give(turn.conn, turn.chat_id, VERSION, turn.now_ms)
    wanted = turn.dialogue.wanted
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"wanted": None}))
    if agreed.wanted:
        pressed = Incoming(data=str(agreed.wanted), callback_id=turn.incoming.callback_id, **_of(turn, What.PRESS))
        return await enter(replace(turn, incoming=pressed))
    given = turn.amend(render("privacy/consent_given"))
    if wanted is None:
        return given
    typed = Incoming(command=wanted.command, text=wanted.text, **_of(turn, What.COMMAND))
    done = await enter(replace(turn, incoming=typed))
    return given.then(done.messages).remembering(done.dialogue)


def _of(turn: Turn, what: What) -> _Head:
    """What an update in place of this one has in common with it."""
    incoming = turn.incoming
    return {
        "what": what,
        "update_id": incoming.update_id,
        "chat_id": incoming.chat_id,
        "message_id": incoming.message_id,
    }


@press(Refuse)
async def refuse(turn: Turn, _: Refuse) -> Reply:
    """No: nothing is kept, and nothing of what was wanted."""
    refused = turn.amend(render("privacy/consent_refused"))
    return refused.remembering(turn.dialogue.model_copy(update={"wanted": None}))
