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
from tests.journeys.test_watch import ADVICE, ADVISED, CHANCES, CLOSING, CONTEXT, LOOK, OLD, SOURCE, WARNING, bot
from tests.live import PATIENCE_S, Person, SandboxClient
from tests.packaged import HUNDRED_POINTS

__all__ = ["alliance"]

TODAY = datetime.now(UTC).date()
Command = Callable[..., Awaitable[list[str]]]
FOOT = f"{TODAY} 检查。最终以抖店后台为准。\n{ADVISED}\n{SOURCE}"


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
        assert text == (
            f"⛔ 花店：体验分 3.4，低于清退线 3.5{OLD}\n离 3.5 还差 0.1。\n"
            "系统每天校验，随时可能关闭权限。\n\n"
            f"{LOOK}\n{ADVICE}\n👉 被关闭以后要重新开通，体验分得先到 4.0。\n\n{CLOSING}\n\n{CHANCES}\n\n{FOOT}"
        )
        await command("scores", "import", "scores.csv", score="4.30")
        shown = await merchant.hears()
        text, _, corrected = shown.text.rpartition("\n№")
        assert text == (
            f"✏️ 更正 №{number}：花店 {TODAY} 的体验分是 4.3，不是 3.4{OLD}\n那条说低于清退线，不算数了。\n\n"
            f"现在：体验分 4.3，✅ 这个分数不触发警告或关闭。\n只看分数；违规达到清退标准也会被关闭。\n\n"
            f"{TODAY} 更正。最终以抖店后台为准。\n{SOURCE}"
        )
        assert shown.buttons == ["走势图", "设置"]
        await command("scores", "import", "scores.csv", score="4.30")
        await command("scores", "import", "scores.csv", score="3.30")
        text, _ = await heard(merchant)
        assert text.splitlines()[:2] == [
            f"⛔ 花店：体验分 3.3，低于清退线 3.5{OLD}",
            f"更正 №{corrected}：那条说体验分 4.3。",
        ]


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
        ahead = "再掉超过 0.1，就低于清退线 3.5，权限会被关闭。"
        assert text == (
            f"⚠️ 花店：体验分 3.6，低于警告线 3.8{OLD}\n离 3.8 还差 0.2。\n{ahead}\n\n"
            f"{ADVICE}\n\n{WARNING}\n\n{CLOSING}\n\n{FOOT}"
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
    assert text == (
        "⛔ 花店：商品体验分 50，低于商品体验分清退线 60\n离 60 还差 10。\n"
        "系统每天校验，随时可能关闭权限。\n\n"
        "👉 马上看抖店后台权限还在不在；被关闭了就告诉我“被关闭了”，我来记下。\n"
        "👉 抖店后台 → 店铺 → 商家体验分 → 商品：看商品综合评分、品质退货率。\n"
        "虚假宣传、欺诈发货等扣分扣在总分里，满 30 天自己消失。\n"
        "👉 要开通，商品体验分要到多少分看主营类目：60、70、72、75，以类目的要求为准。\n\n"
        "要点 · 商家清退（第 4.1.1 条）\n▫️ 要点：所有商家：体验分低于 70 分，"
        "或商品体验分低于 60 分的，清退；没有体验分的沉睡店铺也算。\n\n"
        f"{TODAY} 检查。最终以抖店后台为准。\n{ADVISED}\n"
        "2026-07-29 版 · 要点 · 来源：《精选联盟平台管理规则》2026-07-29 修订公告的第三方存档"
    )


def _row(shop_id: int, fact: Fact, value: str) -> Score:
    return Score(shop_id, fact.id, TODAY, Decimal(value), fact.scale, Source.FEED)
