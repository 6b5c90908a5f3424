"""The domain's words as concepts, from `lexicon.toml`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum, auto
from functools import cache
from types import MappingProxyType
from typing import Any

from rules.kinds import FigureKind
from rules.understanding.normalise import key, replace_dialect
from rules.understanding.tables import load

# Sums are rounded, so that the order in which a set is walked can't tip a comparison.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Concept:
    """A notion of the domain with all words for the notion.

    `flags`: fields of `Flagged`. `figures`: the kinds of number that name the concept. `weight`: how much a question
    with the concept is about the concept. `ours`: how surely the concept is of this domain, 1 for certain.
    """

    name: str
    flags: frozenset[str]
    figures: frozenset[FigureKind]
    weight: float
    ours: float
    words: tuple[str, ...]
    english: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Tag:
    """A concept named by a text from `start` to `end`."""

    concept: str
    start: int
    end: int


class Known(StrEnum):
    """The concepts treated by name in code; each is in the lexicon."""

    ALLIANCE = auto()
    AUTO = auto()
    CLAIM = auto()
    CRITERIA = auto()
    FEAR = auto()
    FOREIGN = auto()
    JOIN = auto()
    MOVED = auto()
    NOSHOP = auto()
    PENALTY = auto()
    PERSONALSHOP = auto()
    POINTS = auto()
    PRODUCTSCORE = auto()
    SCALE = auto()
    SCORE = auto()
    WHETHER = auto()


@dataclass(frozen=True, slots=True)
class Flagged:
    """The names of the concepts under each flag of `lexicon.toml`; docs/understanding.md explains each flag."""

    subject: frozenset[str]
    asks: frozenset[str]
    light: frozenset[str]
    aside: frozenset[str]
    beside: frozenset[str]
    season: frozenset[str]
    stranger: frozenset[str]
    no_rule: frozenset[str]
    talk: frozenset[str]
    idle: frozenset[str]
    party: frozenset[str]
    score_number: frozenset[str]
    score_talk: frozenset[str]
    with_number: frozenset[str]
    with_item: frozenset[str]
    holds_number: frozenset[str]
    inside_words: frozenset[str]


@cache
def concepts() -> Mapping[str, Concept]:
    """Every concept by name, in the order of the file. Raises KeyError if a concept of `Known` is missing."""
    found = {name: _concept(name, table) for name, table in load("lexicon.toml")["concept"].items()}
    if missing := [known for known in Known if known not in found]:
        raise KeyError(f"lexicon.toml has no concept {', '.join(missing)}, which the reader treats by name")
    return MappingProxyType(found)


@cache
def flagged() -> Flagged:
    """The concepts under each flag. Raises KeyError for an unknown flag."""
    return by_flag(concepts().values())


def by_flag(known: Iterable[Concept]) -> Flagged:
    """The names of the given concepts under each flag. Raises KeyError for an unknown flag."""
    held: dict[str, set[str]] = {field.name: set() for field in fields(Flagged)}
    for concept in known:
        for flag in concept.flags:
            if flag not in held:
                raise KeyError(f'lexicon.toml, concept "{concept.name}": unknown flag "{flag}"')
            held[flag].add(concept.name)
    return Flagged(**{flag: frozenset(names) for flag, names in held.items()})


@cache
def named_by(kind: FigureKind) -> str:
    """The concept named by a number of this kind."""
    return next(concept.name for concept in concepts().values() if kind in concept.figures)


@cache
def number_concepts() -> frozenset[str]:
    """The concepts named by numbers."""
    return frozenset(map(named_by, FigureKind))


def _concept(name: str, table: Mapping[str, Any]) -> Concept:
    english = (" ".join(phrase.split()) for phrase in table.get("english", "").split(","))
    return Concept(
        name,
        frozenset(table.get("is", "").split()),
        frozenset(map(FigureKind, table.get("figures", "").split())),
        float(table["weight"]),
        float(table.get("ours", 0)),
        tuple(map(replace_dialect, table.get("words", "").split())),
        tuple(filter(None, english)),
        tuple(map(re.compile, table.get("patterns", ()))),
    )


def sureness(named: Iterable[str]) -> float:
    """How surely the concepts are about the alliance or the score: the sum of all `ours`."""
    return round(sum(concepts()[name].ours for name in named), _DIGITS)


@cache
def fillers() -> frozenset[str]:
    """Chinese and English words that say nothing, as keys of tokens."""
    table = load("spelling.toml")["fillers"]
    return frozenset(table["words"].split()) | frozenset(map(key, table["english"].split()))
