"""The weights of the second opinion: their file, what they are taught from, and what of a text they see."""

from decimal import Decimal

import pytest

from bench.teach import QUESTIONS, TAUGHT, Example, composites, digest, labels_of, taught, taught_lines
from rules.catalogue.load import load, packaged_folder
from rules.edition import Edition
from rules.understanding import Understanding
from rules.understanding.evaluation import Labelled, labelled
from rules.understanding.number_roles import NumberRoles
from rules.understanding.opinion import GAP, OUTSIDE, Weights, features, limits_of, packed, unpacked, weights
from rules.understanding.utterance import utterance

FEW = Weights(("warn", "close"), 0.5, (-1.0, 0.25), {"警": bytes((0, 130)), "关": bytes((0, 127, 1, 132))}, "none")


def seen(edition: Edition, text: str) -> frozenset[str]:
    return features(utterance(text, NumberRoles(edition)), limits_of(edition))


def line(**held: object) -> Labelled:
    return Labelled.model_validate({"q": "?", "in_scope": True, **held})


def test_the_weights_are_taught_from_the_lines_at_hand() -> None:
    assert weights().taught_from == digest(tuple(taught_lines())), "run: python -m bench.teach"


def test_every_label_is_a_topic_or_no_answer(edition: Edition) -> None:
    assert set(weights().labels) <= {topic.id for topic in edition.topics} | {GAP, OUTSIDE}


def test_a_file_gives_back_the_weights() -> None:
    assert unpacked(packed(FEW)) == FEW


def test_a_score_is_the_base_and_the_weights_of_what_is_seen() -> None:
    assert FEW.scores(["警", "关", "店"]) == {"warn": -1.0 + 0.5 * (2 - 1), "close": 0.25 + 0.5 * 4}


def test_what_speaks_for_a_label_is_named_the_strongest_first() -> None:
    assert FEW.speaking_for("close", ["警", "关", "店"]) == ["关"]
    assert FEW.speaking_for("warn", ["警", "关", "店"]) == ["警"]


def test_nothing_seen_leaves_the_bases() -> None:
    assert FEW.scores([]) == {"warn": -1.0, "close": 0.25}


@pytest.mark.parametrize(("one", "other"), [("3.49", "3.5"), ("3.79", "3.8"), ("3.99", "4.0"), ("4.0", "85")])
def test_scores_on_two_sides_of_a_line_are_seen_apart(edition: Edition, one: str, other: str) -> None:
    assert seen(edition, f"体验分{one}会怎样") != seen(edition, f"体验分{other}会怎样")


@pytest.mark.parametrize(("one", "other"), [("3.1", "3.49"), ("3.5", "3.79"), ("3.8", "3.99"), ("4.0", "4.9")])
def test_scores_between_the_same_lines_are_seen_alike(edition: Edition, one: str, other: str) -> None:
    assert seen(edition, f"体验分{one}会怎样") == seen(edition, f"体验分{other}会怎样")


def test_the_lines_of_an_edition_decide_on_which_side_a_score_lies() -> None:
    newer = load(packaged_folder()).edition("2026-07-29")
    assert limits_of(newer) != (Decimal("3.5"), Decimal("3.8"), Decimal("4.0"))
    assert seen(newer, "体验分69会怎样") != seen(newer, "体验分71会怎样")


def test_several_quotes_are_one_topic_where_a_topic_quotes_them(edition: Edition) -> None:
    assert labels_of(edition, line(expect=["auto_closures", "auto_score"])) == {"join"}
    assert labels_of(edition, line(expect=["warn", "close", "unbind"])) == {"stages", "unbind"}
    assert labels_of(edition, line(expect=["new_shop"])) == {"new_shop"}


def test_no_answer_is_a_gap_or_outside(edition: Edition) -> None:
    assert labels_of(edition, line(in_scope=False, tag="gap")) == {GAP}
    assert labels_of(edition, line(in_scope=False, tag="other-platform")) == {OUTSIDE}


def test_only_topics_of_provisions_stand_for_several(edition: Edition) -> None:
    assert "grace" not in dict(composites(edition))


def test_what_is_taught_is_learned() -> None:
    asked = [
        ("何时警告", "warn"),
        ("警告线", "warn"),
        ("会警告", "warn"),
        ("关闭线", "close"),
        ("会关闭", "close"),
        ("何时关闭", "close"),
    ]
    known = [Example(line(q=text), frozenset(text), frozenset((label,))) for text, label in asked]
    scores = taught(known).scores("警告")
    assert scores["warn"] > scores["close"]


def test_nobody_taught_is_counted_too() -> None:
    taught_to = {one.family for name in TAUGHT for one in labelled((QUESTIONS / name).read_text("utf-8").splitlines())}
    counted = {one.family for one in labelled((QUESTIONS / "personas-counted.jsonl").read_text("utf-8").splitlines())}
    assert counted and not counted & taught_to


def test_a_reader_may_be_given_other_weights(edition: Edition) -> None:
    sure = Weights(("why", GAP, OUTSIDE), 1.0, (9.0, -9.0, -9.0), {}, "none")
    assert [part.topic for part in Understanding(edition, sure).read("云朵").parts] == ["why"]
