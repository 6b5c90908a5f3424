"""The commands of the bot as a whole."""

import gc
from pathlib import Path
from typing import Annotated

import typer

from bot import VERSION, commands
from bot.cli.options import AsJson, EditionName, Explain, OnDay, echo, echo_each, finish

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The alliance assistant: quotes, checks and watches the rules of the merchants' affiliate alliance.",
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"alliance-bot {VERSION}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
]


@app.callback()
def options(version: Version = False) -> None:
    """Options of the program itself."""


@app.command(help="Run the bot: intake, daily sweep, delivery. Without TELEGRAM_BOT_TOKEN against the sandbox.")
def run() -> None:
    gc.disable()  # all that a start makes stays; looking it through again and again takes 0.1 s. `compose` enables it
    commands.run.run()


@app.command(help="Answer one question; - reads a question a line and writes an answer a line.")
def ask(question: str, as_json: AsJson = False, edition: EditionName = None, explain: Explain = False) -> None:
    if explain:
        echo(commands.explain_reading.explained(question, edition))
        return
    if question != "-":
        typer.echo(commands.answer_questions.ask(question, as_json=as_json, edition=edition))
        return
    echo_each(commands.answer_questions.ask_lines(as_json=as_json, edition=edition))


@app.command(help="Report on eligibility from a file of facts; - reads JSON Lines and writes JSON Lines.")
def check(file: str, as_json: AsJson = False, edition: EditionName = None, on: OnDay = None) -> None:
    if file != "-":
        typer.echo(commands.check_eligibility.check_file(Path(file), as_json=as_json, edition=edition, on=on))
        return
    echo_each(commands.check_eligibility.check_lines(as_json=as_json, edition=edition, on=on))


@app.command(help="The daily check of one day, by hand; running it again changes nothing.")
def sweep(on: OnDay = None, as_json: AsJson = False) -> None:
    echo(commands.run_sweep.swept(on, as_json=as_json))


@app.command("eval", help="Score the question matcher on a labelled file.")
def evaluate(file: Path, edition: EditionName = None) -> None:
    echo(commands.evaluate_reader.evaluated(file, edition))


@app.command(help="Settings, database, catalogue, Bot API: one line each, what is wrong and how to mend it.")
def doctor() -> None:
    findings = list(commands.doctor.diagnose())
    for finding in findings:
        typer.echo(finding.line)
    finish(all(finding.is_well for finding in findings))
