"""Example phrasings: what a question that no pattern explains is most like, and phrasings that an edition adds.

A text and an example are compared by the concepts and the pairs of neighbouring characters that they share, a rare one
counting more (the cosine of their weighted sets). Nothing is learned: one more line of data is one more example.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt
from types import MappingProxyType

from rules.edition import Edition
from rules.understanding.normalise import tokens
from rules.understanding.tables import load
from rules.understanding.utterance import Utterance

# How like a phrasing must be, for a text that may be of another domain and for one that surely is of ours.
LIKE_IF_UNSURE, LIKE_IF_OURS = 0.52, 0.38
_UNSEEN = 6.0
_LONGEST = 80
_CONCEPT_SHARE = 2.0
_PARTICLES = frozenset("的了啊呀呢吧嘛哦哈啦")


@dataclass(frozen=True, slots=True)
class Example:
    """A phrasing of a topic, with the length of its vector."""

    topic: str
    length: float


class Phrasings:
    """The phrasings of an edition's topics, its own and the shared ones."""

    def __init__(self, edition: Edition, read: Callable[[str], Utterance]) -> None:
        pairs = [(topic, read(line)) for topic, line in _lines(edition)]
        sets = [frozenset(_features(said)) for _, said in pairs]
        spread = Counter(feature for held in sets for feature in held)
        self._weights = {feature: _share(feature) * log(1 + len(sets) / often) for feature, often in spread.items()}
        self._examples = [Example(topic, self._length(held)) for (topic, _), held in zip(pairs, sets, strict=True)]
        self._holders = _holders(sets)
        own = {ask: topic.id for topic in edition.topics for ask in topic.asks}
        self._exact = {_bare(read(ask).text): topic for ask, topic in own.items()}

    def exact(self, text: str) -> str | None:
        """The topic that the edition itself gives this very phrasing, but for particles and marks."""
        return self._exact.get(_bare(text)) if len(text) <= _LONGEST else None

    def nearest(self, said: Utterance, at_least: float) -> str | None:
        """The topic of the phrasing most like this text; None if none is as like as asked (1: the same)."""
        held = _features(said) if len(said.text) <= _LONGEST else set()
        length = self._length(held)
        if not length:
            return None
        shared: dict[int, float] = {}
        for feature in held:
            for example in self._holders.get(feature, ()):
                shared[example] = shared.get(example, 0.0) + self._weights[feature] ** 2
        likeness = (
            (round(weight / length / self._examples[place].length, 6), place) for place, weight in shared.items()
        )
        best, place = max(likeness, default=(0.0, 0))
        return self._examples[place].topic if best >= at_least else None

    def _length(self, held: Iterable[str]) -> float:
        """The length of a vector; a feature that no example has counts much."""
        return sqrt(sum(self._weights.get(feature, _share(feature) * _UNSEEN) ** 2 for feature in held))


def _lines(edition: Edition) -> Iterator[tuple[str, str]]:
    shared = load("examples.toml")
    for topic in edition.topics:
        for line in (*shared.get(topic.id, "").splitlines(), *topic.asks):
            if line.strip():
                yield topic.id, line


def _features(said: Utterance) -> set[str]:
    """The concepts and the pairs of neighbouring tokens of a text."""
    bare = ["^", *_kept(said.text), "$"]
    return {f"={concept}" for concept in said.named} | {f"{one}{other}" for one, other in pairwise(bare)}


def _share(feature: str) -> float:
    return _CONCEPT_SHARE if feature[0] == "=" else 1.0


def _kept(text: str) -> list[str]:
    keys = (token.key for token in tokens(text))
    return [key for key in keys if key.strip().isalnum() and key not in _PARTICLES]


def _bare(text: str) -> str:
    """The text without marks, spaces and particles."""
    return "".join(_kept(text))


def _holders(sets: list[frozenset[str]]) -> Mapping[str, tuple[int, ...]]:
    """For each feature the examples that have it."""
    found: dict[str, list[int]] = {}
    for place, held in enumerate(sets):
        for feature in held:
            found.setdefault(feature, []).append(place)
    return MappingProxyType({feature: tuple(places) for feature, places in found.items()})
