"""`alliance-bot questions`."""

import typer

from bot.cli.options import echo

app = typer.Typer(help="What merchants asked.")


@app.command(help="Questions of the last 30 days that were not understood, most frequent first.")
def unanswered() -> None:
    from bot.commands import unanswered_questions  # noqa: PLC0415

    echo(unanswered_questions.not_understood())
