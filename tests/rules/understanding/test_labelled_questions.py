"""The figures that the reader must keep on the labelled sets; see docs/understanding.md for how the sets are made."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from rules.edition import Edition
from rules.understanding import Understanding
from rules.understanding.evaluation import Labelled, Scorecard, evaluate, labelled

SETS = Path(__file__).parents[2] / "questions"
SETS_HELD = (
    "dev.jsonl",
    "tune.jsonl",
    "blind.jsonl",
    "report.jsonl",
    "personas-taught.jsonl",
    "personas-counted.jsonl",
)


def scorecard(edition: Edition, reader: Understanding, name: str) -> Scorecard:
    return evaluate(edition, (SETS / name).read_text("utf-8").splitlines(), reader.read)


def lines(name: str) -> list[Labelled]:
    return list(labelled((SETS / name).read_text("utf-8").splitlines()))


def families(name: str) -> set[str]:
    return {json.loads(line)["family"] for line in (SETS / name).read_text("utf-8").splitlines()}


def test_the_reported_part_keeps_the_figures_that_the_docs_state(edition: Edition, reader: Understanding) -> None:
    card = scorecard(edition, reader, "report.jsonl")
    misses = "\n".join(outcome.question.q for outcome in card.misses)
    assert (card.right or 0) >= Fraction(95, 100), misses
    assert (card.refused or 0) >= Fraction(97, 100), misses
    assert (card.gaps_named or 0) >= Fraction(90, 100)
    assert card.choices is not None and card.choices <= Fraction(8, 100)
    assert card.excess is not None and card.excess <= Fraction(5, 100)


def test_the_given_questions_keep_their_figures(edition: Edition, reader: Understanding) -> None:
    card = scorecard(edition, reader, "dev.jsonl")
    assert not [outcome.question.q for outcome in card.misses]
    assert card.gaps_named == 1
    assert card.excess == 0


def test_the_lines_of_another_hand_keep_their_figures(edition: Edition, reader: Understanding) -> None:
    card = scorecard(edition, reader, "blind.jsonl")
    misses = "\n".join(outcome.question.q for outcome in card.misses)
    assert (card.right or 0) >= Fraction(97, 100), misses
    assert (card.refused or 0) >= Fraction(97, 100), misses


def test_the_lines_of_writers_that_taught_nothing_keep_their_figures(edition: Edition, reader: Understanding) -> None:
    card = scorecard(edition, reader, "personas-counted.jsonl")
    assert (card.right or 0) >= Fraction(90, 100)
    assert (card.refused or 0) >= Fraction(96, 100)
    assert (card.answered_wrong or 1) <= Fraction(4, 100)
    assert (card.choices or 0) <= Fraction(6, 100)


def test_no_wording_family_is_both_tuned_on_and_reported() -> None:
    assert (families("tune.jsonl") | families("blind.jsonl")) & families("report.jsonl") == set()


def test_no_question_is_in_two_sets() -> None:
    questions = [question.q for name in SETS_HELD for question in lines(name)]
    assert len(questions) == len(set(questions))


@pytest.mark.parametrize("name", SETS_HELD)
def test_every_label_is_a_topic_of_the_edition(edition: Edition, name: str) -> None:
    known = {topic.id for topic in edition.topics}
    for question in lines(name):
        assert {topic for topics in (question.expect, *question.alt) for topic in topics} <= known
        assert bool(question.expect) == question.in_scope, question.q
