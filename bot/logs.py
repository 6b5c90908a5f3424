"""Logs: what happened, with ids and numbers; never what a merchant wrote, never a secret.

Every line that is written while an update is handled says which (`update`, Telegram's id) and of which chat (`chat`).
A chat has a name in logs that only who has the bot's token can tell from its id; it is the same in every process.
"""

import hashlib
import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal

import structlog

_key: Final = bytearray(secrets.token_bytes(32))
"""Until `name_chats_by` is called, names are of this process alone."""


def configure(level: str, form: Literal["console", "json"]) -> None:
    """Send the logs of this process to standard error, readable by people or by machines."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    # A library may log an address that holds the token: only warnings come through, and none of those that make calls.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for name in ("aiohttp", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def name_chats_by(token: str) -> None:
    """From now on chats are named by this bot's token, alike in every process of the bot."""
    _key[:] = hashlib.blake2b(token.encode(), digest_size=32, person=b"chats in logs").digest()


def chat_name(chat_id: int) -> str:
    """What a chat is called in logs: "c" and ten hexadecimal digits from which its id can't be found out."""
    return "c" + hashlib.blake2b(str(chat_id).encode(), digest_size=5, key=bytes(_key)).hexdigest()


@contextmanager
def about(update: Any, chat_id: int) -> Iterator[None]:
    """While the block runs, every line says that it is about this update of this chat."""
    number = update.get("update_id") if isinstance(update, dict) else None
    with structlog.contextvars.bound_contextvars(update=number, chat=chat_name(chat_id)):
        yield
