"""Reads a scores file whole, for tests."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.feeds.cells import Trouble
from bot.feeds.file import BY_OPERATOR, Limits, ScoreFile
from rules.edition import Fact
from storage.score_files import Row
from tests.packaged import FIVE_POINTS

TODAY = date(2022, 10, 10)
DAY = date(2022, 10, 1)


def read(
    source: bytes | str | Path,
    scores: Sequence[Fact] = FIVE_POINTS.scores,
    limits: Limits = BY_OPERATOR,
    today: date = TODAY,
) -> tuple[list[Row], ScoreFile]:
    """The rows, and the file when all of it is read."""
    file = ScoreFile(source.encode() if isinstance(source, str) else source, scores, today, limits)
    return [row for batch in file.batches(2) for row in batch], file


def rows_of(source: bytes | str | Path, scores: Sequence[Fact] = FIVE_POINTS.scores) -> list[Row]:
    """The rows of a file in which nothing is wrong."""
    rows, file = read(source, scores)
    assert (file.refusal, file.set_aside, file.set_aside_count) == (None, [], 0)
    return rows


def shops(source: bytes | str | Path, scores: Sequence[Fact] = FIVE_POINTS.scores) -> list[str]:
    """The ids of the lines that are taken."""
    return [row[0] for row in read(source, scores)[0]]


def aside(source: bytes | str | Path, scores: Sequence[Fact] = FIVE_POINTS.scores) -> list[tuple[int, str, Trouble]]:
    """Line, column and trouble of each line that is set aside, in a file that is not refused."""
    file = read(source, scores)[1]
    assert file.refusal is None
    assert file.set_aside_count == len(file.set_aside)
    return [(problem.line, problem.column, problem.trouble) for problem in file.set_aside]


def refused(source: bytes | str | Path, scores: Sequence[Fact] = FIVE_POINTS.scores) -> tuple[int, str, Trouble, str]:
    """Line, column, trouble and text of the refusal of a file that gives nothing."""
    rows, file = read(source, scores)
    assert rows == [] and file.set_aside == [] and file.refusal is not None
    return file.refusal.line, file.refusal.column, file.refusal.trouble, file.refusal.got
