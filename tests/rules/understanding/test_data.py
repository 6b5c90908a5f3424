"""The reader's data: every name is known, and a single line teaches a new phrasing."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from rules.edition import Catalogue, Edition
from rules.kinds import FigureKind
from rules.reading import AnswerKind
from rules.said import Ask
from rules.understanding import Understanding
from rules.understanding.lexicon import Flagged, by_flag, concepts, flagged
from rules.understanding.patterns import parsed, patterns_of
from rules.understanding.spelling import readings
from rules.understanding.tables import load, split_list
from rules.understanding.told_topic import GRACE


def test_every_sign_is_of_a_topic_and_names_known_concepts(packaged: Catalogue, edition: Edition) -> None:
    topics = {topic.id for known in packaged.editions for topic in known.topics}
    named = set(load("patterns.toml")) - {"everywhere", "alias", "choices"}
    assert named <= topics
    assert patterns_of(edition).by_concept.keys() <= concepts().keys()


def test_a_sign_of_an_unknown_concept_is_an_error() -> None:
    with pytest.raises(KeyError):
        parsed("join", "join nonsense", "", {}, 0)


def test_an_unknown_flag_is_an_error_that_names_its_concept() -> None:
    misspelt = replace(concepts()["join"], flags=frozenset({"askes"}))
    with pytest.raises(KeyError, match='concept "join": unknown flag "askes"'):
        by_flag([misspelt])


def test_every_flag_marks_a_concept_and_is_explained() -> None:
    page = (Path(__file__).parents[3] / "docs" / "understanding.md").read_text("utf-8")
    for flag in fields(Flagged):
        assert getattr(flagged(), flag.name), flag.name
        assert f"| `{flag.name}` |" in page, flag.name


def test_every_kind_of_number_names_one_concept() -> None:
    named = [kind for concept in concepts().values() for kind in concept.figures]
    assert sorted(named) == sorted(FigureKind)


def test_a_sure_word_also_names_what_it_is_about() -> None:
    others = {word for concept in concepts().values() if concept.name != "surely" for word in concept.words}
    assert set(concepts()["surely"].words) <= others


def test_every_topic_with_an_answer_has_signs(edition: Edition) -> None:
    special = {"adm3", "auto_closures", "auto_normal", "low_score", *_moved_to()}
    spoken = {topic.id for topic in edition.topics if topic.coverage.value != "chat"} - special
    assert spoken <= set(load("patterns.toml"))


def test_the_readings_of_words_are_syllables() -> None:
    for reading in load("spelling.toml")["readings"].values():
        assert set(reading.split()) <= set(readings().values())


def test_one_line_of_asks_teaches_a_phrasing(edition: Edition, reader: Understanding) -> None:
    phrasing = "盟里的饭碗被砸了还捡得回来不"
    assert reader.read(phrasing).kind is not AnswerKind.ANSWER
    topics = tuple(
        topic.model_copy(update={"asks": (*topic.asks, phrasing)}) if topic.id == "reopen" else topic
        for topic in edition.topics
    )
    taught = Understanding(edition.model_copy(update={"topics": topics}))
    assert [part.topic for part in taught.read(f"{phrasing}?").parts] == ["reopen"]
    assert taught.read("清退标准") == reader.read("清退标准")


def test_the_words_of_follow_ups_name_known_concepts_topics_and_asks(edition: Edition) -> None:
    words = load("follow_up.toml")
    again, onward = words["again"], words["onward"].values()
    named = [again[name] for name in ("beside", "kinds", "follows", "absent")] + [table["named"] for table in onward]
    assert {concept for line in named for concept in split_list(line)} <= set(concepts())
    topics = {*words["onward"], *(topic for table in onward for topic in split_list(table["after"]))}
    assert topics | set(words["english"]["asked"]) <= {topic.id for topic in edition.topics}
    assert set(words["english"]["asked"].values()) <= set(Ask)


def test_every_point_of_an_edition_is_known_and_every_move_has_a_topic(packaged: Catalogue) -> None:
    words = load("points.toml")
    known = {*words["open"], *words["asked"]}
    assert len(known) == len(words["open"]) + len(words["asked"])
    answered = {point for edition in packaged.editions for topic in edition.topics for point in topic.answers}
    topics = {topic.id for edition in packaged.editions for topic in edition.topics}
    assert answered | set(words["moves"]) | set(words["gaps"]) | set(words["kind"]["over"].split()) <= known
    assert _moved_to() <= topics
    moves = (*words["moves"].values(), *words["gaps"].values())
    assert {name for move in moves for name in move["from"].split()} <= topics | {"none"}


def _moved_to() -> set[str]:
    words = load("points.toml")
    return {GRACE, *(move["to"] for table in ("moves", "gaps") for move in words[table].values())}
