"""A check under way as pure moves: begin, answer, pass, step back, change. The questions come from the edition.

`now` of a move is the merchant's day and the instant, as an answer of that moment is kept.
"""

from collections.abc import Collection, Mapping
from datetime import date

from bot.conversation.check_case import answers, facts, scale_of, taken
from bot.conversation.memory import CheckUnderway, Given
from rules.case import Case
from rules.difference import carried, shared_facts
from rules.edition import Edition, Fact
from rules.facts import as_json
from rules.interview import ahead, next_fact
from rules.requirements import FactValue
from rules.sources import Source

NOTHING_KNOWN = Case()


def begin(
    edition: Edition,
    check_id: str,
    on: date,
    known: Case = NOTHING_KNOWN,
    *,
    shop: int = 0,
    again: tuple[str, ...] = (),
    without: Collection[str] = (),
) -> CheckUnderway:
    """A new check at the first question that the case leaves open. `again`, `without`: see `check_case.doubtful`."""
    begun = CheckUnderway(id=check_id, edition=edition.name, shop=shop, key=f"check:{check_id}", again=again)
    return _onward(taken(begun, edition, known, without), edition, on)


def passing(check: CheckUnderway, before: CheckUnderway, edition: Edition, on: date) -> CheckUnderway:
    """The check without the questions that the merchant could not answer earlier on the same day."""
    unsure = [name for name in before.unsure if name in before.given and before.given[name].on == on]
    open_still = tuple(name for name in unsure if name not in check.answers)
    given = {**check.given, **{name: before.given[name] for name in open_still}}
    return _onward(check.model_copy(update={"unsure": open_still, "given": given}), edition, on)


def carried_over(check: CheckUnderway, old: Edition, new: Edition, check_id: str, on: date) -> CheckUnderway:
    """The check under another edition, with the answers of the same meaning kept and the rest asked."""
    shared = carried(facts(check, old), old, new)
    unsure = tuple(fact for fact in check.unsure if fact in shared_facts(old, new))
    kept = {*shared, *unsure}
    begun = CheckUnderway(
        id=check_id,
        edition=new.name,
        shop=check.shop,
        key=f"check:{check_id}",
        answers={fact: as_json(value) for fact, value in shared.items()},
        unsure=unsure,
        given={fact: given for fact, given in check.given.items() if fact in kept},
        fresh=tuple(fact for fact in check.fresh if fact in kept),
    )
    return _onward(begun, new, on)


def with_score(check: CheckUnderway, edition: Edition, value: FactValue, now: Given) -> CheckUnderway:
    """The check with the edition's main score answered, at the next question or finished."""
    at_score = check.model_copy(update={"current": edition.main_score.id, "finished": False})
    return answered(at_score, edition, value, now)


def answered(check: CheckUnderway, edition: Edition, value: FactValue, now: Given) -> CheckUnderway:
    """The check with the current question answered, at the next question or finished."""
    assert check.current is not None  # noqa: S101  (only an open question is answered)
    of_score = scale_of(edition.fact(check.current)) != ""
    given = now.model_copy(update={"source": Source.MERCHANT}) if of_score else now
    moved = _moved_on(check, {**check.answers, check.current: as_json(value)}, _without(check), given)
    return _onward(moved, edition, now.on)


def passed(check: CheckUnderway, edition: Edition, now: Given) -> CheckUnderway:
    """The check with the current question left open: the merchant cannot tell."""
    assert check.current is not None  # noqa: S101  (only an open question is passed)
    answers = {fact: value for fact, value in check.answers.items() if fact != check.current}
    return _onward(_moved_on(check, answers, (*_without(check), check.current), now), edition, now.on)


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
    given = {fact: value for fact, value in check.given.items() if fact != current}
    unsure, fresh = (tuple(fact for fact in facts if fact != current) for facts in (check.unsure, check.fresh))
    return _moved(check, asked=tuple(before), current=current, answers=answers, given=given, unsure=unsure, fresh=fresh)


def reopened(check: CheckUnderway, fact: str) -> CheckUnderway:
    """A finished check with a question open again and all answers kept."""
    asked = tuple(other for other in check.asked if other != fact)
    return _moved(check, current=fact, finished=False, is_changing=True, asked=asked)


def changeable(check: CheckUnderway, edition: Edition) -> tuple[Fact, ...]:
    """The facts with an answer, or passed, in the edition's order."""
    return tuple(fact for fact in edition.facts if fact.id in check.answers or fact.id in check.unsure)


def progress(check: CheckUnderway, edition: Edition, on: date) -> tuple[int, int]:
    """The number of the open question and of all, under the answers so far."""
    before = len(check.asked)
    return before + 1, before + max(len(ahead(edition, answers(check, edition), on, check.again)), 1)


def open_question(check: CheckUnderway, edition: Edition) -> Fact | None:
    """The fact asked for, None when the check is finished."""
    return edition.fact(check.current) if check.current else None


def _moved_on(
    check: CheckUnderway, answers: Mapping[str, object], unsure: tuple[str, ...], given: Given
) -> CheckUnderway:
    current = check.current or ""
    return _moved(
        check,
        answers=dict(answers),
        unsure=unsure,
        given={**check.given, current: given},
        fresh=(*(fact for fact in check.fresh if fact != current), current),
        asked=(*check.asked, current),
        is_changing=False,
    )


def _without(check: CheckUnderway) -> tuple[str, ...]:
    return tuple(fact for fact in check.unsure if fact != check.current)


def _onward(check: CheckUnderway, edition: Edition, on: date) -> CheckUnderway:
    following = next_fact(edition, answers(check, edition), on, check.again)
    return check.model_copy(update={"current": following.id if following else None, "finished": following is None})


def _moved(check: CheckUnderway, **changes: object) -> CheckUnderway:
    return check.model_copy(update={**changes, "step": check.step + 1})
