"""The data kept of a chat, for the merchant to see and to have: /privacy, /export, /forget."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.conversation.presses import Press
from bot.journeys import consent
from bot.journeys.entries import command, press
from bot.journeys.turn import Reply, Turn
from bot.views import export
from bot.views.export_sheet import as_csv
from bot.views.render import render, words
from storage import personal
from storage.outbox import Lane, Message
from storage.retention import PERIODS

EXPORT_EVERY: Final = timedelta(minutes=10)


class Export(Press, verb="export"):
    """Everything of the chat, as files."""


class AskToForget(Press, verb="fg"):
    """Is everything to go?"""


class Forget(Press, verb="fg|1"):
    """Everything is to go."""


class KeepAll(Press, verb="fg|0"):
    """Nothing is to go."""


@command("privacy")
async def privacy(turn: Turn) -> Reply:
    """The data kept, why, where and how long."""
    return turn.say(render("privacy/privacy", kept=PERIODS, agreed=await consent.is_given(turn)))


@command("export")
@press(Export)
async def give(turn: Turn, _: Export | None = None) -> Reply:
    """Everything of the chat, as two files."""
    last = turn.dialogue.exported_at
    if last and abs(turn.now - last) < EXPORT_EVERY:
        return turn.say(render("privacy/export_again", minutes=int(EXPORT_EVERY / timedelta(minutes=1))))
    found = await personal.rows(turn.conn, turn.chat_id)
    names = await personal.names(turn.conn, turn.chat_id)
    data = export.shown(found, names, turn.context.zone)
    sheet = as_csv(data, names, turn.context.editions)
    files = turn.reply(_document(turn, "json", export.as_json(data)), _document(turn, "csv", sheet))
    return files.remembering(turn.dialogue.model_copy(update={"exported_at": turn.now}))


def _document(turn: Turn, kind: str, text: str) -> Message:
    file = {"name": f"alliance-data-{turn.today.isoformat()}.{kind}", "text": text}
    payload = {"document": file, "caption": words("privacy/export_caption", kind=kind)}
    return Message(turn.chat_id, Lane.REPLY, "sendDocument", payload)


@command("forget")
@press(AskToForget)
async def ask_to_forget(turn: Turn, _: AskToForget | None = None) -> Reply:
    """Really?"""
    return turn.say(render("privacy/forget"))


@press(Forget)
async def forget(turn: Turn, _: Forget) -> Reply:
    """All goes, and the last word is said."""
    await personal.forget(turn.conn, turn.chat_id)
    return replace(turn.amend(render("privacy/forgotten"), toast="deleted"), is_forgotten=True)


@press(KeepAll)
async def keep_all(turn: Turn, _: KeepAll) -> Reply:
    """Nothing goes."""
    return turn.amend(render("privacy/forget_not"))
