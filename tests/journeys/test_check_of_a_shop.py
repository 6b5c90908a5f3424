"""The check begins with what is known of the shop, says of when, writes back, and is always judged as of now."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.memory import CheckUnderway
from rules.lines import Level
from rules.sources import Source
from storage import cases, follows, scores, shops
from storage import checks as storage_checks
from storage.cases import Telling
from storage.checks import KeptCheck
from storage.scores import Score
from tests.databases import connected
from tests.journeys.conftest import Start, is_old, presses, tells
from tests.journeys.test_check import GOOD, checks, checks_anew, takes, takes_from_menu
from tests.live import Message, Person, SandboxClient
from tests.packaged import FIVE_POINTS

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime.now(UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TODAY = NOW.astimezone(ZONE).date()
DAY = f"{TODAY:%m-%d}"
OVER = "（按旧版 2022-10-10，已停用）"
NOW_SAYS = "现行 2026-07-29 版（100 分制）：不再限制次数：重新达到准入标准就可以再次开通。"
IN = ("开了", "能", "正常营业")


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant."""
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")


def ago(days: int) -> date:
    return TODAY - timedelta(days)


def short(day: date) -> str:
    return f"{day:%m-%d}" if day.year == TODAY.year else f"{day}"


def head(result: Message) -> str:
    """The result, without a number below."""
    return result.text.partition("\n№")[0]


async def listed(shop: Person) -> str:
    """The result criterion by criterion, and back."""
    shown = await presses(shop, "逐条看")
    await presses(shop, "返回结果")
    return shown.text


async def told(
    database_url: str, number: int, day: date, source: Source = Source.ANSWER, at_ms: int = 0, **values: object
) -> None:
    """The shop has these facts, as told on the day at that instant."""
    async with connected(database_url) as conn:
        shop = await shops.by_id(conn, number)
        assert shop
        await cases.tell(conn, FIVE_POINTS, shop, values, Telling(source, day, at_ms))


async def fed(
    database_url: str, number: int, value: str | None, day: date = TODAY, fact: str = "score", scale: str = "0-5"
) -> None:
    points = None if value is None else Decimal(value)
    async with connected(database_url) as conn:
        await scores.record(conn, Score(number, fact, day, points, scale, Source.FEED), NOW_MS)


async def bound(database_url: str, person: Person, name: str = "旗舰店") -> int:
    """An operator's shop that the person follows; its number."""
    async with connected(database_url) as conn:
        _, shop = await shops.add(conn, f"ref-{name}", name, 0)
        await follows.start(conn, shop.id, person.id, 0)
    return shop.id


async def test_of_two_shops_each_has_its_check(shop: Person) -> None:
    for name in ("一店", "二店"):
        await tells(shop, f"/shops {name}")
    asked = await tells(shop, "/check")
    assert (asked.text, asked.buttons) == ("先查哪一家？", ["一店", "二店"])
    await shop.presses("一店")
    first = await takes(shop, *GOOD)
    await tells(shop, "/check")
    await shop.presses("二店")
    second = await takes(shop, *IN, "2 次", "3.4", "开通着", "没有", "没有", "齐了")
    assert first.text.splitlines()[0] == f"✅ 可以开通{OVER} · 一店"
    assert second.text.splitlines()[0] == f"⛔ 今天就可能被关；这是第 3 次，关了就永久开不回来{OVER} · 二店"
    assert (await tells(shop, "/check", "一店")).text.splitlines()[0] == first.text.splitlines()[0]
    assert (await presses(shop, "查另一家")).buttons == ["一店", "二店"]


async def test_an_operators_shop_is_checked_by_what_its_feed_says(shop: Person, database_url: str) -> None:
    number = await bound(database_url, shop)
    await tells(shop, "/shops 二店")
    await fed(database_url, number, "3.95")
    asked = await tells(shop, "/check", "旗舰店")
    assert asked.text.splitlines()[0] == "第 1/8 题 · 旗舰店"
    assert asked.text.splitlines()[-1] == f"已经知道，不再问：体验分 3.95（运营 {DAY} 导入）"


async def test_what_is_known_and_fresh_is_not_asked(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 3.4", "记下")
    await told(database_url, 1, ago(1), closures=2, in_alliance=True)
    asked = await tells(shop, "/check")
    assert asked.text == (
        "第 1/6 题\n\n你的抖音小店已经入驻并开店了吗？\n\n"
        f"已经知道，不再问：被系统关闭次数：2 次（{short(ago(1))} 答的）、体验分 3.4（今天记的）、"
        f"精选联盟权限：开通着（{short(ago(1))} 答的）"
    )
    assert asked.buttons == ["开了", "还没开", "不清楚", "取消", "都变了，重新问"]
    result = await takes_from(shop, asked, "开了", "能", "正常营业", "没有", "没有", "齐了")
    assert head(result) == (
        f"⛔ 今天就可能被关；这是第 3 次，关了就永久开不回来{OVER}\n{NOW_SAYS}\n"
        "体验分 3.4：低于清退线 3.5，差 0.1\n"
        "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限\n"
        "2022-10-10 版 · 旧 · 来源：商家帮助文章"
    )
    assert result.buttons == ["逐条看", "改一个答案", "重新检查", "按 2026-07-29 版看"], "its score is watched already"
    full = await listed(shop)
    assert full.partition("\n\n❌ ")[0] == (
        f"⛔ 今天就可能被关；这是第 3 次，关了就永久开不回来{OVER}\n{NOW_SAYS}\n"
        f"精选联盟权限：开通着 · {short(ago(1))} 答的\n\n"
        "体验分 3.4 · 今天记的\n▼ 低于入驻线 4.0：还差 0.6\n▼ 低于警告线 3.8：还差 0.4\n▼ 低于清退线 3.5：还差 0.1\n\n"
        "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限\n"
        "我们的理解：刚好 3.5 分是警告，不关闭。违规要达到清退标准才关闭，轻微违规本身不关闭。"
        "关闭前不一定先有警告：一天内直接跌破 3.5 分也会关闭。"
    )
    assert "再来" not in result.text + full, "no advice for entering to a shop that is in"
    assert "重新开通：" not in result.text + full, "after this closing there is no other opening"
    assert "❌ 体验分 3.4，不到 4.0 · 今天记的" in full
    assert "✅ 品牌资质：已满足 · 今天答的" in full


async def takes_from(shop: Person, shown: Message, *answers: str) -> Message:
    for answer in answers:
        shown = await (presses(shop, answer) if answer in shown.buttons else tells(shop, answer))
    return shown


async def test_with_nothing_left_to_ask_the_result_is_there_at_once(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    again = await tells(shop, "/check")
    assert head(again) == head(result)
    assert again.id != result.id


async def test_what_may_have_changed_is_asked_again(shop: Person, database_url: str) -> None:
    await checks(shop, *GOOD)
    await told(database_url, 1, ago(29), operating_normally=True)
    asked = await tells(shop, "/check")
    assert asked.text.startswith("第 1/1 题")
    assert "\n\n店铺现在是正常营业状态吗？\n\n停业、整顿、歇业都不算正常营业。\n\n" in asked.text
    result = await presses(shop, "不正常")
    assert result.text.startswith("❌ 现在还不能开通")


async def test_everything_can_be_asked_anew(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 3.4", "记下")
    result = await checks_anew(shop, *GOOD)
    assert result.text.splitlines()[0] == f"✅ 可以开通{OVER}"
    assert "体验分 4.2，达到 4.0 · 今天记的" in await listed(shop)
    assert "体验分 4.2（今天）" in (await tells(shop, "/score")).text, "the newer score counts everywhere"


async def test_a_score_answered_in_a_check_says_which_score_of_the_day_it_replaced(shop: Person) -> None:
    await tells(shop, "体验分 3.4", "记下")
    result = await checks_anew(shop, *GOOD)
    assert "已改为：体验分 4.2（今天原来记的：体验分 3.4）" in result.text
    undone = await presses(shop, "↩️ 改回体验分 3.4")
    assert "改回原来的：体验分 3.4。" in undone.text
    assert "体验分 3.4（今天）" in (await tells(shop, "/score")).text


async def test_a_score_answered_in_a_check_that_replaces_nothing_says_nothing(shop: Person) -> None:
    await tells(shop, "昨天体验分 3.4", "记下")
    await tells(shop, "体验分 4.2", "记下")
    result = await checks_anew(shop, *GOOD)
    assert "已改为" not in result.text
    assert not any("改回" in button for button in result.buttons)


async def test_a_third_closing_recorded_after_a_check_bars_the_shop(shop: Person) -> None:
    await checks(shop, *IN, "2 次", "4.2", "开通着", "没有", "没有", "齐了")
    await tells(shop, "被关闭了", "第 3 次")
    result = await tells(shop, "/check")
    assert head(result) == (
        f"🚫 永久不能再开通{OVER}\n{NOW_SAYS}\n❌ 被系统关闭次数：3 次，已到 3 次的上限\n"
        "每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。\n"
        "2022-10-10 版 · 旧 · 来源：商家帮助文章"
    )
    assert result.buttons == ["逐条看", "改一个答案", "重新检查", "按 2026-07-29 版看"]
    full = await listed(shop)
    assert full.partition("\n\n❌ ")[0] == (
        f"🚫 永久不能再开通{OVER}\n被系统关闭 3 次，已到规则的上限 3 次，永久不能再申请。\n{NOW_SAYS}\n"
        "精选联盟权限：没开通 · 今天记的\n\n"
        "体验分 4.2 · 今天记的\n"
        "▲ 不低于入驻线 4.0：高出 0.2\n▲ 不低于警告线 3.8：高出 0.4\n▲ 不低于清退线 3.5：高出 0.7"
    )
    assert "👉" not in result.text + full, "no advice that can't be followed"


async def test_a_score_recorded_after_a_check_changes_the_verdict_also_of_the_result_in_view(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    await tells(shop, "体验分 3.9", "记下")
    await shop.presses(result.data["改一个答案"], result.id)
    assert "体验分：3.9 分 · 今天记的" in (await shop.hears()).buttons
    changed = await presses(shop, "返回结果")
    assert changed.text.splitlines()[:2] == [
        f"❌ 现在还不能开通{OVER}",
        "❌ 体验分 3.9，不到 4.0 👉 体验分达到 4.0 分后再来。",
    ]
    assert head(await tells(shop, "/check")) == head(changed)


async def test_a_changed_answer_counts_everywhere(shop: Person) -> None:
    await checks(shop, *GOOD)
    menu = await presses(shop, "改一个答案")
    assert menu.buttons == [
        "抖音小店：开了 · 今天答的",
        "账户能正常登录：能 · 今天答的",
        "营业状态：正常营业 · 今天答的",
        "被系统关闭次数：0 次 · 今天答的",
        "体验分：4.2 分 · 今天记的",
        "精选联盟权限：没开通 · 今天答的",
        "违规处罚日期：没有 · 今天答的",
        "其他小店有严重违规：没有 · 今天答的",
        "品牌资质：齐了 · 今天答的",
        "返回结果",
    ]
    await presses(shop, menu.buttons[-1])
    await takes_from_menu(shop, "体验分")
    assert (await tells(shop, "3.4")).text.startswith("❌ 现在还不能开通")
    await takes_from_menu(shop, "精选联盟权限")
    assert (await presses(shop, "开通着")).text.startswith("⛔ 已开通，这个分数会被关闭权限")
    assert "我的店铺：⛔ 会被关闭权限" in (await tells(shop, "/score")).text


async def test_what_contradicts_itself_is_asked_again(shop: Person, database_url: str) -> None:
    await checks(shop, *IN, "2 次", "4.2", "开通着", "没有", "没有", "齐了")
    await told(database_url, 1, TODAY, Source.MERCHANT, closures=3)
    await told(database_url, 1, TODAY, Source.MERCHANT, in_alliance=True)
    asked = await tells(shop, "/check")
    assert asked.text.startswith("第 1/2 题")
    assert "被系统关闭过几次" in asked.text
    assert "现在开通着精选联盟吗" in (await presses(shop, "3 次")).text
    assert (await presses(shop, "没开通")).text.startswith("🚫 永久不能再开通")
    assert (await tells(shop, "/check")).text.startswith("🚫 永久不能再开通"), "an answer of today is not asked again"


async def test_an_answer_that_contradicts_todays_feed_is_not_taken(shop: Person, database_url: str) -> None:
    number = await bound(database_url, shop)
    await fed(database_url, number, "3.95")
    await tells(shop, "/check")
    await shop.presses("都变了，重新问")
    asked = await takes(shop, *IN, "0 次", "4.5")
    assert f"⚠️ 运营 {DAY} 导入的是体验分：3.95 分，以导入的为准。" in asked.text
    asked = await presses(shop, "按导入的：3.95 分")
    result = await takes_from(shop, asked, "没开通", "没有", "没有", "齐了")
    assert result.text.splitlines()[1].startswith("❌ 体验分 3.95，不到 4.0")
    assert f"体验分 3.95，不到 4.0 · 运营 {DAY} 导入" in await listed(shop)


async def test_an_unsure_answer_takes_back_what_was_told_before(shop: Person) -> None:
    await checks(shop, *IN, "2 次", "3.4", "开通着", "没有", "没有", "齐了")
    await takes_from_menu(shop, "被系统关闭次数")
    result = await presses(shop, "不清楚")
    assert result.text.startswith(f"⛔ 已开通，这个分数会被关闭权限{OVER}")
    assert "已被系统关闭" not in (await tells(shop, "/score")).text
    assert head(await tells(shop, "/check")) == head(result), "not asked again on the same day"


async def test_a_score_of_another_scale_leads_to_the_edition_of_the_scale(shop: Person) -> None:
    asked = await checks(shop, *IN, "0 次", "85")
    assert "“85”：这里按 5 分制（0 到 5），85 像是 100 分制的分数。" in asked.text
    assert asked.buttons[0] == "按 100 分制（2026-07-29 版）查"
    first = await presses(shop, asked.buttons[0])
    assert first.text.splitlines()[0].endswith("题 · 按 2026-07-29 版")
    assert "店铺是哪种类型" in first.text
    result = await takes_from(
        shop, first, "旗舰店", "其他类目", "50", "开通着", "2022-01-01", "不是", "没有", "没有", "没有", "齐了"
    )
    assert result.text.splitlines()[0] == "⛔ 已开通，这个分数会被关闭权限（按 2026-07-29 版）"
    assert (await tells(shop, "/check")).text.splitlines()[0] == result.text.splitlines()[0]


@pytest.mark.parametrize(
    ("main", "scale", "main_ago", "goods_ago"),
    [
        pytest.param("85", "0-100", 40, None, id="long ago"),
        pytest.param(None, "0-5", 0, 40, id="no score, beside another one"),
        pytest.param("4.3", "0-5", 1, 0, id="the goods score is newer"),
    ],
)
async def test_a_check_is_by_the_edition_that_judges_the_shop_everywhere(
    shop: Person, database_url: str, main: str | None, scale: str, main_ago: int, goods_ago: int | None
) -> None:
    number = await bound(database_url, shop)
    await fed(database_url, number, main, ago(main_ago), scale=scale)
    if goods_ago is not None:
        await fed(database_url, number, "50", ago(goods_ago), "product_score", "0-100")
    said = [(await tells(shop, text)).text for text in ("/check", "/score", "我的体验分会被清退吗")]
    assert [one for one in said if "按 2026-07-29 版" not in one] == []


async def test_a_score_of_another_scale_of_a_followed_shop_is_watched_by_its_edition(
    shop: Person, database_url: str
) -> None:
    number = await bound(database_url, shop)
    asked = await checks(shop, *IN, "0 次", "50")
    rest = (
        asked.buttons[0],
        "旗舰店",
        "其他类目",
        "80",
        "开通着",
        "2022-01-01",
        "不是",
        "没有",
        "没有",
        "没有",
        "齐了",
    )
    assert (await takes_from(shop, asked, *rest)).text.startswith("⛔ 已开通，这个分数会被关闭权限（按 2026-07-29 版）")
    async with connected(database_url) as conn:
        follow = await follows.of(conn, number, shop.id)
    assert follow
    assert follow.state
    assert follow.state.level is Level.CLOSING


async def test_an_unlikely_score_is_asked_back_and_can_be_meant(sandbox: SandboxClient, start: Start) -> None:
    await start(rules_edition="2026-07-29", messages_per_minute=1000)
    shop = await sandbox.person()
    asked = await checks(shop, *IN, "旗舰店", "其他类目", "4.3")
    assert asked.buttons[:2] == ["按 5 分制（2022-10-10 版）查", "就是 4.3 分，100 分制"]
    assert "商品体验分" in (await presses(shop, "就是 4.3 分，100 分制")).text


async def test_a_check_of_scores_of_two_scales_comes_to_no_verdict(shop: Person) -> None:
    await tells(shop, "昨天商品体验分 80", "记下")
    await tells(shop, "体验分 4.3", "是 5 分制，没写错", "记下")
    result = await checks(shop, *GOOD)
    assert result.text.splitlines()[:2] == [
        f"❓ 还不能下结论{OVER}",
        "❓ 另一种分制的 80 没算进来，请看后台是哪一种，重发一次体验分",
    ]
    assert "另一种分制的 80（满分 100，" in await listed(shop)
    await tells(shop, "体验分 85", "记下")
    assert "分制" not in (await tells(shop, "/score")).text.replace("（100 分制）", "")


async def test_a_share_typed_in_a_check_is_asked_back_as_points(shop: Person) -> None:
    asked = await checks(shop, *IN, "0 次", "0.85")
    assert "“0.85”：体验分是分数，不是比例。是 85 分吗？" in asked.text
    assert asked.buttons[0] == "按 100 分制（2026-07-29 版）查"
    goods = await takes_from(shop, asked, asked.buttons[0], "旗舰店", "其他类目", "0.5")
    assert "“0.5”：商品体验分是分数，不是比例。是 50 分吗？" in goods.text
    assert goods.buttons[0] == "就是 50 分，100 分制"
    assert "商品体验分" not in (await presses(shop, goods.buttons[0])).text.partition("\n\n")[2]


async def test_a_button_for_a_shop_of_somebody_else_is_old(shop: Person) -> None:
    for name in ("一店", "二店"):
        await tells(shop, f"/shops {name}")
    asked = await tells(shop, "/check")
    for data in ("check|of|99", "check|new|99"):
        assert await is_old(shop, data, asked.id)


async def keeps_a_check_of_no_shop(database_url: str, chat_id: int, day: date) -> None:
    """The chat has a check as kept before a check was of a shop."""
    answers = {"store_opened": True, "account_usable": True, "operating_normally": True, "closures": 0}
    check = CheckUnderway(id="1", edition="2022-10-10", key="check:1", answers=answers, finished=True)
    kept = check.model_dump_json(exclude={"shop", "given", "fresh", "again"})
    async with connected(database_url) as conn:
        await storage_checks.keep(conn, chat_id, KeptCheck("2022-10-10", kept, "{}", f"{day}"), 0)


async def test_a_check_kept_before_there_were_cases_is_begun_from_with_its_day(shop: Person, database_url: str) -> None:
    await keeps_a_check_of_no_shop(database_url, shop.id, ago(3))
    asked = await tells(shop, "/check")
    assert f"被系统关闭次数：0 次（{short(ago(3))} 答的）" in asked.text
    result = await takes_from(shop, asked, "4.2", "没开通", "没有", "没有", "齐了")
    assert f"✅ 被系统关闭次数：0 次，少于 3 次 · {short(ago(3))} 答的" in await listed(shop)
    assert head(await tells(shop, "/check")) == head(result), "the old answers are the shop's now"


async def test_of_which_of_two_shops_an_old_check_was_is_not_known(shop: Person, database_url: str) -> None:
    await keeps_a_check_of_no_shop(database_url, shop.id, ago(3))
    for name in ("一店", "二店"):
        await tells(shop, f"/shops {name}")
    assert (await tells(shop, "/check", "二店")).text.startswith("第 1/9 题 · 二店")


async def test_what_comes_in_the_middle_of_a_check_is_not_overwritten(shop: Person, database_url: str) -> None:
    number = await bound(database_url, shop)
    asked = await checks(shop, *IN, "1 次", "4.2", "没开通", "没有", "没有")
    await fed(database_url, number, "3.95")
    await told(database_url, number, TODAY, Source.MERCHANT, NOW_MS + 3_600_000, closures=2)
    result = await takes_from(shop, asked, "齐了")
    assert result.text.splitlines()[1].startswith("❌ 体验分 3.95，不到 4.0")
    full = await listed(shop)
    assert f"体验分 3.95 · 运营 {DAY} 导入" in full
    assert "✅ 被系统关闭次数：2 次，少于 3 次 · 今天记的" in full


async def test_a_score_told_after_its_answer_in_an_open_check_counts(shop: Person) -> None:
    await checks(shop, *IN, "0 次", "4.2", "没开通", "没有", "没有")
    await shop.says("体验分 3.4")
    told, _offered = [await shop.hears() for _ in range(2)]
    await shop.presses(told.data["记下"], told.id)
    assert "已记下" in (await shop.hears()).text
    await presses(shop, "接着做")
    result = await presses(shop, "齐了")
    assert "体验分 3.4 · 今天记的" in await listed(shop)
    assert "已改为" not in result.text
    assert "体验分 3.4（今天）" in (await tells(shop, "/score")).text


async def test_what_one_tells_of_a_shop_is_no_closing_of_today_to_another(
    shop: Person, sandbox: SandboxClient, database_url: str
) -> None:
    other = await sandbox.person("别人")
    number = await bound(database_url, shop)
    await told(database_url, number, ago(40), closures=0)
    await bound(database_url, other)
    await checks(shop, *IN, "1 次", "4.2", "开通着", "没有", "没有", "齐了")
    async with connected(database_url) as conn:
        states = [each.state for each in await follows.of_shop(conn, number)]
    assert [(state and state.closures, state and state.is_closed) for state in states] == [(1, False), (1, False)]
    assert "精选联盟助手" in (await tells(other, "/start")).text, "and nothing before"


async def test_a_preview_writes_nothing(shop: Person, database_url: str) -> None:
    await checks(shop, *GOOD)
    asked = await presses(shop, "按 2026-07-29 版看")
    await takes_from(shop, asked, "旗舰店", "其他类目", "50", "80", "2022-01-01", "不是", "没有", "没有")
    async with connected(database_url) as conn:
        known = (await cases.of_shop(conn, (await shops.of_chat(conn, shop.id))[0])).known
    assert known["score"].value == Decimal("4.2")
    assert "shop_type" not in known


async def test_what_a_check_tells_of_a_followed_shop_is_no_news(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 4.2", "记下")
    await checks_anew(shop, *IN, "1 次", "3.4", "开通着", "没有", "没有", "齐了")
    async with connected(database_url) as conn:
        (follow,) = await follows.of_chat(conn, shop.id)
    assert follow.state
    state = (follow.state.level, follow.state.judged_day, follow.state.closures)
    assert state == (Level.CLOSING, TODAY, 2), "the closing that the result told of is counted on top of the told one"
