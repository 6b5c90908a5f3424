"""A question as a button carries it: topics with their figures, `warn:s3.7=,c2=;join`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, Self

from rules.kinds import FigureKind
from rules.reading import Figure, Part, Side

KINDS: Final = {
    "s": FigureKind.SCORE,
    "o": FigureKind.OTHER_SCALE,
    "c": FigureKind.CLOSURES,
    "j": FigureKind.DAYS_SINCE_JOINED,
    "d": FigureKind.DAYS_SINCE_OPENED,
    "p": FigureKind.DAYS_SINCE_PENALTY,
    "x": FigureKind.STARS,
}
SIDES: Final = {"=": Side.AT, "-": Side.BELOW, "+": Side.ABOVE}
LETTERS: Final = {kind: letter for letter, kind in KINDS.items()}
SIGNS: Final = {side: sign for sign, side in SIDES.items()}


@dataclass(frozen=True)
class AskedParts:
    """The parts of a question by their topics and figures; each edition has its own clauses for them."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return ";".join(map(_written, self.parts))

    @classmethod
    def read(cls, text: str) -> Self:
        """The parts that this text says. Raises ValueError when no question is written so."""
        try:
            return cls(tuple(_part(part) for part in text.split(";")))
        except LookupError:
            raise ValueError(text) from None


def _written(part: Part) -> str:
    figures = ",".join(_figures(part.figures))
    return f"{part.topic}:{figures}" if figures else part.topic


def _figures(figures: tuple[Figure, ...]) -> Iterator[str]:
    for figure in figures:
        claimed = "!" if figure.claimed else ""
        yield f"{LETTERS[figure.kind]}{claimed}{figure.value}{SIGNS[figure.side]}"


def _part(written: str) -> Part:
    topic, _, figures = written.partition(":")
    return Part(topic=topic, figures=tuple(_figure(one) for one in figures.split(",")) if figures else ())


def _figure(written: str) -> Figure:
    kind, number, side = KINDS[written[0]], written[1:-1], SIDES[written[-1]]
    return Figure(kind=kind, value=finite(number.removeprefix("!")), side=side, claimed=number.startswith("!"))


def finite(text: str) -> Decimal:
    """The number that the text writes. Raises ValueError for any other text."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value
