"""The chat page in a real browser, with a small bot behind."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.browser import chromium, needs_chromium, phone, picture, write
from tests.live import SandboxClient, sandbox_client
from tests.sandbox.conftest import Bot, keys
from tests.sandbox.echo import ECHO_TOKEN, QUOTE, echo
from tests.sandbox.test_message_methods import PNG

XSS = "<img src=x onerror=\"document.title='broken'\"><b>&amp;</b>"

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]
fixture = partial(pytest_asyncio.fixture, loop_scope="module")
"""A single browser and loop for all tests here: a browser starts slower than most tests run."""


@fixture(scope="module")
async def browser() -> AsyncIterator[BrowserContext]:
    async with chromium() as opened:
        yield opened


@fixture()
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client() as client:
        yield client


@fixture()
async def bot(sandbox: SandboxClient) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(session, sandbox.url)


@fixture()
async def page(browser: BrowserContext, sandbox: SandboxClient) -> AsyncIterator[Page]:
    async with phone(browser, sandbox.url) as opened:
        yield opened


@fixture()
async def started(sandbox: SandboxClient, page: Page) -> AsyncIterator[None]:
    """The small bot runs, and the person has pressed 开始."""
    task = asyncio.create_task(echo(sandbox.url))
    await page.get_by_role("button", name="开始").click()
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_page_says_that_the_bot_is_starting_until_it_polls(page: Page, sandbox: SandboxClient) -> None:
    await expect(page.locator(".banner")).to_have_text("机器人启动中…")
    task = asyncio.create_task(echo(sandbox.url))
    await expect(page.locator(".banner")).to_be_hidden()
    await expect(page.locator(".who b")).to_have_text("Sandbox Bot")
    await expect(page.locator(".welcome")).to_contain_text("问我精选联盟的规则")
    await picture(page, "sandbox-start")
    task.cancel()


@pytest.mark.usefixtures("started")
async def test_a_person_writes_presses_and_sees_the_edit_in_place(page: Page) -> None:
    await write(page, "我的体验分 4.2，能进吗？😀")
    answer = page.locator(".message:not(.mine)").last
    await expect(answer).to_contain_text("4.2，能进吗？😀")
    await expect(answer.locator("blockquote").first).to_have_text(QUOTE)
    await expect(answer.locator("b")).to_have_text("可以进。")
    await picture(page, "sandbox-answer")

    await answer.get_by_role("button", name="4 分以上").click()
    await expect(page.locator(".toast")).to_have_text("已记下")
    await expect(answer.locator("b")).to_have_text("你选了 high")
    await expect(answer.locator(".meta")).to_contain_text("已编辑")
    await expect(answer.locator(".keys")).to_have_count(0)
    await expect(page.locator(".message:not(.mine)")).to_have_count(2)


@pytest.mark.usefixtures("started")
async def test_what_people_and_bots_write_never_becomes_markup(page: Page) -> None:
    await write(page, XSS)
    await expect(page.locator(".message:not(.mine)").last).to_contain_text(XSS)
    await expect(page.locator(".mine .text").last).to_have_text(XSS)
    assert await page.locator(".log img").count() == 0
    assert await page.title() == "聊天沙盒"


@pytest.mark.usefixtures("started")
async def test_commands_come_from_the_menu_and_from_texts(page: Page) -> None:
    await page.get_by_role("button", name="命令菜单").click()
    await expect(page.locator(".commands")).to_contain_text("资格自查")
    await picture(page, "sandbox-commands")
    await page.locator(".commands button", has_text="/check").click()
    await expect(page.locator(".mine .text").last).to_have_text("/check")
    await page.locator(".message:not(.mine)").last.get_by_role("button", name="/check").last.click()
    await expect(page.locator(".mine .text", has_text="/check")).to_have_count(2)


@pytest.mark.usefixtures("started")
async def test_a_message_in_another_chat_counts_as_unread(page: Page, sandbox: SandboxClient) -> None:
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    other = await sandbox.person("另一家店")
    await other.says("在吗")
    await expect(page.locator(".back .badge")).to_have_text("1")
    await expect(page).to_have_title(re.compile(r"^\(1\)"))
    await page.get_by_role("button", name="返回会话列表").click()
    row = page.locator("#chats button", has_text="另一家店")
    await expect(row.locator(".badge")).to_have_text("1")
    await picture(page, "sandbox-list")
    await row.click()
    await expect(page.locator(".message:not(.mine)")).to_contain_text("在吗")
    await expect(page).to_have_title("聊天沙盒")


@pytest.mark.usefixtures("started")
async def test_a_fault_is_switched_on_shown_and_switched_off(page: Page, sandbox: SandboxClient) -> None:
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    await page.get_by_role("button", name="测试用故障开关").click()
    await page.get_by_role("switch", name="限流（429）").click()
    await expect(page.get_by_role("switch", name="限流（429）")).to_be_checked()
    await picture(page, "sandbox-faults")
    await page.get_by_role("button", name="关闭", exact=True).click()
    await expect(page.locator(".banner")).to_have_text("测试故障已开启：限流（429）")
    await write(page, "听得见吗")
    await sandbox.calls("sendMessage", status=429, count=1)
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)

    await page.get_by_role("button", name="测试用故障开关").click()
    await page.get_by_role("button", name="全部关闭").click()
    await page.get_by_role("button", name="关闭", exact=True).click()
    await expect(page.locator(".banner")).to_be_hidden()
    await write(page, "现在呢")
    await expect(page.locator(".message:not(.mine)").last).to_contain_text("现在呢")


@pytest.mark.usefixtures("started")
async def test_a_person_who_stopped_the_bot_can_let_it_in_again(page: Page, sandbox: SandboxClient) -> None:
    await page.get_by_role("button", name="测试用故障开关").click()
    await page.get_by_role("switch", name="停用机器人").click()
    await page.get_by_role("button", name="关闭", exact=True).click()
    [chat] = await sandbox.ask("GET", "chats")
    assert chat["blocked"] is True
    await page.get_by_role("button", name="重新启用机器人").click()
    await expect(page.locator(".mine .text", has_text="/start")).to_have_count(2)
    await expect(page.locator(".message:not(.mine)")).to_have_count(2)


@pytest.mark.usefixtures("started")
async def test_a_wide_window_shows_chats_side_by_side(page: Page) -> None:
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.get_by_role("button", name="新会话").click()
    await expect(page.locator(".column")).to_have_count(2)
    second = page.locator(".column").last
    await second.get_by_role("textbox").fill("第二家店的问题")
    await page.keyboard.press("Enter")
    await expect(second.locator(".message:not(.mine)")).to_contain_text("第二家店的问题")
    await expect(page.locator(".column").first.locator(".message:not(.mine)")).to_have_count(1)
    await picture(page, "sandbox-wide")


@pytest.mark.usefixtures("started")
async def test_a_photo_is_shown_and_a_link_to_the_bot_starts_it(page: Page, sandbox: SandboxClient, bot: Bot) -> None:
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    [chat] = await sandbox.ask("GET", "chats")
    echoing = bot.other(ECHO_TOKEN)
    form = aiohttp.FormData({"chat_id": str(chat["id"]), "caption": "近 30 天"})
    form.add_field("photo", PNG, filename="chart.png")
    async with bot.session.post(f"{bot.url}/bot{ECHO_TOKEN}/sendPhoto", data=form) as reply:
        assert reply.status == 200
    image = page.get_by_role("img", name="近 30 天")
    await expect(image).to_be_visible()
    assert await image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1

    text = '<a href="https://t.me/sandbox_bot?start=invite_1">绑定店铺</a>'
    await echoing("sendMessage", chat_id=chat["id"], text=text, parse_mode="HTML")
    await page.get_by_role("link", name="绑定店铺").click()
    await expect(page.locator(".mine .text").last).to_have_text("/start invite_1")


async def test_an_alert_waits_until_it_was_read(page: Page, sandbox: SandboxClient, bot: Bot) -> None:
    await expect(page.locator(".welcome")).to_be_visible()
    [chat] = await sandbox.ask("GET", "chats")
    await bot("sendMessage", chat_id=chat["id"], text="选一个", reply_markup=keys(("绑定", "bind")))
    await page.get_by_role("button", name="绑定").click()
    [update] = await bot("getUpdates", timeout=10)
    await expect(page.locator(".keys .waiting")).to_have_count(1)
    query_id = update["callback_query"]["id"]
    await bot("answerCallbackQuery", callback_query_id=query_id, text="请先登记店铺", show_alert=True)
    await expect(page.locator("#ask")).to_contain_text("请先登记店铺")
    await expect(page.locator(".keys .waiting")).to_have_count(0)
    await page.get_by_role("button", name="好").click()
    await expect(page.locator("#ask")).to_be_hidden()


@pytest.mark.usefixtures("started")
async def test_a_reset_leaves_a_new_person_and_no_messages(page: Page, sandbox: SandboxClient) -> None:
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    [before] = await sandbox.ask("GET", "chats")
    await page.get_by_role("button", name="测试用故障开关").click()
    await page.get_by_role("button", name="重置沙盒").click()
    await page.get_by_role("button", name="重置", exact=True).click()
    await expect(page.locator(".welcome")).to_be_visible()
    [after] = await sandbox.ask("GET", "chats")
    assert after["id"] > before["id"]
