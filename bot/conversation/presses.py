"""Buttons as typed values, carried by Telegram as 64 bytes of text.

    class KeepScore(Press, verb="s", keeps=True):
        shop: int
        day: date | None
        fact: str
        points: Decimal

    str(KeepScore(5, date(2022, 10, 10), "score", Decimal("3.7")))    # s|5|20221010|score|3.7
    parse("s|5|20221010|score|3.7")                                   # the same press; None for any other text

The fields follow the verb in order, a `|` before each; defaults at the end are left out. In a verb with places,
`c|*|*|v:*`, the first fields fill the places.
Buttons stay in chats for years, so a text once written has to stay readable.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, NamedTuple, Self, dataclass_transform, get_args, get_type_hints

from rules.kinds import FigureKind
from rules.reading import Figure, Part
from rules.side import Side

LONGEST_DATA = 64
"""The most bytes in a button's text, by Telegram."""
_KINDS: Final = {
    "s": FigureKind.SCORE,
    "o": FigureKind.OTHER_SCALE,
    "c": FigureKind.CLOSURES,
    "j": FigureKind.DAYS_SINCE_JOINED,
    "d": FigureKind.DAYS_SINCE_OPENED,
    "p": FigureKind.DAYS_SINCE_PENALTY,
    "x": FigureKind.STARS,
}
_SIDES: Final = {"=": Side.AT, "-": Side.BELOW, "+": Side.ABOVE}
_PLAIN: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_LETTERS: Final = {kind: letter for letter, kind in _KINDS.items()}
_SIGNS: Final = {side: sign for sign, side in _SIDES.items()}


@dataclass_transform(frozen_default=True)
class Press:
    """A button. `keeps`: the press keeps something of the merchant, so consent is asked first.

    A class without a verb is the common part of several kinds of buttons. Equality and repr are written here once:
    generated for each class they take the start 30 ms.
    """

    verb: ClassVar[str] = ""
    keeps: ClassVar[bool] = False
    parts: ClassVar[tuple["WireField", ...]] = ()
    pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, verb: str = "", *, keeps: bool = False) -> None:
        super().__init_subclass__()
        cls.verb, cls.keeps = verb, keeps
        dataclass(repr=False, eq=False)(cls)
        cls.parts = tuple(_parts(cls))
        cls.pattern = _pattern(verb, cls.parts)
        if verb:
            KINDS.setdefault(cls.name(), []).append(cls)

    @classmethod
    def name(cls) -> str:
        """The first word of the buttons' texts; several kinds may share a name."""
        return cls.verb.partition("|")[0]

    def __str__(self) -> str:
        """The text carried by the button."""
        places, following = self.verb.count("*"), list(self.parts)
        while len(following) > places and getattr(self, following[-1].name) == following[-1].default:
            following.pop()
        told = [part.codec.write(getattr(self, part.name)) for part in following]
        return "|".join((self.verb.replace("*", "{}").format(*told[:places]), *told[places:]))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def read(cls, data: str) -> Self | None:
        """The press of this kind written as `data`; None for other texts."""
        found = cls.pattern.fullmatch(data)
        if found is None:
            return None
        told = [(part, text) for part, text in zip(cls.parts, found.groups(), strict=True) if text is not None]
        try:
            return cls(**{part.name: part.codec.read(text) for part, text in told})
        except ValueError:
            return None

    def fitting(self) -> Self | None:
        """The press if short enough for Telegram, else a shorter one of nearly the same meaning; None without one."""
        return self if len(str(self).encode()) <= LONGEST_DATA else None


KINDS: dict[str, list[type[Press]]] = {}
"""The kinds of buttons by name."""


def parse(data: str) -> Press | None:
    """The press written as this text; None for a text of no known button."""
    kinds = KINDS.get(data.partition("|")[0], ())
    return next((press for kind in kinds if (press := kind.read(data)) is not None), None)


def every_kind() -> list[type[Press]]:
    """All kinds of buttons."""
    return [kind for kinds in KINDS.values() for kind in kinds]


class Codec(NamedTuple):
    """The writing of a type. `pattern`: a regular expression; `read` raises ValueError for a text without a value."""

    pattern: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


class WireField(NamedTuple):
    """A field of a press. `default`: MISSING for a field always written."""

    name: str
    default: object
    codec: Codec


def _parts(kind: type[Press]) -> Iterator[WireField]:
    """The fields of a kind in order."""
    hints = get_type_hints(kind)
    known: tuple[Field[Any], ...] = fields(kind)  # type: ignore[arg-type]  # every kind is made a dataclass above
    for field in known:
        yield WireField(field.name, field.default, _codec(hints[field.name]))


def _pattern(written: str, parts: tuple[WireField, ...]) -> re.Pattern[str]:
    """A pattern for all texts of a kind, with a group for each field."""
    places = written.count("*")
    verb = re.escape(written).replace(r"\*", "{}").format(*(f"({part.codec.pattern})" for part in parts[:places]))
    following = (rf"\|({part.codec.pattern})" for part in parts[places:])
    optional = (part.default is not MISSING for part in parts[places:])
    return re.compile(
        verb + "".join(f"(?:{text})?" if may else text for text, may in zip(following, optional, strict=True))
    )


def _codec(hint: Any) -> Codec:
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        pattern, read, write = _codec(inner)
        return Codec(
            f"(?:{pattern})?",
            lambda text: read(text) if text else None,
            lambda value: "" if value is None else write(value),
        )
    return Codec(r"\w+", hint, str) if issubclass(hint, StrEnum) else CODECS[hint]


def _name(text: str) -> str:
    """An id of an edition or of the bot. Raises ValueError: no free text may enter a template by a button."""
    if not text.isprintable() or " " in text:
        raise ValueError(text)
    return text


def _press(text: str) -> Press:
    press = parse(text)
    if press is None:
        raise ValueError(text)
    return press


def _finite(text: str) -> Decimal:
    """The text as a number as buttons write them, 3.7 or -85. Raises ValueError."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


@dataclass(frozen=True)
class AskedParts:
    """The parts of a question by topic and figures, `warn:s3.7=,c2=;join`; the clauses are left to each edition."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return ";".join(map(_written, self.parts))

    @classmethod
    def read(cls, text: str) -> Self:
        """The parts written as `text`. Raises ValueError for other texts."""
        try:
            return cls(tuple(map(_part, text.split(";"))))
        except LookupError:
            raise ValueError(text) from None


@dataclass(frozen=True)
class ToldScores:
    """Scores told together, by fact, `score=85,product_score=50`; None for "the shop has no score"."""

    scores: tuple[tuple[str, Decimal | None], ...]

    def __str__(self) -> str:
        return ",".join(f"{fact}={'' if points is None else points}" for fact, points in self.scores)

    @classmethod
    def read(cls, text: str) -> Self:
        """The scores written as `text`. Raises ValueError for other texts."""
        told = [each.partition("=") for each in text.split(",")]
        if len({fact for fact, _, _ in told}) < len(told) or not all(fact and sign for fact, sign, _ in told):
            raise ValueError(text)
        return cls(tuple((_name(fact), _finite(points) if points else None) for fact, _, points in told))


def _written(part: Part) -> str:
    figures = ",".join(
        f"{_LETTERS[figure.kind]}{'!' if figure.claimed else ''}{figure.value}{_SIGNS[figure.side]}"
        for figure in part.figures
    )
    return f"{part.topic}:{figures}" if figures else part.topic


def _part(written: str) -> Part:
    topic, _, figures = written.partition(":")
    return Part(topic=topic, figures=tuple(map(_figure, figures.split(","))) if figures else ())


def _figure(written: str) -> Figure:
    kind, number, side = _KINDS[written[0]], written[1:-1], _SIDES[written[-1]]
    return Figure(kind=kind, value=_finite(number.removeprefix("!")), side=side, claimed=number.startswith("!"))


CODECS: dict[type, Codec] = {
    int: Codec(r"[0-9]{1,18}", int, str),
    bool: Codec(r"[01]", "1".__eq__, "{:d}".format),
    str: Codec(r"[^|]+", _name, str),
    Decimal: Codec(r"[^|]+", _finite, str),
    date: Codec(r"[0-9]{8}", date.fromisoformat, lambda day: day.isoformat().replace("-", "")),
    time: Codec(r"[0-9]{2}:[0-9]{2}", time.fromisoformat, "{:%H:%M}".format),
    AskedParts: Codec(r"[^|]+", AskedParts.read, str),
    ToldScores: Codec(r"[^|]+", ToldScores.read, str),
    Press: Codec(r".+", _press, str),
}
"""Whole numbers have at most 18 digits, which any database holds."""
