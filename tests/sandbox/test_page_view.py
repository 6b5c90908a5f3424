"""What of a chat is in view on a phone, its keyboard down or up, as the bot writes and edits; what its buttons do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser import (
    PHONE,
    WITH_KEYBOARD,
    begins_in_view,
    chromium,
    needs_chromium,
    newest,
    phone,
    picture,
    runs_over,
    write,
)
from tests.live import sandbox_client
from tests.sandbox.conftest import Bot, keys

LONG = "\n".join(f"第 {n} 行" for n in range(1, 61))
HEIGHT = "quote => quote.firstChild.clientHeight"
BUTTON = keys(("下一步", "go"))

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="module")]
fixture = partial(pytest_asyncio.fixture, loop_scope="module")


@dataclass(frozen=True)
class Chat:
    """The bot's side of the chat that the page shows."""

    bot: Bot
    id: int

    async def says(self, text: str, **more: Any) -> int:
        """The new message's number."""
        return int((await self.bot("sendMessage", chat_id=self.id, text=text, **more))["message_id"])

    async def edits(self, message_id: int, text: str, **more: Any) -> None:
        await self.bot("editMessageText", chat_id=self.id, message_id=message_id, text=text, **more)


@fixture(scope="module")
async def browser() -> AsyncIterator[BrowserContext]:
    async with chromium() as opened:
        yield opened


@fixture()
async def opened(browser: BrowserContext) -> AsyncIterator[tuple[Page, Chat]]:
    async with sandbox_client() as sandbox, aiohttp.ClientSession() as session, phone(browser, sandbox.url) as page:
        await expect(page.locator(".welcome")).to_be_visible()
        [found] = await sandbox.ask("GET", "chats")
        bot = Bot(session, sandbox.url)
        await bot("getUpdates", timeout=0)
        yield page, Chat(bot, found["id"])


@fixture(params=[PHONE, WITH_KEYBOARD], ids=["phone", "keyboard_up"])
async def page(request: pytest.FixtureRequest, opened: tuple[Page, Chat]) -> Page:
    await opened[0].set_viewport_size(request.param)
    return opened[0]


@fixture()
async def chat(opened: tuple[Page, Chat]) -> Chat:
    return opened[1]


def message(page: Page, text: str) -> Locator:
    """The message with this text."""
    return page.locator(".message", has=page.get_by_text(text, exact=True))


async def place(page: Page) -> float:
    """How far the log is scrolled."""
    return float(await page.locator(".log").evaluate("log => log.scrollTop"))


async def scrolls_up(page: Page, by: int) -> float:
    """Where the log stands after the person moved it up by so many pixels."""
    before = await place(page)
    await page.locator(".log").hover()
    await page.mouse.wheel(0, -by)
    await page.wait_for_function("at => document.querySelector('.log').scrollTop <= at", arg=before - by)
    return await place(page)


async def test_a_new_message_longer_than_the_view_is_seen_from_its_beginning(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    await chat.says(f"结论\n{LONG}", reply_markup=BUTTON)
    await expect(newest(page)).to_contain_text("结论")
    await begins_in_view(newest(page))


async def test_of_short_messages_in_a_row_the_first_stays_in_view(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    for text in ("能开通", "还要一个同意"):
        await chat.says(text)
    await begins_in_view(message(page, "还要一个同意"))
    await begins_in_view(message(page, "能开通"))


async def test_a_message_after_a_long_one_is_seen_too(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    await chat.says("还有一句")
    await begins_in_view(message(page, "还有一句"))


async def test_a_message_that_grows_at_a_press_is_seen_from_its_beginning(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    number = await chat.says("问题", reply_markup=BUTTON)
    await page.get_by_role("button", name="下一步").click()
    await chat.edits(number, f"结论\n{LONG}", reply_markup=BUTTON)
    await expect(newest(page)).to_contain_text("结论")
    await begins_in_view(newest(page))


async def test_the_end_of_a_long_message_becomes_another_seen_from_its_beginning(page: Page, chat: Chat) -> None:
    number = await chat.says(LONG, reply_markup=BUTTON)
    await page.get_by_role("button", name="下一步").click()
    await chat.edits(number, f"结论\n{LONG}")
    await expect(newest(page)).to_contain_text("结论")
    await begins_in_view(newest(page))


async def test_an_older_message_that_grows_at_a_press_is_seen_from_its_beginning(page: Page, chat: Chat) -> None:
    number = await chat.says(LONG, reply_markup=BUTTON)
    await chat.says("后面的一条")
    await page.get_by_role("button", name="下一步").click()
    await chat.edits(number, f"结论\n{LONG}")
    first = page.locator(".message").first
    await expect(first).to_contain_text("结论")
    await begins_in_view(first)


async def test_a_message_that_grows_above_another_has_all_the_room(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    number = await chat.says("问题", reply_markup=BUTTON)
    await write(page, "3.9")
    await chat.edits(number, f"结论\n{LONG}")
    grown = page.locator(".message").nth(1)
    await expect(grown).to_contain_text("结论")
    above = "one => one.getBoundingClientRect().top - one.closest('.log').getBoundingClientRect().top"
    assert 0 <= await grown.evaluate(above) < 20


async def test_what_answers_a_press_is_seen_however_old_the_button(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    await chat.says("旧的一条", reply_markup=BUTTON)
    for _ in range(2):
        await chat.says(LONG)
    await expect(page.locator(".message")).to_have_count(4)
    button = page.get_by_role("button", name="下一步")
    await button.evaluate("one => one.scrollIntoView({block: 'end'})")
    await button.click()
    await chat.says("走势图来了")
    await begins_in_view(message(page, "走势图来了"))


async def test_whoever_has_scrolled_up_is_left_to_read(page: Page, chat: Chat) -> None:
    for text in (LONG, LONG, "问题"):
        number = await chat.says(text)
    await begins_in_view(message(page, "问题"))
    stands = await scrolls_up(page, 600)
    await chat.says("新的一条")
    await chat.edits(number, f"结论\n{LONG}")
    await expect(message(page, "新的一条")).to_be_attached()
    await expect(page.locator(".message").nth(2)).to_contain_text("结论")
    assert await place(page) == stands
    await page.get_by_role("button", name="回到最新消息").click()
    await begins_in_view(message(page, "新的一条"))


async def test_whoever_scrolls_up_after_a_press_is_left_to_read(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    await chat.says("问题", reply_markup=BUTTON)
    await page.get_by_role("button", name="下一步").click()
    stands = await scrolls_up(page, 600)
    await chat.says("新的一条")
    await expect(message(page, "新的一条")).to_be_attached()
    assert await place(page) == stands


async def test_a_long_message_that_stands_at_its_beginning_does_not_hide_the_next(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    number = await chat.says(f"结论\n{LONG}")
    await begins_in_view(newest(page))
    await chat.edits(number, f"更正\n{LONG}\n{LONG}")
    await expect(newest(page)).to_contain_text("更正")
    await begins_in_view(newest(page))


async def test_new_buttons_under_a_long_text_leave_it_where_it_is(page: Page, chat: Chat) -> None:
    number = await chat.says(LONG, reply_markup=BUTTON)
    button = page.get_by_role("button", name="下一步")
    await button.click()
    stands = await place(page)
    await chat.edits(number, LONG, reply_markup=keys(("已打开", "off")))
    await expect(page.get_by_role("button", name="已打开")).to_be_visible()
    assert await place(page) == pytest.approx(stands, abs=2)


async def test_a_keyboard_that_comes_up_leaves_the_newest_beginning_in_view(opened: tuple[Page, Chat]) -> None:
    page, chat = opened
    await chat.says(LONG)
    await chat.says("问题")
    await begins_in_view(message(page, "问题"))
    await page.set_viewport_size(WITH_KEYBOARD)  # type: ignore[arg-type]
    await begins_in_view(message(page, "问题"))
    await write(page, "3.9")
    await begins_in_view(message(page, "3.9"))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    await begins_in_view(message(page, "3.9"))


async def test_a_chat_opens_at_the_beginning_of_its_newest_message(page: Page, chat: Chat) -> None:
    await chat.says(LONG)
    await chat.says(f"结论\n{LONG}")
    await expect(newest(page)).to_contain_text("结论")
    await page.reload()
    await expect(newest(page)).to_contain_text("结论")
    await begins_in_view(newest(page))


async def test_a_button_has_its_colour_and_a_copying_one_copies(opened: tuple[Page, Chat]) -> None:
    page, chat = opened
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    styles = {"开始查": "primary", "删除": "danger", "都好了": "success", "算了": None}
    rows = [
        [{"text": text, "callback_data": "x", **({"style": style} if style else {})}] for text, style in styles.items()
    ]
    invitation = "https://t.me/sandbox_bot?start=invite_1"
    rows.append([{"text": "复制邀请", "copy_text": {"text": invitation}}])
    await chat.says("选一个", reply_markup={"inline_keyboard": rows})
    await picture(page, "sandbox-buttons")
    colours = {
        text: await page.get_by_role("button", name=text).evaluate("one => getComputedStyle(one).backgroundColor")
        for text in styles
    }
    assert len(set(colours.values())) == 4
    await page.get_by_role("button", name="复制邀请").click()
    await expect(page.locator(".toast")).to_have_text("已复制")
    assert await page.evaluate("navigator.clipboard.readText()") == invitation


async def test_an_expandable_quote_shows_three_lines_until_it_is_tapped(opened: tuple[Page, Chat]) -> None:
    page, chat = opened
    for text in (LONG, "一行\n两行\n三行"):
        await chat.says(f"原文：<blockquote expandable>{text}</blockquote>", parse_mode="HTML")
    long, short = page.locator("blockquote").first, page.locator("blockquote").last
    await expect(page.locator("blockquote")).to_have_count(2)
    three = await short.evaluate(HEIGHT)
    assert await long.evaluate(HEIGHT) == three
    assert [await one.evaluate("one => getComputedStyle(one, '::after').content") for one in (long, short)] == [
        '"▾"',
        "none",
    ]
    await long.click()
    assert await long.evaluate(HEIGHT) > 10 * three
    await long.click()
    assert await long.evaluate(HEIGHT) == three
    await short.click()
    assert await short.evaluate(HEIGHT) == three


async def test_nothing_is_wider_than_the_phone(page: Page, chat: Chat) -> None:
    address = "https://example.com/" + "very-long-address/" * 12
    markup = {"inline_keyboard": [[{"text": "很长的按钮" * 9, "callback_data": f"{n}"} for n in range(2)]]}
    await chat.says(
        f"{address}\n<blockquote expandable>{'A' * 300}</blockquote>", parse_mode="HTML", reply_markup=markup
    )
    await expect(newest(page)).to_be_visible()
    assert await runs_over(page) == []
