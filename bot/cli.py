"""`alliance-bot`: the command line. Exit status 0 done, 1 done with findings, 2 could not be done.

Commands import what they need when they run: the bot's start is part of what merchants wait for after a restart.
"""

import gc
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from bot.commands.admin import app as admin_app
from bot.commands.refusal import Refusal

PROGRAM = "alliance-bot"
FINDINGS = 1
NOT_DONE = 2

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="The alliance assistant: quotes, checks and watches the rules of the merchants' affiliate alliance.",
)
rules_app = typer.Typer(help="The catalogue of rule editions.")
db_app = typer.Typer(help="The database.")
questions_app = typer.Typer(help="What merchants asked.")
shops_app = typer.Typer(help="The shops that are watched, and links that bind them to merchants.")
scores_app = typer.Typer(help="Daily scores.")
app.add_typer(rules_app, name="rules")
app.add_typer(shops_app, name="shops")
app.add_typer(scores_app, name="scores")
app.add_typer(db_app, name="db")
app.add_typer(questions_app, name="questions")
app.add_typer(admin_app, name="admin")

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
EditionName = Annotated[str | None, typer.Option("--edition", help="An edition's name, or latest.", metavar="D")]
OnDay = Annotated[str | None, typer.Option("--on", help="The day of the check, like 2022-10-10.", metavar="D")]


@app.command(help="Run the bot: intake, daily sweep, delivery. Without TELEGRAM_BOT_TOKEN against the sandbox.")
def run() -> None:
    gc.disable()  # all that a start makes stays; looking it through again and again takes 0.1 s. `compose` enables it
    from bot.commands.run import run as start  # noqa: PLC0415

    start()


@app.command(help="Answer one question; - reads a question a line and writes an answer a line.")
def ask(question: str, as_json: AsJson = False, edition: EditionName = None) -> None:
    from bot.commands.ask import ask as answers  # noqa: PLC0415

    for line in answers(question, as_json=as_json, edition=edition):
        typer.echo(line)


@app.command(help="Report on eligibility from a file of facts; - reads JSON Lines and writes JSON Lines.")
def check(file: str, as_json: AsJson = False, edition: EditionName = None, on: OnDay = None) -> None:
    from bot.commands import check as command  # noqa: PLC0415

    if file != "-":
        typer.echo(command.check_file(Path(file), as_json=as_json, edition=edition, on=on))
        return
    all_good = True
    for line, is_good in command.check_lines(as_json=as_json, edition=edition, on=on):
        typer.echo(line)
        all_good = all_good and is_good
    _finish(all_good)


@shops_app.command("add", help="Register a shop under its id at the platform; again: give it another name.")
def shops_add(shop_id: str, name: Annotated[str, typer.Option("--name", metavar="N")]) -> None:
    from bot.commands.shops import add  # noqa: PLC0415

    typer.echo(add(shop_id, name))


@shops_app.command("invite", help="Print a one-time link that binds the shop to whoever opens it, within 7 days.")
def shops_invite(shop_id: str) -> None:
    from bot.commands.shops import invite  # noqa: PLC0415

    typer.echo(invite(shop_id))


@shops_app.command("list", help="A line a shop: id, followers, name.")
def shops_list() -> None:
    from bot.commands.shops import listed  # noqa: PLC0415

    for line in listed():
        typer.echo(line)


@scores_app.command("import", help="Store a CSV or XLSX file of daily scores: all of it, or with one bad row nothing.")
def scores_import(
    file: Path, dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do; store nothing.")] = False
) -> None:
    from bot.commands.scores import imported  # noqa: PLC0415

    lines, all_good = imported(file, dry_run=dry_run)
    for line in lines:
        typer.echo(line)
    _finish(all_good)


@app.command(help="The daily check of one day, by hand; running it again changes nothing.")
def sweep(on: OnDay = None, as_json: AsJson = False) -> None:
    from bot.commands.sweep import swept  # noqa: PLC0415

    for line in swept(on, as_json=as_json):
        typer.echo(line)


@rules_app.command("list", help="The editions, a line each.")
def rules_list() -> None:
    from bot.commands.rules import listed  # noqa: PLC0415

    for line in listed():
        typer.echo(line)


@rules_app.command("show", help="One edition, whole.")
def rules_show(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands.rules import shown  # noqa: PLC0415

    for line in shown(name):
        typer.echo(line)


@rules_app.command("lint", help="What is wrong with a catalogue: file, entry, what to do.")
def rules_lint(folder: Annotated[Path | None, typer.Argument(metavar="[DIR]")] = None) -> None:
    from bot.commands.rules import problems  # noqa: PLC0415

    found = problems(folder)
    for line in found:
        typer.echo(line)
    typer.echo(f"{len(found)} problems" if found else "no problems")
    _finish(not found)


@rules_app.command("diff", help="What differs between two editions, figures first.")
def rules_diff(
    first: Annotated[str, typer.Argument(metavar="D1")], second: Annotated[str, typer.Argument(metavar="D2")]
) -> None:
    from bot.commands.difference import compared  # noqa: PLC0415

    for line in compared(first, second):
        typer.echo(line)


@rules_app.command("impact", help="How many kept checks an edition changes and which way; nothing is written.")
def rules_impact(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands.edition_changes import impact  # noqa: PLC0415

    for line in impact(name):
        typer.echo(line)


@rules_app.command("announce", help="After a change of edition: tell each merchant for whom something changes, once.")
def rules_announce(name: Annotated[str, typer.Argument(metavar="D")]) -> None:
    from bot.commands.edition_changes import announce  # noqa: PLC0415

    typer.echo(announce(name))


@app.command("eval", help="Score the question matcher on a labelled file.")
def evaluate(file: Path, edition: EditionName = None) -> None:
    from bot.commands.evaluate import evaluated  # noqa: PLC0415

    for line in evaluated(file, edition):
        typer.echo(line)


@questions_app.command(
    "unanswered", help="Questions of the last 30 days that were not understood, most frequent first."
)
def questions_unanswered() -> None:
    from bot.commands.questions import not_understood  # noqa: PLC0415

    for line in not_understood():
        typer.echo(line)


@db_app.command("upgrade", help="Bring the schema to this version's.")
def db_upgrade() -> None:
    from bot.commands.database import upgrade  # noqa: PLC0415

    typer.echo(upgrade())


@db_app.command("backup", help="A consistent copy of the embedded database, also while the bot runs.")
def db_backup(file: Path) -> None:
    from bot.commands.database import backup  # noqa: PLC0415

    typer.echo(backup(file))


@db_app.command(
    "copy", help="Everything from one database into an empty one: sqlite+aiosqlite:///… postgresql+asyncpg://…"
)
def db_copy(
    source: Annotated[str, typer.Argument(metavar="FROM")], target: Annotated[str, typer.Argument(metavar="TO")]
) -> None:
    from bot.commands.database import copy  # noqa: PLC0415

    typer.echo(copy(source, target))


@db_app.command("restored", help="After a restore by other tools than db backup: what was due may have been sent.")
def db_restored() -> None:
    from bot.commands.database import restored  # noqa: PLC0415

    typer.echo(restored())


@app.command(help="Settings, database, catalogue, Bot API: one line each, what is wrong and how to mend it.")
def doctor() -> None:
    from bot.commands.doctor import diagnose  # noqa: PLC0415

    findings = list(diagnose())
    for finding in findings:
        typer.echo(finding.line)
    _finish(all(finding.is_well for finding in findings))


def _finish(all_good: bool) -> None:
    if not all_good:
        raise SystemExit(FINDINGS)


def _leave_out_terminal_colours() -> None:
    """An HTTP library loads a command line of its own when it finds these: 6 MB and 0.1 s that a bot never uses."""
    absent: Any = None  # importing it then fails as if it were not installed
    for name in ("rich", "pygments"):
        sys.modules.setdefault(name, absent)


def _usage(error: TyperException) -> str:
    """What is wrong with the words of the command line, and where its help is, in one line."""
    context = getattr(error, "ctx", None)
    wrong = " ".join(error.format_message().split()).rstrip(".")
    return f"{wrong}; see: {context.command_path if context else PROGRAM} --help"


def main() -> None:
    """The entry point: every refusal is one plain line on standard error, no traceback."""
    _leave_out_terminal_colours()
    try:
        sys.exit(app(prog_name=PROGRAM, standalone_mode=False))
    except Refusal as refusal:
        typer.echo(f"{PROGRAM}: {refusal}", err=True)
        sys.exit(NOT_DONE)
    except TyperException as error:
        typer.echo(f"{PROGRAM}: {_usage(error)}", err=True)
        sys.exit(NOT_DONE)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            raise
        typer.echo(f"{PROGRAM}: unexpected {type(error).__name__}; see more with LOG_LEVEL=DEBUG", err=True)
        sys.exit(NOT_DONE)
