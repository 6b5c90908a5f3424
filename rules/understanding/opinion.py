"""A second opinion on what a text asks: a linear model over short runs of characters and the concepts named.

For each label (a topic, `GAP` or `OUTSIDE`) the model gives a score: above 0 more likely than not. The weights are
whole numbers in `opinion.bin`, taught from labelled lines by `python -m bench.teach`. Of a number only its place
between the edition's lines counts.
"""

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Final

from rules.edition import Edition
from rules.kinds import ON_A_SCALE, FigureKind
from rules.reading import Figure
from rules.understanding.provisions import lines
from rules.understanding.tables import HOME
from rules.understanding.utterance import Utterance

GAP: Final = "gap"
"""The label of what is about the alliance or the score, and no rule says."""
OUTSIDE: Final = "outside"
"""The label of what is none of ours."""
LONGEST_RUN: Final = 3
DATA: Final = HOME / "opinion.bin"
ZERO: Final = 128
"""The byte of a weight of 0."""

_BANDS: Final = "④③②①"
"""Signs for a score by the number of the edition's lines above it."""
_OTHER_SCALE: Final = "⑨"


@dataclass(frozen=True)
class Weights:
    """What was learned. `rows`: for each feature pairs of bytes, a label's place in `labels` and its weight.

    `unit`: the value of a weight of 1. `bases`: the score of each label for an empty text. `taught_from`: a digest of
    the lines.
    """

    labels: tuple[str, ...]
    unit: float
    bases: tuple[float, ...]
    rows: Mapping[str, bytes]
    taught_from: str

    def scores(self, features: Iterable[str]) -> dict[str, float]:
        """The score of each label for the features."""
        sums = [0] * len(self.labels)
        for row in filter(None, map(self.rows.get, features)):
            for label, weight in zip(row[::2], row[1::2], strict=True):
                sums[label] += weight - ZERO
        return {label: base + self.unit * held for label, base, held in zip(self.labels, self.bases, sums, strict=True)}

    def speaking_for(self, label: str, features: Iterable[str]) -> list[str]:
        """The features that speak for the label, the strongest first."""
        place, found = self.labels.index(label), list[tuple[int, str]]()
        for name in features:
            row = self.rows.get(name, b"")
            found += [(weight - ZERO, name) for at, weight in zip(row[::2], row[1::2], strict=True) if at == place]
        return [name for weight, name in sorted(found, key=lambda one: (-one[0], one[1])) if weight > 0]


def limits_of(edition: Edition) -> tuple[Decimal, ...]:
    """The numbers of the platform's lines on the main score."""
    return tuple(line.limit for line in lines(edition))


def features(said: Utterance, limits: Sequence[Decimal]) -> frozenset[str]:
    """The runs of up to three characters of a text, with signs for its figures, and the concepts named.

    `limits`: the numbers of the edition's lines.
    """
    text = f"^{_signed(said, limits)}$"
    runs = (text[at : at + size] for size in range(1, LONGEST_RUN + 1) for at in range(len(text) - size + 1))
    return frozenset((*runs, *(f"={concept}" for concept in said.named)))


def _signed(said: Utterance, limits: Sequence[Decimal]) -> str:
    """The text with a sign for each score, its lines joined by spaces."""
    scores = [one for one in said.figures if one.figure.kind in ON_A_SCALE]
    ends = [0, *(place for one in scores for place in (one.number.start, one.number.end)), len(said.text)]
    kept = [said.text[begin:end] for begin, end in pairwise(ends)][::2]
    signs = [_sign(one.figure, limits) for one in scores]
    return " ".join("".join(part + sign for part, sign in zip(kept, [*signs, ""], strict=True)).split())


def _sign(score: Figure, limits: Sequence[Decimal]) -> str:
    """The sign for a score: by the lines above, or the one for a score on another scale."""
    if score.kind is not FigureKind.SCORE:
        return _OTHER_SCALE
    return _BANDS[min(sum(score.value < limit for limit in limits), len(_BANDS) - 1)]


@cache
def weights() -> Weights:
    """The weights of the package."""
    return unpacked(DATA.read_bytes())


def packed(held: Weights) -> bytes:
    """The weights as `unpacked` reads them: a line of JSON, a line for each feature, and all rows, compressed."""
    head = {"labels": held.labels, "unit": held.unit, "bases": held.bases, "taught_from": held.taught_from}
    names = sorted(held.rows)
    told = (json.dumps(head), "\0".join(names), json.dumps([len(held.rows[name]) for name in names]), "")
    return zlib.compress("\n".join(told).encode() + b"".join(held.rows[name] for name in names), 9)


def unpacked(data: bytes) -> Weights:
    """The weights of a file made by `packed`."""
    head, names, sizes, block = zlib.decompress(data).split(b"\n", 3)
    told = json.loads(head)
    rows, at = {}, 0
    for name, size in zip(names.decode().split("\0"), json.loads(sizes), strict=True):
        rows[name] = block[at : at + size]
        at += size
    return Weights(tuple(told["labels"]), told["unit"], tuple(told["bases"]), rows, told["taught_from"])
