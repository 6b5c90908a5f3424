"""What is kept and whether it may be: /privacy, the one question before anything is kept, /export, /forget."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation import links
from bot.conversation.links import Refusal
from bot.conversation.memory import Wanted
from bot.journeys.acknowledge import done
from bot.journeys.amend import amended
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.telegram.updates import What
from bot.views import export
from bot.views.buttons import LONGEST_DATA
from bot.views.render import Rendered, render, words
from bot.views.shop_name import kept_name
from storage import consents, personal
from storage.outbox import Lane, Message
from storage.periods import PERIODS

VERSION: Final = "1"
"""Of what is agreed to. Another one asks everybody anew: only when more is kept, or longer, or elsewhere."""

EXPORT_EVERY: Final = timedelta(minutes=10)
KEEPING: Final = frozenset({"s", "cl", "op", "sv", "hq", "hd"})
"""Presses that keep something of the merchant; the message that has the button is the one that asks."""

_KEEPING_OF_A_CHECK: Final = ("s", "m")
_BUTTON_DATA: Final = re.compile(r"[\w|.:-]*", re.ASCII)


async def privacy(turn: Turn) -> Reply:
    """/privacy: what is kept, why, where and how long."""
    return _said(turn, render("privacy/privacy", kept=PERIODS, agreed=await is_agreed(turn)))


async def is_agreed(turn: Turn) -> bool:
    """Whether something of this chat may be kept."""
    return await consents.is_given(turn.conn, turn.chat_id, VERSION)


def keeps(turn: Turn) -> bool:
    """Whether what is asked for keeps something of the merchant."""
    incoming = turn.incoming
    if incoming.what is What.PRESS:
        name, *rest = incoming.data.split("|")
        return name in KEEPING or (name == "c" and rest[2:] in [[move] for move in _KEEPING_OF_A_CHECK])
    if incoming.what is not What.COMMAND:
        return False
    if incoming.command == "shops":
        return bool(kept_name(incoming.text))
    return incoming.command == "start" and _is_a_good_link(turn)


def _is_a_good_link(turn: Turn) -> bool:
    payload = turn.incoming.text
    is_one = links.looks_like_invite(payload)
    return is_one and not isinstance(links.read(turn.context.invite_key, payload, turn.now), Refusal)


def asked(turn: Turn) -> Reply:
    """The one question, instead of what was wanted; that is done when the answer is yes."""
    incoming = turn.incoming
    if incoming.what is not What.PRESS:
        wanted = Wanted(command=incoming.command, text=incoming.text)
        return _said(turn, render("privacy/consent", data="ok"), wanted)
    if not _BUTTON_DATA.fullmatch(incoming.data) or len(f"ok|{incoming.data}") > LONGEST_DATA:
        return Reply.of(turn.dialogue, done(turn, "old"))
    rendered = render("privacy/consent", data=f"ok|{incoming.data}")
    if incoming.data.partition("|")[0] in KEEPING:
        return Reply.of(turn.dialogue, amended(turn, rendered))
    return _said(turn, rendered)


def with_offer(rendered: Rendered, press: str) -> Rendered:
    """A message that is shown anyway, with the question below it and a button; `press`: what is done on a yes."""
    offer = render("privacy/consent_offer", data=f"ok|{press}")
    return Rendered(f"{rendered.html}\n\n{offer.html}", (*offer.rows, *rendered.rows))


async def agree(turn: Turn) -> Turn | None:
    """Write down that the chat agrees; what was wanted before the question, None if that is not known any more."""
    await consents.give(turn.conn, turn.chat_id, VERSION, turn.now_ms)
    wanted, pressed = turn.dialogue.wanted, turn.incoming.data.partition("|")[2]
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"wanted": None}))
    if pressed:
        return replace(turn, incoming=replace(turn.incoming, data=pressed))
    if wanted is None:
        return None
    typed = replace(turn.incoming, what=What.COMMAND, command=wanted.command, text=wanted.text, data="", callback_id="")
    return replace(turn, incoming=typed)


def given(turn: Turn) -> Iterator[Message]:
    """The question whose button was pressed says that it is answered."""
    return amended(turn, render("privacy/consent_given"))


async def refused(turn: Turn) -> Reply:
    """No: nothing is kept, and nothing of what was wanted."""
    dialogue = turn.dialogue.model_copy(update={"wanted": None})
    return Reply.of(dialogue, amended(turn, render("privacy/consent_refused")))


async def exported(turn: Turn) -> Reply:
    """/export: everything of this chat, as two files."""
    last = turn.dialogue.exported_at
    if last and turn.now - last < EXPORT_EVERY:
        return _said(turn, render("privacy/export_again", minutes=int(EXPORT_EVERY / timedelta(minutes=1))))
    found = await personal.rows(turn.conn, turn.chat_id)
    data = export.shown(found, await personal.names(turn.conn, turn.chat_id), turn.context.zone)
    texts = (("json", export.as_json(data)), ("csv", export.as_csv(data)))
    dialogue = turn.dialogue.model_copy(update={"exported_at": turn.now})
    return Reply.of(dialogue, (*done(turn), *(_document(turn, kind, text) for kind, text in texts)))


def _document(turn: Turn, kind: str, text: str) -> Message:
    file = {"name": f"alliance-data-{turn.today.isoformat()}.{kind}", "text": text}
    payload = {"document": file, "caption": words("privacy/export_caption", kind=kind)}
    return Message(turn.chat_id, Lane.REPLY, "sendDocument", payload)


async def forget(turn: Turn) -> Reply:
    """/forget: really? `fg|1`: all goes, and the last word is said. `fg|0`: nothing does."""
    sure = turn.incoming.data.partition("|")[2]
    if sure not in ("0", "1"):
        return _said(turn, render("privacy/forget"))
    if sure == "0":
        return Reply.of(turn.dialogue, amended(turn, render("privacy/forget_not")))
    await personal.forget(turn.conn, turn.chat_id)
    return replace(Reply.of(turn.dialogue, amended(turn, render("privacy/forgotten"))), is_forgotten=True)


def _said(turn: Turn, rendered: Rendered, wanted: Wanted | None = None) -> Reply:
    dialogue = turn.dialogue.model_copy(update={"wanted": wanted}) if wanted else turn.dialogue
    return Reply.of(dialogue, (*done(turn), *say(turn.chat_id, rendered)))
