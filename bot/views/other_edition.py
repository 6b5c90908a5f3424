"""The editions as a message sees them: the one that answers, and the one to offer beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bot.views.buttons import LONGEST_DATA
from rules.catalogue.load import Catalogue
from rules.edition import Edition
from rules.preview import seen_under, under
from rules.reading import Figure, FigureKind, Part, Reading, Side

KINDS = {
    "s": FigureKind.SCORE,
    "o": FigureKind.OTHER_SCALE,
    "c": FigureKind.CLOSURES,
    "j": FigureKind.DAYS_SINCE_JOINED,
    "d": FigureKind.DAYS_SINCE_OPENED,
    "p": FigureKind.DAYS_SINCE_PENALTY,
    "x": FigureKind.STARS,
}
SIDES = {"=": Side.AT, "-": Side.BELOW, "+": Side.ABOVE}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
SIGNS = {side: sign for sign, side in SIDES.items()}


class OfferReason(StrEnum):
    """Why another edition is named beside the one that is shown."""

    NEWER = "newer"
    """What is shown is by the edition that answers; there is a later one."""
    PREVIEW = "preview"
    """What is shown only shows what another edition would say."""
    PAST = "past"
    """What is shown was made by the edition that answered then."""


@dataclass(frozen=True)
class Offer:
    """The edition to name next to the one that is shown. `data`: of its button, "" for none."""

    edition: Edition
    why: OfferReason
    data: str = ""

    @property
    def shows_difference(self) -> bool:
        """Whether the button only tells what differs, as the edition can't answer this."""
        return self.data.startswith("rules")


@dataclass(frozen=True)
class EditionOffers:
    """`answering` is the edition by which the bot answers; any other that is shown is a preview."""

    catalogue: Catalogue
    answering: Edition

    def is_preview(self, shown: Edition) -> bool:
        """Whether a message by this edition only shows what it would say."""
        return shown.name != self.answering.name

    def other(self, shown: Edition) -> Edition | None:
        """What to offer next to `shown`: beside a preview the edition that answers, else the newest later one."""
        if self.is_preview(shown):
            return self.answering
        newer = self.catalogue.newer_than(shown)
        return newer[-1] if newer else None

    def beside_answer(self, shown: Edition, reading: Reading) -> Offer | None:
        """The other edition, with the same question for it; with what differs where it has no answer."""
        other = self.other(shown)
        if other is None:
            return None
        why = OfferReason.PREVIEW if self.is_preview(shown) else OfferReason.NEWER
        return Offer(other, why, _question_data(other, seen_under(reading, shown, other)))

    def beside_check(self, shown: Edition, check_id: str = "", *, is_preview: bool = False) -> Offer | None:
        """The other edition, with the answers of this check for it; a preview leads back to the merchant's own."""
        other = self.other(shown)
        if other is None:
            return None
        if is_preview:
            return Offer(other, OfferReason.PREVIEW, "check")
        why = OfferReason.PAST if self.is_preview(shown) else OfferReason.NEWER
        return Offer(other, why, check_data(other, check_id) if check_id else "")


def check_data(edition: Edition, check_id: str) -> str:
    """The data of the button that sees a finished check by this edition."""
    data = f"v|{edition.name}|c|{check_id}"
    return data if fits(data) else difference_data(edition)


def difference_data(edition: Edition) -> str:
    """The data of the button that shows what differs in this edition."""
    data = f"rules|{edition.name}"
    return data if fits(data) else "rules"


def topic_data(edition: Edition, topic: str) -> str:
    """The data of the button that shows this topic by this edition."""
    return f"v|{edition.name}|t|{topic}"


def read(edition: Edition, written: str) -> Reading | None:
    """The question that a button's data writes, for this edition; None when nobody was given such a button."""
    try:
        parts = tuple(_part(part) for part in written.split(";"))
    except (KeyError, InvalidOperation, IndexError):
        return None
    return under(parts, edition)


def _question_data(edition: Edition, reading: Reading | None) -> str:
    parts = [_written(part) for part in reading.parts] if reading else []
    while parts and not fits(data := topic_data(edition, ";".join(parts))):
        parts.pop()
    return data if parts else difference_data(edition)


def _written(part: Part) -> str:
    """A topic with its figures, "warn:s3.7=,c2="."""
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
    value = Decimal(number.removeprefix("!"))
    if not value.is_finite():
        raise InvalidOperation
    return Figure(kind=kind, value=value, side=side, claimed=number.startswith("!"))


def fits(data: str) -> bool:
    """Whether Telegram takes this as a button's data."""
    return len(data.encode()) <= LONGEST_DATA
