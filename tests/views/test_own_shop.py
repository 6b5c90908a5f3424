"""我会被关吗 is answered from the judgement of the shop: 会, 不会, 不能判断 with what is missing, or closed already."""

from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings

from bot.views.answer import answer
from bot.views.other_edition import EditionOffers
from rules.assessment import Assessment, assess
from rules.case import Case, Known, edition_of
from rules.lines import AtLine, touches
from rules.reading import Reading
from rules.report import Standing
from rules.requirements import FactValue
from rules.sources import Source
from rules.understanding import Understanding
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.views.test_one_judgement import EDITIONS, cases

ON = date(2026, 11, 29)
ASKED = "我会被关吗"
ASSUMED = "（按已经开通来看）"


@cache
def reading(question: str, name: str) -> Reading:
    return Understanding(CATALOGUE.edition(name)).read(question)


def lead(name: str, case: Case, question: str = ASKED) -> list[str]:
    """The lines of ours before the first provision, by this edition."""
    edition = CATALOGUE.edition(name)
    reply = answer(edition, reading(question, name), EditionOffers(CATALOGUE, edition), today=ON, case=case)
    return reply.plain.split("\n\n")[0].splitlines()


def case_of(**values: FactValue) -> Case:
    """These facts as told today, the scores on the scale of the newest edition."""
    scales = {fact.id: fact.scale for fact in HUNDRED_POINTS.scores}
    return Case({name: Known(value, ON, Source.MERCHANT, scale=scales.get(name, "")) for name, value in values.items()})


def five_points(value: str | None, **values: FactValue) -> Case:
    """A shop with this score of 5 points, or known to have none, and these facts."""
    score = Known(value and Decimal(value), ON, Source.MERCHANT, scale=FIVE_POINTS.main_score.scale)
    return Case({"score": score, **case_of(**values).known})


HUNDRED = HUNDRED_POINTS.name
FIVE = FIVE_POINTS.name
STRICTER = "有的主营类目线更高（体验分最高 80、商品体验分最高 75），还没告诉我主营类目"
"""By the table of categories in the digest."""


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param(
            case_of(score=None, growth_score=Decimal(60), product_score=Decimal(90)),
            "不能判断：没有体验分、只有成长期体验分会不会被关闭，规则没有写；商品体验分 90（今天的）不低于 60。",
            id="no rule for a growth score",
        ),
        pytest.param(
            case_of(score=None, growth_score=None, in_alliance=True),
            "会：体验分、成长期体验分都没有，按规则也清退，关闭权限。",
            id="no score at all is cleared out",
        ),
        pytest.param(
            case_of(score=Decimal(71), product_score=Decimal(70), in_alliance=True),
            "一般不会：体验分 71（今天的）不低于 70，只高 1，快到清退线（低于本助手的提前提醒线 73）；"
            f"商品体验分 70（今天的）不低于 60；{STRICTER}。",
            id="near the line, the kind of goods untold",
        ),
        pytest.param(
            case_of(score=Decimal(71), product_score=Decimal(70), category="general", in_alliance=True),
            "不会因分数关闭：体验分 71（今天的）不低于 70，只高 1，快到清退线（低于本助手的提前提醒线 73）；"
            "商品体验分 70（今天的）不低于 60。违规达到清退标准另算。",
            id="near the line",
        ),
        pytest.param(
            case_of(score=Decimal("72.5"), product_score=Decimal(70), category="fruit", in_alliance=True),
            "不会因分数关闭：体验分 72.5（今天的）不低于 72，只高 0.5，快到清退线（低于本助手的提前提醒线 75）；"
            "商品体验分 70（今天的）不低于 70，刚好踩线，快到清退线（低于本助手的提前提醒线 73）。"
            "违规达到清退标准另算。",
            id="near the line of its kind of goods",
        ),
        pytest.param(
            case_of(score=Decimal(74), product_score=Decimal(90), category="crab", in_alliance=True),
            "会：体验分 74（今天的）低于 75，关闭权限；商品体验分 90（今天的）不低于 72.01。",
            id="below the line of its kind of goods",
        ),
        pytest.param(
            case_of(score=Decimal(71), in_alliance=True),
            "不能判断：商品体验分还没有告诉我，要看主营类目；体验分 71（今天的）不低于 70，只高 1，"
            "快到清退线（低于本助手的提前提醒线 73）。",
            id="another score untold",
        ),
        pytest.param(
            case_of(score=Decimal(79), product_score=Decimal(62), in_alliance=True),
            "一般不会：体验分 79（今天的）不低于 70；商品体验分 62（今天的）不低于 60，只高 2，"
            f"快到清退线（低于本助手的提前提醒线 63）；{STRICTER}。",
            id="by the kind of goods",
        ),
        pytest.param(
            case_of(score=Decimal(69), product_score=Decimal(62), in_alliance=True),
            "会：体验分 69（今天的）低于 70，关闭权限；商品体验分 62（今天的）不低于 60，只高 2，"
            "快到清退线（低于本助手的提前提醒线 63）。",
            id="below",
        ),
        pytest.param(
            case_of(closures=3, in_alliance=False),
            "已经关闭着：被系统关闭 3 次，现在不在联盟里，没有权限可以再关。"
            "重新开通还要看体验分、商品体验分、抖音小店、账户能正常登录等，都要满足。",
            id="closed where closings are not counted",
        ),
        pytest.param(
            case_of(closures=3), "不能判断：体验分、商品体验分还没有告诉我（按已经开通来看）。", id="closed before"
        ),
    ],
)
def test_an_edition_of_several_scores_says_what_becomes_of_the_access(case: Case, said: str) -> None:
    text = lead(HUNDRED, case)[0]
    assert text.replace(ASSUMED, "") == said.replace(ASSUMED, "")
    assert text.endswith(f"{ASSUMED}。") is ("in_alliance" not in case.known)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("我卖大闸蟹，我会被清退吗", "会：体验分 74（今天的）低于 75，关闭权限"),
        ("我是卖荔枝的，会被清退吗", "不会因分数关闭：体验分 74（今天的）不低于 72"),
    ],
)
def test_a_category_told_in_the_question_is_laid_over_the_known_scores(question: str, said: str) -> None:
    shop = case_of(score=Decimal(74), product_score=Decimal(80), in_alliance=True)
    assert lead(HUNDRED, shop, question)[0].startswith(said)


OVER = "（按旧版 2022-10-10，已停用）"


@pytest.mark.parametrize(
    ("case", "said"),
    [
        pytest.param(
            five_points("3.2", in_alliance=False, closures=2),
            [
                "已经关闭着：被系统关闭 2 次，现在不在联盟里，没有权限可以再关。",
                "重新开通：还不能：（今天记的）体验分 3.2 不到 4.0，差 0.8 分；（今天记的）被系统关闭 2 次，少于 3 次，"
                "还剩 1 次机会（最后一次，再被关闭就永久不能申请）。",
            ],
            id="closed",
        ),
        pytest.param(
            five_points("3.2", closures=3),
            [
                "已经关闭着：被系统关闭 3 次，现在不在联盟里，没有权限可以再关。",
                "重新开通：不能，永久不可再申请：（今天记的）被系统关闭 3 次，3 次机会已经用完；"
                "（今天记的）体验分 3.2 不到 4.0，差 0.8 分。",
            ],
            id="closed for good",
        ),
        pytest.param(
            five_points("3.2", in_alliance=False),
            [
                "不会：现在没有开通着，没有权限可以关。",
                "开通：还不能：（今天记的）体验分 3.2 不到 4.0，差 0.8 分。",
            ],
            id="never opened",
        ),
        pytest.param(
            five_points(None, closures=0),
            ["不能判断：没有体验分会不会被关闭，规则没有写（按已经开通来看）。"],
            id="no score",
        ),
        pytest.param(
            five_points(None, closures=2, in_alliance=True, penalties=(date(2025, 11, 29),)),
            ["不能判断：没有体验分会不会被关闭，规则没有写。"],
            id="no score after a check",
        ),
        pytest.param(
            five_points("3.6", in_alliance=True),
            [
                "不会因分数关闭：体验分 3.6（今天的）不低于 3.5，只高 0.1；但低于 3.8，会收到警告。"
                "违规达到清退标准另算。",
            ],
            id="warned",
        ),
        pytest.param(
            five_points("3.2", in_alliance=True),
            ["会：体验分 3.2（今天的）低于 3.5，关闭权限；不一定先有警告。"],
            id="below",
        ),
    ],
)
def test_an_edition_of_one_score_says_what_becomes_of_the_access(case: Case, said: list[str]) -> None:
    found = [line for line in lead(FIVE, case) if not line.startswith("现行")]
    assert found == [said[0] + OVER, *said[1:]]


@pytest.mark.parametrize(
    ("name", "case", "said"),
    [
        (FIVE, five_points("3.6", in_alliance=True), "会警告：体验分 3.6（今天的）低于 3.8；"),
        (FIVE, five_points("4.6", in_alliance=True), "不会警告：体验分 4.6（今天的）不低于 3.8，也不低于 3.5。"),
        (
            HUNDRED,
            case_of(score=Decimal(80), product_score=Decimal(80)),
            "没有警告这一档，分数也不清退：体验分 80（今天的）不低于 70；",
        ),
        (HUNDRED, case_of(score=Decimal(60)), "不会先警告，没有警告这一档：体验分 60（今天的）低于 70，关闭权限"),
    ],
)
def test_a_warning_asked_about_is_answered_first(name: str, case: Case, said: str) -> None:
    assert lead(name, case, "我会收到警告吗")[0].startswith(said)


def test_a_shop_with_numbers_of_two_scales_is_not_judged() -> None:
    both = Case({**case_of(product_score=Decimal(90)).known, "score": five_points("4.6").known["score"]})
    assert lead(HUNDRED, both)[0].startswith("还不能下结论：另一种分制的 4.6")


def test_a_shop_that_is_in_and_asks_whether_it_may_enter_reads_what_becomes_of_its_access() -> None:
    case = case_of(score=Decimal(71), product_score=Decimal(70), in_alliance=True)
    assert lead(HUNDRED, case, "我的店能开通吗") == lead(HUNDRED, case)


def test_chances_are_not_judged_while_the_closings_are_not_told() -> None:
    said = lead(FIVE, five_points("4.2"), "我还有几次机会")[0]
    assert said.startswith("还不知道还剩几次：被系统关闭过几次还没有告诉我；一共 3 次，满 3 次就永久不能再申请。")


def test_a_span_that_the_edition_does_not_count_is_not_named() -> None:
    assert "（今天记的）严重违规限制期：没有" in lead(HUNDRED, case_of(serious_breach_until=None), "我的店能开通吗")[0]


def open_at(now: Assessment) -> list[AtLine]:
    """The platform's lines on the access that may be crossed for all that is known."""
    return [at for at in now.lines if touches(at.line) and at.below is None]


def begins_rightly(now: Assessment, first: str) -> bool:
    """Whether the first word is what the judgement says."""
    if now.in_alliance is False or (now.is_barred and now.in_alliance is None):
        return first.startswith(("已经关闭着：", "不会：现在没有开通着"))
    if now.clearing and now.standing_if_in is not Standing.CLOSING:
        return first.startswith("会：")
    if now.standing_if_in is None:
        is_kind_alone = not now.at_odds and all(one.is_of_untold_kind for one in open_at(now))
        return first.startswith("一般不会：" if is_kind_alone and open_at(now) else ("不能判断：", "还不能下结论："))
    words = {
        Standing.CLOSING: "会：",
        Standing.WARNING: ("不会因分数关闭：", "会收到警告："),
        Standing.SAFE: "不会因分数关闭：",
    }
    return first.startswith(words[now.standing_if_in])


@settings(max_examples=300, deadline=None)
@given(EDITIONS, cases())
def test_what_is_said_of_the_own_shop_follows_from_its_judgement(name: str, case: Case) -> None:
    edition = edition_of(CATALOGUE, case, CATALOGUE.edition(name))
    text = lead(edition.name, case)
    if case.known:
        assert begins_rightly(assess(edition, case, ON), text[0]), text
    for question in (ASKED, "我会收到警告吗", "我的店能开通吗", "我的店能开通吗，会被关吗", "我还有几次机会"):
        said = "\n".join(lead(edition.name, case, question))
        assert "None" not in said
        assert "  " not in said
