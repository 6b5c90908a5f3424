"""`alliance-bot`: the command line, a file a group of commands.

Exit status 0 done, 1 done with findings, 2 could not be done. To add a command: a function here, the work in
`bot.commands`.
"""

import errno
import os
import sys
from contextlib import suppress
from typing import Any, NoReturn

import typer
from typer.exceptions import TyperException

from bot import standard_streams
from bot.cli import admin, bot, db, rules, scores, shops
from bot.cli import shop_deeds as shop_deeds  # commands of `shops` and `admin`
from bot.commands import Refusal

PROGRAM = "alliance-bot"
NOT_DONE = 2
UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""Of an error that no command has met: standard output is on a disk that takes no more."""

app = bot.app
for name, group in (
    ("rules", rules.app),
    ("shops", shops.app),
    ("scores", scores.app),
    ("db", db.app),
    ("questions", admin.asked),
    ("admin", admin.app),
):
    app.add_typer(group, name=name)


def _leave_out_terminal_colours() -> None:
    """Keep structlog from loading rich and pygments for colours: 4 MB that a bot never uses."""
    absent: Any = None  # importing it then fails as if it were not installed
    for name in ("rich", "pygments"):
        sys.modules.setdefault(name, absent)


def _usage(error: TyperException) -> str:
    """The fault in the words of the command line and the way to the help, in a line."""
    context = getattr(error, "ctx", None)
    wrong = " ".join(error.format_message().split()).rstrip(".")
    return f"{wrong}; see: {context.command_path if context else PROGRAM} --help"


def main() -> None:
    """The entry point: every refusal is a plain line on standard error, no traceback."""
    standard_streams.prepare()
    _leave_out_terminal_colours()
    try:
        sys.exit(app(prog_name=PROGRAM, standalone_mode=False))
    except Refusal as refusal:
        _end(str(refusal))
    except TyperException as error:
        _end(_usage(error))
    except BrokenPipeError:
        standard_streams.let_go()
        sys.exit(0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in UNWRITTEN:
            _end(f"not written: {error.strerror}")
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            raise
        _end(f"unexpected {type(error).__name__}; see more with LOG_LEVEL=DEBUG")


def _end(line: str) -> NoReturn:
    """Tell why it could not be done, and end."""
    with suppress(OSError):
        typer.echo(f"{PROGRAM}: {line}", err=True)
    standard_streams.let_go()
    sys.exit(NOT_DONE)
