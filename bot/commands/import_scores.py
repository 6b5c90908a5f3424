"""`alliance-bot scores import`: a file of daily scores, stored whole or not at all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.commands import Refusal
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import opened, settings
from bot.commands.open_database import with_database
from bot.feeds.cells import Trouble
from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.store import Imported, import_file
from bot.feeds.table import Problem
from bot.warnings.policy import WatchPolicy
from rules.edition import Edition, Fact
from rules.facts import Scale
from storage.instants import epoch_ms
from storage.score_files import CORRECTIONS_KEPT, Incoming, Stored

WORDS: Final = {
    Trouble.NOT_TEXT: "is neither UTF-8 nor GB18030 text",
    Trouble.HAS_NUL: "holds a NUL byte; save the file as text",
    Trouble.NOT_A_WORKBOOK: "is no workbook that can be read",
    Trouble.TOO_LARGE: "is too large",
    Trouble.TOO_MANY_ROWS: "has too many rows",
    Trouble.TOOK_TOO_MUCH: "took too much time or memory to read",
    Trouble.NO_ROWS: "has no rows",
    Trouble.MISSING_COLUMN: "the column is missing",
    Trouble.COLUMN_TWICE: "the column is there twice",
    Trouble.LINE_TOO_LONG: "the line is too long",
    Trouble.BROKEN_QUOTES: "a quote is not closed",
    Trouble.EMPTY: "is empty",
    Trouble.FORMULA: "is a formula; paste the value",
    Trouble.NOT_AN_ID: "is no shop id: 1 to 64 printable characters without spaces",
    Trouble.ROUNDED_ID: "was rounded by the spreadsheet; format the column as text",
    Trouble.NOT_A_DAY: "is no day such as 2022-10-10",
    Trouble.FUTURE_DAY: "lies in the future",
    Trouble.NOT_A_SCORE: "is no number such as 4.25",
    Trouble.TOO_PRECISE: "has more decimals than the scale",
    Trouble.NOT_A_COUNT: "is no count of closings: 0 to 9999",
}
UNREADABLE: Final = frozenset(
    {
        Trouble.NOT_TEXT,
        Trouble.HAS_NUL,
        Trouble.NOT_A_WORKBOOK,
        Trouble.TOO_LARGE,
        Trouble.TOOK_TOO_MUCH,
    }
)
"""Troubles with a file that can't be read at all (exit status 2); all others are findings about rows."""


def imported(path: Path, *, dry_run: bool) -> tuple[list[str], bool]:
    """The lines to print, and whether all rows were good; else nothing is stored. Raises Refusal."""
    chosen = settings()
    edition = resolve(chosen, None)
    policy = WatchPolicy(edition, chosen.zone, chosen.quiet_hours, opened(chosen))
    fact, now = edition.main_score, datetime.now(UTC)
    incoming = Incoming(fact.id, fact.scale, epoch_ms(now))
    try:
        file = ScoreFile(path, Scale.of(fact), now.astimezone(chosen.zone).date(), BY_OPERATOR)
        with path.open("rb"):
            pass  # a file that can't be read is no matter of the database
        done = with_database(chosen, lambda engine: import_file(engine, file, incoming, watch=policy, dry_run=dry_run))
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror or error}") from None
    if done.stored is None:
        _refuse_if_unreadable(path, file)
        return list(_problems(path, file, edition, fact)), False
    return list(_report(file, done, done.stored, dry_run=dry_run)), True


def _refuse_if_unreadable(path: Path, file: ScoreFile) -> None:
    for problem in file.problems:
        if problem.trouble in UNREADABLE:
            raise Refusal(f"{path}, {_place(problem)}: {WORDS[problem.trouble]}; nothing was stored")


def _problems(path: Path, file: ScoreFile, edition: Edition, fact: Fact) -> Iterator[str]:
    for problem in file.problems:
        yield f"{path}, {_place(problem)}: {_what(problem, edition, fact)}"
    more = file.problem_count - len(file.problems)
    yield f"{file.problem_count} problems{f', {more} not shown' if more else ''}; nothing was stored"


def _place(problem: Problem) -> str:
    line = f"line {problem.line}" if problem.line else "the file"
    return f'{line}, column "{problem.column}"' if problem.column else line


def _what(problem: Problem, edition: Edition, fact: Fact) -> str:
    got = f"{problem.got!r} " if problem.got else ""
    if problem.trouble is Trouble.OFF_SCALE:
        return f"{got}is off the scale of edition {edition.name}: {fact.lowest} to {fact.highest}"
    if problem.trouble is Trouble.CONFLICT:
        return f"{got}another score stands for this shop and day on line {problem.other_line}"
    return f"{got}{WORDS[problem.trouble]}"


def _report(file: ScoreFile, done: Imported, stored: Stored, *, dry_run: bool) -> Iterator[str]:
    for one in stored.corrections:
        yield f"correction: {one.ref} {one.day}: {one.before} becomes {one.after}"
    if stored.corrected > CORRECTIONS_KEPT:
        yield f"… and {stored.corrected - CORRECTIONS_KEPT} more corrections"
    unchanged = file.rows - stored.new - stored.corrected
    counts = f"{file.rows} rows: {stored.new} new, {stored.corrected} corrected, {unchanged} known already"
    yield f"{counts} (dry run: nothing was stored)" if dry_run else counts
    if stored.registered:
        would = "would be" if dry_run else "were"
        yield f"{stored.registered} shop ids were not known and {would} registered without a name"
    if done.unnamed:
        yield f"{done.unnamed} shops have no name; name one with: alliance-bot shops add SHOP_ID --name NAME"
