"""The same questions under the 2026 digest: other clauses and lines, the same reader."""

from decimal import Decimal

import pytest

from rules.edition import Catalogue
from rules.kinds import FigureKind
from rules.reading import AnswerKind
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
        ("保证金没交能开吗", "deposit", ("admission.deposit",)),
        ("个人店开了60天能入驻吗", "personal", ("admission.personal",)),
        ("60分名单有哪些类目", "product_score", ("admission.score", "clearing.score", "products.score")),
        ("星级4.3能开精选联盟吗", "auto_score", ("admission.score",)),
        ("商品体验分要多少", "product_score", ("admission.score", "clearing.score", "products.score")),
        ("清退后还能再开吗", "reopen", ("clearing.again",)),
        ("精选联盟有几次开通机会", "three", ("clearing.again",)),
    ],
)
def test_a_question_quotes_the_digest(
    digest_reader: Understanding, question: str, topic: str, clauses: tuple[str, ...]
) -> None:
    reading = digest_reader.read(question)
    assert [(part.topic, part.clauses) for part in reading.parts] == [(topic, clauses)]


@pytest.mark.parametrize(
    ("question", "kind", "value"),
    [
        ("不是改成4.2了吗", FigureKind.OTHER_SCALE, "4.2"),
        ("入驻不是改成4.2了吗", FigureKind.OTHER_SCALE, "4.2"),
        ("个人店开了60天能入驻吗", FigureKind.DAYS_SINCE_OPENED, "60"),
        ("个人店开了两个多月能入驻吗", FigureKind.DAYS_SINCE_OPENED, "61"),
        ("体验分850能开吗", FigureKind.OTHER_SCALE, "850"),
        ("星级4.3能开吗", FigureKind.STARS, "4.3"),
    ],
)
def test_a_number_is_carried_with_its_kind(
    digest_reader: Understanding, question: str, kind: FigureKind, value: str
) -> None:
    figures = [figure for part in digest_reader.read(question).parts for figure in part.figures]
    assert [(figure.kind, figure.value) for figure in figures] == [(kind, Decimal(value))]


def test_a_number_in_the_name_of_a_list_is_no_score(digest_reader: Understanding) -> None:
    assert digest_reader.read("60分名单有哪些类目").parts[0].figures == ()


def test_a_score_of_the_old_scale_is_flagged(digest_reader: Understanding) -> None:
    reading = digest_reader.read("4.2")
    assert reading.claims_change
    assert [figure.kind for figure in reading.parts[0].figures] == [FigureKind.OTHER_SCALE]


@pytest.mark.parametrize("question", ["清退后商品怎么办", "精选联盟是自动开通的吗"])
def test_what_the_digest_does_not_say_is_a_gap(digest_reader: Understanding, question: str) -> None:
    assert digest_reader.read(question).kind is AnswerKind.NOT_COVERED


@pytest.mark.parametrize("then", ["为什么", "第一条呢", "那3.6呢"])
def test_a_question_of_before_the_edition_changed_is_not_followed(
    reader: Understanding, digest_reader: Understanding, then: str
) -> None:
    before, digest = reader.read("体验分3.7会怎样"), digest_reader.read("商品体验分65会怎样")
    assert digest_reader.read(then, before) == digest_reader.read(then)
    assert reader.read(then, digest) == reader.read(then)
