"""Files as operators made them: `files/expected.jsonl` says what each holds."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.feeds.file import BY_CHAT, ScoreFile
from tests.packaged import CATALOGUE

FOLDER = Path(__file__).parent / "files"
CASES = [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text("utf-8").splitlines()]
HELD_LATER = {"five-points-under-hundred.csv"}
"""Its rows are read, and held for an operator's yes by what stores them."""


@pytest.mark.parametrize("case", CASES, ids=[case["file"] for case in CASES])
def test_a_file_is_read_as_its_maker_meant_it(case: dict[str, Any]) -> None:
    edition = CATALOGUE.edition(case["edition"])
    file = ScoreFile(FOLDER / case["file"], edition.scores, date(2026, 11, 29), BY_CHAT)
    told: dict[tuple[str, str], dict[str, Decimal | None]] = {}
    for ref, day, number, score, _ in (row for batch in file.batches() for row in batch):
        points = None if score is None else Decimal(score) / 100
        told.setdefault((ref, day.isoformat()), {})[edition.scores[number].id] = points
    assert file.refusal is None
    if case["file"] in HELD_LATER:
        assert (len(told), file.set_aside_count) == (2, 0)
        return
    rows = {(row["shop_id"], row["day"]): {k: Decimal(v) for k, v in row["scores"].items()} for row in case["rows"]}
    none = {(row["shop_id"], row["day"]): {edition.main_score.id: None} for row in case["no_score"]}
    assert (told, file.set_aside_count) == (rows | none, case["set_aside"])


def test_every_file_has_its_case() -> None:
    names = {path.name for path in FOLDER.iterdir()} - {"expected.jsonl"}
    assert names == {case["file"] for case in CASES}
