"""`alliance-bot rules`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.cli.options import echo, finish

app = typer.Typer(help="The catalogue of rule editions.")


@app.command("list", help="The editions, a line each.")
def list_() -> None:
    echo(commands.list_editions.listed())


@app.command(help="One edition, whole.")
def show(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    echo(commands.list_editions.shown(name))


@app.command(help="What is wrong with a catalogue: file, entry, what to do.")
def lint(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Also the sentences of a source that nothing uses.")
    ] = False,
) -> None:
    found = commands.list_editions.problems(folder)
    if coverage:
        sentences, without_source = commands.list_editions.coverage(folder)
        echo(without_source)
        found += sentences
    echo(found)
    typer.echo(f"{len(found)} problems" if found else "no problems")
    finish(not found)


@app.command(help="What differs between two editions, figures first.")
def diff(
    first: Annotated[str, typer.Argument(metavar="D1")], second: Annotated[str, typer.Argument(metavar="D2")]
) -> None:
    echo(commands.compare_editions.compared(first, second))


@app.command(help="The folder of a new edition in RULES_DIR, as a copy of another to edit.")
def new(
    name: Annotated[str, typer.Argument(metavar="D")],
    pattern: Annotated[str, typer.Option("--from", help="The edition most like it, or latest.", metavar="D0")],
) -> None:
    echo(commands.new_edition.made(name, pattern))


@app.command(help="The platform's notices about our rules, in a list; the operators are told of each once.")
def watch(place: Annotated[str | None, typer.Argument(metavar="[FILE|URL|-]")] = None) -> None:
    found = commands.watch_rules.watched(place)
    echo(found.lines)
    finish(found.is_good)


@app.command(help="How many kept checks an edition changes and which way; nothing is written.")
def impact(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    echo(commands.change_edition.impact(name))


@app.command(help="After a change of edition: tell each merchant for whom something changes, once.")
def announce(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    typer.echo(commands.change_edition.announce(name))
