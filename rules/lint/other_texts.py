"""A text of the platform that is no edition: every name is known, nothing is empty, advice fits into two lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set

from rules.catalogue.beside import TextDraft
from rules.catalogue.problems import Problem, nearest
from rules.lint.texts import ADDRESSES
from rules.other_text import COLON, DEFAULT_ADVICE, OtherText
from rules.understanding.told_points import names_of_points

MOST_LINES = 2
"""So many lines an advice has at most."""


def problems(draft: TextDraft, topics: Set[str], scores: Set[str]) -> Iterator[Problem]:
    """Every problem of the text beside editions with these topics and scores."""
    yield from draft.problems
    for entry, what, mend in _complaints(draft, topics, scores):
        yield Problem(file=draft.file, entry=entry, what=what, mend=mend)


def _complaints(draft: TextDraft, topics: Set[str], scores: Set[str]) -> Iterator[tuple[str, str, str]]:
    """Entry, what is wrong, and the mend."""
    for name, times in Counter(draft.names).items():
        if times > 1:
            yield f'point "{name}"', f"the id is used {times} times", "give each its own id"
    for point in draft.points:
        entry = f'point "{point.id}"'
        if not point.text.strip():
            yield entry, '"text" is empty', "write what a merchant reads"
        yield from _unknown(entry, "topic", (*point.topics, *point.points_of), topics)
        yield from _unknown(entry, "point", point.points, names_of_points())
        if bool(point.points) is not bool(point.points_of):
            yield entry, '"points" and "points_of" go together', "write both or none"
    if draft.made:
        yield from _head(draft.made, draft.stem)
        yield from _advice(draft.made, scores)


def _unknown(entry: str, kind: str, named: Iterable[str], known: Set[str]) -> Iterator[tuple[str, str, str]]:
    for name in named:
        if name not in known:
            yield entry, f'unknown {kind} "{name}"', nearest(name, known)


def _head(text: OtherText, stem: str) -> Iterator[tuple[str, str, str]]:
    if text.name != stem:
        yield "", f'the text is named "{text.name}", its file "{stem}"', "give the file and the text the same name"
    if text.checked < text.published:
        what = f'"checked" {text.checked} is before "published" {text.published}'
        yield "", what, "compare the text with its source, and write the day"
    if text.source_url and not text.source_url.startswith(ADDRESSES):
        yield "", '"source_url" is no address', "begin it with https://"
    for key in ("title", "source_name", "confidence", "scale_name"):
        if not getattr(text, key):
            yield "", f'"{key}" is empty', "say it: merchants read it"


def _advice(text: OtherText, scores: Set[str]) -> Iterator[tuple[str, str, str]]:
    if text.advice and DEFAULT_ADVICE not in text.advice:
        yield "advice", f'there is no "{DEFAULT_ADVICE}"', "add it, for a score without an advice of its own"
    yield from _unknown("advice", "score", text.advice.keys() - {DEFAULT_ADVICE}, scores)
    for name, words in text.advice.items():
        if not 0 < len(words.splitlines()) <= MOST_LINES:
            yield "advice", f'"{name}" has {len(words.splitlines())} lines', f"write one or {MOST_LINES}"
        if COLON not in words.strip(COLON):
            yield "advice", f'"{name}" has no "{COLON}"', "write the page, the colon, and what to look at there"
