"""TopicPatterns: what a question about a topic names, as data, and how much of a question one of them explains."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rules.edition import Edition
from rules.understanding.lexicon import concepts
from rules.understanding.tables import load

_NOT_TOPICS = frozenset(("everywhere", "alias", "choices"))
NO_ALIAS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sign:
    """One pattern of a topic.

    `needed`: of each set one is named. `may`: what it explains besides. `barred`: must not be named. `rank`: its place
    in the file.
    """

    topic: str
    needed: tuple[frozenset[str], ...]
    may: frozenset[str]
    barred: frozenset[str]
    rank: int = 0

    @property
    def all_needed(self) -> frozenset[str]:
        return frozenset().union(*self.needed)

    @property
    def particular(self) -> int:
        """How particular the sign is: of two that explain as much, the one that asks for more is meant."""
        return 2 * len(self.needed) + len(self.barred)

    def explains(self, named: Set[str]) -> frozenset[str]:
        """The concepts of the question that this sign accounts for; none if it does not fit."""
        if not self.barred.isdisjoint(named) or any(choice.isdisjoint(named) for choice in self.needed):
            return frozenset()
        return self.may & named


@dataclass(frozen=True, slots=True)
class TopicPatterns:
    """The signs of an edition's topics by the concept that each asks for first, and the flags of `patterns.toml`."""

    by_concept: Mapping[str, tuple[Sign, ...]]
    companions: frozenset[str]
    frames: frozenset[str]
    asides: frozenset[str]
    pasts: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]

    def subject(self, topic: str) -> frozenset[str]:
        """What a question about this topic names at the least."""
        signs = (sign for held in self.by_concept.values() for sign in held if sign.topic == topic)
        first = min(signs, key=lambda sign: sign.rank, default=None)
        return frozenset(sorted(choice)[0] for choice in first.needed) if first else frozenset()

    def fitting(self, named: Set[str]) -> Iterator[tuple[Sign, frozenset[str]]]:
        """The signs that fit a question, each with what it explains."""
        for concept in named:
            for sign in self.by_concept.get(concept, ()):
                if explained := sign.explains(named):
                    yield sign, explained


def weight(concept: str) -> float:
    """How much a question that names this concept is about it. Raises KeyError for an unknown one."""
    return concepts()[concept].weight


def parsed(topic: str, line: str, also: str = "", alias: Mapping[str, str] = NO_ALIAS, rank: int = 0) -> Sign:
    """The sign of one line of `patterns.toml`. Raises KeyError for a concept that the lexicon does not know."""
    terms = line.split()
    needed = tuple(_either(term, alias) for term in terms if term[0] != "-" and term[-1] != "?")
    optional = (term[:-1] for term in (*terms, *also.split()) if term[-1] == "?")
    may = frozenset().union(*needed, *(_either(term, alias) for term in optional))
    barred = frozenset(term[1:] for term in terms if term[0] == "-")
    for concept in may | barred:
        weight(concept)
    return Sign(topic, needed, may, barred, rank)


def _either(term: str, alias: Mapping[str, str]) -> frozenset[str]:
    """The concepts of which one term asks for any: `a|b`, with names that stand for several."""
    return frozenset(concept for name in term.split("|") for concept in alias.get(name, name).split("|"))


def signs_of(edition: Edition) -> TopicPatterns:
    """The signs of the topics that this edition has. Raises KeyError for a concept that the lexicon does not know."""
    tables = load("patterns.toml")
    topics = {name: tables[name] for name in tables if name not in _NOT_TOPICS and name in _ids(edition)}
    choices = {concept: tuple(names.split()) for concept, names in tables["choices"].items()}
    return TopicPatterns(
        by_concept=_by_concept(_signs(topics, tables["everywhere"], tables["alias"])),
        companions=_flagged(topics, "with"),
        frames=_flagged(topics, "frame"),
        asides=_flagged(topics, "aside"),
        pasts=_flagged(topics, "past"),
        choices=MappingProxyType({concept: names for concept, names in choices.items() if set(names) <= _ids(edition)}),
    )


def _flagged(topics: Mapping[str, Mapping[str, Any]], flag: str) -> frozenset[str]:
    return frozenset(name for name, table in topics.items() if table.get(flag))


def _ids(edition: Edition) -> frozenset[str]:
    return frozenset(topic.id for topic in edition.topics)


def _signs(topics: Mapping[str, Mapping[str, Any]], everywhere: str, alias: Mapping[str, str]) -> Iterator[Sign]:
    lines = ((topic, line, table.get("also", "")) for topic, table in topics.items() for line in table["signs"])
    for rank, (topic, line, also) in enumerate(lines):
        yield parsed(topic, line, f"{everywhere} {also}", alias, rank)


def _by_concept(signs: Iterable[Sign]) -> Mapping[str, tuple[Sign, ...]]:
    """Each sign under every concept that answers to its heaviest need, so that few signs are tried for a question."""
    found: dict[str, list[Sign]] = {}
    for sign in signs:
        for concept in max(sign.needed, key=lambda choice: min(map(weight, choice))):
            found.setdefault(concept, []).append(sign)
    return MappingProxyType({concept: tuple(held) for concept, held in found.items()})
