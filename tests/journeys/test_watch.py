"""Thirty days of one shop: the link, the file, each day's check, and every message compared whole.

The days lie in the past and the delivery's clock runs fast, so that a minute of pacing passes in a second.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversation.links import invite_key
from bot.delivery.inbox_worker import Worker
from bot.delivery.sender import Sender
from bot.journeys import router
from bot.journeys.context import Context
from bot.telegram.api import Api
from bot.telegram.polling import Poller
from bot.telegram.session import Session
from bot.telegram.telegram_channel import TelegramChannel
from bot.views.notice import MOST_LINES
from bot.views.render import mark
from bot.warnings.author import Author
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from storage.database import engine as database
from tests.commands.conftest import Alliance, alliance
from tests.faults.fastclock import FastClock
from tests.journeys.conftest import TOKEN
from tests.live import SandboxClient
from tests.packaged import CATALOGUE, FIVE_POINTS

__all__ = ["alliance"]

CONTEXT = Context(CATALOGUE, FIVE_POINTS, ZoneInfo("UTC"), 1000, invite_key(TOKEN))
WATCH = WatchPolicy(CONTEXT.edition, CONTEXT.zone, None)
LAST = datetime.now(UTC).date() - timedelta(1)
FIRST = LAST - timedelta(29)
SCORES = """
    4.20 4.20 4.20 4.20 4.20 4.10 4.00 3.90 3.85 3.75 3.74 3.60 3.49 3.45 3.60
    3.70 3.79 3.81 3.79 3.85 3.95 4.00 4.05 4.05 4.10 4.10 4.10 4.10 4.10 4.10
""".split()  # noqa: SIM905  (as a feed's table would show them)


BOUND = """✅ 已绑定：花店
现在：还没有分数

体验分由运营每天导入，我每天 09:30 检查，掉到警告线或清退线以下会在这里提醒你。"""
ENTRY = "商家体验分>=4.0分"
WARNING = (
    "若体验分<3.8分,商家将收到平台发送的警告通知,商家在收到警告通知后,应及时调整运营策略,避免被关闭精选联盟使用权限。"
)
CLOSING = "若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限"
CHANCES = "每个商家有且仅有3次开通精选联盟机会 ,如果被系统关闭了3次,该商家将永久不可申请开通精选联盟。"
SOURCE = "2022-10-10 版 · 旧 · 来源：商家帮助文章"
BY_OFFICE = f"最终以抖店后台为准 · {SOURCE}"
OLD = "（按旧版 2022-10-10，已停用）"
MENDING = "看商品、物流、服务哪项最低，先提那一项。虚假宣传、欺诈发货等扣分，满 30 天自己消失。"
HELP = f"怎么办：{MENDING}"
LOOK = f"怎么办：马上看权限还在不在；被关闭了就告诉我“被关闭了”。{MENDING}"
ADVISED = "提分办法依据另一份《商家体验分规范》的要点，未与官方页面核对。"
WHERE = f"在哪里：抖店后台 → 店铺 → 商家体验分，最终以后台为准。{ADVISED}"
MAY_CLOSE = "影响：系统每天校验，随时可能关闭权限。"
MAY_WARN = "影响：会收到平台警告；低于清退线，权限会被关闭。"


def message(*parts: str) -> str:
    """The message of these lines, at most as many as a notice may have."""
    assert len(parts) <= MOST_LINES
    return "\n".join(parts)


def below(number: int, since: int, score: str, gap: str, rest: str, *, first: bool = False) -> str:
    """A warning, or the reminder of one."""
    is_new_here = f"{day(number)} 刚低于这条线。" if first else f"{day(number)} 的分数。"
    on = f"（{day(number)} 的分数）"
    return message(
        f"⚠️ 花店：体验分 {score}，{'低于' if first else '还低于'}警告线 3.8{OLD}",
        MAY_WARN,
        f"还有多少：离 3.8 还差 {gap}。再掉超过 {rest}，就低于清退线 3.5。一共 3 次机会，被系统关闭过几次还没告诉我。",
        f"为什么：{is_new_here if number == since else f'{day(since)} 起在这一档，第 {number - since + 1} 天{on}。'}",
        HELP,
        WHERE,
        WARNING,
        SOURCE,
    )


def recovered(number: int, score: str, gap: str) -> str:
    return message(
        f"✅ 恢复 · 花店：体验分 {score}，回到警告线 3.8 以上{OLD}",
        f"还有多少：高出 {gap}。",
        f"为什么：{day(number)} 的分数。",
        BY_OFFICE,
    )


def expected() -> dict[int, str]:
    """What is to be said, by the number of the day; on all others nothing."""
    return {
        7: message(
            f"📉 花店：体验分 3.9，估计约 6 天后低于警告线 3.8{OLD}",
            "影响：低于警告线，会收到平台警告。",
            f"还有多少：比警告线 3.8 高 0.1，约 {day(13)} 低于这条线。",
            "为什么：按近 8 天走势的估计，不一定准。",
            HELP,
            WHERE,
            WARNING,
            SOURCE,
        ),
        9: below(9, 9, "3.75", "0.05", "0.25", first=True),
        10: below(10, 9, "3.74", "0.06", "0.24"),
        11: below(11, 9, "3.6", "0.2", "0.1"),
        12: message(
            f"⛔ 花店：体验分 3.49，低于清退线 3.5{OLD}",
            f"{MAY_CLOSE}要重新开通，体验分得先到 4.0。",
            "还有多少：离 3.5 还差 0.01。一共 3 次机会，被系统关闭过几次还没告诉我。",
            f"为什么：{day(12)} 刚低于这条线。",
            LOOK,
            WHERE,
            CLOSING,
            SOURCE,
        ),
        13: message(
            f"⛔ 花店：体验分 3.45，还低于清退线 3.5{OLD}",
            MAY_CLOSE,
            "还有多少：离 3.5 还差 0.05。一共 3 次机会，被系统关闭过几次还没告诉我。",
            f"为什么：{day(12)} 起在这一档，第 2 天（{day(13)} 的分数）。",
            LOOK,
            WHERE,
            CLOSING,
            SOURCE,
        ),
        14: below(14, 14, "3.6", "0.2", "0.1"),
        15: below(15, 14, "3.7", "0.1", "0.2"),
        16: below(16, 14, "3.79", "0.01", "0.29"),
        17: recovered(17, "3.81", "0.01"),
        18: below(18, 18, "3.79", "0.01", "0.29", first=True),
        19: recovered(19, "3.85", "0.05"),
        21: message(
            f"✅ 花店：体验分 4.0，分数够重新开通了{OLD}",
            f"为什么：{day(21)} 的分数。",
            "怎么办：其他条件也要满足，点“查资格”查一遍。",
            ENTRY,
            CHANCES,
            BY_OFFICE,
        ),
    }


@asynccontextmanager
async def bot(root: str, url: str) -> AsyncIterator[AsyncEngine]:
    """Intake, conversation and delivery on this database; forty seconds pass in one."""
    clock, stop, engine = FastClock(40), asyncio.Event(), database.create(url)
    await database.migrate(engine)
    async with Session(20) as session:
        api = Api(TOKEN, root, session)
        author = Author(CONTEXT.catalogue, CONTEXT.zone)
        sender = Sender(TelegramChannel(api, mark), engine, clock, owner="test", author=author)
        worker = Worker(engine, partial(router.handle, CONTEXT), sender.reservations, clock)
        poller = Poller(api, worker.receive, clock, Random(1))
        parts = [asyncio.create_task(part.run(stop)) for part in (sender, worker, poller)]
        try:
            yield engine
        finally:
            stop.set()
            sender.wake()
            worker.wake()
            await asyncio.gather(*parts)
            await engine.dispose()


def day(number: int) -> date:
    """The day of this row of SCORES."""
    return FIRST + timedelta(number)


async def test_thirty_days_of_a_shop(sandbox: SandboxClient, alliance: Alliance, tmp_path: Path, database_url: str):
    settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url, "DATABASE_URL": database_url}

    async def command(*words: str) -> list[str]:
        done = await asyncio.to_thread(alliance, *words, TIMEZONE="UTC", **settings)
        assert done.status == 0, done.err
        return done.lines

    async with bot(sandbox.url, database_url) as engine:
        await sandbox.bot_has_come()
        merchant = await sandbox.person("小店")
        await command("shops", "add", "7120001", "--name", "花店")
        (link,) = await command("shops", "invite", "7120001")
        await merchant.says("/start " + link.partition("?start=")[2])
        assert (await merchant.hears()).text == BOUND
        rows = [f"7120001,{day(number)},{score}" for number, score in enumerate(SCORES)]
        (tmp_path / "scores.csv").write_text("\n".join(["shop_id,day,score", *rows]))
        assert (await command("scores", "import", "scores.csv"))[0] == "30 rows: 30 new, 0 corrected, 0 known already"
        heard, numbers = {}, []
        for number in range(30):
            counts = await Sweep(engine, WATCH, day(number), datetime.now(UTC)).run()
            if any(reason.is_told for reason in counts):
                heard[number], _, sent = (await merchant.hears()).text.rpartition("\n№")
                numbers.append(int(sent))
        for number in range(30):
            again = await Sweep(engine, WATCH, day(number), datetime.now(UTC)).run()
            assert not any(reason.is_told for reason in again)
    assert heard == expected()
    assert numbers == sorted(set(numbers))
