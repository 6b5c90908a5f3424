"""The interview ends, asks nothing in vain, and gives the same verdict for any order of the answers."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.assessment import Assessment
from rules.edition import Edition, Fact
from rules.evaluate import can_be_told, evaluate
from rules.interview import Answers, Unsure, ahead, known, next_fact
from rules.kinds import FactType
from rules.report import Status, Verdict
from rules.requirements import FactValue
from tests.packaged import CATALOGUE

EDITIONS = st.sampled_from(CATALOGUE.editions)
ON = date(2026, 8, 1)

NUMBERS = [Decimal(text) for text in ("0", "3.49", "3.5", "3.79", "3.8", "3.99", "4.0", "5", "59", "60", "64", "65")]
NUMBERS += [Decimal(text) for text in ("69.9", "70", "71", "72", "72.5", "73", "74", "75", "79", "80", "100")]
RATES: list[FactValue] = [
    Decimal(text) for text in ("0", "0.7", "0.71", "0.9", "0.91", "4", "4.01", "19.99", "20", "70")
]
DAYS = [ON - timedelta(days) for days in (0, 1, 29, 30, 31, 60, 61, 365, 366, 4000)]
COMING = [ON + timedelta(days) for days in (0, 1, 90)]


def values(fact: Fact) -> list[FactValue]:
    """Values on both sides of every possible test of a criterion."""
    told: dict[FactType, list[FactValue]] = {
        FactType.BOOLEAN: [True, False],
        FactType.INTEGER: [0, 1, 2, 3, 4, 90, 91],
        FactType.RATE: RATES,
        FactType.SCORE: [number for number in NUMBERS if number <= (fact.highest or 0)],
        FactType.DATE: [*DAYS, *(COMING if fact.future else [])],
        FactType.DATES: [(), *((day,) for day in DAYS)],
        FactType.CHOICE: [option.value for option in fact.options],
    }
    return [*told[fact.type], None] if fact.nullable else told[fact.type]


def every_fact(edition: Edition, data: st.DataObject) -> dict[str, FactValue]:
    """A drawn value for each fact."""
    return {fact.id: data.draw(st.sampled_from(values(fact)), fact.id) for fact in edition.facts}


def answer(fact: Fact) -> st.SearchStrategy[FactValue | Unsure]:
    return st.sampled_from([*values(fact), Unsure.UNSURE])


def interviewed(edition: Edition, told: Callable[[Fact], FactValue | Unsure]) -> dict[str, FactValue | Unsure]:
    """The answers of a whole interview, in the order of asking."""
    answers: dict[str, FactValue | Unsure] = {}
    while (fact := next_fact(edition, answers, ON)) is not None:
        answers[fact.id] = told(fact)
    return answers


def asked(edition: Edition, data: st.DataObject) -> Iterator[tuple[Fact, dict[str, FactValue | Unsure]]]:
    """Each fact asked by an interview, with the answers so far; the answers are drawn."""
    answers: dict[str, FactValue | Unsure] = {}
    while (fact := next_fact(edition, answers, ON)) is not None:
        yield fact, dict(answers)
        answers[fact.id] = data.draw(answer(fact), fact.id)


@given(EDITIONS, st.data())
def test_it_ends_and_asks_nothing_twice(edition: Edition, data: st.DataObject) -> None:
    questions = [fact.id for fact, _ in asked(edition, data)]
    assert len(questions) == len(set(questions)) <= len(edition.facts)


@settings(max_examples=40)  # each asks what every possible answer would change
@given(EDITIONS, st.data())
def test_no_question_is_asked_whose_answer_cannot_matter(edition: Edition, data: st.DataObject) -> None:
    for fact, answers in asked(edition, data):
        reports = (Assessment(edition, {**known(answers), fact.id: value}, ON).entry for value in values(fact))
        said = ((report.findings, report.standing) for report in reports)
        first = next(said)
        assert any(another != first for another in said), fact.id


@given(EDITIONS, st.data())
def test_when_it_ends_without_doubt_only_the_text_leaves_anything_open(edition: Edition, data: st.DataObject) -> None:
    answers = interviewed(edition, lambda fact: data.draw(st.sampled_from(values(fact)), fact.id))
    assert evaluate(edition, known(answers), ON).missing == ()


@given(EDITIONS, st.data(), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_never_changes_the_report(
    edition: Edition, data: st.DataObject, random: Random
) -> None:
    facts = every_fact(edition, data)
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    assert evaluate(edition, dict(shuffled), ON) == evaluate(edition, facts, ON)


@given(EDITIONS, st.data())
def test_what_is_not_asked_would_not_have_changed_the_verdict(edition: Edition, data: st.DataObject) -> None:
    drawn = every_fact(edition, data)
    whole = {fact.id: drawn[fact.id] for fact in edition.facts if can_be_told(fact, drawn, ON)}
    answers = interviewed(edition, lambda fact: whole[fact.id])
    assert evaluate(edition, known(answers), ON).verdict is evaluate(edition, whole, ON).verdict


@given(EDITIONS, st.data())
def test_every_no_names_a_clause_of_the_edition(edition: Edition, data: st.DataObject) -> None:
    facts = every_fact(edition, data)
    report = evaluate(edition, facts, ON)
    unmet = [finding for finding in report.findings if finding.status is Status.UNMET]
    assert bool(unmet) == (report.verdict in (Verdict.NOT_ELIGIBLE, Verdict.BARRED))
    assert all(edition.clause(finding.clause).text for finding in unmet)


@settings(max_examples=100)
@given(EDITIONS, st.data())
def test_time_alone_does_make_eligible_on_the_earliest_day_and_not_before(
    edition: Edition, data: st.DataObject
) -> None:
    facts = every_fact(edition, data)
    day = evaluate(edition, facts, ON).earliest_on
    if day is not None:
        assert day > ON
        assert evaluate(edition, facts, day).verdict is Verdict.ELIGIBLE
        assert evaluate(edition, facts, day - timedelta(1)).verdict is Verdict.NOT_ELIGIBLE


@given(EDITIONS, st.data())
def test_what_is_ahead_begins_with_the_next_question_and_holds_no_answered_one(
    edition: Edition, data: st.DataObject
) -> None:
    for fact, answers in asked(edition, data):
        to_ask = ahead(edition, answers, ON)
        assert to_ask[0] == fact.id
        assert not set(answers) & set(to_ask)


GOOD: Answers = {
    "store_opened": True,
    "account_usable": True,
    "operating_normally": True,
    "closures": 0,
    "score": Decimal("4.5"),
    "joined_on": ON - timedelta(10),
    "in_alliance": False,
    "penalties": (),
    "related_serious_violation": False,
    "brand_documents_complete": True,
}
UNSURE: Answers = dict.fromkeys(GOOD, Unsure.UNSURE)
EVERY = [name for name in GOOD if name != "joined_on"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(GOOD, EVERY, id="with a score, the day of joining is not asked"),
        pytest.param(
            {**GOOD, "score": None},
            [name for name in GOOD if name != "in_alliance"],
            id="without a score, the day of joining is asked and being in is not",
        ),
        pytest.param({**GOOD, "store_opened": False}, ["store_opened"], id="without a shop there is nothing to ask"),
        pytest.param({**GOOD, "closures": 3}, EVERY[:4], id="barred for good: the rest does not matter"),
        pytest.param(
            {**GOOD, "account_usable": False},
            [name for name in EVERY if name != "operating_normally"],
            id="one no settles a criterion",
        ),
        pytest.param(
            {**GOOD, "closures": Unsure.UNSURE}, EVERY, id="what is unsure is not asked again and does not end it"
        ),
        pytest.param(
            UNSURE, [name for name in EVERY if name != "in_alliance"], id="without a score, being in does not matter"
        ),
    ],
)
def test_the_questions_of_2022(edition: Edition, told: Answers, expected: list[str]) -> None:
    assert list(interviewed(edition, lambda fact: told[fact.id])) == expected


def test_what_is_ahead_is_known_from_the_start(edition: Edition) -> None:
    assert ahead(edition, {}, ON) == tuple(EVERY)
    assert ahead(edition, {"store_opened": False}, ON) == ()
    assert "joined_on" in ahead(edition, {"store_opened": True, "score": None}, ON)


def test_what_contradicts_itself_is_asked_though_the_shop_is_barred(edition: Edition) -> None:
    barred: Answers = {"store_opened": True, "closures": 3}
    assert ahead(edition, barred, ON) == ()
    assert ahead(edition, barred, ON, ("closures", "in_alliance")) == ("in_alliance",)
    assert ahead(edition, {"store_opened": False}, ON, ("in_alliance",)) == (), "not of a shop that is none"
