"""A check under way as pure moves: begin, answer, pass, step back, change. The questions come from the edition."""

from collections.abc import Mapping
from datetime import date

from bot.conversation.memory import CheckUnderway
from rules.difference import carried, shared_facts
from rules.edition import Edition, Fact
from rules.facts import as_json, parse_facts
from rules.interview import Answers, Unsure, course, next_fact
from rules.requirements import Facts, FactValue


def begin(edition: Edition, check_id: str, on: date) -> CheckUnderway:
    """A new check at the first question."""
    return _onward(CheckUnderway(id=check_id, edition=edition.name, key=f"check:{check_id}"), edition, on)


def carried_over(check: CheckUnderway, old: Edition, new: Edition, check_id: str, on: date) -> CheckUnderway:
    """The check under another edition, with the answers of the same meaning kept and the rest asked."""
    shared = carried(facts(check, old), old, new)
    unsure = tuple(fact for fact in check.unsure if fact in shared_facts(old, new))
    begun = CheckUnderway(
        id=check_id,
        edition=new.name,
        key=f"check:{check_id}",
        answers={fact: as_json(value) for fact, value in shared.items()},
        unsure=unsure,
        asked=tuple(fact.id for fact in new.facts if fact.id in shared or fact.id in unsure),
    )
    return _onward(begun, new, on)


def answered(check: CheckUnderway, edition: Edition, value: FactValue, on: date) -> CheckUnderway:
    """The check with the current question answered, at the next question or finished."""
    assert check.current is not None  # noqa: S101  (only an open question is answered)
    return _onward(_moved_on(check, {**check.answers, check.current: as_json(value)}, _without(check)), edition, on)


def passed(check: CheckUnderway, edition: Edition, on: date) -> CheckUnderway:
    """The check with the current question left open: the merchant cannot tell."""
    assert check.current is not None  # noqa: S101  (only an open question is passed)
    answers = {fact: value for fact, value in check.answers.items() if fact != check.current}
    return _onward(_moved_on(check, answers, (*_without(check), check.current)), edition, on)


def back(check: CheckUnderway) -> CheckUnderway:
    """The check at the question before, without the answer there; unchanged at the first question.

    While an answer is being changed: the finished check, with the answer unchanged.
    """
    if check.is_changing and check.current:
        asked = (*check.asked, check.current)
        return _moved(check, asked=asked, current=None, finished=True, is_changing=False)
    if not check.asked:
        return check
    *before, current = check.asked
    answers = {fact: value for fact, value in check.answers.items() if fact != current}
    unsure = tuple(fact for fact in check.unsure if fact != current)
    return _moved(check, asked=tuple(before), current=current, answers=answers, unsure=unsure)


def reopened(check: CheckUnderway, fact: str) -> CheckUnderway:
    """A finished check with a question open again and all answers kept."""
    asked = tuple(other for other in check.asked if other != fact)
    return _moved(check, current=fact, finished=False, is_changing=True, asked=asked)


def answers(check: CheckUnderway, edition: Edition) -> Answers:
    """The facts told so far, with `UNSURE` for those passed."""
    return {**facts(check, edition), **dict.fromkeys(check.unsure, Unsure.UNSURE)}


def facts(check: CheckUnderway, edition: Edition) -> Facts:
    """The facts told so far; days were checked when told, so no day is refused as future now."""
    return parse_facts(edition, check.answers, date.max)[0]


def progress(check: CheckUnderway, edition: Edition, on: date) -> tuple[int, int]:
    """The number of the open question and of all, under the answers so far."""
    whole = course(edition, answers(check, edition), on)
    at = len(check.asked) + 1
    return at, max(len(whole), at)


def open_question(check: CheckUnderway, edition: Edition) -> Fact | None:
    """The fact asked for, None when the check is finished."""
    return edition.fact(check.current) if check.current else None


def _moved_on(check: CheckUnderway, answers: Mapping[str, object], unsure: tuple[str, ...]) -> CheckUnderway:
    asked = (*check.asked, check.current) if check.current else check.asked
    return _moved(check, answers=dict(answers), unsure=unsure, asked=asked, is_changing=False)


def _without(check: CheckUnderway) -> tuple[str, ...]:
    return tuple(fact for fact in check.unsure if fact != check.current)


def _onward(check: CheckUnderway, edition: Edition, on: date) -> CheckUnderway:
    following = next_fact(edition, answers(check, edition), on)
    return check.model_copy(update={"current": following.id if following else None, "finished": following is None})


def _moved(check: CheckUnderway, **changes: object) -> CheckUnderway:
    return check.model_copy(update={**changes, "step": check.step + 1})
