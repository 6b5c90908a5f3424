"""Buttons as typed values: what the press of a button says, and how Telegram carries that as 64 bytes of text.

    class KeepScore(Press, verb="s", keeps=True):
        shop: int
        day: date | None
        fact: str
        points: Decimal

    str(KeepScore(5, date(2022, 10, 10), "score", Decimal("3.7")))    # s|5|20221010|score|3.7
    parse("s|5|20221010|score|3.7")                                   # the same press; None for any other text

The fields follow the verb in their order, a `|` before each; those at the end that have their default are left out. A
verb with places for its first fields, `c|*|*|v:*`, says where they stand. Buttons stay in chats for years: a text that
was once written has to stay readable.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, ClassVar, Final, NamedTuple, Self, dataclass_transform, get_args, get_type_hints

from rules.kinds import FigureKind
from rules.reading import Figure, Part, Side

LONGEST_DATA = 64
"""Bytes that Telegram takes with a button."""
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
_LETTERS: Final = {kind: letter for letter, kind in _KINDS.items()}
_SIGNS: Final = {side: sign for sign, side in _SIDES.items()}


@dataclass_transform(frozen_default=True)
class Press:
    """What a button says. `keeps`: its press keeps something of the merchant, who is asked before.

    A class without a verb is what several kinds of buttons have in common.
    """

    verb: ClassVar[str] = ""
    keeps: ClassVar[bool] = False
    parts: ClassVar[tuple["WireField", ...]] = ()
    pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, verb: str = "", *, keeps: bool = False) -> None:
        super().__init_subclass__()
        cls.verb, cls.keeps = verb, keeps
        dataclass(frozen=True)(cls)
        cls.parts = tuple(_parts(cls))
        cls.pattern = _pattern(verb, cls.parts)
        if verb:
            KINDS.setdefault(cls.name(), []).append(cls)

    @classmethod
    def name(cls) -> str:
        """The first word of what its buttons carry; several kinds may share it."""
        return cls.verb.partition("|")[0]

    def __str__(self) -> str:
        """The text that the button carries."""
        places, following = self.verb.count("*"), list(self.parts)
        while len(following) > places and getattr(self, following[-1].name) == following[-1].default:
            following.pop()
        told = [part.codec.write(getattr(self, part.name)) for part in following]
        return "|".join((self.verb.replace("*", "{}").format(*told[:places]), *told[places:]))

    @classmethod
    def read(cls, data: str) -> Self | None:
        """The press that this text says; None when it is none of this kind."""
        found = cls.pattern.fullmatch(data)
        if found is None:
            return None
        told = [(part, text) for part, text in zip(cls.parts, found.groups(), strict=True) if text is not None]
        try:
            return cls(**{part.name: part.codec.read(text) for part, text in told})
        except ValueError:
            return None

    def fitting(self) -> Self | None:
        """This press if Telegram takes it with a button, else one that says nearly this; None when there is none."""
        return self if len(str(self).encode()) <= LONGEST_DATA else None


KINDS: dict[str, list[type[Press]]] = {}
"""The kinds of buttons by the first word of what they carry."""


def parse(data: str) -> Press | None:
    """The press that a button's text says; None when no button that the bot knows carries it."""
    kinds = KINDS.get(data.partition("|")[0], ())
    return next((press for kind in kinds if (press := kind.read(data)) is not None), None)


def every_kind() -> list[type[Press]]:
    """All kinds of buttons."""
    return [kind for kinds in KINDS.values() for kind in kinds]


class Codec(NamedTuple):
    """How a field is written. `pattern`: a regular expression; `read` raises ValueError for what says no value."""

    pattern: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


class WireField(NamedTuple):
    """A field of a press. `default`: MISSING when it is always written."""

    name: str
    default: object
    codec: Codec


def _parts(kind: type[Press]) -> Iterator[WireField]:
    """The fields of this kind in their order."""
    hints = get_type_hints(kind)
    known: tuple[Field[Any], ...] = fields(kind)  # type: ignore[arg-type]  # every kind is made a dataclass above
    for field in known:
        yield WireField(field.name, field.default, _codec(hints[field.name]))


def _pattern(written: str, parts: tuple[WireField, ...]) -> re.Pattern[str]:
    """What all texts of a kind look like, with a group for each field."""
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
    """An id of an edition's or of the bot's own. What is none may not come into a template by way of a button."""
    if not text.isprintable() or " " in text:
        raise ValueError(text)
    return text


def _press(text: str) -> Press:
    press = parse(text)
    if press is None:
        raise ValueError(text)
    return press


def _finite(text: str) -> Decimal:
    """The number of this text. Raises ValueError."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


@dataclass(frozen=True)
class AskedParts:
    """The parts of a question by topic and figures, `warn:s3.7=,c2=;join`; the clauses are left to each edition."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return ";".join(map(_written, self.parts))

    @classmethod
    def read(cls, text: str) -> Self:
        """The parts of this text. Raises ValueError for a text that no question is written as."""
        try:
            return cls(tuple(map(_part, text.split(";"))))
        except LookupError:
            raise ValueError(text) from None


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
    Press: Codec(r".+", _press, str),
}
"""A whole number has so many digits as any database holds."""
