"""What operators did, and what a chat is called in the logs."""

from bot import logs
from bot.commands.catalogue import settings
from bot.commands.operators.shown import MOST, Shown, in_transaction, instant_of
from bot.commands.run import SANDBOX_TOKEN
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
    chosen = settings()
    logs.name_chats_by(SANDBOX_TOKEN if chosen.is_sandbox else chosen.telegram_bot_token.get_secret_value())
    return logs.chat_name(chat_id)
