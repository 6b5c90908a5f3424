"""The numbers of a question that are figures to be judged, and the provisions that a figure bears on."""

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache

from rules.edition import Edition
from rules.kinds import KINDS, FigureKind
from rules.reading import Figure
from rules.requirements import Criterion
from rules.side import Side
from rules.understanding.lexicon import Known, Tag, flagged, named_by
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.provisions import lines
from rules.understanding.tables import any_of, load

_SCALES = (FigureKind.SCORE, FigureKind.STARS, FigureKind.OTHER_SCALE)
# The highest score of any scale; the highest number that is a score where called so, on whatever scale.
_HIGHEST_SCALE, _HIGHEST = 100, 1000
_FAR_BELOW = 10
# No score is written with more decimals, so 3.14159 is no score.
_DECIMALS = 3
# In one writing no two spaces follow each other.
_ALONE = re.compile(r"\s?(100|\d{2}(?:\.\d{1,2})?)\s?[?。!~,.]*\s?")
_BARE = re.compile(r"\s?\d{1,3}(?:\.\d{1,2})?\s?分?\s?[?。!~,.]*\s?")


@dataclass(frozen=True, slots=True)
class FigureInText:
    """A number of a text with the figure to be judged."""

    number: Number
    figure: Figure

    @property
    def tag(self) -> Tag:
        """The concept named by the number, at the number's place."""
        return Tag(named_by(self.figure.kind), self.number.start, self.number.end)


def is_bare(text: str) -> bool:
    """Whether the text is a number and nothing else."""
    return bool(_BARE.fullmatch(text))


def is_score_alone(text: str) -> bool:
    """Whether the text is a number that no count of closings is, and nothing else: 85."""
    return bool(_ALONE.fullmatch(text))


def as_points(text: str) -> str:
    """Such a text with 分 behind the number."""
    return _ALONE.sub(r"\1分", text)


class NumberRoles:
    """Tells an edition's scores, counts and days from other numbers."""

    def __init__(self, edition: Edition) -> None:
        self._highest = edition.main_score.highest or Decimal(0)
        limits = [line.limit for line in lines(edition)]
        self._lowest = min(limits, default=Decimal(0)).to_integral_value(ROUND_FLOOR)
        self._clauses = _clauses(edition)

    def figures(self, text: str, numbers: Sequence[Number], named: Set[str]) -> list[FigureInText]:
        """The figures of a text in order, without scores of the past (从4.1掉到3.7)."""
        kinds = ((number, self._kind(number, named, text)) for number in numbers)
        found = [FigureInText(number, _figure(number, kind, text)) for number, kind in kinds if kind]
        scores = [held.number for held in found if held.figure.kind is FigureKind.SCORE]
        past = {number for number in scores[:-1] if _past().search(text, max(0, number.start - 4), number.start + 1)}
        return [held for held in found if held.number not in past]

    def stands_free(self, held: FigureInText, text: str, strange: Set[int]) -> bool:
        """Whether a figure is a score to the decimal near the edition's lines and not named by an unknown word.

        血糖3.9 does not stand free; nor does 绩点3.7, where the known half of the word stands next to the number.
        """
        number = held.number
        before, after = len(text[: number.start].rstrip()), len(text) - len(text[number.end :].lstrip())
        if held.figure.kind is not FigureKind.SCORE or not number.exact or number.value < self._lowest:
            return False
        return strange.isdisjoint((before - 2, before - 1, after))

    def bears_on(self, figure: Figure, clauses: Iterable[str]) -> bool:
        """Whether a figure can be held against one of these provisions."""
        return not self._clauses[figure.kind].isdisjoint(clauses)

    def _kind(self, number: Number, named: Set[str], text: str) -> FigureKind | None:
        """The kind of figure of a number; None for a number that is no figure."""
        if number.is_open or number.lost or number.unit is Unit.OTHER:
            return None
        if number.unit is Unit.TIMES:
            return None if _is_of_other(number, text) else FigureKind.CLOSURES
        if number.unit is Unit.DAYS:
            return self._days(named)
        return FigureKind.STARS if number.unit is Unit.STARS else self._score(number, named, text)

    def _days(self, named: Set[str]) -> FigureKind:
        """The start from which days count: a penalty, a personal shop's opening (if a criterion), or joining."""
        if Known.PENALTY in named:
            return FigureKind.DAYS_SINCE_PENALTY
        opened = Known.PERSONALSHOP in named and self._clauses[FigureKind.DAYS_SINCE_OPENED]
        return FigureKind.DAYS_SINCE_OPENED if opened else FigureKind.DAYS_SINCE_JOINED

    def _score(self, number: Number, named: Set[str], text: str) -> FigureKind | None:
        """A score on the edition's or another scale; None off every scale or where no score is spoken of."""
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
        """Whether a number can be a score of this edition: 4.2 can't where no line lies below 60."""
        return not number.value or self._lowest / _FAR_BELOW <= number.value <= self._highest


def _is_of_other(number: Number, text: str) -> bool:
    """Whether the times are of something else than closings: 问了3次, 开了三次店."""
    before, after = _elsewhere()
    return bool(before.search(text[max(0, number.start - 6) : number.start]) or after.match(text, number.end))


@cache
def _elsewhere() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = load("numbers.toml")["elsewhere"]
    return re.compile(f"{any_of(words['before'])}(?:了|过|我|的|客服|小二|平台|人|你们?|老师)*$"), re.compile(
        any_of(words["after"])
    )


def _follows_score(text: str, number: Number) -> bool:
    """Whether the word for a score stands right before the number: 体验分850."""
    return bool(_called_score().search(text[max(0, number.start - 6) : number.start]))


def _figure(number: Number, kind: FigureKind, text: str) -> Figure:
    """The number as a reading carries it, claimed if said of the rule: 要4.5才能开, 被关5次就永久."""
    before, after = _claim()
    claimed = before.search(text[max(0, number.start - 6) : number.start]) or after.match(text, number.end)
    side = Side.BELOW if number.inside else number.side
    return Figure(kind=kind, value=number.value, side=side, claimed=bool(claimed))


@cache
def _past() -> re.Pattern[str]:
    return re.compile(any_of(load("numbers.toml")["past"]))


@cache
def _called_score() -> re.Pattern[str]:
    words = load("numbers.toml")
    return re.compile(f"{any_of(words['called_score'])}{any_of(words['is'])}*$")


@cache
def _claim() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for the words before and behind a number said of the rule."""
    words = load("numbers.toml")["claim"]
    return re.compile(f"{any_of(words['before'])}{any_of(words['between'])}*$"), re.compile(any_of(words["after"]))


def _clauses(edition: Edition) -> Mapping[FigureKind, frozenset[str]]:
    """The provisions against which each kind of figure can be held."""
    scores = {line.clause for line in edition.lines} | _citing(edition, edition.main_score.id)
    chances = edition.chances
    closures = {chances.clause} | _citing(edition, chances.fact) if chances else set()
    joined = {clause for criterion in edition.criteria for clause in _by_age(criterion)}
    counting = {
        kind: frozenset(criterion.clause for criterion in edition.criteria if KINDS[criterion.kind].days_since is kind)
        for kind in FigureKind
    }
    counted = {FigureKind.CLOSURES: frozenset(closures), FigureKind.DAYS_SINCE_JOINED: frozenset(joined)}
    return counting | counted | dict.fromkeys(_SCALES, frozenset(scores))


def _citing(edition: Edition, fact: str) -> set[str]:
    return {criterion.clause for criterion in edition.criteria if fact in criterion.facts}


def _by_age(criterion: Criterion) -> set[str]:
    """The provisions of a criterion that depend on the days since the shop joined."""
    conditions = (*criterion.applies_when, *(criterion.exempt.conditions if criterion.exempt else ()))
    if not any(condition.within_days or condition.fewer_days for condition in conditions):
        return set()
    return {criterion.clause, *((criterion.exempt.clause,) if criterion.exempt else ())}
