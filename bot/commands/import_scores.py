"""`alliance-bot scores import`: a file of daily scores, each row whole or not at all."""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import opened, settings
from bot.commands.import_report import place, report, wanted, what
from bot.commands.open_database import in_transaction, with_database
from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.kept import Given
from bot.feeds.listing import as_json
from bot.feeds.store import Imported, Terms, import_file, import_rows
from bot.settings import Settings
from bot.warnings.policy import WatchPolicy
from rules.edition import Edition
from storage import audit
from storage.instants import epoch_ms
from storage.score_files import Incoming

STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class Options:
    """`is_sure`: store also what would be held. `registers`: and the shops that are not known yet, by the file's names.

    `as_json`: a line of JSON instead of text.
    """

    dry_run: bool = False
    is_sure: bool = False
    registers: bool = False
    as_json: bool = False


@dataclass(frozen=True)
class _Import:
    """What an import goes by. `name`: of the file, to be shown."""

    name: str
    chosen: Settings
    edition: Edition
    incoming: Incoming
    terms: Terms


def imported(path: Path, options: Options) -> tuple[list[str], bool]:
    """The lines to print, and whether all rows were taken. `-` is standard input. Raises Refusal."""
    chosen = settings()
    edition = resolve(chosen, None)
    now = datetime.now(UTC)
    watch = WatchPolicy(edition, chosen.zone, chosen.quiet_hours, opened(chosen), admins=chosen.admin_chat_ids)
    terms = Terms(watch, dry_run=options.dry_run, is_sure=options.is_sure, registers=options.registers)
    name = "standard input" if path == STANDARD_INPUT else str(path)
    by = _Import(name, chosen, edition, Incoming.of(edition, epoch_ms(now)), terms)
    try:
        with _readable(path) as found:
            file = ScoreFile(found, edition.scores, now.astimezone(chosen.zone).date(), BY_OPERATOR)
            return _as_json(file, by) if options.as_json else _as_text(file, by)
    except OSError as error:
        raise Refusal(f"{name}: {error.strerror or error}") from None


@contextmanager
def _readable(path: Path) -> Iterator[Path]:
    """A file that can be opened; standard input as a file of its own. Raises OSError."""
    if path != STANDARD_INPUT:
        with path.open("rb"):
            yield path
        return
    with tempfile.NamedTemporaryFile() as spooled:
        shutil.copyfileobj(sys.stdin.buffer, spooled)
        spooled.flush()
        yield Path(spooled.name)


def _as_text(file: ScoreFile, by: _Import) -> tuple[list[str], bool]:
    done = with_database(by.chosen, lambda engine: import_file(engine, file, by.incoming, by.terms))
    _refuse_if_unreadable(file, by)
    _write_down(by, file, done)
    return list(report(by.name, file, done, by.edition, dry_run=by.terms.dry_run)), _is_good(file, done)


def _as_json(file: ScoreFile, by: _Import) -> tuple[list[str], bool]:
    """A line of JSON for the file, and whether all rows were taken."""
    lines = [(file.line, row) for batch in file.batches(1) for row in batch]
    _refuse_if_unreadable(file, by)
    lines = [(line, row) for line, row in lines if row[:2] not in file.withdrawn]
    given = Given([row for _, row in lines], file.rows, file.left_alone, file.names, file.set_aside_count)
    done = with_database(by.chosen, lambda engine: import_rows(engine, given, by.incoming, by.terms))
    _write_down(by, file, done)
    found = as_json(by.edition, lines, done, file, lambda problem: what(problem, by.edition))
    return [json.dumps(found, ensure_ascii=False)], _is_good(file, done)


def _write_down(by: _Import, file: ScoreFile, done: Imported) -> None:
    """Keep the import among the deeds of operators, unless nothing was stored."""
    if done.stored and not by.terms.dry_run:
        action = "scores.register" if done.stored.registered else "scores.import"
        lines, now_ms = str(file.rows), by.incoming.now_ms
        in_transaction(by.chosen, lambda conn: audit.record(conn, None, action, lines, now_ms))


def _is_good(file: ScoreFile, done: Imported) -> bool:
    return not (file.set_aside_count or done.hold or done.left_out)


def _refuse_if_unreadable(file: ScoreFile, by: _Import) -> None:
    if file.refusal is not None:
        where, why = place(file.refusal), what(file.refusal, by.edition)
        raise Refusal(f"{by.name}, {where}: {why}; nothing was stored; {wanted(by.edition)}")
