"""Logs: events with ids and numbers; never a merchant's words, never a secret.

Every line of an update being handled has `update`, Telegram's id, and `chat`, the name of the chat in logs. The name
is the same in every process, and nobody can tell name from chat id without the bot's token.
"""

import hashlib
import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, TextIO, cast

import structlog
from structlog.typing import Processor

from bot.line_writer import LineWriter

_STAMPED: Final[list[Processor]] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_FOR_MACHINES: Final = structlog.processors.JSONRenderer(ensure_ascii=False)
_rendered: Final[list[Processor]] = []
"""What makes a line of an event; set by `configure`."""

_key: Final = bytearray(secrets.token_bytes(32))
"""Random until `name_chats_by` is called: names are then of the process alone."""


def configure(level: str, form: Literal["console", "json"]) -> None:
    """Send the logs of the process to standard error, for people or for machines.

    From then on all that is written to standard error takes the same way, which never fails and never waits.
    """
    for_people = structlog.dev.ConsoleRenderer(colors=ERRORS.isatty())
    _rendered[:] = [*_STAMPED, for_people if form == "console" else _FOR_MACHINES]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, ERRORS)),
        cache_logger_on_first_use=True,
    )
    sys.stderr = ERRORS
    # A library may log an address that holds the token: only warnings come through, and none of those that make calls.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", stream=ERRORS)
    for name in ("aiohttp", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def tell(line: str) -> None:
    """Print the line to standard output; a program that runs for long goes on when nobody can be told."""
    OUTPUT.write(f"{line}\n")


def dropped() -> int:
    """How many lines of the log were lost so far, because they could not be written."""
    return ERRORS.dropped


def _lost(lines: int) -> str:
    """The line of the log that tells of lines lost."""
    event: Any = {"event": "log lines lost", "lines": lines}
    for processor in _rendered:
        event = processor(None, "warning", event)
    return f"{event}\n"


ERRORS: Final = LineWriter(2, _lost)
OUTPUT: Final = LineWriter(1)


def name_chats_by(token: str) -> None:
    """Name chats by the bot's token from now on, alike in every process of the bot."""
    _key[:] = hashlib.blake2b(token.encode(), digest_size=32, person=b"chats in logs").digest()


def chat_name(chat_id: int) -> str:
    """The name of a chat in logs: "c" and ten hexadecimal digits, from which nobody finds the chat id."""
    return "c" + hashlib.blake2b(str(chat_id).encode(), digest_size=5, key=bytes(_key)).hexdigest()


@contextmanager
def about(update: Any, chat_id: int) -> Iterator[None]:
    """Put update and chat on every line logged in the block."""
    number = update.get("update_id") if isinstance(update, dict) else None
    with structlog.contextvars.bound_contextvars(update=number, chat=chat_name(chat_id)):
        yield
