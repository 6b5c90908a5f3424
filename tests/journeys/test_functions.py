"""Functions asked for in words, over HTTP: each phrase does what the command or the button does."""

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copy

import pytest
import pytest_asyncio
from sqlalchemy import delete, select

from bot.conversation.functions import Function, functions
from bot.sandbox.listening import serving
from storage import follows, unanswered
from storage.database import engine as database
from storage.schema import milestones
from storage.schema import unanswered as kept_questions
from tests.databases import SUITE, connected, new_database
from tests.journeys.conftest import Agreeing, bot_running, tells
from tests.journeys.test_check import GOOD
from tests.live import Message, Person, SandboxClient

pytestmark = pytest.mark.asyncio(loop_scope="module")
fixture = partial(pytest_asyncio.fixture, loop_scope="module")
OPERATOR_NAME = "晨光代运营"


@dataclass(frozen=True)
class World:
    """A running bot, for all tests of this file. `anybody`: a new merchant who has agreed to nothing yet."""

    agreeing: Agreeing
    stranger: SandboxClient
    database_url: str

    async def merchant(self, *steps: str) -> Person:
        """A new merchant who agreed, after these texts and buttons."""
        person = await self.agreeing.person("小店")
        await does(person, *steps)
        return person


@fixture(scope="module")
async def world(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, newest_file: Path
) -> AsyncIterator[World]:
    if SUITE == "postgresql":
        url = await new_database(request.getfixturevalue("server"))
        engine = database.create(url)
        await database.migrate(engine)
        await engine.dispose()
    else:
        url = f"sqlite+aiosqlite:///{copy(newest_file, tmp_path_factory.mktemp('functions') / 'alliance.db')}"
    settings = {"messages_per_minute": 1000, "send_rate_per_s": 100_000, "operator_name": OPERATOR_NAME}
    async with (
        serving() as listener,
        Agreeing(listener.url, url) as agreeing,
        SandboxClient(listener.url) as stranger,
        bot_running(listener.url, url, **settings),
    ):
        yield World(agreeing, stranger, url)


async def does(person: Person, *steps: str) -> Message:
    """What the bot shows last after these steps: a text after "> ", a button's text after "@", else a button's label.

    Of a label that ends in … the beginning is enough.
    """
    shown = Message({})
    for step in steps:
        if step.startswith("> "):
            shown = await tells(person, step[2:])
            continue
        if step.startswith("@"):
            await person.presses(step[1:], shown.id)
        else:
            await person.presses(next((one for one in shown.buttons if one.startswith(step.rstrip("…"))), step))
        shown = await person.hears()
    return shown


SCORED = ("> 体验分 3.9", "记下")
WITH_SHOP = ("> /shops 甲店",)
BEGUN = ("> /check", "开了")
CHECKED = ("> /check", *GOOD[:4], "> 4.2", *GOOD[5:])
WAITS = (*GOOD[:4], "> 4.2", *GOOD[5:6], "> 昨天", *GOOD[7:])
BEFORE = {
    "stop": WITH_SHOP,
    "hear": WITH_SHOP,
    "later": WITH_SHOP,
    "chart": SCORED,
    "daily": (*WITH_SHOP, "> /settings", "🔔 甲店", "只在变化时"),
    "on_change": WITH_SHOP,
    "undo": SCORED,
    "go_on": BEGUN,
    "cancel": BEGUN,
    "over": BEGUN,
    "unchanged": (*CHECKED, "改一个答案", "账户能正常登录…"),
    "change": CHECKED,
    "details": CHECKED,
    "remind_of_days": ("> /check", *WAITS),
    "restart": CHECKED,
    "remove": WITH_SHOP,
    "keep_shop": WITH_SHOP,
    "keep_name": (*WITH_SHOP, "> /rename"),
    "shops": WITH_SHOP,
    "rename": WITH_SHOP,
}
"""What the chat did before."""
ALONE = {"agree"}
"""What has its own test below: whoever is asked has not agreed yet."""
LASTING = {"later", "chart", "undo", "change", "details", "remind_of_days", "remove", "keep_shop", "shops", "rename"}
"""What may be said again and again: it shows or asks something, and changes nothing."""
BUTTON = {
    "chart": ("> /score", "走势图"),
    "daily": ("> /settings", "🔔 甲店", "每天"),
    "on_change": ("> /settings", "🔔 甲店", "只在变化时"),
    "go_on": ("> /check", "接着做"),
    "over": ("> /check", "重新开始"),
    "unchanged": ("不改，返回结果",),
    "change": ("改一个答案",),
    "details": ("逐条看",),
    "remind_of_days": ("到日子提醒我",),
    "restart": ("重新检查",),
    "cancel": ("取消",),
    "remove": ("> /shops", "甲店", "删除这家店"),
    "keep_shop": ("> /shops", "甲店"),
    "keep_name": ("不改了",),
    "undo": ("> /score", "↩️ 撤销最近一次"),
    "hear": ("> /help", "@on|all"),
    "later": ("> /help", "@z|all"),
}
"""The way to what the function does, where that is more than a command or the button of its text."""


def shown(message: Message) -> tuple[str, Sequence[str]]:
    """What a merchant sees, without the number of the message; of a file the day is left out."""
    document = re.sub(r"^.*\.", "", message.raw.get("document", {}).get("file_name", ""))
    return re.sub(r"\s*№\d+$", "", message.text) + document, message.buttons


async def by_button(world: World, function: Function) -> Message:
    person = await world.merchant(*BEFORE.get(function.name, ()))
    if steps := BUTTON.get(function.name):
        return await does(person, *steps)
    if function.does.startswith("/"):
        return await does(person, f"> {function.does}")
    return await does(person, "> /help", f"@{function.does}")


async def by_words(world: World, function: Function) -> list[Message]:
    """What the bot shows after each phrase; where nothing changes, one merchant says them all."""
    before = BEFORE.get(function.name, ())
    if function.name in LASTING:
        person = await world.merchant(*before)
        return [await tells(person, phrase) for phrase in function.says]
    people = await asyncio.gather(*(world.merchant(*before) for _ in function.says))
    return await asyncio.gather(*map(tells, people, function.says))


@pytest.mark.parametrize(
    "function", [one for one in functions() if one.name not in ALONE], ids=lambda function: function.name
)
async def test_every_phrase_does_what_the_button_does(world: World, function: Function) -> None:
    expected = shown(await by_button(world, function))
    said = await by_words(world, function)
    other = {phrase: shown(each) for phrase, each in zip(function.says, said, strict=True) if shown(each) != expected}
    assert expected[0]
    assert other == {}


SIXTY = tomllib.loads((Path(__file__).parents[1] / "conversation" / "sixty-ways.toml").read_text("utf-8"))
SAID_AFTER = {
    "anytime": (),
    "with_a_shop": (*WITH_SHOP, "> 体验分 3.9", "记下"),
    "in_a_check": (*BEGUN, "能"),
    "below_a_result": ("> /check", *WAITS),
}
TYPED = {"又开通了": ("> 又开通了",), "重新开始": ("> /check", "重新开始")}
"""The way to a button that stands on another message."""


async def by_the_way(world: World, table: str, wanted: str) -> Message:
    """What the command, or the button of this data or label, shows a merchant after the same steps."""
    person = await world.merchant()
    before = await does(person, *SAID_AFTER[table])
    if wanted in TYPED:
        return await does(person, *TYPED[wanted])
    if wanted in before.buttons:
        await person.presses(wanted, before.id)
        return await person.hears()
    if wanted.startswith("/"):
        return await tells(person, wanted)
    number = next((data.split("|")[1] for data in before.data.values() if data.startswith("pic|")), "")
    return await does(person, "> /help", "@" + wanted.format(shop=number))


@pytest.mark.parametrize(("table", "say"), [(table, say) for table, says in SIXTY.items() for say in says])
async def test_sixty_ways_of_asking_each_do_what_was_asked(world: World, table: str, say: str) -> None:
    expected = await by_the_way(world, table, SIXTY[table][say])
    person = await world.merchant(*SAID_AFTER[table])
    assert shown(await tells(person, say)) == shown(expected)


@pytest.mark.parametrize(
    ("steps", "typed", "pressed"),
    [
        (("> 体验分 3.9",), "记下吧", "记下"),
        (("> 体验分 3.9",), "是昨天的", "是昨天的"),
        (("> 第三次被清退了",), "是，第3次", "是，第 3 次"),
        (("> /rules",), "2026-07-29 版有什么不同", "2026-07-29 版有什么不同"),
        (("> /settings", "免打扰时间"), "23:00到07:00", "23:00 到 07:00"),
        ((*WITH_SHOP, "> /shops 乙店", "> 体验分 3.9"), "乙店", "乙店"),
        ((*WITH_SHOP, "> /settings", "🔔 甲店"), "没开通", "没开通"),
    ],
)
async def test_a_label_typed_below_its_message_does_what_the_button_does(
    world: World, steps: Sequence[str], typed: str, pressed: str
) -> None:
    expected = await does(await world.merchant(), *steps, pressed)
    said = await does(await world.merchant(), *steps, f"> {typed}")
    assert shown(said) == shown(expected)
    assert not said.is_edited, "below what was typed"


async def test_the_consent_can_be_given_in_words(world: World) -> None:
    person = await world.stranger.person("路人")
    await does(person, "> 体验分 3.9", "记下")
    assert "已记下：我的店铺" in (await tells(person, "同意")).text
    other = await world.stranger.person("路人")
    assert "你还没有同意" in (await tells(other, "同意")).text


async def test_a_label_is_no_button_once_something_else_was_said(world: World) -> None:
    person = await world.merchant("> 体验分 3.9", "> 谢谢")
    assert "已记下" not in (await tells(person, "记下")).text


async def is_on(world: World, person: Person) -> list[bool]:
    async with connected(world.database_url) as conn:
        return [follow.is_on for follow in await follows.of_chat(conn, person.id)]


async def test_stop_turns_all_shops_off_and_its_button_turns_them_on_again(world: World) -> None:
    person = await world.merchant("> /shops 甲店", "> /shops 乙店", "> /shops 丙店")
    said = await tells(person, "别发了！")
    assert said.text == "🔕 好，3 家店的提醒都关了，权限会被关闭也不会收到。规则和分数照样可以问我。"
    assert (await is_on(world, person), said.buttons) == ([False] * 3, ["重新打开提醒"])
    assert (await tells(person, "退订")).text.startswith("🔕 提醒本来就关着")
    assert (await does(person, "重新打开提醒")).text.startswith("🔔 好，所有店铺的提醒打开了")
    assert await is_on(world, person) == [True] * 3


async def test_stop_ends_the_daily_table_too(world: World) -> None:
    person = await world.merchant("> /shops 甲店", "> /settings", "打开每天的汇总")
    await tells(person, "停")
    assert "每天的汇总：关着" in (await tells(person, "/settings")).text


async def test_stop_without_a_shop_says_that_nothing_is_sent(world: World) -> None:
    said = await tells(await world.stranger.person("路人"), "unsubscribe")
    assert said.text.startswith("好，你还没有店铺，我不会主动发提醒")
    assert said.buttons == []


@pytest.mark.parametrize("word", ["停", "停止", "不要再发", "stop"])
async def test_stop_in_a_check_turns_reminders_off_and_gives_the_check_up(world: World, word: str) -> None:
    person = await world.merchant("> /shops 甲店", *BEGUN)
    said = await tells(person, word)
    assert said.text.startswith("🔕 好，提醒关了")
    assert (await person.hears()).text.startswith("已取消这次检查")
    assert await is_on(world, person) == [False]
    assert "没有正在做的检查" in (await tells(person, "取消")).text


async def test_stop_forgets_the_days_ahead_too(world: World) -> None:
    person = await world.merchant("> /check", *WAITS, "到日子提醒我")
    await tells(person, "别烦我")
    async with connected(world.database_url) as conn:
        ahead = (await conn.execute(select(milestones).where(milestones.c.chat_id == person.id))).all()
    assert ahead == []


async def test_stop_while_a_name_is_awaited_is_no_name(world: World) -> None:
    person = await world.merchant("> /shops 甲店", "> /rename")
    assert (await tells(person, "停")).text.startswith("🔕 好，提醒关了")
    shown = await tells(person, "乙店")
    assert "已改名" not in shown.text
    assert "甲店" in (await tells(person, "/shops")).text


@pytest.mark.parametrize("word", ["取消", "不改了"])
async def test_a_name_that_is_awaited_can_be_let_be_in_words(world: World, word: str) -> None:
    person = await world.merchant("> /shops 甲店", "> /rename")
    assert (await tells(person, word)).text == "好，没有改名。"
    assert "已改名" not in (await tells(person, "乙店")).text


async def test_a_function_while_a_name_is_awaited_is_no_name(world: World) -> None:
    person = await world.merchant("> /shops 甲店", "> /rename")
    assert (await tells(person, "帮助")).text.startswith("我能做四件事")
    assert (await tells(person, "乙店")).text.startswith("✅ 已改名：甲店 → 乙店")


async def test_a_function_leaves_an_open_check_open(world: World) -> None:
    person = await world.merchant(*BEGUN)
    assert (await tells(person, "提醒设置")).text.startswith("提醒设置")
    assert (await does(person, "能")).text.startswith("第 3/")


async def test_an_answer_of_a_check_comes_before_a_function(world: World) -> None:
    person = await world.merchant("> /check", "开了", "能")
    assert (await tells(person, "返回")).text.startswith("第 2/")
    assert (await tells(await world.merchant(), "返回")).text.startswith("提醒设置")


async def test_to_turn_on_what_there_is_not_shows_the_settings(world: World) -> None:
    assert "还没有店铺" in (await tells(await world.stranger.person("路人"), "打开提醒")).text


async def test_what_keeps_something_asks_for_consent_and_is_done_after_it(world: World) -> None:
    person = await world.stranger.person("路人")
    asked = await tells(person, "不设免打扰")
    assert asked.buttons == ["同意并继续", "不同意"]
    assert "免打扰：不设" in (await does(person, "同意并继续")).text


@pytest.mark.parametrize("words", ["删除我的数据", "确定，全部删除", "delete everything"])
async def test_nothing_is_deleted_without_the_button(world: World, words: str) -> None:
    person = await world.merchant("> /shops 甲店")
    assert (await tells(person, words)).buttons == ["确定，全部删除", "不删"]
    assert "甲店" in (await tells(person, "/shops")).text


async def test_with_several_shops_the_chart_and_the_removal_ask_which(world: World) -> None:
    person = await world.merchant("> /shops 甲店", "> /shops 乙店")
    assert "甲店" in (await tells(person, "删除这家店")).buttons
    assert (await tells(person, "走势图")).text == (await tells(person, "/score")).text


async def test_who_stands_behind_it_is_said_in_our_own_words(world: World) -> None:
    person = await world.stranger.person("路人")
    official = (await tells(person, "你是官方吗？")).text
    assert official.startswith("不是。我不是抖音或抖店的官方客服")
    assert OPERATOR_NAME in official
    assert (await tells(person, "转人工")).text.startswith("这里没有人工客服")
    assert (await tells(person, "谁开发的你")).text.startswith("我是程序")


async def test_a_score_and_a_question_stay_what_they_were(world: World) -> None:
    person = await world.stranger.person("路人")
    assert "要记下吗" in (await tells(person, "体验分 3.9")).text
    assert (await tells(person, "体验分")).buttons == ["要多少体验分", "警告", "清退标准"]
    assert "3.9 不到 4.0" in (await tells(person, "3.9")).text
    assert (await tells(person, "怎么退出联盟")).text.startswith("商家自己关闭或退出，这份规则没有写")


async def test_a_question_that_is_not_read_is_kept_and_small_talk_is_not(world: World) -> None:
    person = await world.stranger.person("路人")
    async with connected(world.database_url) as conn:
        await conn.execute(delete(kept_questions))
    for text in ("体验分页面一直转圈13800138000", "讲个笑话", "今天天气怎么样", "谢谢", "淘宝怎么开店", "帮助", "停"):
        await tells(person, text)
    async with connected(world.database_url) as conn:
        kept = await unanswered.listed(conn, 0, 10)
    assert [one.text for one in kept] == ["体验分页面一直转圈******"]
