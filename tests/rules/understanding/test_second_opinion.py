"""Which of two opinions stands. The second one here has made-up scores, the same for any text."""

import pytest

from rules.edition import Edition
from rules.reading import AnswerKind
from rules.understanding import Understanding
from rules.understanding.opinion import GAP, OUTSIDE, Weights
from rules.understanding.reader import Decided
from tests.packaged import CATALOGUE

JOIN, CHANCES, GIBBERISH = "怎么开通精选联盟", "精选联盟有几次机会", "云朵飘过窗前"
NOBODY = -9.0


def reader(edition: Edition, **scores: float) -> Understanding:
    """A reader whose second opinion gives these scores to any text, and hardly any to other labels."""
    labels = {topic.id: NOBODY for topic in edition.topics} | {GAP: NOBODY, OUTSIDE: NOBODY} | scores
    return Understanding(edition, Weights(tuple(labels), 1.0, tuple(labels.values()), {}, "none"))


def read(edition: Edition, text: str, **scores: float) -> tuple[AnswerKind, list[str], Decided]:
    found = reader(edition, **scores).explained(text)
    return found.reading.kind, [part.topic for part in found.reading.parts], found.by


def test_where_the_second_knows_nothing_the_first_stands(edition: Edition) -> None:
    assert read(edition, JOIN) == (AnswerKind.ANSWER, ["join"], Decided.PATTERN)


def test_where_both_say_the_same_the_first_stands(edition: Edition) -> None:
    assert read(edition, JOIN, join=3.0) == (AnswerKind.ANSWER, ["join"], Decided.PATTERN)


def test_a_surer_answer_overrules(edition: Edition) -> None:
    assert read(edition, JOIN, unbind=3.0) == (AnswerKind.ANSWER, ["unbind"], Decided.OPINION)


def test_an_answer_hardly_likelier_does_not(edition: Edition) -> None:
    assert read(edition, JOIN, join=-1.0, unbind=-0.6)[1] == ["join", "unbind"], "a choice with the first one first"


def test_what_no_pattern_knows_is_answered_where_that_is_likely(edition: Edition) -> None:
    assert read(edition, GIBBERISH, unbind=2.0) == (AnswerKind.ANSWER, ["unbind"], Decided.OPINION)


def test_what_neither_knows_is_refused(edition: Edition) -> None:
    assert read(edition, GIBBERISH, outside=-5.0)[0] is AnswerKind.OUT_OF_SCOPE
    assert read(edition, GIBBERISH, outside=-5.0, unbind=-3.1)[0] is AnswerKind.OUT_OF_SCOPE


def test_an_unlikely_answer_is_refused(edition: Edition) -> None:
    assert read(edition, JOIN, outside=3.0)[0] is AnswerKind.OUT_OF_SCOPE
    assert read(edition, JOIN, gap=3.0) == (AnswerKind.NOT_COVERED, ["unclear"], Decided.OPINION)


def test_two_answers_near_each_other_are_both_offered(edition: Edition) -> None:
    assert read(edition, GIBBERISH, unbind=-0.5, why=-1.0) == (AnswerKind.CHOICES, ["unbind", "why"], Decided.OPINION)
    assert read(edition, GIBBERISH, unbind=-0.5, why=-2.6)[0] is AnswerKind.ANSWER


def test_an_answer_near_a_refusal_is_offered(edition: Edition) -> None:
    assert read(edition, GIBBERISH, outside=-0.1, unbind=-0.9, why=-5.0)[:2] == (AnswerKind.CHOICES, ["unbind", "why"])
    assert read(edition, GIBBERISH, outside=0.2, unbind=-0.9)[0] is AnswerKind.OUT_OF_SCOPE
    assert read(edition, GIBBERISH, outside=-0.2, unbind=-1.1)[0] is AnswerKind.OUT_OF_SCOPE


def test_no_choice_is_offered_after_a_question_or_beside_a_number(edition: Edition) -> None:
    unsure = reader(edition, unbind=-0.5, why=-1.0)
    assert unsure.read(GIBBERISH, unsure.read(CHANCES)).kind is AnswerKind.ANSWER
    assert unsure.read("云朵3.7飘过").kind is AnswerKind.ANSWER


def test_two_likely_answers_are_both_given(edition: Edition) -> None:
    assert read(edition, GIBBERISH, unbind=2.0, why=1.0)[:2] == (AnswerKind.ANSWER, ["unbind", "why"])
    assert read(edition, JOIN, join=2.0, why=1.0)[:2] == (AnswerKind.ANSWER, ["join", "why"])


def test_a_gap_that_is_named_yields_only_to_a_sure_answer(edition: Edition) -> None:
    appeal = "被精选联盟清退了在哪里申诉"
    assert read(edition, appeal, unbind=1.9)[1] == ["appeal"]
    assert read(edition, appeal, unbind=2.1)[1] == ["unbind"]


def test_what_holds_at_a_number_is_never_overruled(edition: Edition) -> None:
    assert read(edition, "体验分3.72会怎样", unbind=9.0)[1] == ["score_at"]


def test_a_number_of_something_else_is_refused_all_the_same(edition: Edition) -> None:
    assert read(edition, "血糖3.7会怎样", unbind=-1.0, outside=1.0)[0] is AnswerKind.OUT_OF_SCOPE


def test_a_half_that_is_ours_is_answered_though_the_other_half_is_not(edition: Edition) -> None:
    both = "拼多多怎么开店,精选联盟有几次机会"
    assert read(edition, both, outside=1.9, three=-1.0)[1] == ["three"]


def test_a_topic_that_the_second_was_not_taught_stands(packaged_newer: Edition) -> None:
    labels = {"why": 9.0, GAP: NOBODY, OUTSIDE: NOBODY}
    own = Understanding(packaged_newer, Weights(tuple(labels), 1.0, tuple(labels.values()), {}, "none"))
    assert [part.topic for part in own.read("哪些类目要求更高").parts] == ["categories"]


def test_a_listed_phrasing_is_never_overruled(edition: Edition) -> None:
    listed = next(topic for topic in edition.topics if topic.id == "three" and topic.asks)
    assert read(edition, listed.asks[0], why=9.0)[1:] == (["three"], Decided.LISTED_PHRASING)


@pytest.fixture
def packaged_newer() -> Edition:
    return CATALOGUE.edition("2026-07-29")
