"""`alliance-bot scores`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import echo, finish

app = typer.Typer(help="Daily scores.")


@app.command("import", help="Store a CSV or XLSX file of daily scores: all of it, or with one bad row nothing.")
def import_(
    file: Path, dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; store nothing.")] = False
) -> None:
    from bot.commands import import_scores  # noqa: PLC0415

    lines, all_good = import_scores.imported(file, dry_run=dry_run)
    echo(lines)
    finish(all_good)
