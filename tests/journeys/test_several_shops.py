"""Scores of several shops in a message: asked about once, kept by one press, taken back by one, nothing by halves."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bot.journeys.consent import VERSION
from rules.sources import Source
from storage import consents, schema, scores, shops
from storage.scores import Score
from tests.databases import SUITE, connected
from tests.journeys.conftest import Start, asks, execute, is_old, presses, tells, toast, today
from tests.live import Person, SandboxClient
from tests.warnings.world import ZONE

OVER = "（按旧版 2022-10-10，已停用）"
ALL = "女装 3.9 童装 4.2 零食 3.6"
KEEP, UNDO = "全部记下（3 家）", "↩️ 撤销这 3 家"


@pytest.fixture
async def owner(shop: Person) -> Person:
    """A merchant with three shops."""
    for name in ("女装", "童装", "零食"):
        await tells(shop, f"/shops {name}")
    return shop


async def kept(database_url: str) -> dict[str, str]:
    """The newest scores by the shop's name."""
    query = select(schema.shops.c.name, schema.newest.c.hundredths).join(
        schema.newest, schema.newest.c.shop_id == schema.shops.c.id
    )
    async with connected(database_url) as conn:
        return {name: str(Decimal(value) / 100) for name, value in (await conn.execute(query)).all()}


async def tries(database_url: str) -> int:
    """How often the update that waits was tried."""
    query = select(func.max(schema.inbox.c.tries)).where(schema.inbox.c.state == "waiting")
    async with connected(database_url) as conn:
        return (await conn.execute(query)).scalar() or 0


async def test_all_are_kept_by_one_press(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL)
    assert asked.text == (
        f"记下这 3 家店 {today()}（今天）的体验分？{OVER}\n\n"
        "⚠️ 零食 3.6 会收到平台警告\n✅ 女装 3.9\n✅ 童装 4.2\n\n只看分数；违规达到清退标准也会被关闭。"
    )
    assert asked.rows == [[KEEP], ["是昨天的", "不记"]]
    assert await kept(database_url) == {}
    said, shown = await toast(owner, KEEP)
    assert said == "已保存"
    assert shown.is_edited
    assert shown.text == (
        f"已记下 3 家店：1 ⚠️ 2 ✅{OVER}\n\n"
        "⚠️ 零食：体验分 3.6，低于警告线 3.8\n✅ 女装 3.9\n✅ 童装 4.2\n\n只看分数；违规达到清退标准也会被关闭。"
    )
    assert shown.rows == [["零食", "女装"], ["童装"], [UNDO, "今天各店分数"]]
    assert await kept(database_url) == {"女装": "3.9", "童装": "4.2", "零食": "3.6"}


async def test_a_shop_about_to_be_closed_says_what_to_do(owner: Person) -> None:
    shown = await tells(owner, "女装 3.4 童装 4.2", "全部记下（2 家）")
    assert "⛔ 女装：体验分 3.4，低于清退线 3.5\n" in shown.text
    assert "👉 ⛔ 的店，马上到抖店后台看权限还在不在；被关闭了就告诉我“女装被关闭了”。" in shown.text


async def test_one_press_takes_all_back_and_gives_back_what_was_replaced(owner: Person, database_url: str) -> None:
    await tells(owner, "童装 4.0", "记下")
    await tells(owner, ALL, KEEP)
    said, shown = await toast(owner, UNDO)
    assert said == "已撤销"
    assert shown.text == (
        f"↩️ 已撤销 3 家店 {today()} 的体验分\n\n现在：\n❓ 女装 还没有分数\n✅ 童装 4.0{OVER}\n❓ 零食 还没有分数"
    ).replace(f"4.0{OVER}", "4.0")
    assert await kept(database_url) == {"童装": "4"}


async def test_what_was_changed_since_is_not_taken_back(owner: Person, database_url: str) -> None:
    first = await tells(owner, ALL, KEEP)
    await tells(owner, "女装 4.5", "记下")
    await owner.presses(first.data[UNDO], first.id)
    assert "已撤销 2 家店" in (await owner.hears()).text
    assert await kept(database_url) == {"女装": "4.5"}
    await owner.presses(first.data[UNDO], first.id)
    assert (await owner.hears()).text == "没有改动：已经撤销过，或者后来改过了"


async def test_a_second_press_and_an_old_question_say_so(owner: Person, database_url: str) -> None:
    old = await tells(owner, "女装 3.4 童装 3.4")
    asked = await tells(owner, ALL)
    assert await is_old(owner, old.data["全部记下（2 家）"], old.id)
    assert await is_old(owner, old.data["是昨天的"], old.id)
    assert await kept(database_url) == {}
    await presses(owner, KEEP)
    assert await is_old(owner, asked.data[KEEP], asked.id)
    assert await kept(database_url) == {"女装": "3.9", "童装": "4.2", "零食": "3.6"}


async def test_nothing_is_kept_of_what_was_refused(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL)
    assert (await presses(owner, "不记")).text == "好，没有记下。"
    async with connected(database_url) as conn:
        assert '"pending"' not in str((await conn.execute(select(schema.dialogues.c.body))).scalar())
    assert await is_old(owner, asked.data[KEEP], asked.id)
    assert await kept(database_url) == {}


async def test_an_unknown_name_is_named_and_the_others_are_offered(owner: Person, database_url: str) -> None:
    asked = await tells(owner, "女装 3.9 鞋店 4.2 零食 3.6")
    assert "不记“鞋店”4.2：没有叫这个名字的店，先加：/shops 鞋店" in asked.text
    assert asked.buttons[0] == "记下其余 2 家"
    await presses(owner, "记下其余 2 家")
    assert await kept(database_url) == {"女装": "3.9", "零食": "3.6"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("女装 3.9 童装 120", "不记“童装”120：这个数不在范围里"),
        ("女装 3.9 童装 0.85", "不记“童装”0.85：这个数不在范围里"),
        ("女装 3.9 童装 4.2 童装 4.3", "不记“童装”4.2、4.3：写了两个分数，请只写一个"),
        ("女装 3.9 童装 3.777", "不记“童装”3.777：这个数不在范围里"),
    ],
)
async def test_a_score_that_cannot_be_is_left_out_with_the_reason(
    owner: Person, database_url: str, text: str, why: str
) -> None:
    asked = await tells(owner, text)
    assert why in asked.text
    await presses(owner, "记下")
    assert await kept(database_url) == {"女装": "3.9"}


async def test_where_none_can_be_kept_none_is_offered(owner: Person) -> None:
    asked = await tells(owner, "女装 120 童装 130")
    assert asked.text.startswith("这几家都不能一起记\n\n“女装”120：这个数不在范围里")
    assert asked.buttons == []


async def test_scores_of_two_scales_are_judged_each_by_its_edition(owner: Person, database_url: str) -> None:
    asked = await tells(owner, "女装 68 童装 4.2")
    assert "⛔ 女装 68 会被关闭权限 · 按 2026-07-29 版（100 分制）" in asked.text
    assert f"✅ 童装 4.2{OVER}" in asked.text
    await presses(owner, "全部记下（2 家）")
    async with connected(database_url) as conn:
        rows = await scores.latest_of(conn, [1, 2])
    assert [rows[number]["score"].scale for number in (1, 2)] == ["0-100", "0-5"]


async def test_a_shop_with_scores_of_another_scale_is_asked_about_alone(owner: Person) -> None:
    await tells(owner, "女装 85", "记下")
    asked = await tells(owner, "女装 3.9 童装 4.2")
    assert "不记“女装”3.9：看不出是哪种分制，请单独发这一家" in asked.text
    assert asked.text.splitlines()[2] == "✅ 童装 4.2"


async def test_the_scores_can_be_made_yesterdays(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL, "是昨天的")
    day = datetime.now(ZONE).date() - timedelta(1)
    assert asked.text.startswith(f"记下这 3 家店 {day}（昨天）的体验分？")
    assert asked.rows == [[KEEP], ["不记"]]
    await presses(owner, KEEP)
    async with connected(database_url) as conn:
        found = await scores.latest_of(conn, [1, 2, 3])
    assert [rows["score"].day for rows in found.values()] == [day] * 3


async def test_an_older_day_does_not_hide_what_is_newer(owner: Person) -> None:
    await tells(owner, "女装 3.4", "记下")
    shown = await tells(owner, "昨天 女装 4.2 童装 4.2", "全部记下（2 家）")
    assert "⛔ 女装 3.4 会被关闭权限" in shown.text
    assert "有更新分数的店，按最新的看。" in shown.text


async def test_a_name_of_two_shops_is_of_neither(owner: Person, database_url: str) -> None:
    await execute(database_url, schema.shops.update().where(schema.shops.c.name == "童装").values(name="女装"))
    asked = await tells(owner, "女装 3.9 零食 3.6")
    assert "不记“女装”3.9：不止一家店叫这个名字，请单独发分数，再点是哪一家" in asked.text
    assert asked.buttons[0] == "记下"


async def test_a_row_of_the_operators_stays(owner: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        day = datetime.now(ZONE).date()
        now_ms = int(datetime.now(ZONE).timestamp() * 1000)
        await scores.record(conn, Score(1, "score", day, Decimal("3.95"), "0-5", Source.FEED), now_ms)
    shown = await tells(owner, ALL, KEEP)
    assert f"没有改动：女装 {today()} 的分数由运营导入。" in shown.text
    assert shown.text.startswith("已记下 2 家店：")
    assert await kept(database_url) == {"女装": "3.95", "童装": "4.2", "零食": "3.6"}


async def test_a_shop_removed_since_is_left_out(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL)
    await execute(database_url, schema.shops.delete().where(schema.shops.c.id == 1))
    await execute(database_url, schema.follows.delete().where(schema.follows.c.shop_id == 1))
    await owner.presses(asked.data[KEEP], asked.id)
    assert (await owner.hears()).text.startswith("已记下 2 家店：")
    assert await kept(database_url) == {"童装": "4.2", "零食": "3.6"}


async def test_a_shop_removed_since_is_not_asked_about_again(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL)
    await execute(database_url, schema.shops.delete().where(schema.shops.c.id == 1))
    await execute(database_url, schema.follows.delete().where(schema.follows.c.shop_id == 1))
    await owner.presses(asked.data["是昨天的"], asked.id)
    again = (await owner.hears()).text
    assert again.startswith("记下这 2 家店 ")
    assert "没有叫这个名字的店" not in again


async def test_a_score_that_no_edition_judges_any_more_is_left_out(owner: Person, database_url: str) -> None:
    asked = await tells(owner, ALL)
    body = func.replace(schema.dialogues.c.body, '"3.9"', '"777"')
    await execute(database_url, schema.dialogues.update().values(body=body))
    await owner.presses(asked.data[KEEP], asked.id)
    assert (await owner.hears()).text.startswith("已记下 2 家店：")
    assert await kept(database_url) == {"童装": "4.2", "零食": "3.6"}


async def test_a_button_of_another_chat_keeps_nothing(owner: Person, sandbox: SandboxClient) -> None:
    asked = await tells(owner, ALL)
    other = await sandbox.person("别人")
    welcome = await tells(other, "/start")
    assert await is_old(other, asked.data[KEEP], welcome.id)


async def test_before_consent_nothing_is_kept_and_after_it_all(owner: Person, database_url: str) -> None:
    await execute(database_url, schema.consents.delete())
    asked = await tells(owner, ALL, KEEP)
    assert await kept(database_url) == {}
    assert asked.data[asked.buttons[0]].startswith("ok|sa|")
    shown = await presses(owner, asked.buttons[0])
    assert shown.text.startswith("已记下 3 家店：")
    assert await kept(database_url) == {"女装": "3.9", "童装": "4.2", "零食": "3.6"}
    async with connected(database_url) as conn:
        assert await consents.is_given(conn, owner.id, VERSION)


@pytest.mark.skipif(SUITE == "postgresql", reason="the trigger is written for SQLite")
async def test_a_press_that_fails_half_way_keeps_nothing(owner: Person, database_url: str) -> None:
    """The third shop's row is refused by the database: the first two are not kept either."""
    asked = await tells(owner, ALL)
    async with connected(database_url) as conn:
        await conn.exec_driver_sql(
            "CREATE TRIGGER no_third BEFORE INSERT ON scores WHEN NEW.shop_id = 3 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    await owner.presses(asked.data[KEEP], asked.id)
    while not await tries(database_url):
        pass
    assert await kept(database_url) == {}
    async with connected(database_url) as conn:
        await conn.exec_driver_sql("DROP TRIGGER no_third")
    assert (await owner.hears()).text.startswith("已记下 3 家店：")


async def test_the_command_takes_several_and_one_named_shop(owner: Person) -> None:
    assert (await asks(owner, f"/score {ALL}")).startswith("记下这 3 家店 ")
    one = await tells(owner, "/score 女装 3.9")
    assert one.text.startswith(f"体验分 3.9：✅ 这个分数不触发警告或关闭{OVER}")
    assert f"要记下吗？女装 · {today()}（今天）" in one.text
    await presses(owner, "记下")
    assert (await asks(owner, "/score 女装")).startswith(f"女装：✅ 这个分数不触发警告或关闭{OVER}\n体验分 3.9（今天）")
    assert "没看懂是多少分" in await asks(owner, "/score 鞋店")


async def test_the_command_takes_a_number_for_the_only_shop(shop: Person) -> None:
    await tells(shop, "/shops 女装")
    assert "要记下吗？女装" in await asks(shop, "/score 3.9")


async def test_twenty_shops_are_kept_by_a_button_of_a_few_bytes(shop: Person, database_url: str) -> None:
    for number in range(20):
        await tells(shop, f"/shops 第{chr(0x4E00 + number)}家")
    text = "\n".join(f"第{chr(0x4E00 + number)}家 {3 + number / 10:.1f}" for number in range(20))
    asked = await tells(shop, text)
    assert len(asked.data["全部记下（20 家）"].encode()) < 30
    await presses(shop, "全部记下（20 家）")
    async with connected(database_url) as conn:
        assert (await conn.execute(select(func.count()).select_from(schema.scores))).scalar() == 20
        assert len(await shops.of_chat(conn, shop.id)) == 20
    page = await tells(shop, "/score")
    assert len(page.text.splitlines()) == 24


async def test_a_shop_added_after_a_stop_is_off_and_says_so(owner: Person) -> None:
    await tells(owner, "停")
    added = await tells(owner, "/shops 鞋店")
    assert added.text.splitlines()[:2] == ["✅ 已添加：鞋店", "🔕 提醒关着，权限会被关闭也不会收到。"]
    said, page = await toast(owner, "打开这家店的提醒")
    assert (said, page.text.splitlines()[0]) == ("已开启提醒", "🔔 鞋店：提醒开着")


async def test_a_shop_made_by_recording_after_a_stop_is_off_and_says_so(shop: Person, start: Start) -> None:
    await tells(shop, "/shops 女装")
    await tells(shop, "停")
    shown = await tells(shop, "女装 4.2", "记下")
    assert "这家店的提醒关着" in shown.text
