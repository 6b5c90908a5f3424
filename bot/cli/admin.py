"""`alliance-bot admin` and `questions`: the operators' chat commands, at a terminal. Exit status 1: nothing to do."""

from typing import Annotated

import typer

from bot import commands
from bot.cli.options import FINDINGS, AsJson, echo
from bot.cli.printing import show_all

app = typer.Typer(help="What those who run the bot see and do; each deed is written down.")
asked = typer.Typer(help="What merchants asked.")
OnDay = Annotated[str | None, typer.Option("--on", help="A day of the merchants' zone, like 2026-07-29.", metavar="D")]
Number = Annotated[int, typer.Argument(min=1)]


@app.command(help="Merchants, shops by standing, the day's notices by state, and what waits for somebody.")
def overview(on: OnDay = None, as_json: AsJson = False) -> None:
    show_all([commands.operator_reports.overview(on)], as_json)


@app.command(help="The day's notices, newest first, each with its evidence; of one state: sent, due, waiting, failed …")
def notices(on: OnDay = None, state: Annotated[str | None, typer.Option()] = None, as_json: AsJson = False) -> None:
    show_all(commands.operator_reports.notices(on, state), as_json)


@app.command(help="The evidence of one notice: due, tries, sent, Telegram's message id.")
def evidence(number: Number, as_json: AsJson = False) -> None:
    show_all([commands.operator_reports.evidence_of(number)], as_json)


@app.command(help="Updates that could not be handled and messages that could not be sent.")
def dead(as_json: AsJson = False) -> None:
    show_all(commands.operator_deeds.dead(), as_json)


@app.command(help="Try a dead one again: requeue update 7, requeue message 12; without a number all of them.")
def requeue(kind: str, number: Annotated[int | None, typer.Argument(min=1)] = None) -> None:
    _done(commands.operator_deeds.requeue(kind, number), "to be tried again")


@app.command(
    help="Write again to chats that were muted, as blocked or not found, with the notices that are still of use."
)
def revive(
    chat: Annotated[int | None, typer.Option(help="This chat alone.")] = None,
    since: Annotated[str | None, typer.Option(help="Those muted since a day or an instant.", metavar="D")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    as_json: AsJson = False,
) -> None:
    found = commands.operator_deeds.revive(chat, since, is_every=every)
    if not found["chats"]:
        _done(0, "revived")
    show_all([found], as_json)


@app.command(help="Where scores come from; which shops are silent, and which never had a score.")
def feeds(as_json: AsJson = False) -> None:
    show_all(commands.operator_reports.feeds(), as_json)


@app.command(help="Questions of the last 30 days that were not understood, masked, with what each got.")
def questions(as_json: AsJson = False) -> None:
    show_all(commands.operator_reports.questions(), as_json)


@asked.command(help="Questions of the last 30 days that were not understood, with what each got, most frequent first.")
def unanswered(as_json: AsJson = False) -> None:
    if as_json:
        show_all(commands.operator_reports.questions(), as_json)
    else:
        echo(commands.operator_reports.unanswered_questions())


@app.command("log", help="What operators did, newest first.")
def log_of_deeds(as_json: AsJson = False) -> None:
    show_all(commands.operator_deeds.deeds(), as_json)


@app.command(help="Show an announcement as merchants will read it; with --yes the running bot sends it.")
def announce(
    text: str,
    to: Annotated[str, typer.Option(help="all, closing, warning, early, no_entry, clear, unknown")],
    yes: Annotated[bool, typer.Option("--yes", help="Send it.")] = False,
    as_json: AsJson = False,
) -> None:
    show_all([commands.operator_deeds.announce(text, to, is_sure=yes)], as_json)


@app.command(help="The announcements and how far each is.")
def announcements(as_json: AsJson = False) -> None:
    show_all(commands.operator_deeds.announcements(), as_json)


@app.command(help="Stop an announcement: what is not on its way yet is not sent.")
def stop(number: Number) -> None:
    _done(commands.operator_deeds.stop(number), "stopped")


@app.command("chat-name", help="What a chat is called in the logs.")
def chat_name(chat_id: int) -> None:
    typer.echo(commands.operator_deeds.chat_name(chat_id))


def _done(count: int, what: str) -> None:
    if not count:
        typer.echo(f"alliance-bot: nothing {what}: there is none like that", err=True)
        raise SystemExit(FINDINGS)
    typer.echo(f"{count} {what}")
