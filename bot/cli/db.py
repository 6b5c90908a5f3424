"""`alliance-bot db`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands

app = typer.Typer(help="The database.")


@app.command(help="Bring the schema to this version's.")
def upgrade() -> None:
    typer.echo(commands.database.upgrade())


@app.command(help="A consistent copy of the embedded database, also while the bot runs.")
def backup(file: Path) -> None:
    typer.echo(commands.database.backup(file))


@app.command(help="Everything from one database into an empty one: sqlite+aiosqlite:///… postgresql+asyncpg://…")
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM")], target: Annotated[str, typer.Argument(metavar="TO")]
) -> None:
    typer.echo(commands.database.copy(source, target))


@app.command(help="Give the database to another bot, by default that of the token: a database belongs to one bot.")
def adopt(
    bot: Annotated[int | None, typer.Option(help="The bot's id, what stands before the : of its token.")] = None,
) -> None:
    typer.echo(commands.database.adopt(bot))


@app.command(help="After a restore by other tools than db backup: what was due may have been sent.")
def restored() -> None:
    typer.echo(commands.database.restored())
