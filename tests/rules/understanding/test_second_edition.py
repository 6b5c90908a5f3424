"""The same questions under the 2026 digest: other clauses and lines, the same reader."""

import pytest

from rules.catalogue import Catalogue
from rules.model import AnswerKind, FigureKind
from rules.understanding import Understanding


@pytest.fixture(scope="module")
def digest_reader(packaged: Catalogue) -> Understanding:
    return Understanding(packaged.edition("2026-07-29"))


@pytest.mark.parametrize(
    ("question", "topic", "clauses"),
    [
        ("体验分69会怎样", "score_at", ("admission.score", "clearing.score")),
        ("体验分70会怎样", "score_at", ("admission.score",)),
        ("体验分72能开精选联盟吗", "auto_score", ("admission.score",)),
        ("个人店能开精选联盟吗", "personal", ("admission.personal",)),
        ("国家馆可以入驻精选联盟吗", "excluded", ("admission.excluded",)),
        ("没交保证金能开联盟吗", "deposit", ("admission.deposit",)),
        ("商品体验分要多少", "product_score", ("admission.score", "clearing.products")),
        ("清退后还能再开吗", "reopen", ("clearing.again",)),
        ("精选联盟有几次开通机会", "three", ("clearing.again",)),
    ],
)
def test_a_question_quotes_the_digest(
    digest_reader: Understanding, question: str, topic: str, clauses: tuple[str, ...]
) -> None:
    reading = digest_reader.read(question)
    assert [(part.topic, part.clauses) for part in reading.parts] == [(topic, clauses)]


def test_a_score_of_the_old_scale_is_flagged(digest_reader: Understanding) -> None:
    reading = digest_reader.read("4.2")
    assert reading.claims_change
    assert [figure.kind for figure in reading.parts[0].figures] == [FigureKind.OTHER_SCALE]


@pytest.mark.parametrize("question", ["清退后商品怎么办", "精选联盟是自动开通的吗"])
def test_what_the_digest_does_not_say_is_a_gap(digest_reader: Understanding, question: str) -> None:
    assert digest_reader.read(question).kind is AnswerKind.NOT_COVERED
