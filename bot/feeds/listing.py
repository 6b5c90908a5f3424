"""What became of the rows of a file, as JSON for programs (docs/operating/feed.md)."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.feeds.hold import Hold, Why, suspicious_up_to
from bot.feeds.store import Imported
from bot.feeds.table import Problem
from rules.edition import Edition, Fact
from storage.score_files import Correction, CountChange, Row
from storage.scores import as_points

Listing = dict[str, Any]
Line = tuple[int, Row]
"""The number of the line, and a row of it."""

EMPTY: Listing = {
    "rows": [],
    "no_score": [],
    "set_aside": [],
    "left_alone": [],
    "corrected": [],
    "closings": [],
    "closings_told": 0,
    "corrections_told": 0,
    "unknown": [],
    "held": False,
}


def set_aside(problems: Sequence[Problem], words: Callable[[Problem], str]) -> Listing:
    """The listing of a file of which nothing is taken."""
    found = [{"line": one.line, "column": one.column, "value": one.got, "why": words(one)} for one in problems]
    return {**EMPTY, "set_aside": found}


def as_json(edition: Edition, lines: Sequence[Line], done: Imported, left_alone: Sequence[str]) -> Listing:
    """The listing of a file without problems, stored or held."""
    foreign = {line for line, row in lines if done.hold and _is_foreign(done.hold, edition, row)}
    told: dict[tuple[str, str], dict[str, str | None]] = {}
    for line, (ref, day, number, hundredths, _) in lines:
        if line not in foreign:
            told.setdefault((ref, day.isoformat()), {})[edition.scores[number].id] = _written(hundredths)
    scored = {key: scores for key, scores in told.items() if any(score is not None for score in scores.values())}
    return {
        "rows": [{"shop_id": ref, "day": day, "scores": scores} for (ref, day), scores in scored.items()],
        "no_score": [{"shop_id": ref, "day": day} for ref, day in told if (ref, day) not in scored],
        "set_aside": [
            _aside(done.hold, line, row) for line, row in lines if done.hold and _is_foreign(done.hold, edition, row)
        ],
        "left_alone": list(left_alone),
        "corrected": [_corrected(one) for one in done.stored.corrections] if done.stored else [],
        "closings": [_counted(one) for one in done.stored.counts] if done.stored else [],
        "closings_told": done.closings_told,
        "corrections_told": done.corrections_told,
        "unknown": list(done.unknown),
        "held": done.hold is not None,
    }


def _is_foreign(hold: Hold, edition: Edition, row: Row) -> bool:
    """Whether the score is one of those that look like another scale."""
    fact = hold.fact
    is_low = fact is not None and row[3] is not None and row[3] <= suspicious_up_to(fact)
    return hold.why is Why.SCALE and is_low and edition.scores[row[2]] is fact


def _aside(hold: Hold, line: int, row: Row) -> dict[str, Any]:
    fact: Fact | None = hold.fact
    assert fact is not None  # noqa: S101  (only scores of another scale are set aside)
    wanted = f"looks like another scale: the edition's goes from {fact.lowest} to {fact.highest}"
    return {"line": line, "column": fact.id, "value": _written(row[3]), "why": wanted}


def _corrected(one: Correction) -> dict[str, Any]:
    before, after = (None if score is None else f"{score.normalize():f}" for score in (one.before, one.after))
    return {"shop_id": one.ref, "day": one.day.isoformat(), "score": one.fact, "before": before, "after": after}


def _counted(one: CountChange) -> dict[str, Any]:
    return {"shop_id": one.ref, "day": one.day.isoformat(), "before": one.before, "after": one.after}


def _written(hundredths: int | None) -> str | None:
    """The score without needless zeros; None for "no score"."""
    score = as_points(hundredths)
    return None if score is None else f"{score.normalize():f}"
