"""The phrasings of `topics.toml`: a question written as one of them, or nearly so, is about its topic."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rules.model import Edition
from rules.understanding.lexicon import tokens

LIKE = 0.78
_PARTICLES = frozenset("的了啊呀呢吧嘛哦哈啦")
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A phrasing by its pairs of neighbouring tokens."""

    topic: str
    bare: str
    pairs: frozenset[str]


class Phrasings:
    """The phrasings of an edition. `written` brings a text to the writing in which questions are read."""

    def __init__(self, edition: Edition, written: Callable[[str], str]) -> None:
        asks = ((topic.id, written(ask)) for topic in edition.topics for ask in topic.asks)
        self._all = tuple(Phrasing(topic, _bare(ask), _pairs(_bare(ask))) for topic, ask in asks)
        self._exact = {phrasing.bare: phrasing.topic for phrasing in self._all}

    def same(self, text: str) -> str | None:
        """The topic that has this very phrasing, but for particles and marks."""
        return self._exact.get(_bare(text)) if len(text) <= _LONGEST else None

    def like(self, text: str) -> str | None:
        """The topic with the phrasing most like this text; None if none is like it."""
        if len(text) > _LONGEST:
            return None
        pairs = _pairs(_bare(text))
        likeness, topic = max(
            ((_dice(pairs, phrasing.pairs), phrasing.topic) for phrasing in self._all), default=(0.0, "")
        )
        return topic if likeness >= LIKE else None


def _bare(text: str) -> str:
    """The text without marks, spaces and particles."""
    kept = (token.key for token in tokens(text) if token.key.strip().isalnum())
    return "".join(key for key in kept if key not in _PARTICLES)


def _pairs(bare: str) -> frozenset[str]:
    return frozenset(bare[place : place + 2] for place in range(len(bare) - 1))


def _dice(one: frozenset[str], other: Iterable[str]) -> float:
    other = frozenset(other)
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
