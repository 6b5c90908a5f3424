"""The operator's shops in chat: /risk, the list, /find, the page of a shop, a workbook; each day's list on wish."""

import io
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import aiohttp
import openpyxl
import pytest
from sqlalchemy import insert, select

from rules.sources import Source
from storage import chats, follows, scores, shops
from storage.schema import audit, invites, notice_items, notices, outbox, preferences
from storage.scores import Score
from tests.databases import connected
from tests.journeys.conftest import Start, execute, is_old, presses, tells
from tests.live import Person, SandboxClient
from tests.warnings.world import ZONE

OPERATOR = 900001
FOLLOWER, BLOCKED = 900011, 900012


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start) -> Person:
    """An operator, with the running bot."""
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}))
    return await sandbox.person("运营", id=OPERATOR)


def day(back: int = 0) -> date:
    return datetime.now(ZONE).date() - timedelta(back)


def now_ms(back: int = 0) -> int:
    return int((datetime.now(ZONE) - timedelta(back)).timestamp() * 1000)


async def fed(database_url: str, **given: Mapping[int, str] | None) -> dict[str, int]:
    """Shops of these names with scores by days back, at ids that begin with 71200; their numbers."""
    numbers: dict[str, int] = {}
    async with connected(database_url) as conn:
        for at, (name, points) in enumerate(given.items()):
            _, shop = await shops.add(conn, f"71200{at:014}", name, now_ms())
            numbers[name] = shop.id
            for back, value in sorted((points or {}).items(), reverse=True):
                row = Score(shop.id, "score", day(back), Decimal(value), "0-5", Source.FEED)
                await scores.record(conn, row, now_ms(back))
    return numbers


async def followed(database_url: str, shop: int, *people: int) -> None:
    async with connected(database_url) as conn:
        for person in people:
            await follows.start(conn, shop, person, now_ms())
        await chats.block(conn, BLOCKED, "blocked", now_ms())


async def told(database_url: str, shop: int, chat: int, reason: str, state: str) -> None:
    """A notice of yesterday about the shop to the chat."""
    at = now_ms(1)
    notice = {"id": chat, "chat_id": chat, "day": day(1), "edition": "2022-10-10", "is_urgent": True, "is_late": False}
    item = {"notice_id": chat, "shop_id": shop, "subject": "", "reason": reason, "line": "closing", "fact": "score"}
    letter = {"chat_id": chat, "lane": 1, "method": "sendMessage", "numbered": True, "key": f"notice:{chat}"}
    fate = {"in_order": True, "notice_id": chat, "state": state, "due_at": at, "created_at": at, "done_at": at}
    await execute(
        database_url,
        insert(notices).values(**notice, made_at=at, due_at=at),
        insert(notice_items).values(item),
        insert(outbox).values(**letter, **fate),
    )


async def test_those_at_risk_stand_worst_first_with_what_an_operator_wants(operator: Person, database_url: str) -> None:
    numbers = await fed(
        database_url, 花店={0: "4.6"}, 女装={2: "3.9", 1: "3.7", 0: "3.6"}, 零食={1: "3.6", 0: "3.4"}, 茶={0: "3.75"}
    )
    await followed(database_url, numbers["零食"], BLOCKED)
    await followed(database_url, numbers["女装"], FOLLOWER, BLOCKED)
    await told(database_url, numbers["零食"], BLOCKED, "closing", "muted")
    await told(database_url, numbers["女装"], FOLLOWER, "warning", "sent")
    at = f"{datetime.fromtimestamp(now_ms(1) / 1000, ZONE):%m-%d}"
    shown = await tells(operator, "/risk")
    lines = shown.text.splitlines()
    assert lines[0] == "有风险的店 3 家：1 ⛔ 2 ⚠️（按旧版 2022-10-10，已停用）"
    assert lines[2:6] == [
        "⛔ 会被关闭权限（1 家）",
        f"零食 3.4 · {day():%m-%d} 起",
        "7120000000000000002 · 1 人都收不到",
        "⚠️ 提醒没送到：对方拉黑 1 人",
    ]
    assert lines[7:10] == [
        "⚠️ 会收到平台警告（2 家）",
        f"女装 3.6 · {day(1):%m-%d} 起",
        "7120000000000000001 · 2 人关注，1 人收不到",
    ]
    assert lines[10].startswith(at)
    assert lines[10].endswith(" 提醒“警告线下”，已送达")
    assert lines[11:13] == [f"茶 3.75 · {day():%m-%d} 或更早", "7120000000000000003 · 没有人关注"]
    assert lines[-1] == "一共 4 家店，都有新分数。"
    assert shown.rows[:2] == [["零食", "女装"], ["茶"]]


async def test_who_was_told_only_before_the_fall_was_not_told_of_it(operator: Person, database_url: str) -> None:
    numbers = await fed(database_url, 零食={1: "4.6", 0: "3.4"})
    await followed(database_url, numbers["零食"], FOLLOWER)
    await told(database_url, numbers["零食"], FOLLOWER, "recovered", "sent")
    shown = await tells(operator, "/risk")
    assert f"这次还没有提醒；上次 {day(1):%m-%d}" in shown.text


async def test_a_shop_that_is_closed_for_good_is_not_said_to_be_so_since_it_fell(
    operator: Person, database_url: str
) -> None:
    numbers = await fed(database_url, 零食={1: "3.6", 0: "3.4"})
    await followed(database_url, numbers["零食"], FOLLOWER)
    async with connected(database_url) as conn:
        await shops.set_closures(conn, numbers["零食"], 3, day())
    shown = await tells(operator, "/risk")
    assert shown.text.splitlines()[3:5] == ["零食 3.4", "7120000000000000000 · 1 人关注"]
    assert "还没有提醒过" not in shown.text
    assert f"{day():%m-%d} 起" not in (await presses(operator, "零食")).text.partition("关注的聊天")[0]


async def test_a_long_list_is_turned_by_buttons_in_the_same_message(operator: Person, database_url: str) -> None:
    await fed(database_url, **{f"店{number:02}": {0: f"3.{50 + number}"} for number in range(18)})
    first = await tells(operator, "/risk")
    assert first.text.startswith("有风险的店 18 家：18 ⚠️，第 1 页，共 3 页")
    assert ("下一页" in first.buttons, "上一页" in first.buttons) == (True, False)
    second = await presses(operator, "下一页")
    assert (second.id, second.buttons[:2]) == (first.id, ["店08", "店09"])
    last = await presses(operator, "下一页")
    assert (last.buttons[:2], "下一页" in last.buttons) == (["店16", "店17"], False)
    beyond = await presses(operator, "上一页")
    await operator.presses("risk|99", beyond.id)
    assert (await operator.hears()).buttons[:2] == ["店16", "店17"]


async def test_the_edition_that_an_operator_reads_answers_by_changes_no_list(
    operator: Person, database_url: str
) -> None:
    await fed(database_url, 零食={0: "3.4"}, 没有过=None)
    before = await tells(operator, "/risk")
    await execute(database_url, insert(preferences).values(chat_id=OPERATOR, edition="2026-07-29", updated_at=1))
    assert (await tells(operator, "/risk")).text == before.text


async def test_a_day_without_risk_names_what_is_not_known(operator: Person, database_url: str) -> None:
    assert (await tells(operator, "/risk")).text.startswith("❓ 还没有登记店铺")
    await fed(database_url, 花店={0: "4.6"}, 断更={9: "4.6"}, 没有过=None)
    shown = await tells(operator, "/risk")
    assert shown.text.startswith("❓ 看得到分数的店里，没有有风险的")
    assert "一共 3 家店，2 家没有新分数：这些不算没事。" in shown.text


async def test_shops_without_a_new_score_are_a_list_of_their_own(operator: Person, database_url: str) -> None:
    await fed(database_url, 花店={0: "4.6"}, 断更={9: "4.6"}, 没有过=None)
    await tells(operator, "/risk")
    shown = await presses(operator, "没有新分数的 2 家")
    assert shown.text.startswith("没有新分数的店 2 家")
    assert shown.rows[0] == ["断更", "没有过"]
    assert "花店" not in shown.text
    feeds = await tells(operator, "/admin", "分数来源")
    assert (await presses(operator, "没有新分数的店")).text == shown.text
    assert "alliance-bot" not in feeds.text


async def test_all_well_is_said_only_when_all_is_known(operator: Person, database_url: str) -> None:
    await fed(database_url, 花店={0: "4.6"})
    assert (await tells(operator, "/risk")).text == "✅ 没有有风险的店\n\n一共 1 家店，都有新分数。"


async def test_what_the_scores_alone_do_not_tell_is_listed_apart(
    sandbox: SandboxClient, start: Start, database_url: str
) -> None:
    await start(messages_per_minute=1000, admin_chat_ids=frozenset({OPERATOR}), rules_edition="2026-07-29")
    operator = await sandbox.person("运营", id=OPERATOR)
    async with connected(database_url) as conn:
        _, shop = await shops.add(conn, "7120001", "女装", now_ms())
        await scores.record(conn, Score(shop.id, "score", day(), Decimal(76), "0-100", Source.FEED), now_ms())
    shown = await tells(operator, "/risk", "判断不了的 1 家")
    assert shown.text.startswith("还判断不了的店 1 家\n\n❓ 女装 76")


async def test_a_shop_opens_its_page_and_leads_back(operator: Person, database_url: str) -> None:
    numbers = await fed(database_url, 零食={8: "4.1", 1: "3.6", 0: "3.4"})
    await followed(database_url, numbers["零食"], FOLLOWER, BLOCKED)
    await told(database_url, numbers["零食"], FOLLOWER, "closing", "dead")
    link = {"shop_id": numbers["零食"], "expires_at": now_ms(-1)}
    await execute(database_url, insert(invites).values(id="open", **link))
    risk = await tells(operator, "/risk")
    shown = await presses(operator, "零食")
    assert shown.id == risk.id
    assert shown.text.startswith("零食 7120000000000000000\n⛔ 会被关闭权限（按旧版 2022-10-10，已停用），")
    assert "体验分 3.4（今天）：低于清退线 3.5，差 0.1" in shown.text
    assert f"最近 7 天体验分\n{day():%m-%d} 3.4 · {day(1):%m-%d} 3.6" in shown.text
    assert f"{FOLLOWER} {day():%m-%d} 起 · 提醒开着" in shown.text
    assert f"{BLOCKED} {day():%m-%d} 起 · 拉黑了机器人" in shown.text
    assert "绑定链接 没用的 1\n" in shown.text
    assert f"清退线下 · 失败 · {FOLLOWER}" in shown.text
    assert (await presses(operator, "有风险的店")).text == risk.text


async def test_a_shop_that_nobody_follows_says_so_on_its_page(operator: Person, database_url: str) -> None:
    await fed(database_url, 新店=None)
    shown = await tells(operator, "/find 新店")
    assert "还没有分数" in shown.text
    assert "没有人关注，掉到线下也没有人收到提醒。" in shown.text
    assert "还没有提醒过。" in shown.text


@pytest.mark.parametrize("typed", ["/find 女装", "/find  女 装 ", "/find ７１２００", "/find 71200"])
async def test_shops_are_found_by_a_part_of_name_or_id(operator: Person, database_url: str, typed: str) -> None:
    await fed(database_url, 花语女装={0: "4.6"}, 云上女装={0: "3.4"})
    shown = await tells(operator, typed)
    assert shown.text.startswith("找到 2 家店：")
    assert shown.buttons[:2] == ["花语女装", "云上女装"]
    assert "云上女装 7120000000000000001" in (await presses(operator, "云上女装")).text


async def test_a_single_find_opens_the_page_and_none_says_so(operator: Person, database_url: str) -> None:
    await fed(database_url, 花语女装={0: "4.6"}, 童装={0: "4.6"})
    assert (await tells(operator, "/find 花语")).text.startswith("花语女装 71200")
    assert (await tells(operator, "/find 火星|<b>")).text.startswith("没有店名或店铺 ID 里有“火星")
    assert "/find 加上店名或店铺 ID 的一部分" in (await tells(operator, "/find")).text


async def test_a_find_of_many_says_how_many_are_not_shown(operator: Person, database_url: str) -> None:
    await fed(database_url, **{f"女装{number}": None for number in range(20)})
    shown = await tells(operator, "/find 女装")
    assert shown.text.startswith("找到 20 家店")
    assert "另有 4 家没有列出来，请多打几个字。" in shown.text


async def test_the_list_of_all_shops_never_calls_an_old_score_good(operator: Person, database_url: str) -> None:
    await fed(database_url, 好={0: "4.6"}, 断更={9: "4.6"}, 没有过=None)
    shown = await tells(operator, "/admin", "全部店铺")
    assert shown.text.splitlines()[2:5] == [
        "✅ 好 4.6 · 没有人关注",
        "❓ 断更 4.6（9 天前） 没有新分数 · 没有人关注",
        "❓ 没有过 还没有分数 · 没有人关注",
    ]


async def test_a_merchants_own_shop_is_no_page_of_the_operators(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "体验分 3.1", "记下")
    shown = await tells(operator, "/risk")
    assert "3.1" not in shown.text
    async with connected(database_url) as conn:
        (own,) = await shops.of_chat(conn, merchant.id)
    assert await is_old(operator, f"ops|{own.id}", shown.id)


async def test_the_workbook_comes_as_a_file(operator: Person, sandbox: SandboxClient, database_url: str) -> None:
    await fed(database_url, 花店={0: "4.6"}, **{"=cmd": {0: "3.4"}})
    await tells(operator, "/risk")
    sent = await presses(operator, "导出表格")
    document = sent.raw["document"]
    assert document["file_name"] == f"有风险的店-{day()}.xlsx"
    assert sent.text == "1 家店"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{sandbox.url}/sandbox/files/{document['file_id']}") as it,
    ):
        content = await it.read()
    _, row = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values
    assert row[:3] == ("7120000000000000001", "=cmd", "会被关闭权限")


async def test_the_list_is_wished_each_morning_and_no_more(operator: Person, database_url: str) -> None:
    await tells(operator, "/risk")
    wished = await presses(operator, "每天早上发给我")
    assert "每天 23:59 检查以后发给你，避开你的免打扰时间。" in wished.text
    async with connected(database_url) as conn:
        assert (await conn.execute(select(preferences.c.risk_day))).scalar() == day(1)
    ended = await presses(operator, "不用每天发了")
    assert "检查以后发给你" not in ended.text
    async with connected(database_url) as conn:
        assert (await conn.execute(select(preferences.c.risk_day))).scalar() is None


async def test_to_anybody_else_there_is_nothing_of_this(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    numbers = await fed(database_url, 零食={0: "3.4"})
    merchant = await sandbox.person("小店")
    unknown = await tells(merchant, "/nosuchthing")
    for command in ("/risk", "/find 零食"):
        assert (await tells(merchant, command)).text == unknown.text
    for data in ("risk", "risk|day|1", "opl", f"ops|{numbers['零食']}", "opx|all"):
        assert await is_old(merchant, data, unknown.id)


async def test_what_an_operator_looked_at_and_took_away_is_written_down(operator: Person, database_url: str) -> None:
    await fed(database_url, 零食={0: "3.4"})
    await tells(operator, "/risk", "导出表格")
    await presses(operator, "每天早上发给我")
    await presses(operator, "零食")
    async with connected(database_url) as conn:
        rows = (await conn.execute(select(audit.c.action, audit.c.subject).order_by(audit.c.id))).all()
    assert list(map(tuple, rows)) == [
        ("risk.read", ""),
        ("shops.export", "risk 1"),
        ("risk.daily", "1"),
        ("shop.read", f"71200{0:014}"),
    ]


async def test_feeds_name_shops_that_went_silent_and_those_never_fed(operator: Person, database_url: str) -> None:
    given = {f"没有过{number}": None for number in range(10)}
    await fed(database_url, 花店={0: "4.6"}, 断更={9: "4.6"}, **given)
    shown = await tells(operator, "/admin", "分数来源")
    assert f"断更的店 1 家（最近断的在前）\n断更 · 最后 {day(9):%m-%d}\n" in shown.text
    assert "从来没有收到过分数的店 10 家（最近登记的在前）\n没有过9\n" in shown.text
    assert "另有 4 家。" in shown.text
    assert (await presses(operator, "断更")).text.startswith("断更 7120000000000000001")


async def test_a_question_says_what_it_got_and_the_nearest_topic(operator: Person, sandbox: SandboxClient) -> None:
    merchant = await sandbox.person("小店")
    await tells(merchant, "火星上的月饼怎么包邮呀")
    shown = await tells(operator, "/admin", "没看懂的提问")
    assert "1 次 · 火星上的月饼怎么包邮呀\n　回了没听懂，给了问法的例子 · 没有接近的话题" in shown.text
