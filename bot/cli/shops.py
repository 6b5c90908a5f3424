"""`alliance-bot shops` and `scores`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.cli.options import AsJson, echo, finish

app = typer.Typer(help="The shops that are watched, and links that bind them to merchants.")
scores = typer.Typer(help="Daily scores.")


@app.command(help="Register a shop under its id at the platform; again: give it another name.")
def add(shop_id: str, name: Annotated[str, typer.Option("--name", metavar="N")]) -> None:
    typer.echo(commands.register_shops.add(shop_id, name))


@app.command(help="Print a one-time link that binds the shop to whoever opens it, within 7 days.")
def invite(shop_id: str) -> None:
    typer.echo(commands.register_shops.invite(shop_id))


@app.command("list", help="A line a shop: id, followers, name.")
def list_() -> None:
    echo(commands.register_shops.listed())


@scores.command("import", help="Store a CSV or XLSX file of daily scores: all of it, or with one bad row nothing.")
def import_(
    file: Path,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; store nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Store also what would alarm many, or looks odd.")] = False,
    as_json: AsJson = False,
) -> None:
    options = commands.import_scores.Options(dry_run=dry_run, is_sure=yes, as_json=as_json)
    lines, all_good = commands.import_scores.imported(file, options)
    echo(lines)
    finish(all_good)
