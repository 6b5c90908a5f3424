"""`alliance-bot scores import`: a file of daily scores, stored whole or not at all."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.commands import Refusal
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import opened, settings
from bot.commands.open_database import with_database
from bot.feeds.cells import Trouble
from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.hold import Hold
from bot.feeds.listing import as_json, set_aside
from bot.feeds.store import Imported, Terms, import_file, import_rows
from bot.feeds.table import Problem
from bot.settings import Settings
from bot.warnings.policy import WatchPolicy
from rules.edition import Edition
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
    Trouble.NOT_A_SCORE: "is no number such as 4.25, nor a word for no score",
    Trouble.TOO_PRECISE: "has more decimals than the scale",
    Trouble.NOT_A_COUNT: "is no count of closings: 0 to 9999",
}
NO_SCORE: Final = "no score"
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


@dataclass(frozen=True)
class Options:
    """`is_sure`: store also what would be held. `as_json`: a line of JSON instead of text."""

    dry_run: bool = False
    is_sure: bool = False
    as_json: bool = False


def imported(path: Path, options: Options) -> tuple[list[str], bool]:
    """The lines to print, and whether all rows were taken; else nothing is stored. Raises Refusal."""
    chosen = settings()
    edition = resolve(chosen, None)
    now = datetime.now(UTC)
    file = ScoreFile(path, edition.scores, now.astimezone(chosen.zone).date(), BY_OPERATOR)
    watch = WatchPolicy(edition, chosen.zone, chosen.quiet_hours, opened(chosen))
    incoming = Incoming.of(edition, epoch_ms(now))
    terms = Terms(watch, dry_run=options.dry_run, is_sure=options.is_sure)
    try:
        with path.open("rb"):
            pass  # a file that can't be read is no matter of the database
        if options.as_json:
            return _as_json(path, file, edition, chosen, incoming, terms)
        done = with_database(chosen, lambda engine: import_file(engine, file, incoming, terms))
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror or error}") from None
    if file.problem_count:
        _refuse_if_unreadable(path, file)
        return list(_problems(path, file, edition)), False
    return list(_report(file, done, edition, options)), done.hold is None or options.is_sure


def _as_json(  # noqa: PLR0917  (what an import takes)
    path: Path, file: ScoreFile, edition: Edition, chosen: Settings, incoming: Incoming, terms: Terms
) -> tuple[list[str], bool]:
    """A line of JSON for the file, and whether all rows were taken."""
    lines = [(file.line, row) for batch in file.batches(1) for row in batch]
    if file.problem_count:
        _refuse_if_unreadable(path, file)
        found = set_aside(file.problems, lambda problem: _what(problem, edition))
        return [json.dumps(found, ensure_ascii=False)], False
    done = with_database(chosen, lambda engine: import_rows(engine, [row for _, row in lines], incoming, terms))
    found = as_json(edition, lines, done, file.left_alone)
    return [json.dumps(found, ensure_ascii=False)], not done.hold


def _refuse_if_unreadable(path: Path, file: ScoreFile) -> None:
    for problem in file.problems:
        if problem.trouble in UNREADABLE:
            raise Refusal(f"{path}, {_place(problem)}: {WORDS[problem.trouble]}; nothing was stored")


def _problems(path: Path, file: ScoreFile, edition: Edition) -> Iterator[str]:
    for problem in file.problems:
        yield f"{path}, {_place(problem)}: {_what(problem, edition)}"
    more = file.problem_count - len(file.problems)
    yield f"{file.problem_count} problems{f', {more} not shown' if more else ''}; nothing was stored"


def _place(problem: Problem) -> str:
    line = f"line {problem.line}" if problem.line else "the file"
    return f'{line}, column "{problem.column}"' if problem.column else line


def _what(problem: Problem, edition: Edition) -> str:
    got = f"{problem.got!r} " if problem.got else ""
    if problem.trouble is Trouble.OFF_SCALE:
        fact = edition.fact(problem.column)
        return f"{got}is off the scale of edition {edition.name}: {fact.lowest} to {fact.highest}"
    if problem.trouble is Trouble.CONFLICT:
        return f"{got}another score stands for this shop and day on line {problem.other_line}"
    return f"{got}{WORDS[problem.trouble]}"


def _report(file: ScoreFile, done: Imported, edition: Edition, options: Options) -> Iterator[str]:
    if done.stored:
        yield from _stored(file, done, done.stored, edition, dry_run=options.dry_run)
    if file.left_alone:
        yield f"columns left alone: {', '.join(map(repr, file.left_alone))}"
    if done.hold:
        yield f"held: {why(done.hold)}; nothing was stored; to store it all the same: --yes"
    if done.unnamed:
        yield f"{done.unnamed} shops have no name; name one with: alliance-bot shops add SHOP_ID --name NAME"


def _stored(file: ScoreFile, done: Imported, stored: Stored, edition: Edition, *, dry_run: bool) -> Iterator[str]:
    for one in stored.corrections:
        before, after = (NO_SCORE if score is None else score for score in (one.before, one.after))
        fact = "" if one.fact == edition.main_score.id else f" {one.fact}"
        yield f"correction: {one.ref} {one.day}{fact}: {before} becomes {after}"
    if stored.corrected > CORRECTIONS_KEPT:
        yield f"… and {stored.corrected - CORRECTIONS_KEPT} more corrections"
    unchanged = done.scores - stored.new - stored.corrected
    rows = f"{file.rows} rows" + (f" with {done.scores} scores" if done.scores != file.rows else "")
    for change in stored.counts:
        yield f"closings: {change.ref} {change.day}: {change.before} becomes {change.after}"
    if stored.counted > CORRECTIONS_KEPT:
        yield f"… and {stored.counted - CORRECTIONS_KEPT} more counts of closings"
    counts = f"{rows}: {stored.new} new, {stored.corrected} corrected, {unchanged} known already"
    if stored.counted:
        counts += f", {_plural(stored.counted, 'count')} of closings changed"
    yield f"{counts} (dry run: nothing was stored)" if dry_run else counts
    if done.closings_told or done.corrections_told:
        told = _plural(done.closings_told, "closing"), _plural(done.corrections_told, "correction")
        yield f"on their way: {', '.join(told)}"
    if stored.registered:
        would = "would be" if dry_run else "were"
        yield f"{stored.registered} shop ids were not known and {would} registered without a name"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def why(hold: Hold) -> str:
    """Why a file is held, how many of how many, and the first shops, in a line."""
    more = " …" if hold.count > len(hold.shops) else ""
    shops = ", ".join(hold.shops) + more
    if hold.fact is None:
        earlier = f"; {hold.earlier} more did so earlier today" if hold.earlier else ""
        return f"{hold.count} of {hold.of} known shops would newly fall below a closing line ({shops}){earlier}"
    scale = f"the edition's goes from {hold.fact.lowest} to {hold.fact.highest}"
    return f"{hold.count} of {hold.of} values of {hold.fact.id} look like another scale ({shops}); {scale}"
