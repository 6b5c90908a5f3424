"""Patterns of topics, from `patterns.toml`: the concepts named by a question about a topic."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from rules.edition import Edition
from rules.understanding.lexicon import concepts
from rules.understanding.tables import load

_NOT_TOPICS = frozenset(("everywhere", "alias", "choices"))


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A pattern of a topic.

    `needed`: of each set a concept is named. `allowed`: all explained concepts, needed or not. `barred`: concepts that
    must not be named. `rank`: the place in the file.
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
        """How particular the pattern is, to choose between patterns that explain as much."""
        return 2 * len(self.needed) + len(self.barred)

    def explains(self, named: Set[str]) -> frozenset[str]:
        """The concepts of a question that the pattern accounts for; none if the pattern does not fit."""
        if not self.barred.isdisjoint(named) or any(choice.isdisjoint(named) for choice in self.needed):
            return frozenset()
        return self.allowed & named


@dataclass(frozen=True, slots=True)
class TopicPatterns:
    """The patterns of an edition's topics by needed concept, the topics under each flag, and the choices by subject."""

    by_concept: Mapping[str, Sequence[TopicPattern]]
    companions: frozenset[str]
    frames: frozenset[str]
    asides: frozenset[str]
    pasts: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]

    def subject(self, topic: str) -> frozenset[str]:
        """The fewest concepts of a question about this topic; none for a topic without patterns."""
        patterns = (pattern for held in self.by_concept.values() for pattern in held if pattern.topic == topic)
        first = min(patterns, key=lambda pattern: pattern.rank, default=None)
        return frozenset(sorted(choice)[0] for choice in first.needed) if first else frozenset()

    def fitting(self, named: Set[str]) -> Iterator[tuple[TopicPattern, frozenset[str]]]:
        """The patterns that fit a question, each with the explained concepts."""
        for concept in named:
            for pattern in self.by_concept.get(concept, ()):
                if explained := pattern.explains(named):
                    yield pattern, explained


def weight(concept: str) -> float:
    """How much a question is about a concept named there. Raises KeyError for an unknown concept."""
    return concepts()[concept].weight


def parsed(topic: str, line: str, also: str, alias: Mapping[str, str], rank: int) -> TopicPattern:
    """The pattern of a line of `patterns.toml`. Raises KeyError for a concept that the lexicon does not know."""
    terms = line.split()
    needed = tuple(_either(term, alias) for term in terms if term[0] != "-" and term[-1] != "?")
    optional = (term[:-1] for term in (*terms, *also.split()) if term[-1] == "?")
    allowed = frozenset().union(*needed, *(_either(term, alias) for term in optional))
    barred = frozenset(term[1:] for term in terms if term[0] == "-")
    for concept in allowed | barred:
        weight(concept)
    return TopicPattern(topic, needed, allowed, barred, rank)


def _either(term: str, alias: Mapping[str, str]) -> frozenset[str]:
    """The concepts of a term `a|b`, aliases resolved."""
    return frozenset(concept for name in term.split("|") for concept in alias.get(name, name).split("|"))


def patterns_of(edition: Edition) -> TopicPatterns:
    """The patterns of an edition's topics. Raises KeyError for a concept that the lexicon does not know."""
    tables = load("patterns.toml")
    ids = {topic.id for topic in edition.topics}
    topics = {name: table for name, table in tables.items() if name in ids - _NOT_TOPICS}
    lines = (
        (name, line, f"{tables['everywhere']} {table.get('also', '')}")
        for name, table in topics.items()
        for line in table["patterns"]
    )
    choices = ((concept, tuple(names.split())) for concept, names in tables["choices"].items())
    return TopicPatterns(
        by_concept=_by_concept(parsed(*line, tables["alias"], rank) for rank, line in enumerate(lines)),
        companions=_flagged(topics, "with"),
        frames=_flagged(topics, "frame"),
        asides=_flagged(topics, "aside"),
        pasts=_flagged(topics, "past"),
        choices={concept: names for concept, names in choices if ids.issuperset(names)},
    )


def _flagged(topics: Mapping[str, Mapping[str, Any]], flag: str) -> frozenset[str]:
    return frozenset(name for name, table in topics.items() if table.get(flag))


def _by_concept(patterns: Iterable[TopicPattern]) -> Mapping[str, Sequence[TopicPattern]]:
    """The patterns by each concept of the heaviest need, so that few are tried for a question."""
    found: dict[str, list[TopicPattern]] = {}
    for pattern in patterns:
        for concept in max(pattern.needed, key=lambda choice: min(map(weight, choice))):
            found.setdefault(concept, []).append(pattern)
    return found
