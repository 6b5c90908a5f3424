"""The chat page in a real browser, as on a merchant's phone."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Locator, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = Path(__file__).parent / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
WITH_KEYBOARD = {"width": 390, "height": 500}
"""The same with its keyboard up."""

NEWEST = "[...document.querySelectorAll('.message:not(.mine)')].at(-1)"
BEGINS_IN_VIEW = """made => {
  const log = made.closest(".log").getBoundingClientRect();
  const bubble = made.querySelector(".bubble").getBoundingClientRect();
  return bubble.top >= log.top && bubble.top + 32 <= log.bottom;
}"""
WORDS = """message => {
  const bare = message.cloneNode(true);
  bare.querySelectorAll(".meta").forEach(one => one.remove());
  return bare.textContent;
}"""
RUNS_OVER = """[...document.querySelectorAll("html, .log, .log *")]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1
    || (one.matches("html, .log") && one.scrollWidth > one.clientWidth))
  .map(one => `${one.tagName} ${one.className}: ${one.textContent.slice(0, 30)}`)"""

needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists() and os.environ.get("CI") != "true",
    reason="the page test needs Chromium at /usr/bin/chromium (apt-get install chromium)",
)


@asynccontextmanager
async def chromium() -> AsyncIterator[BrowserContext]:
    """A browser of a phone's width; all pages share a process, as a process takes long to start."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield await started.new_context(viewport=PHONE, locale="zh-CN", device_scale_factor=2)  # type: ignore[arg-type]
        await started.close()


@asynccontextmanager
async def phone(browser: BrowserContext, url: str) -> AsyncIterator[Page]:
    """The page at `url`; fails when a script of the page fails."""
    errors: list[str] = []
    opened = await browser.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await opened.goto(url)
    yield opened
    await opened.close()
    assert errors == []


async def write(page: Page, text: str) -> None:
    """Type and send a message."""
    await page.get_by_role("textbox", name="输入消息").fill(text)
    await page.keyboard.press("Enter")


def newest(page: Page) -> Locator:
    """The bot's last message."""
    return page.locator(".message:not(.mine)").last


async def shown(page: Page) -> str:
    """What the bot's last message shows: the words and the buttons, without the time, which may change by itself."""
    return str(await page.evaluate(f"() => ({WORDS})({NEWEST})"))


async def newest_after(page: Page, before: str) -> str:
    """What the bot's last message shows, once that is something else and its first line is to be read."""
    await page.wait_for_function(f"before => ({WORDS})({NEWEST}) !== before", arg=before)
    await page.wait_for_function(f"() => ({BEGINS_IN_VIEW})({NEWEST})", timeout=5000)
    return await shown(page)


async def begins_in_view(message: Locator) -> None:
    """Waits until the first line of the message is to be read. Raises playwright's TimeoutError."""
    await message.page.wait_for_function(BEGINS_IN_VIEW, arg=await message.element_handle(), timeout=5000)


async def runs_over(page: Page) -> list[str]:
    """What of the chat reaches beyond the phone's right edge, or can be moved sideways."""
    return list(await page.evaluate(RUNS_OVER))


async def picture(page: Page, name: str) -> Path:
    """A screenshot of the phone, kept beside the tests for people to look at; the file."""
    SCREENSHOTS.mkdir(exist_ok=True)
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished.catch(() => null)))")
    file = SCREENSHOTS / f"{name}.actual.png"
    await page.screenshot(path=file)
    return file
