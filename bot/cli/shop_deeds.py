"""`alliance-bot shops` and `admin`: deeds. Exit status 1: nothing to do, or lines set aside."""

import json
from typing import Annotated

import typer

from bot import commands
from bot.cli import admin, shops
from bot.cli.options import FINDINGS, AsJson, echo, finish

Yes = Annotated[bool, typer.Option("--yes", help="Do it; without, only what it would do.")]
Id = Annotated[str, typer.Argument(metavar="SHOP_ID")]
Chat = Annotated[int, typer.Argument(metavar="CHAT_ID")]


@shops.app.command("import", help="Register and name the shops of a CSV or XLSX file; - reads standard input.")
def import_(
    file: str,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; store nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    lines, all_taken = commands.shop_lists.imported(file, dry_run=dry_run, as_json=as_json)
    echo(lines)
    finish(all_taken)


@shops.app.command(help="Give a registered shop another name; its followers see the new one.")
def rename(shop_id: Id, name: Annotated[str, typer.Option("--name", metavar="N")]) -> None:
    typer.echo(commands.shop_deeds.rename(shop_id, name))


@shops.app.command(help="Remove a shop with its scores, links and followers, who are told; first what goes with it.")
def remove(shop_id: Id, yes: Yes = False) -> None:
    echo(commands.shop_deeds.remove(shop_id, is_sure=yes))


@shops.app.command(help="A chat no longer follows a shop, and is told.")
def unbind(shop_id: Id, chat_id: Chat) -> None:
    is_done = commands.shop_deeds.unbind(shop_id, chat_id)
    _done(is_done, f"{shop_id}: chat {chat_id} unbound and told", "the chat does not follow the shop")


@shops.app.command("hand-over", help="A shop goes to another merchant: followers unbound and told, a new link printed.")
def hand_over(shop_id: Id, yes: Yes = False) -> None:
    echo(commands.shop_deeds.hand_over(shop_id, is_sure=yes))


@shops.app.command(help="The links made for a shop or for all, and what became of each.")
def invitations(
    shop_id: Annotated[str | None, typer.Argument(metavar="[SHOP_ID]")] = None, as_json: AsJson = False
) -> None:
    for one in commands.shop_deeds.invitations(shop_id):
        told = [f"{name}={value}" for name, value in one.items() if value is not None]
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else "  ".join(told))


_ID_MAY_BEGIN_WITH_A_DASH = {"ignore_unknown_options": True}


@shops.app.command(
    context_settings=_ID_MAY_BEGIN_WITH_A_DASH,
    help="Take back a link that nobody has used; its id stands in shops invitations.",
)
def revoke(invitation: Annotated[str, typer.Argument(metavar="INVITATION")]) -> None:
    _done(commands.shop_deeds.revoke(invitation), f"{invitation}: revoked", "no such link is open")


@shops.app.command(help="Show a message to the followers of a shop as they will read it; with --yes the bot sends it.")
def write(shop_id: Id, text: str, yes: Yes = False, as_json: AsJson = False) -> None:
    shown = commands.shop_deeds.write(shop_id, text, is_sure=yes)
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        head = "sending" if shown["announcement"] else "not sent"
        echo([f"{head}: {shown['chats']} chats, {shown['skipped']} skipped", shown["reads"]])
    finish(shown["chats"] > 0)


@admin.app.command(help="Never send a notice that waits; what it says counts as told.")
def withdraw(number: admin.Number) -> None:
    _done(commands.shop_deeds.withdraw(number), f"{number}: withdrawn", "no such notice waits")


def _done(is_done: bool, done: str, not_done: str) -> None:
    if not is_done:
        typer.echo(f"alliance-bot: nothing to do: {not_done}", err=True)
        raise SystemExit(FINDINGS)
    typer.echo(done)
