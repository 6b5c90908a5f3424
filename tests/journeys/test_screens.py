"""The most frequent screens on a merchant's phone, its keyboard down or up: after each tap the verdict is in view.

Each is photographed as `screen-….actual.png`; if a picture of that name is kept in tests/screenshots, they are alike.
"""

import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.sources import Source
from storage import follows, scores, shops
from storage.scores import Score
from tests.browser import (
    PHONE,
    SCREENSHOTS,
    WITH_KEYBOARD,
    chromium,
    needs_chromium,
    newest,
    newest_after,
    phone,
    picture,
    runs_over,
    shown,
    write,
)
from tests.journeys.conftest import Start
from tests.journeys.test_notice_buttons import sweeps
from tests.journeys.test_page import looks_like
from tests.live import Person, SandboxClient

pytestmark = needs_chromium

FALLING = ("4.20", "4.14", "4.08", "4.02", "3.97", "3.91", "3.86")


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


@pytest.fixture
async def person(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant who agreed to keeping."""
    await start(messages_per_minute=1000, timezone="UTC", quiet_hours="")
    return await sandbox.person("小店")


@pytest.fixture(params=[PHONE, WITH_KEYBOARD], ids=["phone", "keyboard_up"])
async def page(request: pytest.FixtureRequest, sandbox: SandboxClient, person: Person) -> AsyncIterator[Page]:
    """The merchant's phone, after the greeting."""
    async with chromium() as browser, phone(browser, sandbox.url) as opened:
        await opened.set_viewport_size(request.param)
        await write(opened, "/start")
        await expect(newest(opened)).to_be_visible()
        yield opened
        assert await runs_over(opened) == []


async def asks(page: Page, text: str) -> str:
    """What the bot shows last after this text, its first line in view."""
    before = await shown(page)
    await write(page, text)
    return await newest_after(page, before)


async def taps(page: Page, *labels: str) -> str:
    """What the bot shows last after these buttons, the first line in view after each."""
    after = ""
    for label in labels:
        before = await shown(page)
        await newest(page).get_by_role("button", name=label, exact=True).click()
        after = await newest_after(page, before)
    return after


async def photographed(page: Page, name: str) -> None:
    """A picture of the whole phone, like the one that is kept, if any."""
    if page.viewport_size == PHONE:
        taken = await picture(page, name)
        if (SCREENSHOTS / f"{name}.png").exists():
            looks_like(taken, name)


async def has(engine: AsyncEngine, person: Person, told: Mapping[str, tuple[str, ...]]) -> None:
    """The merchant follows shops of these names, with a score a day up to today."""
    now_ms, today = int(time.time() * 1000), datetime.now(UTC).date()
    async with engine.begin() as conn:
        for name, values in told.items():
            shop = await shops.own(conn, person.id, now_ms, name)
            await follows.start(conn, shop.id, person.id, now_ms)
            for back, value in enumerate(reversed(values)):
                day = today - timedelta(back)
                await scores.record(conn, Score(shop.id, "score", day, Decimal(value), "0-5", Source.FEED), now_ms)


async def test_a_question_is_answered_in_view(page: Page) -> None:
    assert "4.0" in await asks(page, "怎么开通精选联盟")
    await photographed(page, "screen-answer")


async def test_every_step_of_a_check_and_its_verdict_are_in_view(page: Page) -> None:
    await asks(page, "/check")
    await taps(page, "开了", "能", "正常营业", "2 次")
    await asks(page, "3.9")
    assert "❌" in await taps(page, "没开通", "没有", "没有", "齐了")
    await photographed(page, "screen-check")


async def test_a_score_and_what_is_kept_of_it_are_in_view(page: Page) -> None:
    assert "⚠️" in await asks(page, "体验分 3.7")
    assert "⚠️" in await taps(page, "记下")
    await photographed(page, "screen-score")


async def test_a_warning_and_its_picture_come_into_view(page: Page, person: Person, engine: AsyncEngine) -> None:
    await has(engine, person, {"女装": ("3.9", "3.7")})
    before = await shown(page)
    await sweeps(engine)
    assert "⚠️" in await newest_after(page, before)
    await photographed(page, "screen-warning")
    await taps(page, "走势图")
    await expect(newest(page).locator("img")).to_be_visible()


async def test_where_a_score_is_heading_is_drawn_in_view(page: Page, person: Person, engine: AsyncEngine) -> None:
    await has(engine, person, {"女装": FALLING})
    await asks(page, "/score")
    assert "约 2 天后低于" in await taps(page, "走势图")
    image = newest(page).locator("img")
    assert await image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1080
    await photographed(page, "screen-trend")


async def test_many_shops_are_in_view_the_worst_first(page: Page, person: Person, engine: AsyncEngine) -> None:
    await has(
        engine, person, {"女装": ("3.9",), "童装": ("4.2",), "零食": ("3.4",), "数码": ("3.7",), "家居": ("4.5",)}
    )
    table = await asks(page, "/score")
    assert table.index("⛔") < table.index("⚠️") < table.index("✅")
    await photographed(page, "screen-shops")
