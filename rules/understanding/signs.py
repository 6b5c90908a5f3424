"""Signs: what a question about a topic names, as data, and how much of a question one of them explains."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from rules.model import Edition
from rules.understanding.lexicon import concepts, data

_NUMBER_WEIGHTS = MappingProxyType({"fig": 1.6, "scale": 1.8, "count": 1.2, "days": 1.0})


@dataclass(frozen=True, slots=True)
class Sign:
    """One pattern of a topic. `needed`: of each set one is named; `may`: what it also explains; `barred`: must not be."""

    topic: str
    needed: tuple[frozenset[str], ...]
    may: frozenset[str]
    barred: frozenset[str]

    @property
    def all_needed(self) -> frozenset[str]:
        return frozenset().union(*self.needed)

    @property
    def particular(self) -> int:
        """How particular the sign is: of two that explain as much, the one that asks for more is meant."""
        return 2 * len(self.needed) + len(self.barred)

    def explains(self, named: Set[str]) -> frozenset[str]:
        """The concepts of the question that this sign accounts for; none if it does not fit."""
        if self.barred & named or not all(choice & named for choice in self.needed):
            return frozenset()
        return frozenset().union(*self.needed, self.may) & named


def weight(concept: str) -> float:
    """How much a question that names this concept is about it."""
    known = concepts().get(concept)
    return known.weight if known else _NUMBER_WEIGHTS[concept]


def weigh(named: Iterable[str]) -> float:
    """The sum of the concepts' weights."""
    return sum(map(weight, named))


def parsed(topic: str, line: str, also: str = "", alias: Mapping[str, str] = MappingProxyType({})) -> Sign:
    """The sign of one line of `signs.toml`. Raises KeyError for a concept that the lexicon does not know."""
    terms = [alias.get(term, term) for term in line.split()]
    may = {term.rstrip("?") for term in (*terms, *also.split()) if term.endswith("?")}
    barred = {term[1:] for term in terms if term.startswith("-")}
    needed = tuple(frozenset(term.split("|")) for term in terms if not term.startswith("-") and not term.endswith("?"))
    for concept in (*may, *barred, *frozenset().union(*needed)):
        weight(concept)
    return Sign(topic, needed, frozenset(may), frozenset(barred))


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of an edition's topics. `companions`: topics that may share an answer. `frames`, `asides`: see signs.toml."""

    signs: tuple[Sign, ...]
    companions: frozenset[str]
    frames: frozenset[str]
    asides: frozenset[str]


def signs_of(edition: Edition) -> Signs:
    """The signs of the topics that this edition has."""
    tables: Mapping[str, Mapping[str, object]] = data("signs.toml")
    known = {topic.id for topic in edition.topics}
    everywhere, alias = tables["everywhere"], {name: str(value) for name, value in tables["alias"].items()}
    lines = (
        parsed(topic, str(line), f"{everywhere} {table.get('also', '')}", alias)
        for topic, table in tables.items()
        if topic in known
        for line in _lines(table)
    )
    return Signs(tuple(lines), *(_flagged(tables, flag) & known for flag in ("with", "frame", "aside")))


def _flagged(tables: Mapping[str, Mapping[str, object]], flag: str) -> frozenset[str]:
    return frozenset(name for name, table in tables.items() if name != "everywhere" and table.get(flag))


def _lines(table: Mapping[str, object]) -> list[object]:
    lines = table["signs"]
    assert isinstance(lines, list)
    return lines
