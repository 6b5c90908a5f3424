"""`alliance-bot`: the command line, a file a group of commands.

Exit status 0 done, 1 done with findings, 2 could not be done. To add a command: a function here, the work in
`bot.commands`.
"""

import os
import sys
from typing import Any

import typer
from typer.exceptions import TyperException

from bot.cli import admin, bot, db, rules, scores, shops
from bot.cli import shop_deeds as shop_deeds  # commands of `shops` and `admin`
from bot.commands import Refusal

PROGRAM = "alliance-bot"
NOT_DONE = 2

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
    _leave_out_terminal_colours()
    try:
        sys.exit(app(prog_name=PROGRAM, standalone_mode=False))
    except Refusal as refusal:
        typer.echo(f"{PROGRAM}: {refusal}", err=True)
        sys.exit(NOT_DONE)
    except TyperException as error:
        typer.echo(f"{PROGRAM}: {_usage(error)}", err=True)
        sys.exit(NOT_DONE)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            raise
        typer.echo(f"{PROGRAM}: unexpected {type(error).__name__}; see more with LOG_LEVEL=DEBUG", err=True)
        sys.exit(NOT_DONE)
