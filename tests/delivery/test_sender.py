"""The outbox on its way to Telegram: edits, late answers, order, dead letters, what a crash leaves."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock, milliseconds
from storage import chats, outbox, schema
from storage.database import engine as database
from storage.outbox import Lane, Lease, Message
from storage.sending import LeasedMessage
from tests.faults.echo import UNLIMITED, Core, echo, running, sqlite
from tests.faults.fastclock import FastClock
from tests.live import Person, SandboxClient, sandbox_client

CLOCK = SystemClock()


@asynccontextmanager
async def scene(folder: Path, **options: Any) -> AsyncIterator[tuple[SandboxClient, Core, Person]]:
    async with sandbox_client() as sandbox, running(sandbox.url, sqlite(folder), limits=UNLIMITED, **options) as parts:
        await sandbox.bot_has_come()
        yield sandbox, parts, await sandbox.person()


def text(chat_id: int, words: str = "好", **more: object) -> Message:
    return replace(Message(chat_id, Lane.REPLY, "sendMessage", {"text": words}), **more)


def edit(chat_id: int, words: str, key: str = "check") -> Message:
    return Message(chat_id, Lane.REPLY, "editMessageText", {"text": words}, edits=key)


async def send(parts: Core, *messages: Message) -> None:
    """Enqueue these, and return when nothing waits any more."""
    async with parts.engine.begin() as conn:
        await outbox.enqueue(conn, messages, milliseconds(CLOCK))
    parts.sender.wake()
    await sent(parts)


async def sent(parts: Core) -> None:
    while True:
        async with parts.engine.begin() as conn:
            query = select(func.count()).where(schema.outbox.c.state.in_(("waiting", "sending")))
            if not (await conn.execute(query)).scalar():
                return
        await CLOCK.sleep(0.01)


async def states(parts: Core) -> list[str]:
    async with parts.engine.begin() as conn:
        return list((await conn.execute(select(schema.outbox.c.state).order_by(schema.outbox.c.id))).scalars())


async def shown(person: Person) -> list[str]:
    return [message.text for message in await person.sees() if message.is_from_bot]


async def test_an_edit_changes_the_message_of_its_key(tmp_path: Path):
    async with scene(tmp_path) as (_, parts, person):
        await send(parts, text(person.id, "第 1 题", key="check"), text(person.id, "别的"), edit(person.id, "第 2 题"))
        await send(parts, edit(person.id, "第 3 题"))
        assert await shown(person) == ["第 3 题", "别的"]


async def test_a_chat_paused_by_a_clock_that_was_ahead_is_written_to_after_a_start(tmp_path: Path):
    async with sandbox_client() as sandbox:
        person = await sandbox.person()
        async with running(sandbox.url, sqlite(tmp_path), limits=UNLIMITED) as parts, parts.engine.begin() as conn:
            await chats.pause(conn, person.id, milliseconds(CLOCK) + 48 * 3_600_000, 1)
        async with running(sandbox.url, sqlite(tmp_path), limits=UNLIMITED) as parts:
            await send(parts, text(person.id))
        assert await shown(person) == ["好"]


async def test_an_edit_of_a_message_that_is_gone_is_sent_as_a_new_one_and_edited_from_then_on(tmp_path: Path):
    async with scene(tmp_path) as (_, parts, person):
        await send(parts, text(person.id, "第 1 题", key="check"))
        await send(parts, Message(person.id, Lane.REPLY, "deleteMessage", {}, edits="check"))
        await send(parts, edit(person.id, "第 2 题"), edit(person.id, "第 3 题"))
        assert await shown(person) == ["第 3 题"]


async def test_an_edit_of_a_message_that_never_was_is_sent_as_a_new_one(tmp_path: Path):
    async with scene(tmp_path) as (_, parts, person):
        await send(parts, edit(person.id, "第 2 题"), edit(person.id, "第 3 题"))
        assert await shown(person) == ["第 3 题"]


async def test_an_edit_that_changes_nothing_counts_as_sent(tmp_path: Path):
    async with scene(tmp_path) as (_, parts, person):
        await send(parts, text(person.id, "第 1 题", key="check"), edit(person.id, "第 1 题"))
        assert await states(parts) == ["sent", "sent"]


async def test_an_edit_whose_answer_was_lost_is_repeated_without_a_mark(tmp_path: Path):
    async with scene(tmp_path) as (sandbox, parts, person):
        await send(parts, text(person.id, "第 1 题", key="check"))
        await sandbox.fault("effect_then_drop", method="editMessageText", count=1)
        await send(parts, edit(person.id, "第 2 题"))
        assert await shown(person) == ["第 2 题"]
        assert await states(parts) == ["sent", "sent"]


async def test_the_answer_to_a_press_is_dropped_when_it_comes_too_late(tmp_path: Path):
    async with scene(tmp_path) as (sandbox, parts, person):
        late = datetime.now(UTC) - timedelta(seconds=1)
        press = Message(
            person.id, Lane.REPLY, "answerCallbackQuery", {"callback_query_id": "1"}, expires_at=late, in_order=False
        )
        await send(parts, press)
        assert await states(parts) == ["dropped"]
        assert await sandbox.calls("answerCallbackQuery") == []


async def test_messages_of_a_chat_arrive_in_order_though_the_first_one_is_slow(tmp_path: Path):
    async with scene(tmp_path) as (sandbox, parts, person):
        await sandbox.fault("slow", method="sendMessage", ms=100, count=2)
        await send(parts, *[text(person.id, f"{number}") for number in range(8)])
        assert await shown(person) == [f"{number}" for number in range(8)]


async def test_a_message_that_telegram_rejects_is_a_dead_letter_and_the_next_one_goes_out(tmp_path: Path):
    async with scene(tmp_path) as (_, parts, person):
        broken = replace(text(person.id), payload={"text": "<b>", "parse_mode": "HTML"})
        await send(parts, broken, text(person.id, "下一条"))
        assert await shown(person) == ["下一条"]
        async with parts.engine.begin() as conn:
            dead = await outbox.dead(conn)
        assert [one.error.split(":")[0] for one in dead] == ["BadRequest"]


async def test_what_a_killed_process_was_sending_goes_out_again_and_says_so(tmp_path: Path):
    async with sandbox_client() as sandbox:
        url = sqlite(tmp_path)
        engine = database.create(url)
        await database.migrate(engine)
        async with running(sandbox.url, url, limits=UNLIMITED):
            await sandbox.bot_has_come()
            person = await sandbox.person()
        async with engine.begin() as conn:
            lease = Lease("killed", milliseconds(CLOCK) + 60_000)
            await outbox.enqueue(conn, [text(person.id, numbered=True)], milliseconds(CLOCK), lease)
        await engine.dispose()
        async with running(sandbox.url, url, limits=UNLIMITED) as parts:
            await sent(parts)
        assert await shown(person) == ["好 №1 重发"]


async def test_a_message_that_can_not_be_written_down_is_set_aside_and_keeps_its_chat_from_nothing(tmp_path: Path):
    async def handle(update: dict[str, Any], conn: AsyncConnection, now: datetime) -> Sequence[Message]:
        broken = replace(text(update["message"]["chat"]["id"]), payload={"text": object()})
        return [broken] if update["message"]["text"] == "坏" else await echo(update, conn, now)

    options = {"limits": UNLIMITED, "handle": handle, "clock": FastClock(50)}
    async with sandbox_client() as sandbox, running(sandbox.url, sqlite(tmp_path), **options):
        await sandbox.bot_has_come()
        person, other = await sandbox.person(), await sandbox.person()
        await other.says("问")
        await other.hears()
        await person.says("坏")
        await person.says("问")
        assert (await person.hears()).text == "问 №3"


async def test_a_notice_with_nothing_to_tell_keeps_its_chat_from_nothing(tmp_path: Path):
    async def nothing(_conn: AsyncConnection, _message: LeasedMessage, _now: datetime) -> LeasedMessage | None:
        return None

    async with scene(tmp_path, author=nothing) as (_, parts, person):
        await send(parts, text(person.id, "通知", notice_id=1), text(person.id, "下一条"))
        assert await shown(person) == ["下一条"]
        assert await states(parts) == ["dropped", "sent"]


async def test_what_was_leased_when_the_answer_to_the_commit_was_lost_goes_out_at_once_and_once(
    postgres: str,
) -> None:
    lost = []

    def commit_and_fail(connection: Connection) -> None:
        """The commit takes effect, and the database is gone before it says so: the first time that rows are leased."""
        leased = select(func.count()).where(schema.outbox.c.state == "sending")
        if not lost and connection.scalar(leased):
            lost.append(True)  # before another task, which may run while the commit does, commits too
            connection.connection.commit()
            raise OperationalError("COMMIT", None, ConnectionError("gone"))

    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, postgres, limits=UNLIMITED) as parts,
    ):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        event.listen(parts.engine.sync_engine, "commit", commit_and_fail)
        async with asyncio.timeout(20):  # a lease is a minute
            await send(parts, text(person.id, "一"), text(person.id, "二"))
        assert await shown(person) == ["一", "二"]
    assert lost == [True]


async def test_a_turn_that_was_drawn_and_could_not_be_kept_is_given_back(postgres: str) -> None:
    lost = []

    def fail_once(_conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not lost and statement.startswith("INSERT INTO paces"):
            lost.append(True)
            raise OperationalError(statement, None, ConnectionError("gone"))

    async with (
        sandbox_client() as sandbox,
        running(sandbox.url, postgres, limits=UNLIMITED) as parts,
    ):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        event.listen(parts.engine.sync_engine, "before_cursor_execute", fail_once)
        async with asyncio.timeout(20):
            await send(parts, text(person.id, "一"), text(person.id, "二"))
        assert await shown(person) == ["一", "二"]
    assert lost == [True]
