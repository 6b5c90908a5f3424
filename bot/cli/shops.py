"""`alliance-bot shops`."""

from typing import Annotated

import typer

from bot import commands
from bot.cli.options import echo

app = typer.Typer(help="The shops that are watched, and links that bind them to merchants.")


@app.command(help="Register a shop under its id at the platform; again: give it another name.")
def add(shop_id: str, name: Annotated[str, typer.Option("--name", metavar="N")]) -> None:
    typer.echo(commands.register_shops.add(shop_id, name))


@app.command(help="Print a one-time link that binds the shop to whoever opens it, within 7 days.")
def invite(shop_id: str) -> None:
    typer.echo(commands.register_shops.invite(shop_id))


@app.command("list", help="A line a shop: id, followers, name.")
def list_() -> None:
    echo(commands.register_shops.listed())
