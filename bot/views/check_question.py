"""The open question of a check as a message: progress, words, buttons."""

from collections.abc import Iterator
from datetime import date

from bot.conversation.check_moves import open_question, progress
from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.views.render import Rendered, render
from rules.answers import Doubt
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import FactValue

PER_ROW = 2
LONGEST_SHOWN = 20
"""Characters of an answer that are shown again when it was not understood."""


class StartCheck(Press, verb="check"):
    """The check under way, or the last result, or a first check."""


class CheckMove(Press):
    """A button of a step of a check. A template writes `at`, the check's address, with the move behind."""

    check: str
    step: int


class GiveAnswer(CheckMove, verb="c|*|*|v:*"):
    """The answer to the open question, by a choice."""

    choice: str


def address(check: CheckUnderway) -> str:
    """The beginning of the data of every button of the check's step."""
    return f"c|{check.id}|{check.step}"


def question(check: CheckUnderway, edition: Edition, on: date, doubt: Doubt | None = None, said: str = "") -> Rendered:
    """The message with the open question; `doubt`: why the answer `said` was not taken."""
    fact = open_question(check, edition)
    assert fact is not None  # noqa: S101  (a finished check shows its result instead)
    number, total = progress(check, edition, on)
    return render(
        "check/question",
        fact=fact,
        number=number,
        total=total,
        doubt=doubt,
        said=said[:LONGEST_SHOWN],
        rows=tuple(_rows(edition, fact, check)),
        at=address(check),
        can_go_back=bool(check.asked),
        is_changing=check.is_changing,
        previewed=edition.name if check.is_preview else "",
    )


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
