"""One check from start to result in the chat page, with the whole bot behind it, as a merchant sees it on a phone."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.async_api import Locator, Page, ViewportSize, expect

from tests.browser import SCREENSHOTS, chromium, needs_chromium, phone, picture, write
from tests.journeys.conftest import Start
from tests.live import SandboxClient

MOST_DIFFERENT = 0.04
"""Mean difference of the pixels (0 to 1) from the kept picture: other fonts pass, another layout does not."""

KEYBOARD_UP: ViewportSize = {"width": 390, "height": 500}
PROGRESS = re.compile(r"第 \d+/\d+ 题")

pytestmark = needs_chromium


@pytest.fixture
async def page(sandbox: SandboxClient, start: Start) -> AsyncIterator[Page]:
    await start(messages_per_minute=1000)
    async with chromium() as browser, phone(browser, sandbox.url) as opened:
        yield opened


def newest(page: Page) -> Locator:
    return page.locator(".message:not(.mine)").last


async def takes(page: Page, answer: str) -> None:
    """Press this, and see the next question: two in a row may have the same button."""
    async with next_question(page):
        await newest(page).get_by_role("button", name=answer, exact=True).click()


@asynccontextmanager
async def next_question(page: Page) -> AsyncIterator[None]:
    """Answer the question in view inside; on leaving, another one is."""
    await expect(newest(page)).to_contain_text(PROGRESS)
    answered = PROGRESS.search(await newest(page).inner_text())
    assert answered
    yield
    await expect(newest(page)).not_to_contain_text(answered[0])


async def test_a_check_from_start_to_result(page: Page) -> None:
    await page.get_by_role("button", name="开始").click()
    await newest(page).get_by_role("button", name="查资格").click()
    for answer in ("开了", "能", "正常营业", "2 次"):
        await takes(page, answer)
    await expect(newest(page)).to_contain_text("体验分是多少")
    looks_like(await picture(page, "check-question"), "check-question")
    async with next_question(page):
        await write(page, "3.9")
    for answer in ("没开通", "没有", "没有", "齐了"):
        await takes(page, answer)
    verdict = newest(page).get_by_text("❌ 现在还不能开通")
    await expect(verdict).to_be_in_viewport(ratio=1)
    await expect(newest(page).locator("blockquote")).to_have_text(["商家体验分>=4.0分"])
    await expect(newest(page).get_by_role("button", name="重新检查")).to_be_in_viewport()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    looks_like(await picture(page, "check-result"), "check-result")


async def test_with_the_keyboard_up_the_verdict_is_in_view_after_the_last_tap(page: Page) -> None:
    await page.set_viewport_size(KEYBOARD_UP)
    await page.get_by_role("button", name="开始").click()
    await newest(page).get_by_role("button", name="查资格").click()
    for answer in ("开了", "能", "正常营业", "2 次"):
        await takes(page, answer)
    async with next_question(page):
        await write(page, "3.9")
    for answer in ("没开通", "没有", "没有", "齐了"):
        await takes(page, answer)
    await expect(newest(page).get_by_text("❌ 现在还不能开通")).to_be_in_viewport(ratio=1)


async def test_an_answer_shows_the_quotes_apart_and_a_button_onward(page: Page) -> None:
    await page.get_by_role("button", name="开始").click()
    await expect(newest(page)).to_contain_text("精选联盟助手")
    await write(page, "怎么开通精选联盟")
    await expect(newest(page).locator("blockquote")).to_have_text(["关闭权限次数<3次", "商家体验分>=4.0分"])
    await expect(newest(page).get_by_role("button").first).to_be_visible()
    await picture(page, "answer")


def looks_like(shown: Path, name: str) -> None:
    """Compare with the kept picture; to keep a new one, look at the .actual.png and rename it."""
    with Image.open(shown) as actual, Image.open(SCREENSHOTS / f"{name}.png") as kept:
        assert actual.size == kept.size
        difference = ImageChops.difference(actual.convert("L"), kept.convert("L"))
    assert ImageStat.Stat(difference).mean[0] / 255 <= MOST_DIFFERENT, f"{shown} is not {name}.png any more"
