"""Rows that wait for an operator's yes, as bytes: read as they were written, also by an earlier version."""

import json
from datetime import date

import pytest

from bot.feeds.kept import Given, OutdatedError, read, written
from storage.score_files import Incoming
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

DAY = date(2022, 10, 10)
INCOMING = Incoming.of(FIVE_POINTS, 1)
GIVEN = Given([("A", DAY, 0, 390, None), ("B", DAY, 0, None, 2)], 2, ("备注",), {"A": "花店"}, 3, ("说明",), True)


def test_what_is_kept_is_read_again() -> None:
    assert read(written(GIVEN, INCOMING), INCOMING) == GIVEN


def test_what_an_earlier_version_kept_is_read() -> None:
    kept = json.loads(written(GIVEN, INCOMING))
    for name in ("names", "set_aside", "sheets", "registers"):
        del kept[name]
    assert read(json.dumps(kept).encode(), INCOMING) == Given(GIVEN.rows, 2, ("备注",))


def test_rows_of_an_edition_with_other_scores_are_outdated() -> None:
    with pytest.raises(OutdatedError):
        read(written(GIVEN, Incoming.of(HUNDRED_POINTS, 1)), INCOMING)
