"""The next question worth asking, derived from the criteria and lines: nothing here knows a single rule."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from enum import Enum

from rules.assessment import Assessment
from rules.edition import Edition, Fact
from rules.evaluate import can_be_told, judged
from rules.requirements import IN_ALLIANCE, Facts, FactValue


class Unsure(Enum):
    """The merchant was asked and cannot tell: the fact stays unknown, and is not asked again."""

    UNSURE = "unsure"


Answers = Mapping[str, FactValue | Unsure]
"""Answers by fact, in any order."""


def known(answers: Answers) -> Facts:
    """The facts among the answers."""
    return {fact: value for fact, value in answers.items() if not isinstance(value, Unsure)}


def next_fact(edition: Edition, answers: Answers, on: date, again: Collection[str] = ()) -> Fact | None:
    """The first fact with an answer that can still matter on this day, None when the interview is over.

    `again`: facts to ask whatever the other answers are, because what is known of them contradicts itself.
    """
    return next(_worth_asking(edition, answers, on, again), None)


def ahead(edition: Edition, answers: Answers, on: date, again: Collection[str] = ()) -> tuple[str, ...]:
    """The facts still to ask under the answers so far, in the order of asking."""
    return tuple(fact.id for fact in _worth_asking(edition, answers, on, again))


def _worth_asking(edition: Edition, answers: Answers, on: date, again: Collection[str]) -> Iterator[Fact]:
    """Every unanswered fact for which a criterion or line waits, or that must be asked again."""
    facts = edition.completed(known(answers), on)
    waits = {*_waits(edition, answers, on), *again}
    for fact in edition.facts:
        if fact.id in waits and fact.id not in answers and can_be_told(fact, facts, on):
            yield fact


def _waits(edition: Edition, answers: Answers, on: date) -> Iterator[str]:
    """The facts for which a criterion or line waits; none once the shop is barred for good."""
    findings = judged(edition, known(answers), on)
    if any(finding.final for finding in findings):
        return
    yield from (fact for finding in findings for fact in finding.waits)
    if _standing_matters(edition, answers, on):
        yield IN_ALLIANCE


def _standing_matters(edition: Edition, answers: Answers, on: date) -> bool:
    """Whether being in the alliance changes the report: the scores tell a standing, or may yet."""
    facts = edition.completed(known(answers), on)
    now = Assessment(edition, facts, on)
    ahead = any(line.fact not in answers and line.fact not in facts for line in edition.lines)
    return ahead or now.standing_if_in is not None
