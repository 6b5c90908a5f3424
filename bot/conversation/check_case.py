"""The answers of a check as a case, and a case as the answers of a check (pure)."""

from collections.abc import Collection, Mapping
from datetime import date

from bot.conversation.memory import CheckUnderway, Given
from rules.case import LONG_AGO, Case, Known
from rules.conflicts import conflicts
from rules.edition import Edition, Fact
from rules.facts import as_json, parse_facts
from rules.interview import Answers, Unsure
from rules.kinds import FactType
from rules.requirements import Facts, FactValue
from rules.sources import Source

UNDATED = Given(on=date.min, source=Source.ANSWER)
"""Of an answer kept by a version that kept no days."""


def answers(check: CheckUnderway, edition: Edition) -> Answers:
    """The facts told so far, with `UNSURE` for those passed."""
    return {**facts(check, edition), **dict.fromkeys(check.unsure, Unsure.UNSURE)}


def facts(check: CheckUnderway, edition: Edition) -> Facts:
    """The facts told so far; days were checked when told, so no day is refused as future now."""
    return parse_facts(edition, check.answers, date.max)[0]


def case(check: CheckUnderway, edition: Edition, undated: Given = UNDATED) -> Case:
    """The facts told so far, each with its day; a score has the day alone. `undated`: of answers without a day."""
    return Case(
        {
            name: _known(edition.fact(name), value, check.given.get(name, undated))
            for name, value in facts(check, edition).items()
        }
    )


def _known(fact: Fact, value: FactValue, given: Given) -> Known:
    scale = scale_of(fact)
    return Known(value, given.on, given.source, LONG_AGO if scale else given.at, scale)


def scale_of(fact: Fact) -> str:
    """The scale of a score, "" for any other fact."""
    return fact.scale if fact.type is FactType.SCORE else ""


def doubtful(edition: Edition, known: Case, told: Mapping[str, Known], on: date) -> tuple[tuple[str, ...], set[str]]:
    """What contradicts itself, and all that is not taken over: that, and what may have changed since told.

    An answer of the day is not asked again on the day. `told`: see `rules.conflicts`.
    """
    again = tuple(name for name in conflicts(edition, known, told) if not _is_of_today(known.known[name], on))
    return again, {*again, *known.aged(edition, on)}


def _is_of_today(one: Known, on: date) -> bool:
    return one.source is Source.ANSWER and one.on == on


def taken(check: CheckUnderway, edition: Edition, known: Case, without: Collection[str] = ()) -> CheckUnderway:
    """The check with the answers that the case knows, but for those in `without`."""
    values = {name: value for name, value in known.facts(edition).items() if name not in without}
    given = {name: _given(known.known[name]) for name in values}
    return check.model_copy(
        update={
            "answers": {name: as_json(value) for name, value in values.items()},
            "given": given,
        }
    )


def _given(one: Known) -> Given:
    return Given(on=one.on, source=one.source, at=one.told_at)


def renewed(check: CheckUnderway, edition: Edition, known: Case) -> CheckUnderway:
    """A finished check by what the case knows now: later tellings count, and what was taken back is gone.

    Left as they are: answers not written to the case, and facts that the merchant could not tell since.
    """
    unsure = tuple(name for name in check.unsure if not _is_told_since(known.known.get(name), check.given.get(name)))
    now = taken(check, edition, known, without={*unsure, *check.fresh})
    left = [name for name in check.fresh if name in check.answers]
    return now.model_copy(
        update={
            "unsure": unsure,
            "answers": {**now.answers, **{name: check.answers[name] for name in left}},
            "given": {**now.given, **{name: check.given[name] for name in (*left, *unsure) if name in check.given}},
        }
    )


def _is_told_since(one: Known | None, passed: Given | None) -> bool:
    return one is not None and passed is not None and one.on >= passed.on
