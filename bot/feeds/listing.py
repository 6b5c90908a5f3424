"""What became of the rows of a file, as JSON for programs (docs/operating/feed.md)."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.feeds.file import ScoreFile
from bot.feeds.hold import Why, suspicious_up_to
from bot.feeds.reach import Reach
from bot.feeds.store import Imported
from bot.feeds.table import Problem
from rules.edition import Edition
from storage.score_files import Correction, CountChange, Row
from storage.scores import as_points

Listing = dict[str, Any]
Line = tuple[int, Row]
"""The number of the line, and a row of it."""


def as_json(
    edition: Edition, lines: Sequence[Line], done: Imported, file: ScoreFile, words: Callable[[Problem], str]
) -> Listing:
    """The listing of a file that can be read: stored, held, or only looked at."""
    foreign = [(line, row) for line, row in lines if _is_foreign(done, edition, row)]
    others = {line for line, _ in foreign}
    told: dict[tuple[str, str], dict[str, str | None]] = {}
    for line, (ref, day, number, hundredths, _) in lines:
        if line not in others:
            told.setdefault((ref, day.isoformat()), {})[edition.scores[number].id] = _written(hundredths)
    scored = {key: scores for key, scores in told.items() if any(score is not None for score in scores.values())}
    bad = [_bad(one, words(one)) for one in file.set_aside] + [_odd(done, line, row) for line, row in foreign]
    return {
        "rows": [{"shop_id": ref, "day": day, "scores": scores} for (ref, day), scores in scored.items()],
        "no_score": [{"shop_id": ref, "day": day} for ref, day in told if (ref, day) not in scored],
        "set_aside": sorted(bad, key=lambda one: one["line"]),
        "set_aside_count": file.set_aside_count + len(others),
        "left_alone": list(file.left_alone),
        "sheets_left_alone": list(file.sheets_left_alone),
        "corrected": [_corrected(one) for one in done.stored.corrections] if done.stored else [],
        "closings": [_counted(one) for one in done.stored.counts] if done.stored else [],
        "unknown": list(done.left_out),
        "registered": list(done.unknown.refs) if done.registers and done.stored else [],
        "held": done.hold is not None,
        "why_held": done.hold.why.value if done.hold else None,
        "closings_told": done.closings_told,
        "corrections_told": done.corrections_told,
        "reach": _reached(done.reach) if done.reach else None,
    }


def _is_foreign(done: Imported, edition: Edition, row: Row) -> bool:
    """Whether the score is one of those that look like another scale, and is not stored."""
    found = done.hold if done.hold and done.hold.why is Why.SCALE else done.odd
    if found is None or found.fact is None or edition.scores[row[2]] is not found.fact:
        return False
    is_low = row[3] is not None and row[3] <= suspicious_up_to(found.fact)
    return is_low and (found is done.hold or row[0] in done.left_out)


def _reached(reach: Reach) -> Listing:
    first = [{"shop": one.shop, "reason": one.reason.value, "chats": one.chats} for one in reach.first]
    counts = {"at_once": reach.at_once, "later": reach.later, "corrected": reach.corrected}
    return {**counts, "first": first, "more": reach.more, "unfollowed": reach.unfollowed}


def _bad(one: Problem, why: str) -> Listing:
    return {"line": one.line, "column": one.column, "value": one.got, "why": why}


def _odd(done: Imported, line: int, row: Row) -> Listing:
    found = done.hold or done.odd
    assert found is not None and found.fact is not None  # noqa: S101  (only scores of another scale are odd)
    why = f"looks like another scale: the edition's goes from {found.fact.lowest} to {found.fact.highest}"
    return {"line": line, "column": found.fact.id, "value": _written(row[3]), "why": why}


def _corrected(one: Correction) -> dict[str, Any]:
    before, after = (None if score is None else f"{score.normalize():f}" for score in (one.before, one.after))
    return {"shop_id": one.ref, "day": one.day.isoformat(), "score": one.fact, "before": before, "after": after}


def _counted(one: CountChange) -> dict[str, Any]:
    return {"shop_id": one.ref, "day": one.day.isoformat(), "before": one.before, "after": one.after}


def _written(hundredths: int | None) -> str | None:
    """The score without needless zeros; None for "no score"."""
    score = as_points(hundredths)
    return None if score is None else f"{score.normalize():f}"
