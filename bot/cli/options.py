"""Options of several commands, and their exit status."""

from collections.abc import Iterable
from typing import Annotated

import typer

FINDINGS = 1

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
EditionName = Annotated[str | None, typer.Option("--edition", help="An edition's name, or latest.", metavar="D")]
Explain = Annotated[bool, typer.Option("--explain", help="What was read instead of the answer.")]
OnDay = Annotated[str | None, typer.Option("--on", help="The day of the check, like 2022-10-10.", metavar="D")]


def echo(lines: Iterable[str]) -> None:
    """Print each line as soon as the line is made."""
    for line in lines:
        typer.echo(line)


def echo_each(lines: Iterable[tuple[str, bool]]) -> None:
    """Print each line as soon as the line is made; end with exit status FINDINGS unless all are good."""
    all_good = True
    for line, is_good in lines:
        typer.echo(line)
        all_good = all_good and is_good
    finish(all_good)


def finish(all_good: bool) -> None:
    """End with exit status FINDINGS unless all is good."""
    if not all_good:
        raise SystemExit(FINDINGS)
