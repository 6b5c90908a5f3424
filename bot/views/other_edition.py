"""The editions as a message sees them: the one that answers, and the one to offer beside it."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bot.conversation.presses import LONGEST_DATA, AskedParts, Press
from bot.views.check_question import StartCheck
from rules.edition import Catalogue, Edition
from rules.reading import Part, Reading
from rules.understanding.provisions import seen_under


class ShowRules(Press, verb="rules"):
    """Which edition answers; with the name of another: what differs in that."""

    edition: str | None = None


class SeeCheck(Press, verb="v|*|c"):
    """A finished check by this edition."""

    edition: str
    check: str


class SeeQuestion(Press, verb="v|*|t"):
    """A question as this edition answers it."""

    edition: str
    question: AskedParts

    def fitting(self) -> Self | None:
        """The question without so many of its last parts as are too many for a button."""
        parts = self.question.parts
        shorter = (replace(self, question=AskedParts(parts[:length])) for length in range(len(parts), 0, -1))
        return next((each for each in shorter if len(str(each).encode()) <= LONGEST_DATA), None)


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
    """The edition to name next to the one that is shown. `press`: of its button, None for none."""

    edition: Edition
    why: OfferReason
    press: Press | None = None

    @property
    def shows_difference(self) -> bool:
        """Whether the button only tells what differs, as the edition can't answer this."""
        return isinstance(self.press, ShowRules)


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
        return Offer(other, why, _see_question(other, seen_under(reading, shown, other)))

    def beside_check(self, shown: Edition, check_id: str = "", *, is_preview: bool = False) -> Offer | None:
        """The other edition, with the answers of this check for it; a preview leads back to the merchant's own."""
        other = self.other(shown)
        if other is None:
            return None
        if is_preview:
            return Offer(other, OfferReason.PREVIEW, StartCheck())
        why = OfferReason.PAST if self.is_preview(shown) else OfferReason.NEWER
        return Offer(other, why, see_check(other, check_id) if check_id else None)


def see_check(edition: Edition, check_id: str) -> Press:
    """The button that sees a finished check by this edition."""
    return SeeCheck(edition.name, check_id).fitting() or difference(edition)


def difference(edition: Edition) -> Press:
    """The button that shows what differs in this edition."""
    return ShowRules(edition.name).fitting() or ShowRules()


def see_topic(edition: Edition, topic: str) -> Press | None:
    """The button that shows this topic by this edition; None for an id that is too long for a button."""
    return SeeQuestion(edition.name, AskedParts((Part(topic=topic),))).fitting()


def _see_question(edition: Edition, reading: Reading | None) -> Press:
    press = SeeQuestion(edition.name, AskedParts(reading.parts)).fitting() if reading else None
    return press or difference(edition)
