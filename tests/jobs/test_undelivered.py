"""A warning of a closing that reached nobody: the operators hear of it at once, and once."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock
from bot.jobs.undelivered import UndeliveredWatch
from bot.journeys.context import Context
from storage import chats, outbox, sending, shops, undelivered
from storage.outbox import Lane
from storage.schema import notice_items, notices
from storage.schema import outbox as rows
from tests.packaged import CATALOGUE, FIVE_POINTS

NOW = datetime(2022, 10, 10, 4, tzinfo=UTC)
TODAY = date(2022, 10, 10)
OPERATORS = frozenset({900, 901})


class StandingClock(SystemClock):
    def now(self) -> datetime:
        return NOW


def watch(engine: AsyncEngine, admins: frozenset[int] = OPERATORS) -> UndeliveredWatch:
    context = Context(CATALOGUE, FIVE_POINTS, ZoneInfo("Asia/Shanghai"), 20, admins=admins)
    return UndeliveredWatch(engine, context, StandingClock(), lambda: None)


async def noticed(
    engine: AsyncEngine, number: int, chat: int, shop: str, *, day: date = TODAY, is_urgent: bool = True
) -> None:
    """A notice of a closing that waits for its turn."""
    async with engine.begin() as conn:
        _, known = await shops.add(conn, shop, f"店{shop}", 0)
        head = {"id": number, "chat_id": chat, "day": day, "edition": "2022-10-10", "is_urgent": is_urgent}
        item = {"notice_id": number, "shop_id": known.id, "subject": "", "line": "closing", "fact": "score"}
        letter = {"chat_id": chat, "lane": 1, "method": "sendMessage", "payload": "{}", "numbered": True, "tries": 0}
        named = {"key": f"notice:{number}", "in_order": True, "notice_id": number, "state": "waiting", "due_at": 0}
        await conn.execute(insert(notices).values(head | {"is_late": False, "made_at": 0, "due_at": 0}))
        await conn.execute(insert(notice_items).values(item | {"reason": "closing", "hundredths": 340}))
        await conn.execute(insert(rows).values(letter | named | {"unsure": False, "created_at": 0}))


async def given_up(engine: AsyncEngine, number: int, at: int = 5) -> None:
    async with engine.begin() as conn:
        row = (await conn.execute(select(rows.c.id).where(rows.c.notice_id == number))).scalar_one()
        await sending.mark_dead(conn, row, "BadRequest: chat_write_forbidden", at)


async def heard(engine: AsyncEngine, chat: int = 900) -> list[str]:
    """What the operator is told."""
    async with engine.begin() as conn:
        its = (rows.c.chat_id == chat, rows.c.lane == int(Lane.WARNING))
        payloads = (await conn.execute(select(rows.c.payload).where(*its).order_by(rows.c.id))).scalars()
        return [json.loads(one)["text"] for one in payloads]


async def test_each_operator_hears_once_which_shop_which_chat_and_why(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A")
    await noticed(engine, 2, 8, "B")
    async with engine.begin() as conn:
        await chats.block(conn, 7, "bot was blocked by the user", 5)
    await given_up(engine, 2)
    assert await watch(engine).step() == 2
    assert await watch(engine).step() == 0
    (said,) = await heard(engine)
    assert await heard(engine, 901) == [said]
    assert said.splitlines()[:5] == [
        "<b>⛔ 2 条权限会被关闭的提醒没有送到，请马上联系商家</b>",
        "",
        "· 店A 清退线下（3.4） → 聊天 <code>7</code>：拉黑或注销了",
        "· 店B 清退线下（3.4） → 聊天 <code>8</code>：Telegram 没收下",
        "",
    ]


async def test_a_single_one_has_the_button_to_its_proof(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A")
    await given_up(engine, 1)
    await watch(engine).step()
    async with engine.begin() as conn:
        payload = (await conn.execute(select(rows.c.payload).where(rows.c.chat_id == 900))).scalar_one()
    said = json.loads(payload)
    assert said["text"].startswith("<b>⛔ 有一条权限会被关闭的提醒没有送到，请马上联系商家</b>")
    assert "拉黑或注销的：" not in said["text"]
    assert said["reply_markup"]["inline_keyboard"] == [[{"text": "看通知 1", "callback_data": "adm|e|1"}]]


async def test_one_that_is_sent_again_and_fails_again_is_told_again(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A")
    await given_up(engine, 1)
    assert await watch(engine).step() == 1
    async with engine.begin() as conn:
        number = (await conn.execute(select(rows.c.id).where(rows.c.notice_id == 1))).scalar_one()
        assert await outbox.requeue(conn, number, 10)
    assert await watch(engine).step() == 0
    await given_up(engine, 1, at=20)
    assert await watch(engine).step() == 1


@pytest.mark.parametrize("state", [outbox.WAITING, outbox.SENDING, outbox.SENT, outbox.DROPPED, outbox.RECALLED])
async def test_what_is_on_its_way_read_or_wanted_by_nobody_is_told_to_nobody(engine: AsyncEngine, state: str) -> None:
    await noticed(engine, 1, 7, "A")
    async with engine.begin() as conn:
        await conn.execute(update(rows).values(state=state))
    assert await watch(engine).step() == 0


async def test_what_can_wait_or_is_long_ago_is_told_to_nobody(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A", is_urgent=False)
    await noticed(engine, 2, 7, "B", day=TODAY - timedelta(6))
    for number in (1, 2):
        await given_up(engine, number)
    assert await watch(engine).step() == 0


async def test_of_many_processes_one_tells(engine: AsyncEngine) -> None:
    for number in range(1, 4):
        await noticed(engine, number, 6 + number, f"S{number}")
        await given_up(engine, number)
    told = await asyncio.gather(*(watch(engine).step() for _ in range(4)))
    assert sum(told) == 3
    assert len(await heard(engine)) == sum(1 for count in told if count)


async def test_many_are_counted_beyond_the_first_few(engine: AsyncEngine) -> None:
    for number in range(1, 10):
        await noticed(engine, number, 6 + number, f"S{number}")
        await given_up(engine, number)
    assert await watch(engine).step() == 9
    (said,) = await heard(engine)
    assert "· 还有 3 条，看“今天的通知”" in said
    assert UndeliveredWatch.most > 9


async def test_what_was_told_never_hides_what_was_not(engine: AsyncEngine) -> None:
    for number in range(1, 6):
        await noticed(engine, number, 6 + number, f"S{number}")
        await given_up(engine, number)
    async with engine.begin() as conn:
        told = [[one.notice.id for one in await undelivered.take(conn, TODAY, 1, 2)] for _ in range(4)]
    assert told == [[1, 2], [3, 4], [5], []]


async def test_without_operators_nothing_counts_as_told(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A")
    await given_up(engine, 1)
    stop = asyncio.Event()
    await watch(engine, frozenset()).run(stop)
    assert await watch(engine).step() == 1
