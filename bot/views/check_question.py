"""The open question of a check as a message: its progress, its words, its buttons."""

from collections.abc import Iterator
from datetime import date

from bot.conversation.check_moves import open_question, progress
from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.views.render import Rendered, render, words
from rules.answers import Doubt
from rules.edition import Edition, Fact
from rules.kinds import FactType
from rules.requirements import FactValue

Choice = tuple[str, Press]
PER_ROW = 2
LONGEST_SHOWN = 20
"""Characters of an answer that are shown again when it was not understood."""


class StartCheck(Press, verb="check"):
    """A check: the one under way, the last one, or a first one."""


class CheckMove(Press):
    """A button of one step of one check. A template writes it as `at` with the move behind it."""

    check: str
    step: int


class GiveAnswer(CheckMove, verb="c|*|*|v:*"):
    """The answer to the open question: one of its choices."""

    choice: str


def address(check: CheckUnderway) -> str:
    """The start of what every button of this step of this check carries."""
    return f"c|{check.id}|{check.step}"


def question(check: CheckUnderway, edition: Edition, on: date, doubt: Doubt | None = None, said: str = "") -> Rendered:
    """The message that asks the open question; `doubt`: why what was `said` was not taken."""
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
    """The value that a button stands for. Raises LookupError for a choice that this question does not offer."""
    return dict(_choices(edition, fact))[choice][0]


def _rows(edition: Edition, fact: Fact, check: CheckUnderway) -> Iterator[tuple[Choice, ...]]:
    buttons = [(label, GiveAnswer(check.id, check.step, choice)) for choice, (_, label) in _choices(edition, fact)]
    for start in range(0, len(buttons), PER_ROW):
        yield tuple(buttons[start : start + PER_ROW])


def _choices(edition: Edition, fact: Fact) -> Iterator[tuple[str, tuple[FactValue, str]]]:
    if fact.type is FactType.BOOLEAN:
        yield "y", (True, words("check/yes", fact=fact))
        yield "n", (False, words("check/no", fact=fact))
    elif fact.type is FactType.CHOICE:
        yield from ((f"={option.value}", (option.value, option.label)) for option in fact.options)
    elif fact.type is FactType.DATES:
        yield "0", ((), words("check/none", fact=fact))
    elif edition.chances and fact.id == edition.chances.fact:
        counts = range(edition.chances.limit + 1)
        yield from ((str(count), (count, words("check/count", fact=fact, count=count))) for count in counts)
    if fact.nullable:
        yield "-", (None, words("check/none", fact=fact))
