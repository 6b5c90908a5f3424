"""TopicPatterns: what a question about a topic names, as data, and how much of a question one of them explains."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rules.edition import Edition
from rules.understanding.lexicon import concepts
from rules.understanding.tables import load

_NOT_TOPICS = frozenset(("everywhere", "alias", "choices"))


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """One pattern of a topic.

    `needed`: of each set one is named. `allowed`: what it explains, needed or not. `barred`: must not be named.
    `rank`: its place in the file.
    """

    topic: str
    needed: tuple[frozenset[str], ...]
    allowed: frozenset[str]
    barred: frozenset[str]
    rank: int

    @property
    def all_needed(self) -> frozenset[str]:
        return frozenset().union(*self.needed)

    @property
    def specificity(self) -> int:
        """How particular the pattern is: of two that explain as much, the one that asks for more is meant."""
        return 2 * len(self.needed) + len(self.barred)

    def explains(self, named: Set[str]) -> frozenset[str]:
        """The concepts of the question that this pattern accounts for; none if it does not fit."""
        if not self.barred.isdisjoint(named) or any(choice.isdisjoint(named) for choice in self.needed):
            return frozenset()
        return self.allowed & named


@dataclass(frozen=True, slots=True)
class TopicPatterns:
    """The patterns of an edition's topics by the concept that each asks for first, and the flags of `patterns.toml`."""

    by_concept: Mapping[str, tuple[TopicPattern, ...]]
    companions: frozenset[str]
    frames: frozenset[str]
    asides: frozenset[str]
    pasts: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]

    def subject(self, topic: str) -> frozenset[str]:
        """What a question about this topic names at the least."""
        patterns = (pattern for held in self.by_concept.values() for pattern in held if pattern.topic == topic)
        first = min(patterns, key=lambda pattern: pattern.rank, default=None)
        return frozenset(sorted(choice)[0] for choice in first.needed) if first else frozenset()

    def fitting(self, named: Set[str]) -> Iterator[tuple[TopicPattern, frozenset[str]]]:
        """The patterns that fit a question, each with what it explains."""
        for concept in named:
            for pattern in self.by_concept.get(concept, ()):
                if explained := pattern.explains(named):
                    yield pattern, explained


def weight(concept: str) -> float:
    """How much a question that names this concept is about it. Raises KeyError for an unknown one."""
    return concepts()[concept].weight


def parsed(topic: str, line: str, also: str, alias: Mapping[str, str], rank: int) -> TopicPattern:
    """The pattern of one line of `patterns.toml`. Raises KeyError for a concept that the lexicon does not know."""
    terms = line.split()
    needed = tuple(_either(term, alias) for term in terms if term[0] != "-" and term[-1] != "?")
    optional = (term[:-1] for term in (*terms, *also.split()) if term[-1] == "?")
    allowed = frozenset().union(*needed, *(_either(term, alias) for term in optional))
    barred = frozenset(term[1:] for term in terms if term[0] == "-")
    for concept in allowed | barred:
        weight(concept)
    return TopicPattern(topic, needed, allowed, barred, rank)


def _either(term: str, alias: Mapping[str, str]) -> frozenset[str]:
    """The concepts of which one term asks for any: `a|b`, with names that stand for several."""
    return frozenset(concept for name in term.split("|") for concept in alias.get(name, name).split("|"))


def patterns_of(edition: Edition) -> TopicPatterns:
    """The patterns of the topics that this edition has. Raises KeyError for a concept that is not in the lexicon."""
    tables = load("patterns.toml")
    topics = {name: tables[name] for name in tables if name not in _NOT_TOPICS and name in _ids(edition)}
    choices = {concept: tuple(names.split()) for concept, names in tables["choices"].items()}
    return TopicPatterns(
        by_concept=_by_concept(_parsed_all(topics, tables["everywhere"], tables["alias"])),
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


def _parsed_all(
    topics: Mapping[str, Mapping[str, Any]], everywhere: str, alias: Mapping[str, str]
) -> Iterator[TopicPattern]:
    lines = ((topic, line, table.get("also", "")) for topic, table in topics.items() for line in table["patterns"])
    for rank, (topic, line, also) in enumerate(lines):
        yield parsed(topic, line, f"{everywhere} {also}", alias, rank)


def _by_concept(patterns: Iterable[TopicPattern]) -> Mapping[str, tuple[TopicPattern, ...]]:
    """Each pattern under every concept that answers to its heaviest need, so that few are tried for a question."""
    found: dict[str, list[TopicPattern]] = {}
    for pattern in patterns:
        for concept in max(pattern.needed, key=lambda choice: min(map(weight, choice))):
            found.setdefault(concept, []).append(pattern)
    return MappingProxyType({concept: tuple(held) for concept, held in found.items()})
