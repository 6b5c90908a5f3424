"""A wrong score from the file to the chat and back, each message compared whole; and scores of another scale."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.warnings.sweep import Sweep
from rules.edition import Fact
from rules.sources import Source
from storage import notices, scores, shops
from storage.scores import Score
from tests.commands.conftest import Alliance, alliance
from tests.journeys.conftest import TOKEN
from tests.journeys.test_watch import (
    ADVISED,
    BY_OFFICE,
    CLOSING,
    CONTEXT,
    HELP,
    LOOK,
    MAY_CLOSE,
    MAY_WARN,
    OLD,
    SOURCE,
    WARNING,
    WHERE,
    bot,
    message,
)
from tests.live import PATIENCE_S, Person, SandboxClient
from tests.packaged import HUNDRED_POINTS

__all__ = ["alliance"]

TODAY = datetime.now(UTC).date()
Command = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def command(alliance: Alliance, sandbox: SandboxClient, tmp_path: Path, database_url: str) -> Command:
    """A command of an operator; `scores` puts a day's score of the shop into a file and imports the file."""

    async def run(*words: str, score: str = "") -> list[str]:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "DATABASE_URL": database_url}
        (tmp_path / "scores.csv").write_text(f"shop_id,day,score\n7120001,{TODAY},{score}\n")
        done = await asyncio.to_thread(alliance, *words, TIMEZONE="UTC", QUIET_HOURS="", **settings)
        assert done.status == 0, done.err
        return done.lines

    return run


async def bound(command: Command, sandbox: SandboxClient) -> Person:
    """A merchant who follows the flower shop."""
    await sandbox.bot_has_come()
    merchant = await sandbox.person("小店")
    await command("shops", "add", "7120001", "--name", "花店")
    (link,) = await command("shops", "invite", "7120001")
    await merchant.says("/start " + link.partition("?start=")[2])
    await merchant.hears()
    return merchant


async def heard(merchant: Person) -> tuple[str, int]:
    """The words of the next message, and its number."""
    text, _, number = (await merchant.hears()).text.rpartition("\n№")
    return text, int(number)


async def waits(engine: AsyncEngine) -> bool:
    """Whether a warning waits to be sent."""
    async with engine.begin() as conn:
        return bool(await notices.waiting(conn))


async def swept(engine: AsyncEngine, *, quiet: tuple[time, time] | None = None) -> None:
    policy = replace(CONTEXT.policy, quiet_hours=quiet)
    await Sweep(engine, policy, TODAY, datetime.now(UTC)).run()


async def test_a_wrong_score_is_sent_and_corrected(sandbox: SandboxClient, command: Command, database_url: str) -> None:
    async with bot(sandbox.url, database_url):
        merchant = await bound(command, sandbox)
        await command("scores", "import", "scores.csv", score="3.40")
        text, number = await heard(merchant)
        assert text == message(
            f"⛔ 花店：体验分 3.4，低于清退线 3.5{OLD}",
            f"{MAY_CLOSE}要重新开通，体验分得先到 4.0。",
            "还有多少：离 3.5 还差 0.1。一共 3 次机会，被系统关闭过几次还没告诉我。",
            "为什么：今天的分数，从哪天起低于还不知道。",
            LOOK,
            WHERE,
            CLOSING,
            SOURCE,
        )
        await command("scores", "import", "scores.csv", score="4.30")
        shown = await merchant.hears()
        text, _, corrected = shown.text.rpartition("\n№")
        assert text == message(
            f"✏️ 更正 №{number}：花店 {TODAY} 的体验分是 4.3，不是 3.4{OLD}",
            "那条说低于清退线，不算数了。",
            "现在：体验分 4.3，✅ 这个分数不触发警告或关闭。",
            "只看分数；违规达到清退标准也会被关闭。",
            BY_OFFICE,
        )
        assert shown.buttons == ["走势图", "设置"]
        await command("scores", "import", "scores.csv", score="4.30")
        await command("scores", "import", "scores.csv", score="3.30")
        text, _ = await heard(merchant)
        lines = text.splitlines()
        assert (lines[0], len(lines)) == (f"⛔ 花店：体验分 3.3，低于清退线 3.5{OLD}", 8)
        assert lines[3].endswith(f"更正 №{corrected}：那条说体验分 4.3。")


async def test_a_wrong_score_corrected_in_the_night_is_never_told(
    sandbox: SandboxClient, command: Command, database_url: str
) -> None:
    now = datetime.now(UTC)
    night = ((now - timedelta(hours=1)).time(), (now + timedelta(hours=3)).time())
    async with bot(sandbox.url, database_url) as engine:
        merchant = await bound(command, sandbox)
        await command("scores", "import", "scores.csv", score="3.70")
        await swept(engine, quiet=night)
        await command("scores", "import", "scores.csv", score="4.30")
        await merchant.says("/settings")
        await merchant.hears()
        await merchant.presses("set|quiet", (await merchant.sees())[-1].id)
        await merchant.hears()
        await merchant.presses("hq|", (await merchant.sees())[-1].id)  # the night is over: what waits is due
        await merchant.hears()
        async with asyncio.timeout(PATIENCE_S):
            while await waits(engine):
                pass
        await command("scores", "import", "scores.csv", score="3.60")
        await swept(engine)
        text, _ = await heard(merchant)
        assert text == message(
            f"⚠️ 花店：体验分 3.6，低于警告线 3.8{OLD}",
            MAY_WARN,
            "还有多少：离 3.8 还差 0.2。再掉超过 0.1，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
            "为什么：今天的分数，从哪天起低于还不知道。",
            HELP,
            WHERE,
            WARNING,
            SOURCE,
        )


async def test_scores_to_100_are_watched_by_their_edition(
    sandbox: SandboxClient, command: Command, database_url: str
) -> None:
    async with bot(sandbox.url, database_url) as engine:
        merchant = await bound(command, sandbox)
        async with engine.begin() as conn:
            shop = await shops.by_ref(conn, "7120001")
            assert shop is not None
            for name, value in (("score", "85"), ("product_score", "50")):
                await scores.record(conn, _row(shop.id, HUNDRED_POINTS.fact(name), value), 1)
        await swept(engine)
        text, _ = await heard(merchant)
    assert text == message(
        "⛔ 花店：商品体验分 50，低于清退线 60",
        f"{MAY_CLOSE}要开通，商品体验分要到多少分看主营类目：60、70、72、75，以类目的要求为准。",
        "还有多少：离 60 还差 10。",
        "为什么：今天的分数，从哪天起低于还不知道。",
        "怎么办：马上看权限还在不在；被关闭了就告诉我“被关闭了”。看商品综合评分、品质退货率。"
        "虚假宣传、欺诈发货等扣分扣在总分里，满 30 天自己消失。",
        f"在哪里：抖店后台 → 店铺 → 商家体验分 → 商品，最终以后台为准。{ADVISED}",
        "▫️ 要点：所有商家：体验分低于 70 分，或商品体验分低于 60 分的，清退；没有体验分的沉睡店铺也算。",
        "2026-07-29 版 · 要点 · 来源：《精选联盟平台管理规则》2026-07-29 修订公告的第三方存档",
    )


def _row(shop_id: int, fact: Fact, value: str) -> Score:
    return Score(shop_id, fact.id, TODAY, Decimal(value), fact.scale, Source.FEED)
