"""The editions beside the shown edition: the offer with a button, and the history for a claimed change of the rule."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Self

from bot.conversation.presses import LONGEST_DATA, AskedParts, Press
from bot.views.check_question import CheckShop, StartCheck
from bot.views.edition_difference import Number, lines
from rules.edition import Catalogue, Edition
from rules.history import Revision
from rules.kinds import ON_A_SCALE, FigureKind
from rules.reading import Part, Reading
from rules.understanding.provisions import seen_under

MOST_REVISIONS = 3


class ShowRules(Press, verb="rules"):
    """The answering edition; with a name: the differences of the edition with that name."""

    edition: str | None = None


class ShowSources(Press, verb="src"):
    """How sure the answering edition is, and where each known revision is from."""


class SeeCheck(Press, verb="v|*|c"):
    """A finished check, by `edition`."""

    edition: str
    check: str


class SeeQuestion(Press, verb="v|*|t"):
    """A question, by `edition`."""

    edition: str
    question: AskedParts

    def fitting(self) -> Self | None:
        """The press without the last parts of a question too long for a button."""
        parts = self.question.parts
        shorter = (replace(self, question=AskedParts(parts[:length])) for length in range(len(parts), 0, -1))
        return next((each for each in shorter if len(str(each).encode()) <= LONGEST_DATA), None)


class OfferReason(StrEnum):
    """Why another edition is named beside the shown edition."""

    NEWER = "newer"
    """What is shown is by the edition that answers; there is a later one."""
    PREVIEW = "preview"
    """What is shown only shows what another edition would say."""
    PAST = "past"
    """What is shown was made by the edition that answered then."""


@dataclass(frozen=True)
class Offer:
    """The edition to name beside the shown edition. `press`: of the button, None for no button."""

    edition: Edition
    why: OfferReason
    press: Press | None = None

    @property
    def shows_difference(self) -> bool:
        """Whether the button only tells the differences, as the edition can't answer the question."""
        return isinstance(self.press, ShowRules)


@dataclass(frozen=True)
class EditionOffers:
    """`answering` is the edition of the bot's answers; any other edition is shown as a preview."""

    catalogue: Catalogue
    answering: Edition

    def is_preview(self, shown: Edition) -> bool:
        """Whether a message by the edition is only a preview."""
        return shown.name != self.answering.name

    def other(self, shown: Edition) -> Edition | None:
        """The edition to offer beside `shown`: beside a preview the answering edition, else the newest later one."""
        if self.is_preview(shown):
            return self.answering
        newer = self.catalogue.newer_than(shown)
        return newer[-1] if newer else None

    def beside_answer(self, shown: Edition, reading: Reading) -> Offer | None:
        """The other edition, with the question for a button, or the differences where that edition has no answer."""
        other = self.other(shown)
        if other is None:
            return None
        why = OfferReason.PREVIEW if self.is_preview(shown) else OfferReason.NEWER
        return Offer(other, why, _see_question(other, seen_under(reading, shown, other)))

    def beside_check(
        self, shown: Edition, check_id: str = "", shop: int = 0, *, is_preview: bool = False
    ) -> Offer | None:
        """The other edition, with a button for the check's answers; a preview leads back to the shop's own check."""
        other = self.other(shown)
        if other is None:
            return None
        if is_preview:
            return Offer(other, OfferReason.PREVIEW, CheckShop(shop) if shop else StartCheck())
        why = OfferReason.PAST if self.is_preview(shown) else OfferReason.NEWER
        return Offer(other, why, see_check(other, check_id) if check_id else None)


def see_check(edition: Edition, check_id: str) -> Press:
    """The button for a finished check by the edition."""
    return SeeCheck(edition.name, check_id).fitting() or difference(edition)


def difference(edition: Edition) -> Press:
    """The button for the differences of the edition."""
    return ShowRules(edition.name).fitting() or ShowRules()


def see_topic(edition: Edition, topic: str) -> Press | None:
    """The button for the topic by the edition; None for an id too long for a button."""
    return SeeQuestion(edition.name, AskedParts((Part(topic=topic),))).fitting()


def _see_question(edition: Edition, reading: Reading | None) -> Press:
    press = SeeQuestion(edition.name, AskedParts(reading.parts)).fitting() if reading else None
    return press or difference(edition)


@dataclass(frozen=True)
class History:
    """`revisions`: known by some figures only, the oldest first. `editions`: later, or with an asked number."""

    revisions: tuple[Revision, ...]
    editions: tuple[tuple[Edition, tuple[Number, ...]], ...]

    def without(self, names: Collection[str]) -> Self | None:
        """The same without the editions of these names; None when nothing is left."""
        left = replace(self, editions=tuple(one for one in self.editions if one[0].name not in names))
        return left if left.revisions or left.editions else None


def history(edition: Edition, reading: Reading, catalogue: Catalogue) -> History | None:
    """The known changes of the rule; None when the question claims no change, or no change is known."""
    if not (reading.claims_change or _is_off_scale(reading)):
        return None
    known = History(
        tuple(_revisions(edition, reading, catalogue))[-MOST_REVISIONS:],
        tuple((other, tuple(lines(other).values())) for other in _editions(edition, reading, catalogue)),
    )
    return known if known.revisions or known.editions else None


def _revisions(edition: Edition, reading: Reading, catalogue: Catalogue) -> Iterator[Revision]:
    """The revisions with a figure of the question; else the next after the edition, and, where a change is claimed,
    all with figures."""
    asked = _asked(reading)
    named = [revision for revision in catalogue.history if asked & set(revision.figures.values())]
    later = [revision for revision in catalogue.history if revision.on > edition.published]
    claimed = [revision for revision in catalogue.history if revision in later[:1] or revision.figures]
    yield from named or (later[:1] if _is_off_scale(reading) else claimed)


def _editions(edition: Edition, reading: Reading, catalogue: Catalogue) -> Iterator[Edition]:
    """The later editions, and earlier editions with a line at a number of the question."""
    newer, asked = catalogue.newer_than(edition), _asked(reading)
    for other in sorted(catalogue.editions, key=lambda other: other.age):
        says_so = any(line.limit in asked for line in other.lines if not line.own)
        if other in newer or (says_so and other.name != edition.name):
            yield other


def _asked(reading: Reading) -> set[Decimal]:
    """The scores of the question, on whatever scale."""
    return {figure.value for part in reading.parts for figure in part.figures if figure.kind in ON_A_SCALE}


def _is_off_scale(reading: Reading) -> bool:
    """Whether a figure of another scale is asked about."""
    return any(figure.kind is FigureKind.OTHER_SCALE for part in reading.parts for figure in part.figures)
