"""Rows that wait for an operator's yes, as bytes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from storage.score_files import Incoming, Row


class OutdatedError(ValueError):
    """The bytes are of another version of the program, or of an edition with other scores."""


@dataclass(frozen=True)
class Given:
    """The rows of a file or call, a row for each score. `told`: lines, or different shops and days.

    `left_alone`: the names of columns that are not read.
    """

    rows: Sequence[Row]
    told: int
    left_alone: tuple[str, ...]


def written(given: Given, incoming: Incoming) -> bytes:
    """The rows as JSON: a table could not tell a score that is not told from "no score"."""
    rows = [(ref, day.toordinal(), *rest) for ref, day, *rest in given.rows]
    kept = {"scores": incoming.scores, "told": given.told, "left_alone": given.left_alone, "rows": rows}
    return json.dumps(kept).encode()


def read(content: bytes, incoming: Incoming) -> Given:
    """The rows written before. Raises OutdatedError."""
    try:
        kept = json.loads(content)
    except ValueError:
        raise OutdatedError("no rows as this version writes them") from None
    if kept["scores"] != [list(score) for score in incoming.scores]:
        raise OutdatedError("rows of an edition with other scores")
    rows: list[Row] = [(ref, date.fromordinal(day), *rest) for ref, day, *rest in kept["rows"]]
    return Given(rows, kept["told"], tuple(kept["left_alone"]))


@dataclass(frozen=True)
class Contents:
    """What an operator is shown of rows: counts, the first and last day, and the columns that are not read."""

    rows: int
    shops: int
    first: date
    last: date
    left_alone: tuple[str, ...]


def contents(given: Given) -> Contents:
    """What the rows are, in short."""
    days = [row[1] for row in given.rows]
    return Contents(given.told, len({row[0] for row in given.rows}), min(days), max(days), given.left_alone)
