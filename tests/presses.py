"""Examples of every kind of button, from the types and names of the fields."""

from collections.abc import Sequence
from dataclasses import MISSING
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from functools import cache
from itertools import product
from types import NoneType
from typing import Any, get_args, get_type_hints

from bot.conversation.presses import AskedParts, Press, ToldScores, every_kind
from bot.journeys import router  # every journey names its buttons
from rules.kinds import FigureKind
from rules.reading import Figure, Part
from rules.side import Side
from tests.packaged import CATALOGUE

__all__ = ["every_example", "examples", "router"]

_EDITIONS = CATALOGUE.editions
_FIGURE = Figure(kind=FigureKind.SCORE, value=Decimal("3.7"), side=Side.BELOW, claimed=True)
_OPTIONS = [f"={option.value}" for edition in _EDITIONS for fact in edition.facts for option in fact.options]

BY_TYPE: dict[Any, Sequence[Any]] = {
    int: (1, 0, 2**31 - 1),
    bool: (False, True),
    date: (date(2022, 10, 10), date(2099, 12, 31), date(1, 1, 1)),
    time: (time(22), time(8), time(9, 30)),
    Decimal: (Decimal("3.7"), Decimal("85"), Decimal("0.05")),
    ToldScores: (
        ToldScores((("score", Decimal(85)), ("product_score", Decimal("50.25")))),
        ToldScores((("score", None),)),
    ),
    AskedParts: (
        AskedParts((Part(topic="join"),)),
        AskedParts(tuple(Part(topic=topic, figures=(_FIGURE, _FIGURE)) for topic in ("warn", "close", "join"))),
    ),
}
BY_NAME: dict[str, Sequence[str]] = {
    "edition": [edition.name for edition in _EDITIONS],
    "fact": ["score", *(fact.id for edition in _EDITIONS for fact in edition.facts)],
    "topic": [topic.id for edition in _EDITIONS for topic in edition.topics],
    "check": ("1f", "7fffffff"),
    "invitation": ("abcdefghijklmnop", "A-_9A-_9A-_9A-_9"),
    "choice": ("y", "n", "0", "-", *_OPTIONS),
    "value": _OPTIONS,
    "before": ("-", "4.25", "100"),
    "scale": ("0-5", "0-100"),
}
"""Texts by the name of the field: a new name needs examples here."""


@cache
def examples(kind: type[Press]) -> tuple[Press, ...]:
    """Some buttons of a kind: the first values of each field in every way together, each value once, the longest."""
    fields = {part.name: _values(kind, part.name, part.default) for part in kind.parts}
    together = [dict(zip(fields, first, strict=True)) for first in product(*(values[:2] for values in fields.values()))]
    most = max(map(len, fields.values()), default=1)
    each = [{name: values[at % len(values)] for name, values in fields.items()} for at in range(most)]
    longest = {name: max(values, key=lambda value: len(str(value))) for name, values in fields.items()}
    return tuple(dict.fromkeys(kind(**values) for values in (*together, *each, longest)))


def every_example() -> list[Press]:
    """The examples of all kinds."""
    return [press for kind in every_kind() for press in examples(kind)]


def _values(kind: type[Press], name: str, default: object) -> list[Any]:
    hint = get_type_hints(kind)[name]
    types = [each for each in get_args(hint) or (hint,) if each is not NoneType]
    values = [value for each in types for value in _of_type(each, name)]
    may_be_none = NoneType in get_args(hint)
    return list(dict.fromkeys([*([None] if may_be_none else []), *([] if default is MISSING else [default]), *values]))


def _of_type(each: type, name: str) -> Sequence[Any]:
    if each is Press:
        return [press for kind in every_kind() if kind.keeps for press in examples(kind)]
    if each is str:
        return list(dict.fromkeys(BY_NAME[name]))
    return list(each) if issubclass(each, StrEnum) else BY_TYPE[each]
