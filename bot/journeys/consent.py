"""The question before anything of a merchant is kept, asked once, and the answers."""

from dataclasses import replace
from typing import Final

from bot.conversation.memory import Wanted
from bot.conversation.presses import Press
from bot.journeys.entries import COMMANDS, enter, keeps, press
from bot.journeys.turn import OLD, Reply, Turn
from bot.telegram.updates import What
from bot.views.check_question import CheckMove
from bot.views.render import Rendered, render
from storage import consents

VERSION: Final = "1"
"""Of what is agreed to. Another one asks everybody anew: only when more is kept, or longer, or elsewhere."""


class Agree(Press, verb="ok"):
    """Something may be kept. `wanted`: the press behind the question; None after a command."""

    wanted: Press | None = None


class Refuse(Press, verb="nok"):
    """Nothing may be kept."""


async def is_given(turn: Turn) -> bool:
    """Whether something of the chat may be kept."""
    return await consents.is_given(turn.conn, turn.chat_id, VERSION)


async def respond(turn: Turn) -> Reply:
    """The reply of the entry for this update; before anything is kept, the question for consent."""
    if await keeps(turn) and not await is_given(turn):
        return await ask(turn)
    return await enter(turn)


async def ask(turn: Turn) -> Reply:
    """The question, in place of the wished press or command, done after a yes."""
    if turn.press is None:
        wanted = Wanted(command=turn.incoming.command, text=turn.incoming.text)
        asks = COMMANDS[turn.incoming.command].asks
        asked = turn.say(await asks(turn, Agree()) if asks else render("privacy/consent", data=Agree()))
        return asked.remembering(turn.dialogue.model_copy(update={"wanted": wanted}))
    agree = Agree(turn.press).fitting()
    if agree is None:
        return turn.reply(toast=OLD)
    rendered = render("privacy/consent", data=agree)
    return turn.say(rendered) if isinstance(turn.press, CheckMove) else turn.amend(rendered)  # a result stays readable


def with_offer(rendered: Rendered, wanted: Press) -> Rendered:
    """A message shown without consent, with the question below and a button for a yes; `wanted`: done after a yes."""
    offer = render("privacy/consent_offer", data=Agree(wanted))
    return Rendered(f"{rendered.html}\n\n{offer.html}", (*offer.rows, *rendered.rows))


@press(Agree)
async def agree(turn: Turn, agreed: Agree) -> Reply:
    """Yes, written down; then the reply to the wish from before the question, if still known."""
    await consents.give(turn.conn, turn.chat_id, VERSION, turn.now_ms)
    wanted = turn.dialogue.wanted
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"wanted": None}))
    if agreed.wanted:
        return await enter(replace(turn, incoming=replace(turn.incoming, data=str(agreed.wanted))))
    given = turn.amend(render("privacy/consent_given"))
    if wanted is None:
        return given
    as_typed = replace(turn.incoming, what=What.COMMAND, data="", callback_id="")
    typed = replace(as_typed, command=wanted.command, text=wanted.text)
    done = await enter(replace(turn, incoming=typed))
    return given.then(done.messages).remembering(done.dialogue)


@press(Refuse)
async def refuse(turn: Turn, _: Refuse) -> Reply:
    """No: nothing is kept, and the wish is dropped."""
    refused = turn.amend(render("privacy/consent_refused"))
    return refused.remembering(turn.dialogue.model_copy(update={"wanted": None}))
