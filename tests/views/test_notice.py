"""A notice as its template sees it: worst first, each provision once, one message whatever the number of shops."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.views.instead import Instead
from bot.views.notice import MARK_LENGTH, NextLine, notice_view, render_notice
from bot.views.render import LONGEST_MESSAGE, shown_length
from rules.catalogue.load import load
from rules.edition import Edition
from rules.reasons import Reason
from rules.sources import Source
from storage.notices import Item, Notice
from storage.shops import Shop
from tests.invented import by_category
from tests.packaged import CATALOGUE

EDITION, DIGEST = CATALOGUE.edition("2022-10-10"), CATALOGUE.edition("2026-07-29")
DAY = date(2022, 10, 10)
WARNING, CLOSING = (next(line for line in EDITION.lines if line.id == name) for name in ("warning", "closing"))


def shop(number: int, **known: object) -> Shop:
    return replace(Shop(number, f"S{number}", None, f"店{number}", Source.FEED), **known)  # type: ignore[arg-type]


def item(reason: Reason, score: str | None = None, shop_id: int = 1, **more: object) -> Item:
    return Item(
        reason, shop_id, fact="score" if score else "", points=score and Decimal(score), score_day=DAY
    )._replace(**more)


def view(*items: Item, edition=EDITION, shops: dict[int, Shop] | None = None, **more: object):
    notice = Notice(1, DAY, edition.name, items, 0)
    return notice_view(edition, notice, shops or {n: shop(n) for n in range(1, 100)}, DAY, **more)


def test_a_warning_has_its_line_its_days_and_what_comes_next():
    told = view(item(Reason.WARNING, "3.70", line="warning", since=DAY - timedelta(2))).first
    assert told is not None
    assert (told.shop, told.score_label, told.days) == (shop(1), "体验分", 3)
    assert (told.line, told.limits, told.gap) == (WARNING, (Decimal("3.8"),), Decimal("0.10"))
    assert told.clause == EDITION.clause("clearing.warning")
    assert told.next == NextLine(CLOSING, Decimal("3.5"), Decimal("0.20"), EDITION.clause("clearing.closing"))
    assert (told.chance, told.chances_clause, told.mends) == (None, None, ())


def test_a_closing_has_its_chances_and_what_entering_again_takes():
    told = view(item(Reason.CLOSING, "3.40", line="closing", closures=2)).first
    assert told is not None
    assert (told.clause, told.next) == (EDITION.clause("clearing.closing"), None)
    assert (told.chance, told.chances, told.barred) == (3, 3, False)
    assert told.chances_clause == EDITION.clause("clearing.chances")
    assert (told.entry, told.mends) == (Decimal("4.0"), ("体验分达到 4.0 分后再来。",))


def test_after_the_last_closing_there_is_no_chance():
    told = view(item(Reason.CLOSED, "3.40", line="closing", closures=3)).first
    assert told is not None
    assert (told.chance, told.barred) == (None, True)


def test_an_edition_without_chances_tells_of_none():
    told = view(item(Reason.CLOSED, "60.00", line="closing", closures=3), edition=DIGEST).first
    assert told is not None
    assert (told.chances, told.chance, told.barred, told.chances_clause) == (None, None, False, None)


def closed(score: str, edition=DIGEST, **known: object) -> str:
    notice = Notice(1, DAY, edition.name, (item(Reason.CLOSED, score, closures=2),), 0)
    return render_notice(edition, notice, {1: shop(1, **known)}, DAY).plain


def test_a_feeds_closing_names_its_edition_and_what_it_says_of_opening_again():
    said = closed("60")
    assert "▫️ 要点：清退后重新达到准入标准，可以再次开通" in said
    assert "2026-07-29 版 · 要点" in said


BY_CATEGORY = "怎么办：要开通，体验分要到多少分看主营类目：70、72、75、80，以类目的要求为准。"


@pytest.mark.parametrize(
    ("score", "category", "mends"),
    [
        ("60", None, [BY_CATEGORY]),
        ("75", None, [BY_CATEGORY]),
        ("75", "coins", ["怎么办：体验分达到 80 分后再来。"]),
        ("75", "general", []),
        ("80", None, []),
    ],
)
def test_of_what_it_takes_to_enter_only_the_unmet_or_open_is_said_once(
    score: str, category: str | None, mends: list[str]
):
    said = closed(score, choices={"category": category} if category else {})
    assert [line for line in said.splitlines() if "后再来" in line or "要开通" in line] == mends


def test_who_meets_what_it_takes_to_enter_again_gets_no_advice_on_it():
    assert "后再来" not in closed("4.00", EDITION)
    assert "怎么办：体验分达到 4.0 分后再来。" in closed("3.99", EDITION)


NOW_INSTEAD = Instead(DIGEST, "不再限制次数。")
COUNTED = "现行 2026-07-29 版（100 分制）：不再限制次数。"


@pytest.mark.parametrize(
    ("reason", "counted"),
    [
        (Reason.CLOSED, "这是第 2 次；重新开通要用第 3 次机会，也是最后一次。"),
        (Reason.CLOSING, "如果被关闭，这是第 2 次；重新开通要用第 3 次机会，也是最后一次。"),
        (Reason.MAY_ENTER_AGAIN, "这是第 3 次机会，也是最后一次。"),
        (Reason.WARNING, "已被系统关闭 2 次，再被关闭就是第 3 次，也是最后一次。"),
    ],
)
def test_a_count_of_an_edition_that_is_over_stands_beside_what_is_in_force(reason: Reason, counted: str):
    notice = Notice(1, DAY, EDITION.name, (item(reason, "3.40", line="warning", closures=2),), 0)
    said = render_notice(EDITION, notice, {1: shop(1, closures=2)}, DAY, instead=NOW_INSTEAD).plain
    assert counted + COUNTED in said


@pytest.mark.parametrize("reason", [Reason.STALE, Reason.RECOVERED])
def test_news_without_a_provision_names_the_edition_too(reason: Reason):
    notice = Notice(1, DAY, EDITION.name, (item(reason, "3.90", line="warning"),), 0)
    assert "2022-10-10 版 ·" in render_notice(EDITION, notice, {1: shop(1)}, DAY).plain


def test_a_forecast_is_told_with_its_day_and_its_ground():
    told = view(
        item(Reason.APPROACH, "3.95", line="warning", happens_on=DAY + timedelta(5), span_days=7, in_alliance=True)
    ).first
    assert told is not None
    assert told.forecast_days == 5
    assert (told.line, told.gap, told.next) == (WARNING, Decimal("0.15"), None)


@pytest.mark.parametrize(
    ("line", "limits"),
    [("product_closing", [60, 60, 60]), ("category_product_closing", [Decimal("72.01"), 70, 75])],
)
def test_a_limit_that_a_choice_sets_is_the_shops_own(line: str, limits: list[Decimal]):
    """While the category is untold all limits may count, the highest first."""
    shops = {1: shop(1, choices={"category": "crab"}), 2: shop(2, choices={"category": "fruit"}), 3: shop(3)}
    items = [Item(Reason.CLOSING, n, line=line, fact="product_score", points=Decimal(50)) for n in (1, 2, 3)]
    assert [told.limits[0] for told in view(*items, edition=DIGEST, shops=shops).shops] == limits


def test_silence_quotes_nothing():
    told = view(item(Reason.STALE, "4.10"))
    assert told.clauses == ()
    assert told.first and told.first.item.points == Decimal("4.10")


def test_shops_come_worst_first_and_each_provision_once():
    told = view(
        item(Reason.RECOVERED, "3.90", 1, line="warning"),
        item(Reason.REMINDER, "3.60", 2, line="warning"),
        item(Reason.WARNING, "3.75", 3, line="warning"),
        item(Reason.WARNING, "3.70", 4, line="warning"),
        item(Reason.CLOSING, "3.40", 5, line="closing"),
    )
    assert [one.shop.id for one in (*told.shops, *told.named)] == [5, 4, 3, 2, 1]
    assert [clause.id for clause in told.clauses] == ["clearing.closing", "clearing.chances", "clearing.warning"]


def test_days_that_came_together_are_told_the_latest_first():
    told = view(
        Item(Reason.PENALTY_AGED_OUT, criterion="admission.penalties", happens_on=DAY - timedelta(3)),
        Item(Reason.EXEMPTION_ENDED, criterion="entry.score", happens_on=DAY - timedelta(9)),
        Item(Reason.EXEMPTION_ENDED, criterion="admission.score", happens_on=DAY),
        Item(Reason.NOW_ELIGIBLE, happens_on=DAY),
    )
    assert [(day.item.reason, day.label, day.days) for day in told.days] == [
        ("exemption_ended", "体验分（准入）", 0),
        ("exemption_ended", "体验分（自动开通）", -9),
        ("now_eligible", None, 0),
        ("penalty_aged_out", "处罚记录", -3),
    ]
    assert [clause.id for clause in told.clauses] == ["admission.score", "admission.penalties"]


ENDS = DAY + timedelta(7)


def words(days_later: int, *reasons: Reason) -> str:
    """The notice of these days of an exemption, by the check of a day so much later than the first of them."""
    day = DAY + timedelta(days_later)
    items = tuple(Item(reason, criterion="admission.score", happens_on=ENDS) for reason in reasons)
    return render_notice(EDITION, Notice(1, day, EDITION.name, items, 0), {}, day).plain


def test_the_end_of_an_exemption_claims_nothing_that_the_text_leaves_open():
    soon, ended = words(0, Reason.EXEMPTION_ENDS_SOON), words(7, Reason.EXEMPTION_ENDED)
    assert soon.startswith(
        "📅 还有 7 天，新商家“暂不考核”就到期了\n从 2022-10-17 起，有了分数按分数看；还没有分数怎么办"
    )
    assert ended.startswith("📅 新商家“暂不考核”今天到期\n从 2022-10-17 起，有了分数按分数看；还没有分数怎么办")
    assert all("新商家(入驻成功60天内的商家)无体验分时,暂不做考核" in said for said in (soon, ended))


def test_an_end_that_came_during_a_stop_is_not_also_ahead():
    said = words(9, Reason.EXEMPTION_ENDS_SOON, Reason.EXEMPTION_ENDED)
    assert said.startswith("📅 新商家“暂不考核”已经到期\n")
    assert said.count("📅") == 1


def test_an_end_that_came_while_its_announcement_waited_is_no_day_ahead():
    assert words(7, Reason.EXEMPTION_ENDS_SOON).startswith("📅 新商家“暂不考核”今天到期\n")


def test_a_shop_that_is_gone_is_left_out():
    assert view(item(Reason.WARNING, "3.70", line="warning"), shops={2: shop(2)}).shops == ()


def test_many_shops_are_named_and_the_rest_counted():
    told = view(*(item(Reason.WARNING, "3.70", n, line="warning") for n in range(1, 51)), in_full=3, named=40)
    assert (len(told.shops), len(told.named), told.unnamed) == (3, 40, 7)


@pytest.mark.parametrize("count", [1, 2, 6, 50, 99])
@pytest.mark.parametrize("name", ["店", "名" * 40, "<b>&" * 10])
def test_any_number_of_shops_is_one_message_that_telegram_takes(count: int, name: str):
    shops = {n: shop(n, name=name) for n in range(1, count + 1)}
    reasons = [(Reason.CLOSING, "3.40", "closing"), (Reason.WARNING, "3.70", "warning"), (Reason.STALE, "4.00", "")]
    items = tuple(
        item(reason, score, n, line=line, closures=2) for n in shops for reason, score, line in [reasons[n % 3]]
    )
    rendered = render_notice(EDITION, Notice(1, DAY, EDITION.name, items, 0), shops, DAY)
    assert 0 < shown_length(rendered.html) <= LONGEST_MESSAGE - MARK_LENGTH
    assert len(list(rendered.parts())) == 1


@pytest.mark.parametrize("read_after", [0, 1, 9], ids=["on its day", "held until the morning", "made up for"])
def test_the_days_are_the_score_s_whenever_the_notice_is_read(read_after: int):
    notice = Notice(1, DAY, EDITION.name, (item(Reason.WARNING, "3.70", line="warning", since=DAY - timedelta(2)),), 0)
    rendered = render_notice(EDITION, notice, {1: shop(1)}, DAY + timedelta(read_after))
    assert "2022-10-08 起低于这条线，第 3 天" in rendered.plain


def said(*items: Item, edition=EDITION) -> str:
    return render_notice(edition, Notice(1, DAY, edition.name, items, 0), {1: shop(1)}, DAY).plain


def test_a_score_on_the_line_is_one_step_from_it():
    text = said(item(Reason.REMINDER, "3.50", line="warning", since=DAY))
    assert "再掉一点，就低于清退线 3.5" in text


def test_whole_points_of_a_scale_of_hundred_have_no_decimals():
    text = said(item(Reason.CLOSING, "69.00", line="closing", since=DAY), edition=DIGEST)
    assert "体验分 69，低于清退线 70" in text
    assert "离 70 还差 1。" in text


def test_closings_are_counted_only_where_they_count():
    assert "这是第 1 次" in said(item(Reason.CLOSING, "3.40", line="closing", closures=1))
    assert "次；" not in said(item(Reason.CLOSING, "69.00", line="closing", closures=1), edition=DIGEST)


@pytest.fixture
def by_choice(tmp_path: Path) -> Edition:
    """An edition with a second score, whose lines depend on the category."""
    return load(by_category(tmp_path / "rules")).editions[0]


def test_a_line_that_depends_on_what_is_untold_is_told_as_that_with_a_button(by_choice: Edition):
    low = Item(Reason.REMINDER, 1, line="product_closing", fact="product_score", points=Decimal(64), score_day=DAY)
    shops, notice = {1: shop(1)}, Notice(1, DAY, by_choice.name, (low,), 0)
    shown = render_notice(by_choice, notice, shops, DAY)
    assert shown.plain.startswith("⛔ 店1：商品体验分 64，可能还低于清退线 65（要看主营类目）\n")
    assert [row[0].data for row in shown.rows if row[0].label == "告诉我主营类目"] == ["open|1"]
    told = render_notice(by_choice, notice, {1: shop(1, choices={"category": "general"})}, DAY)
    assert told.plain.startswith("⛔ 店1：商品体验分 64，还低于清退线 65\n")
    assert "主营类目" not in told.plain


def test_a_recovery_is_no_all_clear_while_another_score_is_untold(by_choice: Edition):
    better = item(Reason.RECOVERED, "4.50", line="warning")
    notice = Notice(1, DAY, by_choice.name, (better,), 0)
    assert render_notice(by_choice, notice, {1: shop(1)}, DAY).plain.startswith(
        "📈 恢复 · 店1：体验分 4.5，回到警告线 3.8 以上"
    )
    assert render_notice(EDITION, notice, {1: shop(1)}, DAY).plain.startswith(
        "✅ 恢复 · 店1：体验分 4.5，回到警告线 3.8 以上"
    )


def test_no_score_is_said_in_words_and_never_as_a_number():
    dormant = Item(Reason.CLOSING, 1, line="closing", fact="score", score_day=DAY, since=DAY)
    said = render_notice(DIGEST, Notice(1, DAY, DIGEST.name, (dormant,), 0), {1: shop(1)}, DAY).plain
    assert said.startswith("⛔ 店1：暂无体验分，这种情况会被关闭权限")
    assert "—" not in said
    silent = Item(Reason.STALE, 1, fact="score", score_day=DAY)
    told = render_notice(EDITION, Notice(1, DAY, EDITION.name, (silent,), 0), {1: shop(1)}, DAY).plain
    assert f"最近一次是 {DAY}，暂无体验分。" in told


def advised(*items: Item, edition=EDITION, texts=CATALOGUE.texts) -> str:
    shops = {number: shop(number) for number in range(1, 4)}
    return render_notice(edition, Notice(1, DAY, edition.name, items, 0), shops, DAY, texts=texts).plain


PAGE = "在哪里：抖店后台 → 店铺 → 商家体验分"
FROM = "提分办法依据另一份《商家体验分规范》的要点，未与官方页面核对。"
LOOK = "看商品、物流、服务哪项最低，先提那一项。虚假宣传、欺诈发货等扣分，满 30 天自己消失。"


@pytest.mark.parametrize("reason", [Reason.CLOSING, Reason.WARNING, Reason.REMINDER, Reason.EARLY, Reason.APPROACH])
def test_a_low_score_comes_with_what_to_look_at_and_where_by_a_text_named_as_what_it_is(reason: Reason):
    said = advised(item(reason, "3.40", line="warning"))
    assert f"{LOOK}\n{PAGE}，最终以后台为准。{FROM}\n" in said
    assert "及时调整运营，体验分" not in said


@pytest.mark.parametrize(
    "reason", [Reason.CLOSED, Reason.CANNOT_ENTER, Reason.STALE, Reason.RECOVERED, Reason.MAY_ENTER]
)
def test_nobody_is_told_what_to_look_at_where_no_score_is_to_be_raised(reason: Reason):
    said = advised(item(reason, "3.90", line="warning"))
    assert PAGE not in said
    assert FROM not in said


def test_a_low_score_of_the_goods_leads_to_the_two_figures_of_the_goods():
    said = advised(item(Reason.CLOSING, "50", line="product_closing", fact="product_score"), edition=DIGEST)
    assert "看商品综合评分、品质退货率。" in said
    assert f"{PAGE} → 商品，" in said


def test_the_same_advice_is_given_once_under_the_gravest_shop():
    said = advised(item(Reason.WARNING, "3.7", line="warning", shop_id=2), item(Reason.CLOSING, "3.4", line="closing"))
    assert (said.count(PAGE), said.count(LOOK), said.count("及时调整运营，体验分"), said.count(FROM)) == (1, 1, 0, 1)
    assert said.index("店1：体验分 3.4") < said.index(LOOK) < said.index("店2：体验分 3.7") < said.index(PAGE)


def test_a_catalogue_without_a_text_keeps_its_own_advice():
    said = advised(item(Reason.WARNING, "3.7", line="warning"), texts=())
    assert "怎么办：及时调整运营，体验分回到 3.8 就不再警告。" in said
    assert FROM not in said


def test_a_shop_without_a_score_is_not_told_which_part_of_it_is_low():
    dormant = item(Reason.CLOSING, line="closing", fact="score")
    assert PAGE not in advised(dormant, edition=DIGEST)
