"""Messages set aside, and chats unknown in bulk: the operators hear of them once, in one message."""

import asyncio
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.jobs.operator_news import OperatorNews
from bot.jobs.set_aside import SetAsideWatch
from bot.jobs.unfound import UnfoundWatch
from bot.journeys.context import Context
from storage import outbox, sending, set_aside, unfound
from storage.outbox import Lane, Message
from storage.schema import outbox as rows
from tests.jobs.test_undelivered import given_up, noticed
from tests.packaged import CATALOGUE, FIVE_POINTS

NOW = datetime(2022, 10, 10, 4, tzinfo=UTC)
OPERATOR = 900


class StandingClock(SystemClock):
    def now(self) -> datetime:
        return NOW


NOW_MS = milliseconds(StandingClock())


def watch(engine: AsyncEngine, kind: type[OperatorNews] = SetAsideWatch) -> OperatorNews:
    context = Context(CATALOGUE, FIVE_POINTS, ZoneInfo("Asia/Shanghai"), 20, admins=frozenset({OPERATOR}))
    return kind(engine, context, StandingClock(), lambda: None)


async def dead(engine: AsyncEngine, *lanes: Lane, why: str = "BadRequest: no", at: int = NOW_MS) -> list[int]:
    """Messages set aside, one of each lane; their numbers."""
    async with engine.begin() as conn:
        messages = [Message(7, lane, "sendMessage", {"text": "好"}) for lane in lanes]
        numbers = await outbox.enqueue(conn, messages, at)
        for number in numbers:
            await sending.mark_dead(conn, number, why, at)
    return numbers


async def heard(engine: AsyncEngine) -> list[str]:
    async with engine.begin() as conn:
        query = select(rows.c.payload).where(rows.c.chat_id == OPERATOR).order_by(rows.c.id)
        return [json.loads(one)["text"] for one in (await conn.execute(query)).scalars()]


async def test_all_that_was_set_aside_is_told_once_in_one_message_with_counts_and_reasons(engine: AsyncEngine) -> None:
    await dead(engine, Lane.REPLY, Lane.WARNING, Lane.WARNING)
    await dead(engine, Lane.BULK, why="given up after 24 h: AnswerLostError")
    assert [await watch(engine).step() for _ in range(2)] == [4, 0]
    (said,) = await heard(engine)
    assert said.splitlines()[:9] == [
        "<b>⚠️ 4 条消息没有送到，先放一边了</b>",
        "",
        "· 回复 1 条",
        "· 提醒 2 条",
        "· 群发和表格 1 条",
        "",
        "原因：",
        "· <code>BadRequest: no</code>（3 条）",
        "· <code>given up after 24 h: AnswerLostError</code>",
    ]


async def test_one_that_is_sent_again_and_set_aside_again_is_told_again(engine: AsyncEngine) -> None:
    (number,) = await dead(engine, Lane.WARNING)
    assert await watch(engine).step() == 1
    async with engine.begin() as conn:
        assert await outbox.requeue(conn, number, NOW_MS + 1)
        await sending.mark_dead(conn, number, "again", NOW_MS + 2)
    assert await watch(engine).step() == 1


async def test_a_closing_is_told_with_its_shop_elsewhere_and_old_ones_are_no_news(engine: AsyncEngine) -> None:
    await noticed(engine, 1, 7, "A")
    await given_up(engine, 1, at=NOW_MS)
    await dead(engine, Lane.WARNING, at=NOW_MS - set_aside.LOOKED_BACK_MS - 1)
    assert await watch(engine).step() == 0


async def test_the_message_that_tells_is_not_told_of_when_it_is_set_aside_itself(engine: AsyncEngine) -> None:
    await dead(engine, Lane.WARNING)
    assert await watch(engine).step() == 1
    async with engine.begin() as conn:
        number = (await conn.execute(select(rows.c.id).where(rows.c.chat_id == OPERATOR))).scalar_one()
        await sending.mark_dead(conn, number, "BadRequest: no", NOW_MS)
    assert await watch(engine).step() == 0


async def test_of_many_processes_one_tells(engine: AsyncEngine) -> None:
    await dead(engine, *[Lane.WARNING] * 5)
    assert sum(await asyncio.gather(*(watch(engine).step() for _ in range(4)))) == 5


async def test_as_many_as_there_are_make_one_message_a_minute(engine: AsyncEngine) -> None:
    await dead(engine, *[Lane.WARNING] * (set_aside.MOST + 1))
    made = watch(engine)
    assert await made._step_and_wait() == made.look_s
    assert len(await heard(engine)) == 1


async def test_chats_unknown_in_bulk_are_told_once_a_day(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        for chat_id in range(1, 9):
            await unfound.note(conn, chat_id, "chat not found", NOW_MS)
    assert [await watch(engine, UnfoundWatch).step() for _ in range(2)] == [8, 0]
    (said,) = await heard(engine)
    assert said.startswith("<b>⚠️ 一下子有 8 个聊天，Bot API 服务器说不认识</b>")
