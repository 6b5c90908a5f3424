"""The open question of a check as a message: progress, words, buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.conversation.check_case import case
from bot.conversation.check_moves import open_question, progress
from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.views.render import Rendered, render
from rules.answers import Doubt
from rules.case import Known
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import FactValue
from storage.shops import Shop

PER_ROW = 2
LONGEST_SHOWN = 20
"""Characters of an answer that are shown again when it was not understood."""


class StartCheck(Press, verb="check"):
    """The check under way, or the last result, or a first check."""


class CheckShop(Press, verb="check|of"):
    """The check of a shop, chosen among several."""

    shop: int


class ChooseShop(Press, verb="check|at"):
    """A page of the shops that may be checked."""

    page: int


class RestartCheck(Press, verb="check|new"):
    """A new check of the shop, all asked again. `shop` 0: the chat's own; None: on a button of an earlier version."""

    shop: int | None = None


class CheckMove(Press):
    """A button of a step of a check. A template writes `at`, the check's address, with the move behind."""

    check: str
    step: int


class GiveAnswer(CheckMove, verb="c|*|*|v:*"):
    """The answer to the open question, by a choice."""

    choice: str


class TakeScore(CheckMove, verb="c|*|*|p:*"):
    """The answer to the open question is this score, as asked back."""

    points: Decimal


class TakeFed(CheckMove, verb="c|*|*|f"):
    """The answer to the open question is what a feed brought for today."""


class CheckByScale(CheckMove, verb="c|*|*|y:*"):
    """The check by the edition on whose scale the score is."""

    edition: str
    points: Decimal


@dataclass(frozen=True)
class About:
    """The shop of a check, None where the chat has no other. `by_scale`: judged by the edition of the score's scale,
    which is not the chat's edition."""

    shop: Shop | None = None
    by_scale: bool = False


@dataclass(frozen=True)
class AskedBack:
    """Why an answer was not taken: a doubt about what was `said`, or an official figure of today (`fed`).

    `other`: the edition on whose scale the score `points` is likely. `by_scale`: the button for a check by that
    edition. `takes`: the button to take the score all the same, None where it can't be.
    """

    doubt: Doubt | None = None
    said: str = ""
    fed: Known | None = None
    other: Edition | None = None
    points: Decimal | None = None
    by_scale: Press | None = None
    takes: Press | None = None


@dataclass(frozen=True)
class Taken:
    """An answer that the shop's case knows, so that it is not asked."""

    fact: Fact
    known: Known


NO_DOUBT: Final = AskedBack()
ALONE: Final = About()


def address(check: CheckUnderway) -> str:
    """The beginning of the data of every button of the check's step."""
    return f"c|{check.id}|{check.step}"


def question(
    check: CheckUnderway, edition: Edition, on: date, back: AskedBack | None = None, about: About = ALONE
) -> Rendered:
    """The message with the open question; the first also says what is known. `back`: why an answer was not taken."""
    fact = open_question(check, edition)
    assert fact is not None  # noqa: S101  (a finished check shows its result instead)
    number, total = progress(check, edition, on)
    return render(
        "check/question",
        today=on,
        edition=edition,
        fact=fact,
        number=number,
        total=total,
        back=back or NO_DOUBT,
        said=back.said[:LONGEST_SHOWN] if back else "",
        rows=tuple(_rows(edition, fact, check)),
        at=address(check),
        can_go_back=bool(check.asked),
        is_changing=check.is_changing,
        about=about,
        taken=() if check.asked or check.step else tuple(_taken(check, edition)),
        again=RestartCheck(check.shop),
        fed=TakeFed(check.id, check.step),
        previewed=edition.name if check.is_preview else "",
    )


def _taken(check: CheckUnderway, edition: Edition) -> Iterator[Taken]:
    known = case(check, edition).known
    return (Taken(fact, known[fact.id]) for fact in edition.facts if fact.id in known)


def value_of(edition: Edition, fact: Fact, choice: str) -> FactValue:
    """The value behind a button. Raises LookupError for a choice not offered by the question."""
    return dict(_choices(edition, fact))[choice]


def _rows(edition: Edition, fact: Fact, check: CheckUnderway) -> Iterator[tuple[tuple[FactValue, Press], ...]]:
    buttons = [(value, GiveAnswer(check.id, check.step, choice)) for choice, value in _choices(edition, fact)]
    for start in range(0, len(buttons), PER_ROW):
        yield tuple(buttons[start : start + PER_ROW])


def _choices(edition: Edition, fact: Fact) -> Iterator[tuple[str, FactValue]]:
    """The data and value of each button of the question; none for a question answered by typing alone."""
    if fact.type is FactType.BOOLEAN:
        yield from (("y", True), ("n", False))
    elif fact.type is FactType.CHOICE:
        yield from ((f"={option.value}", option.value) for option in fact.options)
    elif fact.type is FactType.DATES:
        yield "0", ()
    elif edition.chances and fact.id == edition.chances.fact:
        yield from ((str(count), count) for count in range(edition.chances.limit + 1))
    if fact.nullable:
        yield "-", None
