"""The result of a check is read in one look: few lines, the worst first, counts of what is listed, nothing twice."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.journeys.check_message import KeepResult
from bot.journeys.consent import with_offer
from bot.views.check_groups import groups
from bot.views.check_question import About
from bot.views.check_report import Beside, Replaced, details, result
from bot.views.instead import on_chances, on_entry
from bot.views.other_edition import EditionOffers
from bot.views.render import LONGEST_MESSAGE, Rendered, shown_length
from rules.assessment import Assessment, assess
from rules.case import Case
from rules.catalogue.load import load
from rules.edition import Catalogue, Edition
from rules.report import Status, Verdict
from rules.requirements import Facts
from rules.sources import Source
from storage.shops import Shop
from tests.invented import by_category, revised
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.phone import lines_on_a_phone
from tests.shape import faults
from tests.views.test_one_judgement import cases

ON = date(2026, 11, 29)
SHOP = About(Shop(1, "S1", None, "花店", Source.FEED))
MOST = 10
MOST_ON_A_PHONE = 20
LEADS = ("👉", "📅")
LISTED = re.compile(r"^❌ ", re.M)


class Catalogues(tuple[Catalogue, ...]):
    """With a name of its own: the editions are too long for the report of a failure."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "catalogues"


@pytest.fixture(scope="module")
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Catalogues:
    """The packaged one, and operators': another number of chances, and a second score by category."""
    folders = (revised(tmp_path_factory.mktemp("a")), by_category(tmp_path_factory.mktemp("b")))
    return Catalogues((CATALOGUE, *map(load, folders)))


def every(catalogues: Catalogues) -> Iterator[tuple[Catalogue, Edition]]:
    """Each edition with its catalogue."""
    for catalogue in catalogues:
        for edition in catalogue.editions:
            yield catalogue, edition


def beside(catalogue: Catalogue, edition: Edition, *, is_preview: bool = False, replaced: int = 0) -> Beside:
    """All that may stand beside the judgement by the edition."""
    answering = next(one for one in catalogue.editions if is_preview is (one is not edition) or one is edition)
    score = Decimal("3.1")
    return Beside(
        of=SHOP,
        offer=EditionOffers(catalogue, answering).beside_check(edition, "1", 1, is_preview=is_preview),
        replaced=[Replaced(fact, ON, score, score + 1, None) for fact in edition.scores[:replaced]],
        instead=on_chances(catalogue, ON, edition),
        entering=on_entry(catalogue, ON, edition),
    )


def lines(rendered: Rendered) -> list[str]:
    return rendered.plain.splitlines()


@settings(max_examples=120, deadline=None)
@given(case=cases(), is_preview=st.booleans(), replaced=st.integers(0, 3))
def test_a_result_has_ten_lines_at_most(catalogues: Catalogues, case: Case, is_preview: bool, replaced: int) -> None:
    for catalogue, edition in every(catalogues):
        now = assess(edition, case, ON)
        about = beside(catalogue, edition, is_preview=is_preview, replaced=0 if is_preview else replaced)
        shown = result(now, "c|1|1", about)
        assert len(lines(shown)) <= MOST, shown.plain


@settings(max_examples=120, deadline=None)
@given(case=cases())
def test_with_the_question_for_consent_below_it_has_ten_lines_at_most(catalogues: Catalogues, case: Case) -> None:
    for catalogue, edition in every(catalogues):
        shown = with_offer(result(assess(edition, case, ON), "c|1|1", beside(catalogue, edition)), KeepResult("1", 1))
        assert len(lines(shown)) <= MOST, shown.plain


@settings(max_examples=120, deadline=None)
@given(case=cases())
def test_what_is_counted_is_what_is_listed(catalogues: Catalogues, case: Case) -> None:
    for catalogue, edition in every(catalogues):
        now = assess(edition, case, ON)
        shown = result(now, "c|1|1", beside(catalogue, edition)).plain
        listed = tuple(groups(now, {}))
        found = {status: [one for one in listed if one.status == status] for status in Status}
        full = details(now, "c|1|1").plain
        assert len(LISTED.findall(full)) - full.startswith("❌") == len(found[Status.UNMET])
        hidden = re.search(r"还有 (\d+) 条没过", shown)
        if now.verdict is Verdict.NOT_ELIGIBLE and not now.in_alliance:
            said = len(LISTED.findall(shown)) - 1
            assert said + int(hidden[1] if hidden else 0) == len(found[Status.UNMET])
        passed = re.search(r"(\d+) 条都?满足", shown)
        assert not passed or int(passed[1]) == len(found[Status.MET])
        spared = re.search(r"(\d+) 条不考核", shown)
        assert not spared or int(spared[1]) == len(found[Status.EXEMPT])


@settings(max_examples=120, deadline=None)
@given(case=cases())
def test_nothing_is_said_twice_and_no_place_is_empty(catalogues: Catalogues, case: Case) -> None:
    for catalogue, edition in every(catalogues):
        now = assess(edition, case, ON)
        for shown in (result(now, "c|1|1", beside(catalogue, edition)), details(now, "c|1|1")):
            said = [line for line in lines(shown) if line and not line.startswith((*LEADS, "▫️"))]
            own = [line for line in said if line not in {clause.text for clause in edition.clauses}]
            assert faults("\n".join(own)) == [], shown.plain
            assert not re.search(r"\([^)]*[一-鿿]|（[^）]*\)", "\n".join(own)), "half-width brackets"
            for label in (fact.label for fact in edition.facts):
                assert f"{label}：{label}" not in shown.plain


@settings(max_examples=120, deadline=None)
@given(case=cases())
def test_what_a_failing_merchant_reads_below_the_verdict_is_never_a_yes(catalogues: Catalogues, case: Case) -> None:
    for catalogue, edition in every(catalogues):
        now = assess(edition, case, ON)
        shown = lines(result(now, "c|1|1", beside(catalogue, edition)))
        assert not any("✅" in line for line in shown[1:])
        if now.verdict is Verdict.BARRED and not now.in_alliance:
            assert not any(lead in "\n".join(shown) for lead in LEADS)


@settings(max_examples=80, deadline=None)
@given(case=cases())
def test_the_list_of_every_criterion_is_one_message_and_quotes_every_provision(
    catalogues: Catalogues, case: Case
) -> None:
    for _, edition in every(catalogues):
        now = assess(edition, case, ON)
        shown = details(now, "c|1|1")
        assert shown_length(shown.html) <= LONGEST_MESSAGE
        for group in groups(now, {}):
            assert group.why in shown.plain
            assert all(clause.text in shown.plain for clause in group.clauses)


GOOD: Facts = {
    "store_opened": True,
    "account_usable": True,
    "operating_normally": True,
    "closures": 0,
    "score": Decimal("4.2"),
    "in_alliance": False,
    "penalties": (),
    "related_serious_violation": False,
    "brand_documents_complete": True,
}
DAY = date(2022, 10, 10)
OVER = "（按旧版 2022-10-10，已停用）"
SOURCE = "2022-10-10 版 · 旧 · 来源：商家帮助文章"
TODAY = "现行 2026-07-29 版（100 分制）："
CHANCES = f"{TODAY}不再限制次数：重新达到准入标准就可以再次开通。"
ENTRY = f"{TODAY}商家体验分不低于 70 分，商品体验分不低于 60 分；部分类目更高。"
CLOSES = "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限"
WARNS = (
    "若体验分<3.8分,商家将收到平台发送的警告通知,商家在收到警告通知后,应及时调整运营策略,避免被关闭精选联盟使用权限。"
)


def shown(told: Facts, edition: Edition = FIVE_POINTS) -> list[str]:
    """The lines of the result of these answers, by the packaged catalogue, today."""
    about = Beside(instead=on_chances(CATALOGUE, ON, edition), entering=on_entry(CATALOGUE, ON, edition))
    return lines(result(Assessment(edition, told, ON), "c|1|1", about))


def without(*names: str) -> Facts:
    return {name: value for name, value in GOOD.items() if name not in names}


def test_no_shop_opened_is_three_lines() -> None:
    assert shown({"store_opened": False}) == [
        f"❌ 现在还不能开通{OVER}",
        "❌ 抖音小店：还没开 👉 先入驻抖音小店并开立店铺。",
        SOURCE,
    ]
    assert shown({"store_opened": False}, HUNDRED_POINTS) == [
        "❌ 现在还不能开通",
        "❌ 抖音小店：还没开 👉 先入驻平台并开店。",
        "2026-07-29 版 · 要点 · 来源：《精选联盟平台管理规则》2026-07-29 修订公告的第三方存档",
    ]


def test_all_met() -> None:
    assert shown(GOOD) == [f"✅ 可以开通{OVER}", ENTRY, "7 条都满足", "商家体验分>=4.0分", SOURCE]


def test_a_score_too_short_and_a_penalty_with_its_day() -> None:
    assert shown({**GOOD, "score": Decimal("3.7"), "penalties": (date(2026, 1, 5),)}) == [
        f"❌ 现在还不能开通{OVER}",
        "❌ 体验分 3.7，不到 4.0 👉 体验分达到 4.0 分后再来。",
        "❌ 处罚记录：最近一次是 2026-01-05，还在 365 天内；2027-01-06 起满足",
        "其余 5 条满足",
        "商家体验分>=4.0分",
        SOURCE,
    ]


def test_what_has_no_room_is_counted() -> None:
    bad = {"operating_normally": False, "brand_documents_complete": False, "related_serious_violation": True}
    assert shown({**GOOD, **bad, "score": Decimal("3.7"), "penalties": (date(2026, 1, 5),), "closures": 2}) == [
        f"❌ 现在还不能开通{OVER}",
        "❌ 体验分 3.7，不到 4.0 👉 体验分达到 4.0 分后再来。",
        "❌ 营业状态：不正常 👉 先让账户能正常登录、店铺恢复正常营业。",
        "还有 3 条没过，见“逐条看”；其余 2 条满足",
        "⚠️ 已被系统关闭 2 次，这是第 3 次机会，也是最后一次。",
        CHANCES,
        "商家体验分>=4.0分",
        SOURCE,
    ]


def test_barred_for_good() -> None:
    assert shown({**GOOD, "score": Decimal("3.4"), "closures": 3}) == [
        f"🚫 永久不能再开通{OVER}",
        CHANCES,
        "❌ 被系统关闭次数：3 次，已到 3 次的上限",
        "每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。",
        SOURCE,
    ]


def test_undetermined() -> None:
    assert shown(without("closures", "brand_documents_complete")) == [
        f"❓ 还不能下结论{OVER}",
        "❓ 还不知道：被系统关闭次数、品牌资质",
        "其余 5 条满足",
        "关闭权限次数<3次",
        SOURCE,
    ]


def test_of_what_the_text_does_not_say_it_says_so() -> None:
    assert shown({**GOOD, "score": None, "joined_on": date(2026, 1, 1)})[:3] == [
        f"❓ 还不能下结论{OVER}",
        "❓ 规则没写：没有体验分时怎么算",
        "其余 6 条满足",
    ]


IN: Facts = {**GOOD, "in_alliance": True}


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            {"score": Decimal("3.4")},
            [
                f"⛔ 已开通，这个分数会被关闭权限{OVER}",
                "体验分 3.4：低于清退线 3.5，差 0.1",
                "如果要重新开通：1 条没过（体验分），6 条满足",
                CLOSES,
                SOURCE,
            ],
            id="closing",
        ),
        pytest.param(
            {"score": Decimal("3.4"), "closures": 2},
            [
                f"⛔ 今天就可能被关；这是第 3 次，关了就永久开不回来{OVER}",
                CHANCES,
                "体验分 3.4：低于清退线 3.5，差 0.1",
                CLOSES,
                SOURCE,
            ],
            id="the last closing",
        ),
        pytest.param(
            {"score": Decimal("3.79"), "brand_documents_complete": False},
            [
                f"⚠️ 已开通，这个分数会收到平台警告{OVER}",
                "体验分 3.79：低于警告线 3.8，差 0.01",
                "如果要重新开通：2 条没过（体验分、品牌资质），5 条满足",
                WARNS,
                SOURCE,
            ],
            id="warning",
        ),
        pytest.param(
            {"score": Decimal("4.2")},
            [
                f"✅ 已开通，这个分数不触发警告或关闭{OVER}",
                "体验分 4.2：比警告线 3.8 高 0.4",
                "如果要重新开通：7 条都满足",
                ENTRY,
                SOURCE,
            ],
            id="safe",
        ),
    ],
)
def test_a_shop_that_is_in(told: Facts, expected: list[str]) -> None:
    assert shown({**IN, **told}) == expected


def test_a_score_that_has_to_be_higher_is_not_shown_beside_a_line_that_nobody_wrote() -> None:
    crab: Facts = {"store_opened": True, "in_alliance": True, "category": "crab", "shop_type": "flagship"}
    for points, said in ((72, "没有高于类目商品体验分清退线 72"), (76, "高于类目商品体验分清退线 72")):
        now = Assessment(HUNDRED_POINTS, {**crab, "score": Decimal(80), "product_score": Decimal(points)}, ON)
        assert f"商品体验分 {points}：{said}" in lines(result(now, "c|1|1"))
        assert "72.01" not in result(now, "c|1|1").plain + details(now, "c|1|1").plain
        assert said in details(now, "c|1|1").plain


def test_what_the_text_is_silent_on_is_said_once_whatever_the_limits() -> None:
    crab: Facts = {"store_opened": True, "category": "crab", "score": None, "growth_score": None}
    listed = details(Assessment(HUNDRED_POINTS, crab, ON), "c|1|1").plain
    assert listed.count("没有成长期体验分时怎么算，规则没有写") == 1


def test_only_the_provision_that_decides_is_open_and_a_long_one_is_folded() -> None:
    now = Assessment(FIVE_POINTS, {**GOOD, "score": Decimal("3.7")}, ON)
    assert "<blockquote>商家体验分&gt;=4.0分</blockquote>" in result(now, "c|1|1").html
    assert re.findall(r"<blockquote>([^<]*)<", details(now, "c|1|1").html) == ["商家体验分&gt;=4.0分"]


def test_a_long_provision_in_our_own_words_stands_in_the_list() -> None:
    crab: Facts = {"store_opened": True, "in_alliance": True, "category": "crab", "score": Decimal(74)}
    now = Assessment(HUNDRED_POINTS, crab, ON)
    assert "▫️ 要点较长，见“逐条看”" in lines(result(now, "c|1|1"))
    assert HUNDRED_POINTS.clause("clearing.category").text in details(now, "c|1|1").plain


@settings(max_examples=100, deadline=None)
@given(case=cases())
def test_a_result_and_its_buttons_fit_on_a_phone(catalogues: Catalogues, case: Case) -> None:
    for catalogue, edition in every(catalogues):
        shown = result(assess(edition, case, ON), "c|1|1", beside(catalogue, edition))
        assert lines_on_a_phone(shown.plain) <= MOST_ON_A_PHONE, shown.plain


def test_the_list_leads_back_and_the_result_to_the_list() -> None:
    now = Assessment(FIVE_POINTS, GOOD, ON)
    assert ("逐条看", "c|1|1|d") in {(one.label, one.data) for row in result(now, "c|1|1").rows for one in row}
    assert details(now, "c|1|1").rows[0][0][:2] == ("返回结果", "c|1|1|k")
