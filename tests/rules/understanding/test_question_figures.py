"""The numbers carried by a reading: counts, days, other scales, claims."""

from decimal import Decimal

import pytest

from rules.kinds import FigureKind
from rules.reading import AnswerKind, Figure
from rules.side import Side
from rules.understanding import Understanding
from rules.understanding.numbers_in_text import Unit, numbers


def figures(reader: Understanding, question: str) -> tuple[Figure, ...]:
    return tuple(figure for part in reader.read(question).parts for figure in part.figures)


@pytest.mark.parametrize(
    ("question", "kind", "value"),
    [
        ("关了两次还能开吗", FigureKind.CLOSURES, "2"),
        ("被关闭3次还能申请吗", FigureKind.CLOSURES, "3"),
        ("开店52天没有体验分能开吗", FigureKind.DAYS_SINCE_JOINED, "52"),
        ("入驻两个月还没体验分", FigureKind.DAYS_SINCE_JOINED, "60"),
        ("400天前违规过,现在能开精选联盟吗", FigureKind.DAYS_SINCE_PENALTY, "400"),
        ("一年前违规过,现在能开精选联盟吗", FigureKind.DAYS_SINCE_PENALTY, "365"),
        ("半年前被处罚过能开吗", FigureKind.DAYS_SINCE_PENALTY, "182"),
        ("店铺页面显示4.3星,能开联盟吗", FigureKind.STARS, "4.3"),
        ("体验分85分能开精选联盟吗", FigureKind.OTHER_SCALE, "85"),
        ("体验分850能开吗", FigureKind.OTHER_SCALE, "850"),
        ("星级4.3能开吗", FigureKind.STARS, "4.3"),
        ("开店两个多月没有体验分能开吗", FigureKind.DAYS_SINCE_JOINED, "61"),
        ("开店超过60天没有体验分能开吗", FigureKind.DAYS_SINCE_JOINED, "61"),
        ("一年多前违规过,现在能开精选联盟吗", FigureKind.DAYS_SINCE_PENALTY, "366"),
        ("现在不是70分了吗", FigureKind.OTHER_SCALE, "70"),
    ],
)
def test_a_number_is_carried_with_its_kind(reader: Understanding, question: str, kind: FigureKind, value: str) -> None:
    assert [(figure.kind, figure.value) for figure in figures(reader, question)] == [(kind, Decimal(value))]


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("体验分低于3.5会关吗", Side.BELOW),
        ("体念分底于3.5会关吗", Side.BELOW),
        ("体验分低与3.8会警告吗", Side.BELOW),
        ("体验分搞于4.0就能开吗", Side.ABOVE),
    ],
)
def test_the_side_of_a_number_is_known_with_a_slip_in_its_word(
    reader: Understanding, question: str, side: Side
) -> None:
    assert {figure.side for figure in figures(reader, question)} == {side}


@pytest.mark.parametrize(
    ("question", "claimed"), [("是不是被关5次才永久不能开", True), ("我已经被关了5次,还能开吗", False)]
)
def test_a_number_of_the_rule_is_claimed_and_one_of_the_shop_is_not(
    reader: Understanding, question: str, claimed: bool
) -> None:
    assert figures(reader, question) == (Figure(kind=FigureKind.CLOSURES, value=Decimal(5), claimed=claimed),)


@pytest.mark.parametrize(
    ("question", "side"),
    [
        ("开店两个多月没有体验分能开吗", Side.ABOVE),
        ("入驻60多天了没有体验分", Side.ABOVE),
        ("开店快两个月了没有体验分", Side.BELOW),
        ("入驻60天内没有体验分怎么办", Side.BELOW),
        ("开店两个月没有体验分", Side.AT),
        ("体验分快3.5了怎么办", Side.AT),
    ],
)
def test_more_days_and_nearly_or_within_so_many_are_sides(reader: Understanding, question: str, side: Side) -> None:
    assert [figure.side for figure in figures(reader, question)] == [side]


def test_scores_of_two_things_are_judged_apart(reader: Understanding) -> None:
    reading = reader.read("体验分3.7分，商品分80")
    assert [(part.topic, part.clauses) for part in reading.parts] == [
        ("score_at", ("clearing.warning",)),
        ("product_score", ()),
    ]


@pytest.mark.parametrize("question", ["信用分低于600怎么办", "四级425分能过吗"])
def test_a_number_off_every_scale_that_no_score_is_called_is_none(reader: Understanding, question: str) -> None:
    assert reader.read(question).parts == ()


def test_a_claim_of_a_new_rule_says_so(reader: Understanding) -> None:
    assert reader.read("现在不是70分了吗").claims_change
    assert not reader.read("体验分3.9能开精选联盟吗").claims_change


def test_points_taken_away_are_no_score(reader: Understanding) -> None:
    reading = reader.read("B类违规扣4分会不会被精选联盟清退")
    assert [part.topic for part in reading.parts] == ["close"]
    assert reading.parts[0].figures == ()


@pytest.mark.parametrize(
    "question", ["体验分一夜之间降了0.3,什么原因", "体验分怎么提升?有效的5个方法", "问了半天体验分怎么算"]
)
def test_a_number_that_is_no_score_is_not_carried(reader: Understanding, question: str) -> None:
    assert figures(reader, question) == ()


@pytest.mark.parametrize("question", ["13800138000", "1", "99999", "110101199003070000", "3.14159"])
def test_a_number_that_can_be_no_score_is_not_answered(reader: Understanding, question: str) -> None:
    assert reader.read(question).parts == ()


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("三百六十五天", "365", Unit.DAYS),
        ("十二分", "12", Unit.POINTS),
        ("两个半月", "75", Unit.DAYS),
        ("一年半", "548", Unit.DAYS),
        ("4颗星", "4", Unit.STARS),
        ("第3次", "3", Unit.TIMES),
        ("仨个月", "90", Unit.DAYS),
        ("一千天", "1000", Unit.DAYS),
    ],
)
def test_a_chinese_numeral_is_read_with_its_unit(text: str, value: str, unit: Unit) -> None:
    assert [(number.value, number.unit) for number in numbers(text)] == [(Decimal(value), unit)]


@pytest.mark.parametrize("text", ["被关了两三次还能开吗", "百分制的话要多少分才能进联盟"])
def test_a_number_that_is_not_one_exactly_is_no_figure(reader: Understanding, text: str) -> None:
    assert reader.read(text).kind is AnswerKind.ANSWER
    assert figures(reader, text) == ()


@pytest.mark.parametrize(
    "text", ["问一下", "2022年", "十月", "一回事", "1.怎么开通", "第一次听说", "头一回", "看了半天"]
)
def test_a_numeral_that_is_part_of_a_word_or_a_date_is_no_number(text: str) -> None:
    assert numbers(text) == ()


@pytest.mark.parametrize("question", ["3.2还撑得住吗", "刚看到3.2,还扛得住吗"])
def test_a_score_that_nothing_strange_names_is_ours_among_unknown_words(reader: Understanding, question: str) -> None:
    assert reader.read(question).parts[0].clauses == ("clearing.closing",)


@pytest.mark.parametrize("question", ["血糖3.2还撑得住吗", "绩点3.2还撑得住吗", "3.2寸还撑得住吗", "32还撑得住吗"])
def test_a_number_that_an_unknown_word_names_is_none_of_ours(reader: Understanding, question: str) -> None:
    assert reader.read(question).parts == ()
