"""One update is one transaction: what fails leaves nothing, what succeeds is sent."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.delivery.inbox_worker import GROUP
from storage import inbox, schema
from storage.outbox import Lane, Message
from tests.faults.echo import UNLIMITED, Core, core, echo, sqlite
from tests.faults.fastclock import FastClock

ROOT = "http://127.0.0.1:9"  # nobody listens: what is enqueued stays


def update(number: int, chat_id: int, text: str = "问") -> dict[str, Any]:
    return {"update_id": number, "message": {"chat": {"id": chat_id}, "text": text}}


def arrival(number: int, chat_id: int, text: str = "问") -> inbox.Arrival:
    return inbox.Arrival(number, chat_id, json.dumps(update(number, chat_id, text)))


async def remembering(raw: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
    """Writes a row for each update before it fails or answers."""
    chat_id = raw["message"]["chat"]["id"]
    await conn.execute(
        insert(schema.checks).values(chat_id=chat_id, edition="", answers="", report="", on_day="", created_at=0)
    )
    return await echo(raw, conn, now)


async def left(parts: Core) -> tuple[list[int], list[int], list[str]]:
    """Chats of the rows that the handler wrote, chats of the messages, states of the inbox."""
    async with parts.engine.begin() as conn:
        checks = list((await conn.execute(select(schema.checks.c.chat_id).order_by(schema.checks.c.chat_id))).scalars())
        messages = list(
            (await conn.execute(select(schema.outbox.c.chat_id).order_by(schema.outbox.c.chat_id))).scalars()
        )
        states = list((await conn.execute(select(schema.inbox.c.state).order_by(schema.inbox.c.key))).scalars())
    return checks, messages, states


async def test_a_group_in_which_one_fails_is_handled_one_by_one(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), handle=remembering, limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(n, n, "boom" if n == 7 else "问") for n in range(1, 21)])
        await parts.worker.step()
        others = [n for n in range(1, 21) if n != 7]
        assert await left(parts) == (others, others, ["done"] * 6 + ["waiting"] + ["done"] * 13)


@pytest.mark.parametrize("count", [1, 5, 6])
async def test_what_fails_on_arrival_is_kept_for_later(tmp_path: Path, count: int):
    async with core(ROOT, sqlite(tmp_path), handle=remembering, limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(n, n, "boom") for n in range(1, count + 1)])
        assert await left(parts) == ([], [], ["waiting"] * count)


async def test_a_few_arrivals_are_handled_when_receive_returns(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), handle=remembering, limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(1, 1), arrival(2, 2)])
        await parts.worker.receive([arrival(1, 1), arrival(3, 3)])
        assert await left(parts) == ([1, 2, 3], [1, 2, 3], ["done"] * 3)


async def test_an_arrival_waits_behind_what_its_chat_has_waiting(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), handle=remembering, limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(1, 1, "boom")])
        await parts.worker.receive([arrival(2, 1)])
        assert await left(parts) == ([], [], ["waiting"] * 2)


async def test_updates_of_one_chat_in_one_batch_are_handled_in_order(tmp_path: Path):
    order = []

    async def handle(raw: dict[str, Any], _conn: AsyncConnection, _now: datetime) -> Sequence[Message]:
        order.append(raw["update_id"])
        return []

    async with core(ROOT, sqlite(tmp_path), handle=handle) as parts:
        await parts.worker.receive([arrival(3, 1), arrival(1, 1), arrival(2, 1)])
        while await parts.worker.step():
            pass
    assert order == [3, 1, 2]


ERRORS = {
    "unreadable": (inbox.Unreadable("no chat.id"), 1, "no chat.id"),
    "handler": (KeyError("密"), 2, "KeyError"),
    "nested": (RecursionError(), 2, "RecursionError"),
    "constraint": (IntegrityError("", {}, ValueError()), 2, "IntegrityError"),
    "time": (TimeoutError(), 5, "TimeoutError"),
    "connection": (PoolTimeout(), 5, "TimeoutError"),
}


@pytest.mark.parametrize(("error", "tries", "why"), ERRORS.values(), ids=ERRORS)
async def test_an_update_is_given_up_after_its_last_try(tmp_path: Path, error: Exception, tries: int, why: str):
    async def fail(_raw: dict[str, Any], _conn: AsyncConnection, _now: datetime) -> Sequence[Message]:
        raise error

    async with core(ROOT, sqlite(tmp_path), clock=FastClock(1_000_000), handle=fail) as parts:
        await parts.worker.receive([arrival(1, 1)])
        dead = await dead_after_steps(parts)
    assert [(one.key, one.tries, one.error) for one in dead] == [(1, tries, why)]


async def dead_after_steps(parts: Core) -> list[inbox.DeadUpdate]:
    """What was given up, once there is something."""
    while True:
        await parts.worker.step()
        async with parts.engine.begin() as conn:
            if dead := await inbox.dead(conn):
                return dead


@pytest.mark.parametrize("body", ["{", "[" * 100_000, "[" * 100_000 + "]" * 100_000], ids=["cut", "open", "nested"])
async def test_a_row_that_is_no_json_is_given_up_at_once_and_holds_up_no_other(tmp_path: Path, body: str):
    async with core(ROOT, sqlite(tmp_path), limits=UNLIMITED) as parts:
        async with parts.engine.begin() as conn:
            await inbox.add(conn, [inbox.Arrival(1, 1, body), arrival(2, 2), arrival(3, 1)], 0)
        await parts.worker.step()
        await parts.worker.step()
        async with parts.engine.begin() as conn:
            dead = await inbox.dead(conn)
        assert [(one.key, one.tries) for one in dead] == [(1, 1)]
        assert (await left(parts))[1:] == ([1, 2], ["dead", "done", "done"])


async def test_who_wrote_what_failed_is_told_so_once_and_the_chat_goes_on(tmp_path: Path):
    def sorry(raw: dict[str, Any], _now: datetime) -> Sequence[Message]:
        return [Message(raw["message"]["chat"]["id"], Lane.REPLY, "sendMessage", {"text": "没处理成"})]

    async with core(ROOT, sqlite(tmp_path), clock=FastClock(1_000_000), limits=UNLIMITED, apology=sorry) as parts:
        await parts.worker.receive([arrival(1, 1, "boom"), arrival(2, 1, "问"), arrival(3, 2, "问")])
        await dead_after_steps(parts)
        while await parts.worker.step():
            pass
        async with parts.engine.begin() as conn:
            query = select(schema.outbox.c.chat_id, schema.outbox.c.payload).order_by(schema.outbox.c.id)
            said = [(chat_id, json.loads(payload)["text"]) for chat_id, payload in await conn.execute(query)]
    assert said == [(2, "问"), (1, "没处理成"), (1, "问")]


async def test_an_apology_that_fails_too_keeps_nothing_from_being_given_up(tmp_path: Path):
    def sorry(_raw: dict[str, Any], _now: datetime) -> Sequence[Message]:
        raise ValueError

    async with core(ROOT, sqlite(tmp_path), clock=FastClock(1_000_000), apology=sorry) as parts:
        await parts.worker.receive([arrival(1, 1, "boom")])
        assert [one.key for one in await dead_after_steps(parts)] == [1]


async def test_how_many_arrivals_are_new_is_told(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), limits=UNLIMITED) as parts:
        assert await parts.worker.receive([arrival(1, 1)]) == 1
        assert await parts.worker.receive([arrival(1, 1), arrival(2, 2)]) == 1
        assert await parts.worker.receive([arrival(2, 2)]) == 0
        assert await parts.worker.receive([arrival(n, 2) for n in (2, 3, 4)]) == 2


async def test_more_than_a_group_is_taken_in_turns(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), limits=UNLIMITED) as parts:
        await parts.worker.receive([arrival(n, n) for n in range(1, GROUP + 11)])
        assert [await parts.worker.step() for _ in range(3)] == [GROUP, 10, 0]


async def test_what_arrives_is_taken_up_at_once_and_not_by_the_next_look(tmp_path: Path):
    async with core(ROOT, sqlite(tmp_path), limits=UNLIMITED, clock=Patient()) as parts:
        stop = asyncio.Event()
        working = asyncio.create_task(parts.worker.run(stop))
        await asyncio.sleep(0)
        await parts.worker.receive([arrival(n, n) for n in range(1, 11)])
        async with asyncio.timeout(5):
            while (await left(parts))[2] != ["done"] * 10:
                pass
        stop.set()
        parts.worker.wake()
        await working


class Patient(SystemClock):
    """Waits for the event, however long that takes."""

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        await event.wait()
