"""`alliance-bot scores`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.cli.options import AsJson, echo, finish

app = typer.Typer(help="Daily scores.")


@app.callback()
def scores() -> None:
    """The group has one command so far."""


@app.command(
    "import",
    help="Store a file of daily scores, CSV or a workbook; - reads standard input. Lines that can't be taken are set "
    "aside and named; shops that are not registered are named, and left out without --register.",
)
def import_(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; store nothing.")] = False,
    register: Annotated[
        bool, typer.Option("--register", help="Register unknown shops too, by the names of the file.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store also what would alarm many, or looks odd.")] = False,
    as_json: AsJson = False,
) -> None:
    options = commands.import_scores.Options(dry_run=dry_run, is_sure=yes, registers=register, as_json=as_json)
    lines, all_good = commands.import_scores.imported(file, options)
    echo(lines)
    finish(all_good)
