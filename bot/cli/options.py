"""Options that several commands have, and how they end."""

from collections.abc import Iterable
from typing import Annotated

import typer

FINDINGS = 1

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
EditionName = Annotated[str | None, typer.Option("--edition", help="An edition's name, or latest.", metavar="D")]
OnDay = Annotated[str | None, typer.Option("--on", help="The day of the check, like 2022-10-10.", metavar="D")]


def echo(lines: Iterable[str]) -> None:
    """Print these lines, each as soon as it is there."""
    for line in lines:
        typer.echo(line)


def finish(all_good: bool) -> None:
    """End with the status that says whether there were findings."""
    if not all_good:
        raise SystemExit(FINDINGS)
