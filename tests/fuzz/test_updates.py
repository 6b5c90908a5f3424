"""Any update is refused by the reading, or handled; Telegram would take every message of the bot."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.presses import parse
from bot.journeys import router
from bot.journeys.context import Context
from bot.sandbox.formatting import caption, message_text
from bot.telegram.arrival import arrival, arrivals
from bot.telegram.updates import read
from storage import inbox, outbox, schema
from storage.database import engine as database
from storage.outbox import Message
from tests.faults.echo import UNLIMITED, core, sqlite
from tests.fuzz.corpus import ADMIN, Updates, as_json
from tests.fuzz.counts import HYPOTHESIS, MOST_GROWTH_MB, SEED, UPDATES, peak_mb
from tests.packaged import CATALOGUE

NOW = datetime(2022, 10, 10, 4, tzinfo=UTC)
A_GROUP = 100
WORKED = 300
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens there: what is said stays in the outbox."""


@pytest.fixture(scope="module")
def context() -> Context:
    known = CATALOGUE
    return Context(
        known,
        known.edition("2022-10-10"),
        ZoneInfo("Asia/Shanghai"),
        20,
        invite_key=b"fuzz",
        quiet_hours=(time(22), time(8)),
        admins=frozenset({ADMIN}),
    )


class Run:
    """Handles updates as the worker does, and counts the outcomes."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.counts: Counter[str] = Counter()

    async def take(self, conn: AsyncConnection, update: Any, now: datetime) -> list[Message]:
        """Handle an update; the messages for the outbox. What is left out, or dead on arrival, has none."""
        text = as_json(update)
        kept = arrival(json.loads(text))
        if kept is None:
            self.counts["left out"] += 1
            return []
        await inbox.add(conn, [kept], int(now.timestamp() * 1000))
        if kept.error:
            self.counts["dead on arrival"] += 1
            return []
        body = json.loads(kept.body or "")
        seen = read(body)
        assert seen.chat_id == kept.chat_id
        words = seen.text + seen.command + seen.data + seen.callback_id + seen.file_id + seen.album
        assert "\0" not in words, "PostgreSQL keeps no NUL"
        words.encode()  # no database keeps half of a pair of surrogates
        said = list(await router.handle(self.context, body, conn, now))
        self.counts["answered" if said else "silent"] += 1
        for message in said:
            self.counts[message.method] += 1
            takes(message)
        await outbox.enqueue(conn, said, int(now.timestamp() * 1000))
        return said


def takes(message: Message) -> None:
    """Check that Telegram would take the call. Raises Refusal or AssertionError."""
    payload = dict(message.payload)
    json.dumps(payload).encode()
    if message.method in ("sendMessage", "editMessageText"):
        text, _ = message_text(payload)
        text.encode()
    elif message.method in ("sendPhoto", "sendDocument"):
        caption(payload)
    for row in payload.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            assert button["text"].strip(), f"a button without words: {button}"
            is_answered = "url" in button or "copy_text" in button or parse(button["callback_data"])
            assert is_answered, f"a button that nobody answers: {button}"
            assert 0 < len(button.get("callback_data", "x").encode()) <= 64, button


def test_updates_from_a_mutating_corpus_are_handled_or_refused(embedded_url: str, context: Context) -> None:
    counts, growth = asyncio.run(handled(embedded_url, context, UPDATES))
    print(f"{UPDATES} updates, seed {SEED}: {dict(counts)}; memory grew by {growth:.0f} MB")
    assert counts["answered"] > UPDATES / 4, "too few get past the reading to show anything"
    assert growth < MOST_GROWTH_MB


async def handled(url: str, context: Context, count: int) -> tuple[Counter[str], float]:
    engine, updates, run = database.create(url), Updates(SEED), Run(context)
    start, now, stream = 0.0, NOW, updates.stream(count)
    done = 0
    while group := [update for _, update in zip(range(A_GROUP), stream, strict=False)]:
        async with engine.begin() as conn:
            for update in group:
                now += timedelta(seconds=1)
                for message in await one(run, conn, update, now):
                    for row in dict(message.payload).get("reply_markup", {}).get("inline_keyboard", []):
                        for button in row:
                            updates.hear(button.get("callback_data", ""))
        done += len(group)
        if done == A_GROUP * 10:
            start = peak_mb()
    async with engine.begin() as conn:
        kept = (await conn.execute(select(func.count()).select_from(schema.dialogues))).scalar_one()
        assert kept > 0
    await engine.dispose()
    return run.counts, peak_mb() - (start or peak_mb())


async def one(run: Run, conn: AsyncConnection, update: Any, now: datetime) -> list[Message]:
    try:
        return await run.take(conn, update, now)
    except Exception as error:
        raise AssertionError(f"unhandled {type(error).__name__}: {error}; update {as_json(update)[:1500]}") from error


async def test_the_worker_goes_on_whatever_comes(tmp_path: Path, context: Context) -> None:
    rows = arrivals([json.loads(as_json(update)) for update in Updates(SEED + 1).stream(WORKED)])
    async with core(NOWHERE, sqlite(tmp_path), handle=partial(router.handle, context), limits=UNLIMITED) as parts:
        for some in batched(rows, 7):
            await parts.worker.receive(some)
        while await parts.worker.step():
            pass
        async with parts.engine.begin() as conn:
            states = set((await conn.execute(select(schema.inbox.c.state))).scalars())
            dead = await inbox.dead(conn, WORKED)
    assert states == {"done", "dead"}, "nothing waits"
    assert {one.tries for one in dead} == {0}, "what is dead was so on arrival"


def batched(rows: list[Any], count: int) -> list[list[Any]]:
    return [rows[at : at + count] for at in range(0, len(rows), count)]


LEAF = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40))
ANY = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
CHAT = st.fixed_dictionaries({"id": st.integers(9001, 9005), "type": st.sampled_from(["private", "group"])})
WHO = st.fixed_dictionaries(
    {"id": st.integers(9001, 9005), "is_bot": st.booleans(), "first_name": st.text(max_size=70)}
)
MESSAGE = st.fixed_dictionaries(
    {"message_id": st.integers(), "date": st.integers(0, 2**31), "chat": CHAT, "from": WHO},
    optional={"text": st.text(max_size=300), "caption": st.text(max_size=40), "contact": ANY, "reply_to_message": ANY},
)
PRESS = st.fixed_dictionaries(
    {"id": st.text(max_size=9), "from": WHO, "chat_instance": st.just("1"), "data": st.text(max_size=64)},
    optional={"message": MESSAGE},
)
UPDATE = st.fixed_dictionaries(
    {"update_id": st.integers(1, 2**62)}, optional={"message": MESSAGE | ANY, "callback_query": PRESS | ANY, "x": ANY}
)


def test_updates_that_hypothesis_makes_are_handled_or_refused(embedded_url: str, context: Context) -> None:
    engine = database.create(embedded_url)

    async def tried(group: list[Any]) -> None:
        async with engine.begin() as conn:
            for update in group:
                await one(Run(context), conn, update, NOW)

    with asyncio.Runner() as runner:
        check = given(group=st.lists(UPDATE, max_size=12))(lambda group: runner.run(tried(group)))
        settings(max_examples=HYPOTHESIS, deadline=None, suppress_health_check=list(HealthCheck))(check)()
        runner.run(engine.dispose())
