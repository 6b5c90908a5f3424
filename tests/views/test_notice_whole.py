"""The notices that merchants read most, whole, in both editions; each one's lines are counted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.views.instead import on_chances
from bot.views.notice import render_notice
from bot.views.render import Rendered
from rules.reasons import Reason
from storage.notices import Item, Notice
from tests.packaged import CATALOGUE
from tests.views.test_notice import shop

DAY = date(2026, 11, 29)
FIVE, HUNDRED = "2022-10-10", "2026-07-29"
OLD = "（按旧版 2022-10-10，已停用）"
BY_FIVE = "2022-10-10 版 · 旧 · 来源：商家帮助文章"
BY_HUNDRED = "2026-07-29 版 · 要点 · 来源：《精选联盟平台管理规则》2026-07-29 修订公告的第三方存档"
OFFICE = "最终以抖店后台为准 · "
INSTEAD = "现行 2026-07-29 版（100 分制）：不再限制次数：重新达到准入标准就可以再次开通。"
MENDING = "看商品、物流、服务哪项最低，先提那一项。虚假宣传、欺诈发货等扣分，满 30 天自己消失。"
GONE = "马上看权限还在不在；被关闭了就告诉我“被关闭了”。"
WHERE = (
    "在哪里：抖店后台 → 店铺 → 商家体验分，最终以后台为准。"
    "提分办法依据另一份《商家体验分规范》的要点，未与官方页面核对。"
)
WARNED = (
    "若体验分<3.8分,商家将收到平台发送的警告通知,商家在收到警告通知后,应及时调整运营策略,避免被关闭精选联盟使用权限。"
)
CLOSED = "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限"
CHANCES = "每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。"
ENTRY = "商家体验分>=4.0分"
CLEARED = "▫️ 要点：所有商家：体验分低于 70 分，或商品体验分低于 60 分的，清退；没有体验分的沉睡店铺也算。"
BY_CATEGORY = "要开通，体验分要到多少分看主营类目：70、72、75、80，以类目的要求为准。"
MENDED, CLOSED_OR_MENDED = ["改好了"], ["被关闭了", "改好了"]
FURTHER = ["走势图", "稍后提醒", "设置"]


def of(reason: Reason, score: str, line: str = "", **more: object) -> Item:
    told = Item(reason, 1, line=line, fact="score", points=Decimal(score), score_day=DAY, in_alliance=True)
    return told._replace(**more)  # type: ignore[arg-type]


def shown(edition: str, *items: Item, **known: object) -> Rendered:
    by, shops = CATALOGUE.edition(edition), {n: shop(n, **known) for n in range(1, 9)}
    notice = Notice(1, DAY, edition, items, 0)
    return render_notice(by, notice, shops, DAY, instead=on_chances(CATALOGUE, DAY, by), texts=CATALOGUE.texts)


def closing(count: str, effect: str = "要重新开通，体验分得先到 4.0。", *, after: str = "。") -> list[str]:
    return [
        f"⛔ 店1：体验分 3.4，低于清退线 3.5{OLD}",
        f"影响：系统每天校验，随时可能关闭权限{after}{effect}",
        f"还有多少：离 3.5 还差 0.1。{count}",
        "为什么：今天刚低于这条线。",
        f"怎么办：{GONE}{MENDING}",
        WHERE,
        CLOSED,
        BY_FIVE,
    ]


WHOLE = {
    "a warning": (
        FIVE,
        of(Reason.WARNING, "3.70", "warning", since=DAY - timedelta(2)),
        [
            f"⚠️ 店1：体验分 3.7，低于警告线 3.8{OLD}",
            "影响：会收到平台警告；低于清退线，权限会被关闭。",
            "还有多少：离 3.8 还差 0.1。再掉超过 0.2，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
            "为什么：2026-11-27 起低于这条线，第 3 天。",
            f"怎么办：{MENDING}",
            WHERE,
            WARNED,
            BY_FIVE,
        ],
        [MENDED, FURTHER],
    ),
    "its reminder": (
        FIVE,
        of(Reason.REMINDER, "3.60", "warning", since=DAY - timedelta(4)),
        [
            f"⚠️ 店1：体验分 3.6，还低于警告线 3.8{OLD}",
            "影响：会收到平台警告；低于清退线，权限会被关闭。",
            "还有多少：离 3.8 还差 0.2。再掉超过 0.1，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
            "为什么：2026-11-25 起在这一档，第 5 天。",
            f"怎么办：{MENDING}",
            WHERE,
            WARNED,
            BY_FIVE,
        ],
        [MENDED, FURTHER],
    ),
    "a closing, never closed before": (
        FIVE,
        of(Reason.CLOSING, "3.40", "closing", since=DAY, closures=1),
        closing(f"如果被关闭，这是第 1 次；重新开通要用第 2 次机会（共 3 次）。{INSTEAD}"),
        [CLOSED_OR_MENDED, FURTHER],
    ),
    "a closing, closed once before": (
        FIVE,
        of(Reason.CLOSING, "3.40", "closing", since=DAY, closures=2),
        closing(f"如果被关闭，这是第 2 次；重新开通要用第 3 次机会，也是最后一次。{INSTEAD}"),
        [CLOSED_OR_MENDED, FURTHER],
    ),
    "a closing, closed twice before": (
        FIVE,
        of(Reason.CLOSING, "3.40", "closing", since=DAY, closures=3),
        closing(f"如果被关闭，这是第 3 次，也是最后一次。{INSTEAD}", "关了就永久不能再申请开通。", after="，"),
        [CLOSED_OR_MENDED, FURTHER],
    ),
    "a closing of 100 points": (
        HUNDRED,
        of(Reason.CLOSING, "65.00", "closing", since=DAY),
        [
            "⛔ 店1：体验分 65，低于清退线 70",
            f"影响：系统每天校验，随时可能关闭权限。{BY_CATEGORY}",
            "还有多少：离 70 还差 5。",
            "为什么：今天刚低于这条线。",
            f"怎么办：{GONE}{MENDING}",
            WHERE,
            CLEARED,
            BY_HUNDRED,
        ],
        [CLOSED_OR_MENDED, FURTHER],
    ),
    "early": (
        HUNDRED,
        of(Reason.EARLY, "72.00", "early", since=DAY),
        [
            "🔔 店1：体验分 72，低于提前提醒线 73",
            "影响：这是本助手的提前量，不是平台的线；低于清退线，权限会被关闭。",
            "还有多少：离 73 还差 1。再掉超过 2，就低于清退线 70。",
            "为什么：今天刚低于这条线。",
            f"怎么办：{MENDING}",
            WHERE,
            CLEARED,
            BY_HUNDRED,
        ],
        [FURTHER],
    ),
    "an estimate": (
        FIVE,
        of(Reason.APPROACH, "3.95", "warning", happens_on=DAY + timedelta(5), span_days=7),
        [
            f"📉 店1：体验分 3.95，估计约 5 天后低于警告线 3.8{OLD}",
            "影响：低于警告线，会收到平台警告。",
            "还有多少：比警告线 3.8 高 0.15，约 2026-12-04 低于这条线。",
            "为什么：按近 7 天走势的估计，不一定准。",
            f"怎么办：{MENDING}",
            WHERE,
            WARNED,
            BY_FIVE,
        ],
        [FURTHER],
    ),
    "closed for the third time": (
        FIVE,
        of(Reason.CLOSED, "3.90", closures=3),
        [
            f"⛔ 店1：精选联盟权限被系统关闭了{OLD}",
            "影响：永久不能再申请开通。",
            f"还有多少：这是第 3 次，也是最后一次。{INSTEAD}",
            CHANCES,
            f"{OFFICE}{BY_FIVE}",
        ],
        [FURTHER],
    ),
    "closed, by an edition without chances": (
        HUNDRED,
        of(Reason.CLOSED, "60.00", closures=2),
        [
            "⛔ 店1：精选联盟权限被系统关闭了",
            f"怎么办：{BY_CATEGORY}",
            "▫️ 要点：清退后重新达到准入标准，可以再次开通；能不能开通，以重新申请时页面显示的为准。",
            f"{OFFICE}{BY_HUNDRED}",
        ],
        [FURTHER],
    ),
    "enough to enter again": (
        FIVE,
        of(Reason.MAY_ENTER_AGAIN, "4.00", "entry", closures=2),
        [
            f"✅ 店1：体验分 4.0，分数够重新开通了{OLD}",
            f"还有多少：这是第 3 次机会，也是最后一次。{INSTEAD}",
            "怎么办：其他条件也要满足，点“查资格”查一遍。",
            ENTRY,
            CHANCES,
            f"{OFFICE}{BY_FIVE}",
        ],
        [["查资格"], FURTHER],
    ),
    "recovered": (
        FIVE,
        of(Reason.RECOVERED, "3.90", "warning"),
        [f"✅ 恢复 · 店1：体验分 3.9，回到警告线 3.8 以上{OLD}", "还有多少：高出 0.1。", f"{OFFICE}{BY_FIVE}"],
        [FURTHER],
    ),
    "silent": (
        HUNDRED,
        of(Reason.STALE, "85.00"),
        [
            "❓ 店1：一直没有收到新分数",
            "影响：没有新分数不等于没事，现在有没有低于哪条线，我看不到。",
            "为什么：最近一次是 2026-11-29，体验分 85。",
            "怎么办：到抖店后台看一眼，再问一下导入分数的运营。",
            f"{OFFICE}{BY_HUNDRED}",
        ],
        [FURTHER],
    ),
}


@pytest.mark.parametrize(("edition", "item", "lines", "rows"), WHOLE.values(), ids=WHOLE)
def test_a_notice_is_these_lines_and_no_others(edition: str, item: Item, lines: list[str], rows: list[list[str]]):
    notice = shown(edition, item)
    assert notice.plain.splitlines() == lines
    assert len(lines) <= 8
    assert [[button.label for button in row] for row in notice.rows] == rows


def test_only_the_deciding_provision_is_open():
    again = shown(FIVE, of(Reason.MAY_ENTER_AGAIN, "4.00", "entry", closures=2)).html
    assert f"<blockquote>{ENTRY.replace('>', '&gt;')}</blockquote>" in again
    assert f"<blockquote expandable>{CHANCES}</blockquote>" in again


def test_several_shops_are_told_the_worst_in_full_and_the_others_in_a_line_or_three():
    items = [
        of(Reason.WARNING, "3.70", "warning", shop_id=2),
        of(Reason.CLOSING, "3.40", "closing", shop_id=1, since=DAY),
        of(Reason.RECOVERED, "3.90", "warning", shop_id=3),
        of(Reason.REMINDER, "3.75", "warning", shop_id=4),
        of(Reason.STALE, "4.00", shop_id=5),
    ]
    notice = shown(FIVE, *items)
    assert notice.plain.splitlines() == [
        f"⛔ 店1：体验分 3.4，低于清退线 3.5{OLD}",
        "影响：系统每天校验，随时可能关闭权限。要重新开通，体验分得先到 4.0。",
        "还有多少：离 3.5 还差 0.1。一共 3 次机会，被系统关闭过几次还没告诉我。",
        "为什么：今天刚低于这条线。",
        f"怎么办：{GONE}{MENDING}",
        "",
        "⚠️ 店2：体验分 3.7，低于警告线 3.8",
        "离 3.8 还差 0.1。再掉超过 0.2，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
        "",
        "⚠️ 店4：体验分 3.75，还低于警告线 3.8",
        "离 3.8 还差 0.05。再掉超过 0.25，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
        "",
        "❓ 店5：一直没有收到新分数",
        "✅ 恢复 · 店3：体验分 3.9，回到警告线 3.8 以上",
        WHERE,
        CLOSED,
        CHANCES,
        WARNED,
        BY_FIVE,
    ]
    assert notice.html.count("<blockquote>") == 1


def test_a_known_count_of_closings_says_plainly_that_the_next_one_is_the_last():
    warning = of(Reason.WARNING, "3.70", "warning")
    assert "已被系统关闭 1 次（最多 3 次）。" in shown(FIVE, warning, closures=1).plain
    assert "已被系统关闭 2 次，再被关闭就是第 3 次，也是最后一次。" in shown(FIVE, warning, closures=2).plain
    assert "一共 3 次机会，被系统关闭过几次还没告诉我。" in shown(FIVE, warning).plain
    assert "被系统关闭" not in shown(HUNDRED, of(Reason.EARLY, "72", "early"), closures=2).plain


def test_a_count_that_was_only_presumed_is_not_said_to_have_been():
    reminder = of(Reason.REMINDER, "3.40", "closing", closures=2)
    assert "如果被关闭，这是第 2 次；重新开通要用第 3 次机会，也是最后一次。" in shown(FIVE, reminder, closures=1).plain
    milder = of(Reason.REMINDER, "3.60", "warning", closures=2)
    assert "已被系统关闭 1 次（最多 3 次）。" in shown(FIVE, milder, closures=1).plain


@pytest.mark.parametrize(
    ("fell_by", "said"),
    [
        ("0.05", "再掉超过 0.2，就低于清退线 3.5；照近 7 天走势，估计还有约 5 天。"),
        ("0.00", "再掉超过 0.2，就低于清退线 3.5。"),
    ],
)
def test_a_warning_says_in_how_many_days_the_trend_reaches_the_closing_line(fell_by: str, said: str) -> None:
    warning = of(Reason.WARNING, "3.70", "warning", since=DAY)
    series = [(DAY - timedelta(ago), Decimal("3.70") + ago * Decimal(fell_by)) for ago in range(7)]
    notice = Notice(1, DAY, FIVE, (warning,), 0)
    text = render_notice(CATALOGUE.edition(FIVE), notice, {1: shop(1)}, DAY, series={warning: series}).plain
    assert said in text
    assert len(text.splitlines()) <= 8
