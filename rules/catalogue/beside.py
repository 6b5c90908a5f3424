"""What a catalogue holds beside its editions: `history.toml`, and other texts of the platform in `_texts`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rules.catalogue.draft import Reader, ids
from rules.catalogue.problems import Problem
from rules.history import NOTHING_KNOWN, History, Revision
from rules.other_text import OtherText, Point

TEXTS: Final = "_texts"
"""The folder of the texts that are no editions, a file a text."""


@dataclass(frozen=True)
class TextDraft:
    """A text as far as readable. `made`: the value, None for an ill-formed one. `names`: the ids of its points."""

    file: str
    stem: str
    points: tuple[Point, ...]
    names: tuple[str, ...]
    made: OtherText | None
    problems: tuple[Problem, ...]


def history(path: Path, root: str) -> tuple[History, tuple[Problem, ...]]:
    """The known revisions, and the problems of the history's file. `root`: the catalogue's folder in messages."""
    reader = Reader(f"{root}/{path.name}")
    raw = reader.toml(path) if path.exists() else {}
    revisions = reader.section(raw, "revision", Revision)
    ordered = tuple(sorted(revisions, key=lambda revision: revision.on))
    known = reader.made(History, {**raw, "revision": ordered}, "")
    for at, revision in enumerate(revisions, 1):
        if revision.until is not None and revision.until < revision.on:
            what = f'"until" {revision.until} is before "on" {revision.on}'
            reader.add(f"revision number {at}", what, "mend one of the two")
    return known or NOTHING_KNOWN, tuple(reader.problems)


def read_text(path: Path, root: str) -> TextDraft:
    """The text in the file, with all problems of form."""
    reader = Reader(f"{root}/{TEXTS}/{path.name}")
    raw = reader.toml(path)
    points = reader.section(raw, "point", Point)
    made = reader.made(OtherText, {**raw, "point": points}, "") if raw else None
    return TextDraft(reader.file, path.stem, points, ids(raw, "point"), made, tuple(reader.problems))
