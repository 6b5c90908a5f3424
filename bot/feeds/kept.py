"""Rows that wait for an operator's yes, as bytes."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.feeds.file import ScoreFile
from storage.score_files import Incoming, Row


class OutdatedError(ValueError):
    """The bytes are of another version of the program, or of an edition with other scores."""


@dataclass(frozen=True)
class Given:
    """The rows of a file or call, a row for each score. `told`: lines, or different shops and days.

    `left_alone`: the names of columns that are not read, `sheets_left_alone`: of sheets. `names`: of shops, by id.
    `set_aside`: lines that are not among the rows. `registers`: a call asks to register unknown shops.
    """

    rows: Sequence[Row]
    told: int
    left_alone: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    set_aside: int = 0
    sheets_left_alone: tuple[str, ...] = ()
    registers: bool = False


def taken(file: ScoreFile) -> Given:
    """All rows of a file that may be stored; reads the file."""
    rows = [row for batch in file.batches() for row in batch]
    if file.withdrawn:
        rows = [row for row in rows if row[:2] not in file.withdrawn]
    return Given(rows, file.rows, file.left_alone, file.names, file.set_aside_count, file.sheets_left_alone)


def written(given: Given, incoming: Incoming) -> bytes:
    """The rows as JSON: a table could not tell a score that is not told from "no score"."""
    rows = [(ref, day.toordinal(), *rest) for ref, day, *rest in given.rows]
    kept = {"scores": incoming.scores, "told": given.told, "left_alone": given.left_alone, "rows": rows}
    more = {"names": given.names, "set_aside": given.set_aside, "sheets": given.sheets_left_alone}
    return json.dumps(kept | more | {"registers": given.registers}).encode()


def read(content: bytes, incoming: Incoming) -> Given:
    """The rows written before. Raises OutdatedError."""
    try:
        kept = json.loads(content)
    except ValueError:
        raise OutdatedError("no rows as this version writes them") from None
    if kept["scores"] != [list(score) for score in incoming.scores]:
        raise OutdatedError("rows of an edition with other scores")
    rows: list[Row] = [(ref, date.fromordinal(day), *rest) for ref, day, *rest in kept["rows"]]
    given = Given(rows, kept["told"], tuple(kept["left_alone"]))
    if "names" not in kept:  # written by an earlier version
        return given
    return Given(
        rows, given.told, given.left_alone, kept["names"], kept["set_aside"], tuple(kept["sheets"]), kept["registers"]
    )


@dataclass(frozen=True)
class Contents:
    """What an operator is shown of the rows that are or would be stored: lines, shops, the first and last day (None
    without rows); and the columns and sheets that are not read, and how many lines are set aside.

    `scores`, `without`: how many scores, and how many times "no score", by the number of the score.
    """

    rows: int
    shops: int
    first: date | None
    last: date | None
    left_alone: tuple[str, ...]
    sheets_left_alone: tuple[str, ...]
    set_aside: int
    scores: Mapping[int, int]
    without: Mapping[int, int]


def contents(given: Given, left_out: Collection[str] = ()) -> Contents:
    """What the rows are, in short, without those of the shops `left_out`."""
    out = set(left_out)
    rows = [row for row in given.rows if row[0] not in out]
    days = {row[1] for row in rows}
    first, last = (min(days), max(days)) if days else (None, None)
    lines = given.told - len({row[:2] for row in given.rows if row[0] in out})
    every, without = Counter(row[2] for row in rows), Counter(row[2] for row in rows if row[3] is None)
    scores = {number: count - without[number] for number, count in every.items()}
    unread = (given.left_alone, given.sheets_left_alone, given.set_aside)
    return Contents(lines, len({row[0] for row in rows}), first, last, *unread, scores, without)
