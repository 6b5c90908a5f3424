"""A number in a question, judged against the edition that answers."""

from decimal import Decimal

import pytest

from bot.views.answer import answer, figure_view
from bot.views.other_edition import EditionOffers
from bot.views.render import render
from rules.catalogue.load import load, packaged_folder
from rules.kinds import FigureKind
from rules.reading import Figure, Part, Side
from rules.understanding import Understanding

CATALOGUE = load(packaged_folder())
EDITION = CATALOGUE.edition("2022-10-10")
ENTRY = Part(topic="auto_score", clauses=("entry.score",))


def judged(value: str, side: Side = Side.AT) -> dict[str, bool]:
    view = figure_view(EDITION, Figure(kind=FigureKind.SCORE, value=Decimal(value), side=side), ENTRY)
    return {line.effect: line.below for line in view.lines}


AT = {
    "4.0": (False, False, False),
    "3.99": (True, False, False),
    "3.8": (True, False, False),
    "3.79": (True, True, False),
    "3.5": (True, True, False),
    "3.49": (True, True, True),
}


@pytest.mark.parametrize(("value", "below"), AT.items(), ids=AT)
def test_a_score_is_below_a_line_only_when_it_is_less(value: str, below: tuple[bool, bool, bool]) -> None:
    assert judged(value) == dict(zip(("no_entry", "warning", "closing"), below, strict=True))


def test_below_a_number_says_nothing_of_the_lines_further_down() -> None:
    assert judged("3.8", Side.BELOW) == {"no_entry": True, "warning": True}


def test_from_a_number_up_says_nothing_of_the_lines_above_it() -> None:
    assert judged("3.8", Side.ABOVE) == {"warning": False, "closing": False}


def test_a_count_is_held_to_the_number_of_chances() -> None:
    view = figure_view(EDITION, Figure(kind=FigureKind.CLOSURES, value=Decimal(5)), ENTRY)
    assert view.limit == Decimal(3)


DIGEST = CATALOGUE.edition("2026-07-29")
SHELF = EditionOffers(CATALOGUE, DIGEST)
OF_GOODS = Part(topic="product_score", clauses=("admission.score", "clearing.products"))


@pytest.mark.parametrize(
    ("value", "below"),
    [
        ("59", {"no_entry": True, "early": True, "closing": True}),
        ("62", {"no_entry": None, "early": True, "closing": None}),
        ("65", {"no_entry": False, "early": None, "closing": False}),
        ("70", {"no_entry": False, "early": False, "closing": False}),
    ],
)
def test_a_score_of_goods_is_held_to_its_own_lines_as_far_as_the_category_does_not_matter(
    value: str, below: dict[str, bool | None]
) -> None:
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(value)), OF_GOODS)
    assert view.label == "商品体验分"
    assert {line.effect: line.below for line in view.lines} == below


def test_a_claim_is_held_to_the_line_of_its_own_score() -> None:
    asked = Part(topic="auto_score", clauses=("admission.score",))
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(70), claimed=True), asked)
    assert view.limit == Decimal(70)


@pytest.mark.parametrize(
    ("kind", "value", "side", "is_settled"),
    [
        (FigureKind.DAYS_SINCE_PENALTY, 365, Side.BELOW, True),
        (FigureKind.DAYS_SINCE_PENALTY, 400, Side.BELOW, False),
        (FigureKind.DAYS_SINCE_PENALTY, 400, Side.ABOVE, True),
        (FigureKind.DAYS_SINCE_PENALTY, 182, Side.ABOVE, False),
        (FigureKind.DAYS_SINCE_JOINED, 30, Side.BELOW, True),
        (FigureKind.DAYS_SINCE_JOINED, 90, Side.BELOW, False),
        (FigureKind.CLOSURES, 3, Side.ABOVE, True),
        (FigureKind.CLOSURES, 3, Side.BELOW, False),
        (FigureKind.CLOSURES, 400, Side.AT, True),
    ],
)
def test_within_a_span_is_held_to_a_limit_only_where_that_settles_it(
    kind: FigureKind, value: int, side: Side, is_settled: bool
) -> None:
    view = figure_view(EDITION, Figure(kind=kind, value=Decimal(value), side=side), ENTRY)
    assert (view.limit is not None) is is_settled


@pytest.mark.parametrize(
    ("value", "side", "is_settled"), [(60, Side.AT, True), (61, Side.ABOVE, True), (60, Side.ABOVE, False)]
)
def test_days_since_opening_are_held_to_what_a_personal_shop_needs(value: int, side: Side, is_settled: bool) -> None:
    figure = Figure(kind=FigureKind.DAYS_SINCE_OPENED, value=Decimal(value), side=side)
    view = figure_view(DIGEST, figure, Part(topic="personal", clauses=("admission.personal",)))
    assert view.limit == (Decimal(60) if is_settled else None)


def test_a_claim_of_the_rule_is_held_to_what_the_answer_quotes() -> None:
    view = figure_view(EDITION, Figure(kind=FigureKind.SCORE, value=Decimal("4.2"), claimed=True), ENTRY)
    assert (view.limit, view.lines) == (Decimal("4.0"), ())


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("个人店开了60天能入驻吗", "开业第 60 天：还没有超过 60 天，还不能入驻"),
        ("个人店开了两个多月能入驻吗", "开业 61 天以上：已超过 60 天"),
        ("星级4.3能开精选联盟吗", "星级不是体验分"),
        ("不是改成4.2了吗", "入驻门槛提高到 4.2 分"),
    ],
)
def test_an_answer_says_what_became_of_the_number(question: str, said: str) -> None:
    text = answer(DIGEST, Understanding(DIGEST).read(question), SHELF).plain
    assert said in text


def test_a_line_that_depends_on_a_choice_is_named_with_it_and_never_left_out() -> None:
    view = figure_view(DIGEST, Figure(kind=FigureKind.SCORE, value=Decimal(62)), OF_GOODS)
    said = render("answers/number", figure=view).plain
    assert "商品体验分清退线 65 或 60，要看主营类目" in said
