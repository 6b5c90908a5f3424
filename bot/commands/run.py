"""`alliance-bot run`: the bot, against Telegram or, without a token, against a sandbox of its own."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import logs
from bot.commands.catalogue import edition, opened, settings
from bot.commands.database import plainly
from bot.commands.refusal import Refusal
from bot.settings import Settings

SANDBOX_TOKEN = "1:sandbox"  # noqa: S105  (opens nothing but the sandbox on this machine)
STOPS_WITHIN_S = 5


def run() -> None:
    """Run until told to stop. Raises Refusal when the bot can't run."""
    chosen = settings()
    logs.configure(chosen.log_level, chosen.log_format)
    if not chosen.is_sandbox:
        _serve(chosen, chosen.telegram_bot_token.get_secret_value(), chosen.telegram_api_base_url)
        return
    with _sandbox(chosen) as page:
        typer.echo(f"chat with the bot at {page}")
        _serve(chosen, SANDBOX_TOKEN, page.rstrip("/"))


def _serve(chosen: Settings, token: str, root: str) -> None:
    try:
        asyncio.run(_until_told_to_stop(chosen, token, root))
    except ExceptionGroup as group:
        raise _refusal(group.exceptions[0]) from None
    except (SQLAlchemyError, OSError) as error:
        raise _refusal(error) from None


async def _until_told_to_stop(chosen: Settings, token: str, root: str) -> None:
    from bot.compose import serve  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(chosen, token, root, opened(chosen), edition(chosen, None), stop)


def _refusal(error: Exception) -> Exception:
    """What an operator can do about this; an error that is none of theirs stays what it is."""
    from bot.intake.polling import TokenRefusedError  # noqa: PLC0415

    if isinstance(error, TokenRefusedError):
        return Refusal("TELEGRAM_BOT_TOKEN: Telegram refused it; @BotFather has the right one")
    if isinstance(error, SQLAlchemyError | OSError):
        return Refusal(f"DATABASE_URL: {plainly(error)}")
    return error


@contextmanager
def _sandbox(chosen: Settings) -> Iterator[str]:
    """The sandbox in a process of its own; its page's address. Raises Refusal when it can't listen."""
    command = [sys.executable, "-m", "bot.sandbox", "--host", chosen.http_host, "--port", str(chosen.http_port)]
    with Popen(command, stdout=PIPE, text=True, start_new_session=True) as process:  # noqa: S603  (our own module)
        try:
            assert process.stdout is not None  # noqa: S101  (a pipe was asked for)
            line = process.stdout.readline()
            if "http://" not in line:
                raise Refusal(f"HTTP_PORT: the sandbox can't listen on {chosen.http_host}:{chosen.http_port}")
            yield line.partition("ready: ")[2].strip()
        finally:
            process.terminate()
            process.wait(STOPS_WITHIN_S)
