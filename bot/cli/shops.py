"""`alliance-bot shops`."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.cli.options import AsJson
from bot.cli.printing import show_all

AsCsv = Annotated[bool, typer.Option("--csv", help="CSV for spreadsheets instead of text, in Chinese.")]
Find = Annotated[str | None, typer.Option("--find", help="Only those with TEXT in the name or the id.", metavar="TEXT")]

app = typer.Typer(help="The shops that are watched, and links that bind them to merchants.")


@app.command(help="Register a shop under its id at the platform; again: give it another name.")
def add(shop_id: str, name: Annotated[str, typer.Option("--name", metavar="N")]) -> None:
    typer.echo(commands.register_shops.add(shop_id, name))


@app.command(help="Print a one-time link that binds the shop to whoever opens it, within 7 days.")
def invite(shop_id: str) -> None:
    typer.echo(commands.register_shops.invite(shop_id))


@app.command("list", help="A line a shop: id, followers, name, standing, scores.")
def list_(find: Find = None, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    reports = commands.shop_reports
    if as_csv:
        typer.echo(reports.as_csv(find=find), nl=False)
        return
    found = reports.listed(find)
    if not found and find is not None:
        typer.echo(f"alliance-bot: no shop has {find!r} in its name or id", err=True)
    show_all(found, as_json, reports.line)


@app.command(help="The shops below a line or closed for good, worst first; what was told, and what did not arrive.")
def risk(as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    reports = commands.shop_reports
    if as_csv:
        typer.echo(reports.as_csv(only_risk=True), nl=False)
        return
    found, counts = reports.risk()
    show_all(found, as_json, reports.risk_line)
    typer.echo(reports.summary(counts), err=as_json)


@app.command(help="All of one shop: scores of 30 days, closings, followers, invitations, notices.")
def show(shop_id: str, as_json: AsJson = False) -> None:
    show_all([commands.shop_reports.show(shop_id)], as_json)


@app.command(help="Write the shops to FILE.xlsx or FILE.csv, in Chinese, for people.")
def export(file: Path, risk: Annotated[bool, typer.Option("--risk", help="Only those at risk.")] = False) -> None:
    typer.echo(commands.shop_reports.export(file, only_risk=risk))
