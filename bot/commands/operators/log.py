"""What operators did, and what a chat is called in the logs."""

from bot import logs
from bot.commands.catalogue import settings
from bot.commands.open_database import in_transaction
from bot.commands.operators.shown import MOST, Shown, instant_of
from storage import audit


def deeds() -> list[Shown]:
    """What operators did. Raises Refusal."""
    chosen = settings()
    found = in_transaction(chosen, lambda conn: audit.listed(conn, MOST))
    return [
        {"at": instant_of(chosen, one.at), "operator": one.operator or "command line", "action": one.action}
        | {"subject": one.subject}
        for one in found
    ]


def chat_name(chat_id: int) -> str:
    """What the chat is called in logs. Raises Refusal."""
    logs.name_chats_by(settings().token)
    return logs.chat_name(chat_id)
