"""Teaches the second opinion: `python -m bench.teach` learns from the labelled lines and writes `opinion.bin`.

One logistic regression for each label against the rest, from scikit-learn. `python -m bench.teach 5` writes nothing: it
parts the writers in five, and reads the lines of each part with what the other four and the older lines teach.
"""

import hashlib
import sys
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bot.commands.evaluate_reader import figures
from rules.catalogue.load import load, packaged_folder
from rules.edition import Coverage, Edition
from rules.understanding import Understanding
from rules.understanding.evaluation import Labelled, Scorecard, Scored, labelled, scored
from rules.understanding.number_roles import NumberRoles
from rules.understanding.opinion import DATA, GAP, OUTSIDE, ZERO, Weights, features, limits_of, packed
from rules.understanding.utterance import utterance

QUESTIONS: Final = Path("tests/questions")
TAUGHT: Final = ("dev.jsonl", "tune.jsonl", "blind.jsonl", "personas-taught.jsonl")
EDITION: Final = "2022-10-10"
"""The edition of whose topics the labels are."""
WRITERS: Final = "persona/"
"""The families of lines by one writer each begin so."""
LEAST_LINES: Final = 3
"""A feature of fewer lines is left out."""
STRENGTH: Final = 4.0
"""The inverse of the regularisation."""
STEPS: Final = 40
"""More steps of learning take longer and gain nothing on unseen lines."""
HIGHEST: Final = 127
LEAST_WEIGHT: Final = 2
"""A smaller weight, in units, is left out."""


def taught_lines() -> Iterator[str]:
    """The lines to learn from, in the order of the files."""
    for name in TAUGHT:
        yield from (QUESTIONS / name).read_text("utf-8").splitlines()


def digest(lines: Sequence[str]) -> str:
    """A digest of the lines, kept with the weights."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def labels_of(edition: Edition, line: Labelled) -> frozenset[str]:
    """The labels of a line: the topics that quote what it expects, as few as will do, or a label for no answer."""
    if not line.in_scope:
        return frozenset((GAP if GAP in line.tags else OUTSIDE,))
    left, found = set(line.expect), set[str]()
    for topic, members in composites(edition):
        if members <= left:
            found.add(topic)
            left -= members
    return frozenset(found | left)


def composites(edition: Edition) -> tuple[tuple[str, frozenset[str]], ...]:
    """The topics that quote several clauses, each with the topics that quote one of them; the largest first."""
    single: dict[str, str] = {}
    for topic in edition.topics:
        if len(topic.clauses) == 1:
            single.setdefault(topic.clauses[0], topic.id)
    several = (topic for topic in edition.topics if len(topic.clauses) > 1 and topic.coverage is Coverage.PROVISION)
    found = ((topic.id, frozenset(single[clause] for clause in topic.clauses)) for topic in several)
    return tuple(sorted(found, key=lambda one: -len(one[1])))


@dataclass(frozen=True)
class Example:
    """A labelled line with its features and labels."""

    line: Labelled
    features: frozenset[str]
    labels: frozenset[str]


def examples(edition: Edition, lines: Iterable[str]) -> list[Example]:
    """The lines with their features and labels. Raises BadLine."""
    roles, limits = NumberRoles(edition), limits_of(edition)
    return [
        Example(line, features(utterance(line.q, roles), limits), labels_of(edition, line)) for line in labelled(lines)
    ]


def taught(known: Sequence[Example], taught_from: str = "") -> Weights:
    """The weights learned from the examples, as whole numbers of a unit."""
    spread = Counter(feature for one in known for feature in one.features)
    names = sorted(feature for feature, often in spread.items() if often >= LEAST_LINES)
    labels = tuple(sorted({label for one in known for label in one.labels}))
    matrix = _matrix(known, {name: place for place, name in enumerate(names)})
    with warnings.catch_warnings(category=ConvergenceWarning, action="ignore"), ThreadPoolExecutor() as threads:
        models = list(threads.map(lambda label: _model(matrix, [label in one.labels for one in known]), labels))
    learned = np.array([model.coef_[0] for model in models])
    unit = float(np.abs(learned).max()) / HIGHEST
    whole = np.rint(learned / unit).astype(int)
    rows = {name: _row(whole[:, place]) for place, name in enumerate(names)}
    bases = tuple(round(float(model.intercept_[0]), 4) for model in models)
    return Weights(labels, unit, bases, {name: row for name, row in rows.items() if row}, taught_from)


def _matrix(known: Sequence[Example], places: Mapping[str, int]) -> csr_matrix:
    """A row for each example, with 1 for each of its features."""
    columns = [[places[feature] for feature in sorted(one.features) if feature in places] for one in known]
    ends = np.cumsum([0, *map(len, columns)], dtype=np.int32)
    indices = np.array([place for row in columns for place in row], dtype=np.int32)
    return csr_matrix((np.ones(len(indices), dtype=np.float32), indices, ends), shape=(len(known), len(places)))


def _model(matrix: csr_matrix, holds: Sequence[bool]) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=STEPS).fit(matrix, holds)


def _row(weights: np.ndarray) -> bytes:
    """Pairs of bytes, a label's place and its weight, for the weights that count."""
    held = ((place, int(weight)) for place, weight in enumerate(weights) if abs(weight) >= LEAST_WEIGHT)
    return bytes(value for place, weight in held for value in (place, weight + ZERO))


def unseen(edition: Edition, known: Sequence[Example], parts: int) -> Scorecard:
    """The outcomes on the lines of the writers, each read with weights that none of its part's writers taught."""
    writers = sorted({one.line.family for one in known if one.line.family.startswith(WRITERS)})
    outcomes: list[Scored] = []
    for part in range(parts):
        left_out = set(writers[part::parts])
        reader = Understanding(edition, taught([one for one in known if one.line.family not in left_out]))
        lines = (one.line for one in known if one.line.family in left_out)
        outcomes += [scored(edition, line, reader.read(line.q)) for line in lines]
    return Scorecard(tuple(outcomes))


def main(parts: int) -> None:
    """Writes the weights, or prints the figures on unseen lines."""
    edition = load(packaged_folder()).edition(EDITION)
    lines = tuple(taught_lines())
    known = examples(edition, lines)
    if parts:
        print("\n".join(figures(unseen(edition, known, parts))))
        return
    held = taught(known, digest(lines))
    DATA.write_bytes(packed(held))
    print(f"{len(lines)} lines, {len(held.labels)} labels, {len(held.rows)} features, {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 0)
