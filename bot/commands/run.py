"""`alliance-bot run`: the bot, against Telegram, or without a token against a sandbox.

The HTTP side of the bot is at HTTP_PORT. With a sandbox the chat page is there, and the sandbox passes our paths on.
"""

import asyncio
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.commands import Refusal
from bot.commands.catalogue import offers, settings
from bot.commands.open_database import plainly
from bot.resources import lacking, raise_limit
from bot.setting_names import strays
from bot.settings import OWN_PATHS, Settings, place
from bot.views.other_edition import EditionOffers
from storage.database.engine import UnfitError

LOOPBACK = "127.0.0.1"
STOPS_WITHIN_S = 5
REACHED_BY_OTHERS = 3
"""The exit status of a sandbox that was not told to be open, for an address that others reach."""

NOT_OPEN = (
    "HTTP_HOST: without TELEGRAM_BOT_TOKEN this is a sandbox, where whoever reaches it writes as anybody, and not only "
    "this machine reaches {host!r}; set TELEGRAM_BOT_TOKEN, HTTP_HOST=127.0.0.1, or SANDBOX_OPEN=true"
)

log = structlog.get_logger(__name__)


def run() -> None:
    """Run until told to stop. Raises Refusal when the bot can't run."""
    chosen = settings()
    logs.configure(chosen.log_level, chosen.log_format)
    for stray in strays():
        log.warning("no such setting", name=stray.name, where=stray.where, meant=stray.meant or None)
    known = offers(chosen, None)
    raise_limit()
    if chosen.is_sandbox:
        _run_in_sandbox(chosen, known)
        return
    sock = _listening(chosen)
    if sock is not None:
        logs.tell(f"listening at {_address(sock)}")
    _serve(chosen, known, chosen.telegram_api_base_url, sock)


def _run_in_sandbox(chosen: Settings, known: EditionOffers) -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as sock,
        _sandbox(chosen, f"{','.join(OWN_PATHS)}={_address(sock)}") as page,
    ):
        logs.tell(f"chat with the bot at {page}")
        _serve(chosen, known, page.rstrip("/"), sock)


def _listening(chosen: Settings) -> socket.socket | None:
    """A socket at HTTP_HOST and HTTP_PORT; None when the port is taken and neither webhook nor ingest needs the port.

    Two bots may poll on a machine. Raises Refusal.
    """
    is_ipv6 = ":" in chosen.http_host
    try:
        family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
        return socket.create_server((chosen.http_host, chosen.http_port), family=family)
    except OSError as error:
        where = place(chosen.http_host, chosen.http_port)
        told = f"HTTP_PORT: can't listen on {where}: {error.strerror or error}"
    if chosen.webhook_url or chosen.ingest_secret.get_secret_value():
        raise Refusal(told)
    log.warning("no health and no metrics", why=told)
    return None


def _address(sock: socket.socket) -> str:
    return f"http://{place(*sock.getsockname()[:2])}"


def _serve(chosen: Settings, known: EditionOffers, root: str, sock: socket.socket | None) -> None:
    try:
        asyncio.run(_until_told_to_stop(chosen, known, root, sock))
    except (Exception, BaseExceptionGroup) as error:
        raise _refusal(error) from None


async def _until_told_to_stop(chosen: Settings, known: EditionOffers, root: str, sock: socket.socket | None) -> None:
    from bot.compose import serve  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(chosen, chosen.token, root, known.catalogue, known.answering, stop, sock=sock)


def _refusal(error: BaseException) -> BaseException:
    """The Refusal with the mend for an operator; an error that no operator can mend stays as raised."""
    from bot.telegram.polling import TokenRefusedError  # noqa: PLC0415
    from bot.telegram.webhook import WebhookRefusedError  # noqa: PLC0415

    if isinstance(error, BaseExceptionGroup):
        return _refusal(error.exceptions[0])
    if isinstance(error, TokenRefusedError):
        return Refusal("TELEGRAM_BOT_TOKEN: Telegram refused it; @BotFather has the right one")
    if isinstance(error, WebhookRefusedError):
        return Refusal(f"WEBHOOK_URL: Telegram refused it: {error}")
    if wanted := lacking(error):
        return Refusal(wanted)
    if isinstance(error, SQLAlchemyError | OSError | UnfitError):
        return Refusal(f"DATABASE_URL: {plainly(error)}")
    return error


@contextmanager
def _sandbox(chosen: Settings, forward: str) -> Iterator[str]:
    """Address of the chat page of a sandbox, which runs in another process. Raises Refusal when the port is taken."""
    command = [sys.executable, "-m", "bot.sandbox", "--host", chosen.http_host, "--port", str(chosen.http_port)]
    command += ["--kept", "--forward", forward, *(["--open"] if chosen.sandbox_open else [])]
    with Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True, start_new_session=True) as process:  # noqa: S603  (our own module)
        try:
            assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
            line = process.stdout.readline()
            if "http://" not in line:
                raise Refusal(_no_sandbox(process.wait(STOPS_WITHIN_S), chosen))
            yield line.partition("ready: ")[2].strip()
        finally:
            _end(process)


def _no_sandbox(status: int, chosen: Settings) -> str:
    """Why the sandbox ended with this status instead of listening."""
    if status == REACHED_BY_OTHERS:
        return NOT_OPEN.format(host=chosen.http_host)
    return f"HTTP_PORT: the sandbox can't listen on {place(chosen.http_host, chosen.http_port)}"


def _end(process: "Popen[str]") -> None:
    """Tell a process to end, and kill the process when it does not within `STOPS_WITHIN_S`."""
    process.terminate()
    try:
        process.wait(STOPS_WITHIN_S)
    except TimeoutExpired:
        process.kill()
