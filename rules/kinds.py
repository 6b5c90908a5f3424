"""The kinds of criteria, a row each: the facts, needs and test of a kind, and why a criterion is met or not.

A kind is added here; both reasons get words in `check/because.html.j2`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from operator import ge, gt, le, lt
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rules.requirements import Criterion, FactValue

    Test = Callable[[Criterion, FactValue, Decimal, date], bool]
    """Whether a value passes: the criterion, the value, the limit that holds (0 without one), the day of the check."""


class FactType(StrEnum):
    BOOLEAN = "boolean"
    DATE = "date"
    DATES = "dates"
    SCORE = "score"
    INTEGER = "integer"
    CHOICE = "choice"
    RATE = "rate"
    """A share in per cent."""


class Kind(StrEnum):
    """The test of a criterion. A new edition picks from these kinds, or adds a named, tested kind here."""

    HOLDS = "holds"
    NEVER = "never"
    EXISTS = "exists"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    FEWER_THAN = "fewer_than"
    NONE_WITHIN_DAYS = "none_within_days"
    OLDER_THAN_DAYS = "older_than_days"
    FOR_DAYS = "for_days"
    ENDED = "ended"
    AMONG = "among"
    NOT_AMONG = "not_among"


class Because(StrEnum):
    """Why a criterion has a status; the words for each are in the messages."""

    HOLDS = "holds"
    FAILS = "fails"
    NEVER_HAPPENED = "never_happened"
    HAPPENED = "happened"
    REACHES = "reaches"
    FALLS_SHORT = "falls_short"
    WITHIN_LIMIT = "within_limit"
    OVER_LIMIT = "over_limit"
    ABOVE_LIMIT = "above_limit"
    NOT_ABOVE = "not_above"
    THERE_IS_ONE = "there_is_one"
    THERE_IS_NONE = "there_is_none"
    COUNT_IN_LIMIT = "count_in_limit"
    COUNT_AT_LIMIT = "count_at_limit"
    CLEAN = "clean"
    ON_RECORD = "on_record"
    OLD_ENOUGH = "old_enough"
    TOO_YOUNG = "too_young"
    FULL_DAYS = "full_days"
    TOO_FEW_DAYS = "too_few_days"
    ENDED = "ended"
    STILL_RUNNING = "still_running"
    ADMITTED_KIND = "admitted_kind"
    EXCLUDED_KIND = "excluded_kind"
    EXEMPT = "exempt"
    NOT_APPLICABLE = "not_applicable"
    NOT_TOLD = "not_told"
    TEXT_IS_SILENT = "text_is_silent"


class FigureKind(StrEnum):
    SCORE = "score"
    CLOSURES = "closures"
    DAYS_SINCE_JOINED = "days_since_joined"
    DAYS_SINCE_OPENED = "days_since_opened"
    DAYS_SINCE_PENALTY = "days_since_penalty"
    STARS = "stars"
    OTHER_SCALE = "other_scale"


ON_A_SCALE = (FigureKind.SCORE, FigureKind.OTHER_SCALE)


@dataclass(frozen=True)
class KindRow:
    """A kind of criterion.

    `types`: of facts. `met`, `unmet`: why. `test`: of a value. `several`: several facts may be tested. `limited`,
    `listed`: "limit" or "values" is needed. `absence`: whether a known absence meets the criterion; None: the text is
    silent on absence. `future`: the day may lie ahead. `days_since`: from when the limit counts days. `passes_after`:
    so many days after the day of the limit the criterion is met. `rises`: a higher value mends the criterion.
    """

    types: tuple[FactType, ...]
    met: Because
    unmet: Because
    test: "Test"
    several: bool = False
    limited: bool = False
    listed: bool = False
    absence: bool | None = None
    future: bool = False
    days_since: FigureKind | None = None
    passes_after: int = 1
    rises: bool = False


def _is_yes(_: "Criterion", seen: "FactValue", *__: object) -> bool:
    return seen is True


def _is_no(_: "Criterion", seen: "FactValue", *__: object) -> bool:
    return seen is False


def _compares(passes: Callable[[Decimal, Decimal], bool]) -> "Test":
    def test(_: "Criterion", seen: "FactValue", limit: Decimal, __: date) -> bool:
        assert isinstance(seen, int | Decimal)  # noqa: S101 - the loader sees to it that the kind fits the fact
        return passes(Decimal(seen), limit)

    return test


def _is_any(*_: object) -> bool:
    return True


def _compares_days(passes: Callable[[Decimal, Decimal], bool]) -> "Test":
    """The test of the days since the day seen."""

    def test(_: "Criterion", seen: "FactValue", limit: Decimal, on: date) -> bool:
        assert isinstance(seen, date)  # noqa: S101 - the loader sees to it that the kind fits the fact
        return passes(Decimal((on - seen).days), limit)

    return test


SCALED = (FactType.SCORE, FactType.RATE)
NUMBERS = (FactType.SCORE, FactType.INTEGER, FactType.RATE)

KINDS: Mapping[Kind, KindRow] = MappingProxyType(
    {
        Kind.HOLDS: KindRow((FactType.BOOLEAN,), Because.HOLDS, Because.FAILS, _is_yes, several=True),
        Kind.NEVER: KindRow((FactType.BOOLEAN,), Because.NEVER_HAPPENED, Because.HAPPENED, _is_no, several=True),
        Kind.EXISTS: KindRow((FactType.SCORE,), Because.THERE_IS_ONE, Because.THERE_IS_NONE, _is_any, absence=False),
        Kind.AT_MOST: KindRow(NUMBERS, Because.WITHIN_LIMIT, Because.OVER_LIMIT, _compares(le), limited=True),
        Kind.AT_LEAST: KindRow(NUMBERS, Because.REACHES, Because.FALLS_SHORT, _compares(ge), limited=True, rises=True),
        Kind.ABOVE: KindRow(NUMBERS, Because.ABOVE_LIMIT, Because.NOT_ABOVE, _compares(gt), limited=True, rises=True),
        Kind.FEWER_THAN: KindRow(NUMBERS, Because.COUNT_IN_LIMIT, Because.COUNT_AT_LIMIT, _compares(lt), limited=True),
        Kind.NONE_WITHIN_DAYS: KindRow(
            (FactType.DATES,),
            Because.CLEAN,
            Because.ON_RECORD,
            test=_compares_days(gt),
            limited=True,
            absence=True,
            days_since=FigureKind.DAYS_SINCE_PENALTY,
        ),
        Kind.OLDER_THAN_DAYS: KindRow(
            (FactType.DATE,),
            Because.OLD_ENOUGH,
            Because.TOO_YOUNG,
            test=_compares_days(gt),
            limited=True,
            days_since=FigureKind.DAYS_SINCE_OPENED,
        ),
        Kind.FOR_DAYS: KindRow(
            (FactType.DATE,),
            Because.FULL_DAYS,
            Because.TOO_FEW_DAYS,
            test=_compares_days(ge),
            limited=True,
            days_since=FigureKind.DAYS_SINCE_OPENED,
            passes_after=0,
        ),
        Kind.ENDED: KindRow(
            (FactType.DATE,), Because.ENDED, Because.STILL_RUNNING, test=_compares_days(gt), absence=True, future=True
        ),
        Kind.AMONG: KindRow(
            (FactType.CHOICE,),
            Because.ADMITTED_KIND,
            Because.EXCLUDED_KIND,
            test=lambda criterion, seen, _, __: seen in criterion.values,
            listed=True,
        ),
        Kind.NOT_AMONG: KindRow(
            (FactType.CHOICE,),
            Because.ADMITTED_KIND,
            Because.EXCLUDED_KIND,
            test=lambda criterion, seen, _, __: seen not in criterion.values,
            listed=True,
        ),
    }
)
