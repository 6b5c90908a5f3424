"""Which numbers of a question are figures to be judged, as what, and for which provisions."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache
from types import MappingProxyType

from rules.edition import Edition
from rules.kinds import KINDS, FigureKind
from rules.reading import Figure, Side
from rules.requirements import Criterion
from rules.understanding.lexicon import Known, Tag, flagged, named_by
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.provisions import lines
from rules.understanding.tables import any_of, load

_SCALES = (FigureKind.SCORE, FigureKind.STARS, FigureKind.OTHER_SCALE)
# The highest score of any scale; a number that is called a score is one up to the second, on whatever scale.
_HIGHEST_SCALE, _HIGHEST = 100, 1000
_FAR_BELOW = 10
# No score is written with more decimals: 3.14159 is none.
_DECIMALS = 3
_BARE = re.compile(r"\s*\d{1,3}(?:\.\d{1,2})?\s*分?\s*[?。!~,.]*\s*")


@dataclass(frozen=True, slots=True)
class FigureInText:
    """A number of a text with what it is to be judged as."""

    number: Number
    kind: FigureKind
    claimed: bool = False

    @property
    def tag(self) -> Tag:
        """The concept that the number names, at the number's place."""
        return Tag(named_by(self.kind), self.number.start, self.number.end)

    @property
    def figure(self) -> Figure:
        """The number as a reading carries it."""
        side = Side.BELOW if self.number.inside else self.number.side
        return Figure(kind=self.kind, value=self.number.value, side=side, claimed=self.claimed)


def is_bare(text: str) -> bool:
    """Whether the text is a number and nothing else."""
    return bool(_BARE.fullmatch(text))


class NumberRoles:
    """Tells an edition's scores, counts and days from other numbers."""

    def __init__(self, edition: Edition) -> None:
        self._highest = next((fact.highest for fact in edition.scores[:1] if fact.highest), Decimal(0))
        limits = [line.limit for line in lines(edition)]
        self._lowest = min(limits, default=Decimal(0)).to_integral_value(ROUND_FLOOR)
        self._clauses = _clauses(edition)

    def figures(self, text: str, numbers: Sequence[Number], named: Set[str]) -> list[FigureInText]:
        """The numbers of a text that are figures, in order, without scores that have been left behind."""
        kinds = ((number, self._kind(number, named, text)) for number in numbers)
        found = [FigureInText(number, kind, _is_claimed(text, number)) for number, kind in kinds if kind]
        scores = [figures.number for figures in found if figures.kind is FigureKind.SCORE]
        past = {number for number in scores[:-1] if _past().search(text, max(0, number.start - 4), number.start + 1)}
        return [figures for figures in found if figures.number not in past]

    def stands_free(self, figures: FigureInText, text: str, strange: Set[int]) -> bool:
        """Whether this is a score to the decimal near the edition's lines that no unknown word names.

        血糖3.9 does not stand free; nor does 绩点3.7, where the half that is known stands next to it.
        """
        number = figures.number
        before, after = len(text[: number.start].rstrip()), len(text) - len(text[number.end :].lstrip())
        if figures.kind is not FigureKind.SCORE or not number.exact or number.value < self._lowest:
            return False
        return strange.isdisjoint((before - 2, before - 1, after))

    def bears_on(self, figure: Figure, clauses: Iterable[str]) -> bool:
        """Whether a figure can be held against one of these provisions."""
        return not self._clauses[figure.kind].isdisjoint(clauses)

    def _kind(self, number: Number, named: Set[str], text: str) -> FigureKind | None:
        """What a number is to be judged as; None for one that is no figure."""
        if number.is_open or number.lost or number.unit is Unit.OTHER:
            return None
        if number.unit is Unit.TIMES:
            return FigureKind.CLOSURES
        if number.unit is Unit.DAYS:
            return self._days(named)
        return FigureKind.STARS if number.unit is Unit.STARS else self._score(number, named, text)

    def _days(self, named: Set[str]) -> FigureKind:
        """Since when days count: a penalty, the opening of a personal shop where that is a criterion, or joining."""
        if Known.PENALTY in named:
            return FigureKind.DAYS_SINCE_PENALTY
        opened = Known.PERSONALSHOP in named and self._clauses[FigureKind.DAYS_SINCE_OPENED]
        return FigureKind.DAYS_SINCE_OPENED if opened else FigureKind.DAYS_SINCE_JOINED

    def _score(self, number: Number, named: Set[str], text: str) -> FigureKind | None:
        """A score on the edition's scale or another one; a number without a unit only where scores are spoken of."""
        if number.value != round(number.value, _DECIMALS):
            return None
        bare = is_bare(text)
        if number.unit is Unit.NONE:
            small = bare and not number.exact and number.value < self._lowest
            if small or not (number.exact or bare or named & flagged().score_talk):
                return None
        if self._is_on_scale(number):
            return FigureKind.SCORE
        spoken = number.unit is Unit.POINTS or bare or Known.SCORE in named or Known.POINTS in named
        spoken = spoken or (number.exact and Known.CLAIM in named)
        called = Known.SCORE in named and (number.unit is Unit.POINTS or _follows_score(text, number))
        highest = _HIGHEST if called else _HIGHEST_SCALE
        return FigureKind.OTHER_SCALE if spoken and number.value <= highest else None

    def _is_on_scale(self, number: Number) -> bool:
        """Whether a number can be meant as a score of this edition: 4.2 can't where no line lies below 60."""
        return not number.value or self._lowest / _FAR_BELOW <= number.value <= self._highest


def _follows_score(text: str, number: Number) -> bool:
    """Whether the number is said right after a score: 体验分850."""
    return bool(_called_score().search(text[max(0, number.start - 6) : number.start]))


def _is_claimed(text: str, number: Number) -> bool:
    """Whether the number is said of the rule: 要4.5才能开, 被关5次就永久."""
    before, after = _claim()
    return bool(before.search(text[max(0, number.start - 6) : number.start]) or after.match(text, number.end))


@cache
def _past() -> re.Pattern[str]:
    return re.compile(any_of(load("numbers.toml")["past"]))


@cache
def _called_score() -> re.Pattern[str]:
    words = load("numbers.toml")
    return re.compile(f"{any_of(words['called_score'])}{any_of(words['is'])}*$")


@cache
def _claim() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What stands before, and what behind a number that is said of the rule."""
    words = load("numbers.toml")["claim"]
    return re.compile(f"{any_of(words['before'])}{any_of(words['between'])}*$"), re.compile(any_of(words["after"]))


def _clauses(edition: Edition) -> Mapping[FigureKind, frozenset[str]]:
    """For each kind of figure the provisions that it can be held against."""
    scores = {line.clause for line in edition.lines} | _citing(edition, edition.main_score.id)
    chances = edition.chances
    closures = {chances.clause} | _citing(edition, chances.fact) if chances else set()
    joined = {clause for criterion in edition.criteria for clause in _by_age(criterion)}
    table = dict.fromkeys(_SCALES, frozenset(scores)) | {
        FigureKind.CLOSURES: frozenset(closures),
        FigureKind.DAYS_SINCE_JOINED: frozenset(joined),
    }
    counted = {since for kind in KINDS.values() if (since := kind.days_since)}
    return MappingProxyType(table | {since: _counting(edition, since) for since in counted})


def _counting(edition: Edition, since: FigureKind) -> frozenset[str]:
    """The provisions that count days from this."""
    return frozenset(one.clause for one in edition.criteria if KINDS[one.kind].days_since is since)


def _citing(edition: Edition, fact: str) -> set[str]:
    return {criterion.clause for criterion in edition.criteria if fact in criterion.facts}


def _by_age(criterion: Criterion) -> set[str]:
    """The provisions of a criterion that depend on how long ago the shop joined."""
    conditions = (*criterion.applies_when, *(criterion.exempt.conditions if criterion.exempt else ()))
    if not any(condition.within_days or condition.fewer_days for condition in conditions):
        return set()
    return {criterion.clause, *((criterion.exempt.clause,) if criterion.exempt else ())}
