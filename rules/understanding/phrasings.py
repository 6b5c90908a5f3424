"""The phrasings that an edition lists under its topics, and the one most like a text.

A text and an example are compared by shared concepts and shared pairs of neighbouring characters, rare ones counting
more (the cosine of two weighted sets). Nothing is learned: a line of data more is an example more.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import pairwise
from math import log, sqrt

from rules.edition import Edition
from rules.understanding.normalise import keys
from rules.understanding.number_roles import NumberRoles
from rules.understanding.utterance import Utterance, utterance

# How like a phrasing must be, for a text of maybe another domain and for a text surely of ours.
LIKE_IF_UNSURE, LIKE_IF_OURS = 0.52, 0.38
_UNSEEN = 6.0
_LONGEST = 80
_CONCEPT_SHARE = 2.0
_PARTICLES = frozenset("的了啊呀呢吧嘛哦哈啦")


class Phrasings:
    """The phrasings of an edition's topics."""

    def __init__(self, edition: Edition, roles: NumberRoles) -> None:
        asked = {topic.id: [utterance(ask, roles) for ask in topic.asks] for topic in edition.topics}
        lines = [(topic, said) for topic, own in asked.items() for said in own]
        sets = [_features(said) for _, said in lines]
        spread = Counter(feature for held in sets for feature in held)
        self._weights = {feature: _share(feature) * log(1 + len(sets) / often) for feature, often in spread.items()}
        self._topics = [topic for topic, _ in lines]
        self._lengths = [self._length(held) for held in sets]
        self._holders = _holders(sets)
        self._exact = {_bare(said.text): topic for topic, own in asked.items() for said in own}

    def exact(self, text: str) -> str | None:
        """The topic under which the edition lists a text, particles and marks aside; None for a text not listed."""
        return self._exact.get(_bare(text)) if len(text) <= _LONGEST else None

    def nearest(self, said: Utterance, at_least: float) -> str | None:
        """The topic of the phrasing most like a text; None if the likeness is under `at_least` (1: the same)."""
        if len(said.text) > _LONGEST:
            return None
        held = _features(said)
        length = self._length(held)
        shared: dict[int, float] = {}
        for feature in held:
            for example in self._holders.get(feature, ()):
                shared[example] = shared.get(example, 0.0) + self._weights[feature] ** 2
        likeness = ((round(weight / length / self._lengths[at], 6), at) for at, weight in shared.items())
        best, example = max(likeness, default=(0.0, 0))
        return self._topics[example] if best >= at_least else None

    def _length(self, held: Iterable[str]) -> float:
        """The length of a vector; a feature of no example counts much."""
        return sqrt(sum(self._weights.get(feature, _share(feature) * _UNSEEN) ** 2 for feature in held))


def _features(said: Utterance) -> set[str]:
    """The concepts and the pairs of neighbouring tokens of a text."""
    bare = ["^", *_kept(said.text), "$"]
    return {f"={concept}" for concept in said.named} | {f"{one}{other}" for one, other in pairwise(bare)}


def _share(feature: str) -> float:
    return _CONCEPT_SHARE if feature[0] == "=" else 1.0


def _kept(text: str) -> list[str]:
    return [key for key in keys(text) if key.strip().isalnum() and key not in _PARTICLES]


def _bare(text: str) -> str:
    """The text without marks, spaces and particles."""
    return "".join(_kept(text))


def _holders(sets: Sequence[Set[str]]) -> Mapping[str, Sequence[int]]:
    """The places of the examples with each feature."""
    found: dict[str, list[int]] = {}
    for place, held in enumerate(sets):
        for feature in held:
            found.setdefault(feature, []).append(place)
    return found
