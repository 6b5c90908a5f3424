"""`alliance-bot rules`."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import echo, finish

app = typer.Typer(help="The catalogue of rule editions.")


@app.command("list", help="The editions, a line each.")
def list_() -> None:
    from bot.commands import list_editions

    echo(list_editions.listed())


@app.command(help="One edition, whole.")
def show(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands import list_editions

    echo(list_editions.shown(name))


@app.command(help="What is wrong with a catalogue: file, entry, what to do.")
def lint(folder: Annotated[Path | None, typer.Argument(metavar="[DIR]")] = None) -> None:
    from bot.commands import list_editions

    found = list_editions.problems(folder)
    echo(found)
    typer.echo(f"{len(found)} problems" if found else "no problems")
    finish(not found)


@app.command(help="What differs between two editions, figures first.")
def diff(
    first: Annotated[str, typer.Argument(metavar="D1")], second: Annotated[str, typer.Argument(metavar="D2")]
) -> None:
    from bot.commands import compare_editions

    echo(compare_editions.compared(first, second))


@app.command(help="How many kept checks an edition changes and which way; nothing is written.")
def impact(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands import change_edition

    echo(change_edition.impact(name))


@app.command(help="After a change of edition: tell each merchant for whom something changes, once.")
def announce(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands import change_edition

    typer.echo(change_edition.announce(name))
