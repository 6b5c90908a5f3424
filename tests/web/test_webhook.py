"""Webhook intake: 200 means that the update is on disk, and nothing is lost between webhook and polling."""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from random import Random

import aiohttp
import pytest
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.telegram.api import Api
from bot.telegram.polling import TokenRefusedError
from bot.telegram.session import Session
from bot.telegram.webhook import CHECK_S, Webhook, WebhookRefusedError, leave, where
from storage import inbox, schema
from storage.database import driver
from storage.inbox import Arrival
from tests.faults.fastclock import FastClock
from tests.faults.scene import report
from tests.live import Person, SandboxClient, sandbox_client
from tests.web.conftest import SECRET, Served, served
from tests.web.whole import TOKEN, bot, free_port, process

HEADER = "X-Telegram-Bot-Api-Secret-Token"
JSON = {"Content-Type": "application/json"}
QUESTION = "怎么开通精选联盟"


def update(number: int, chat_id: int = 5, text: str = "hello") -> bytes:
    """A message as brought by Telegram."""
    chat = {"id": chat_id, "type": "private", "first_name": "小店"}
    message = {"message_id": number, "date": int(time.time()), "chat": chat, "text": text}
    person = {"id": chat_id, "is_bot": False, "first_name": "小店", "language_code": "zh-hans"}
    return json.dumps({"update_id": number, "message": message | {"from": person}}).encode()


class Box:
    """An inbox with a count of writes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.times = 0

    async def receive(self, arrivals: Sequence[Arrival]) -> None:
        async with self.engine.begin() as conn:
            self.times += 1
            await inbox.add(conn, arrivals, 1000)


@pytest.fixture
def box(engine: AsyncEngine) -> Box:
    return Box(engine)


@pytest.fixture
async def hook(engine: AsyncEngine, box: Box) -> AsyncIterator[Served]:
    async with served(engine, receive=box.receive) as running:
        yield running


async def bring(hook: Served, body: bytes, **headers: str) -> int:
    """The status told to Telegram for the body."""
    said = JSON | {HEADER: SECRET} | {name.replace("_", "-"): value for name, value in headers.items()}
    return (await hook.ask("POST", "/webhook", body, said)).status


async def test_an_update_is_on_disk_once_when_it_is_answered_200(hook: Served) -> None:
    sent = update(7)
    for _ in range(2):  # Telegram brings an update again when the answer was lost
        assert await bring(hook, sent) == 200
        (row,) = await hook.rows(schema.inbox)
        assert (row.key, row.chat_id, json.loads(row.body)) == (7, 5, json.loads(sent))


async def test_without_the_secret_nothing_is_taken(hook: Served) -> None:
    for secret in ("", "webhook-secret_2", "webhook-secret_1 x", "Webhook-secret_1", "schlüssel"):
        reply = await hook.ask("POST", "/webhook", update(7), JSON | {HEADER: secret})
        assert (reply.status, reply.error) == (401, f"{HEADER} is not the one that was agreed on")
    assert (await hook.ask("POST", "/webhook", update(7), JSON)).status == 401
    assert await hook.rows(schema.inbox) == []


async def test_only_json_posts_of_1_mb_are_taken(hook: Served) -> None:
    statuses = [
        (await hook.get("/webhook")).status,
        await bring(hook, update(7), Content_Type="text/plain"),
        await bring(hook, update(7, text="x" * 1024 * 1024)),
        await bring(hook, b"{"),
        await bring(hook, b"[" * 200_000),
    ]
    assert statuses == [405, 415, 413, 400, 400]
    assert await hook.rows(schema.inbox) == []


async def test_a_malformed_update_is_kept_for_the_operators_and_does_not_come_again(hook: Served) -> None:
    assert [await bring(hook, b"[]"), await bring(hook, b'{"update_id": "x"}')] == [200, 200]
    rows = await hook.rows(schema.inbox)
    assert [(row.state, row.error) for row in rows] == [("dead", "not an object"), ("dead", "no valid update_id")]


@pytest.mark.parametrize("odd", ["[" * 200_000 + "]" * 200_000, "9" * 5000, '"\\ud800\\u0000"', "NaN"])
async def test_one_part_that_nobody_can_read_keeps_no_update_out(hook: Served, odd: str) -> None:
    body = update(7).decode().replace('{"update_id": 7', f'{{"odd": {odd}, "update_id": 7', 1)
    assert "odd" in body
    assert await bring(hook, body.encode()) == 200
    (row,) = await hook.rows(schema.inbox)
    assert (row.key, row.chat_id, row.error, row.body.isascii()) == (7, 5, None, True)


async def test_what_the_bot_has_no_answer_to_is_answered_200_and_not_kept(hook: Served) -> None:
    body = json.dumps({"update_id": 7, "message": {"chat": {"id": -5, "type": "group"}, "new_chat_title": "群"}})
    assert await bring(hook, body.encode()) == 200
    assert await hook.rows(schema.inbox) == []


@asynccontextmanager
async def full(engine: AsyncEngine, _file: Path) -> AsyncIterator[None]:
    """The database may not grow, as on a full disk."""
    async with engine.begin() as conn:
        pages = (await conn.exec_driver_sql("PRAGMA page_count")).scalar()
        await conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    yield
    async with engine.begin() as conn:
        await conn.exec_driver_sql("PRAGMA max_page_count = 1000000")


@asynccontextmanager
async def locked(_engine: AsyncEngine, file: Path) -> AsyncIterator[None]:
    """Another process writes and does not end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.skipif(os.environ.get("SUITE_DATABASE") == "postgresql", reason="about the embedded database")
@pytest.mark.parametrize("broken", [full, locked])
async def test_r18_what_can_not_be_kept_is_answered_503_and_taken_when_it_comes_again(
    hook: Served, tmp_path: Path, monkeypatch, broken
) -> None:
    monkeypatch.setattr(driver, "LOCKED_FOR_S", 0.1)
    long = update(7, text="x" * 100_000)
    async with broken(hook.parts.engine, tmp_path / "alliance.db"):
        assert await bring(hook, long) == 503
    assert await hook.rows(schema.inbox) == []
    assert await bring(hook, long) == 200
    assert len(await hook.rows(schema.inbox)) == 1
    report("R18", f"SQLite, {'disk full' if broken is full else 'locked'}: 503, and kept when it came again")


async def test_updates_that_come_together_are_kept_together(hook: Served, box: Box) -> None:
    statuses = await asyncio.gather(*(bring(hook, update(number, number)) for number in range(1, 61)))
    assert statuses == [200] * 60
    assert len(await hook.rows(schema.inbox)) == 60
    assert box.times < 30


def test_an_address_without_a_path_gets_one() -> None:
    assert where("https://bot.example.com") == ("https://bot.example.com/webhook", "/webhook")
    assert where("https://bot.example.com/a/b") == ("https://bot.example.com/a/b", "/a/b")


# What is said to Telegram.


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client() as client:
        yield client


@pytest.fixture
async def api(sandbox: SandboxClient) -> AsyncIterator[Api]:
    async with Session(4) as session:
        yield Api(TOKEN, sandbox.url, session)


def webhook(api: Api, speed: float = 1.0) -> Webhook:
    listening = asyncio.Event()
    listening.set()
    return Webhook(
        api, FastClock(speed), Random(1), url="http://127.0.0.1:9/webhook", secret=SECRET, listening=listening
    )


async def test_the_webhook_is_set_with_the_secret_and_nothing_is_dropped(sandbox: SandboxClient, api: Api) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(webhook(api).run(stop))
    (call,) = await sandbox.calls("setWebhook", count=1)
    stop.set()
    await running
    assert call["params"] == {
        "url": "http://127.0.0.1:9/webhook",
        "secret_token": SECRET,
        "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"],
        "max_connections": 40,
    }


async def test_a_webhook_that_somebody_took_away_is_set_again(sandbox: SandboxClient, api: Api) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(webhook(api, speed=CHECK_S * 20).run(stop))
    assert len(await sandbox.calls("getWebhookInfo", count=2)) >= 2
    assert len(await sandbox.calls("setWebhook")) == 1
    await api.call("deleteWebhook", {})
    assert len(await sandbox.calls("setWebhook", count=2)) == 2
    stop.set()
    await running


async def test_a_failure_to_set_it_is_tried_again(sandbox: SandboxClient, api: Api) -> None:
    await sandbox.fault("html_502", method="setWebhook", count=2)
    stop = asyncio.Event()
    running = asyncio.create_task(webhook(api, speed=100).run(stop))
    calls = await sandbox.calls("setWebhook", count=3)
    stop.set()
    await running
    assert [call["status"] for call in calls] == [502, 502, 200]


async def test_a_refused_token_or_address_ends_the_bot(sandbox: SandboxClient, api: Api) -> None:
    await sandbox.fault("401", method="setWebhook", count=3)
    with pytest.raises(TokenRefusedError):
        await webhook(api, speed=100).run(asyncio.Event())
    await sandbox.fault("status", status=400, description="Bad Request: bad webhook: no such host", method="setWebhook")
    with pytest.raises(WebhookRefusedError, match="no such host"):
        await webhook(api).run(asyncio.Event())


@pytest.mark.parametrize("is_set", [True, False])
async def test_a_call_that_hangs_does_not_keep_it_from_ending(is_set: bool) -> None:
    called, stop = asyncio.Event(), asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        called.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with Session(4) as session:
        api = Api(TOKEN, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", session)
        work = webhook(api).run(stop) if is_set else leave(api, FastClock(1.0), Random(1), stop)
        running = asyncio.create_task(work)
        await called.wait()
        stop.set()
        async with asyncio.timeout(10):
            await running
    server.close()
    await server.wait_closed()


async def test_taking_the_webhook_away_is_tried_until_it_is_done(sandbox: SandboxClient, api: Api) -> None:
    await sandbox.fault("html_502", method="deleteWebhook", count=2)
    await leave(api, FastClock(100), Random(1), asyncio.Event())
    assert [call["status"] for call in await sandbox.calls("deleteWebhook")] == [502, 502, 200]


# The whole bot.


async def hears_answer(person: Person) -> bool:
    """True when the next message to the person is the answer."""
    return bool((await person.hears()).quotes)


async def test_moving_between_polling_and_webhook_loses_nothing(sandbox: SandboxClient, tmp_path: Path) -> None:
    url, port = f"sqlite+aiosqlite:///{tmp_path}/test.db", free_port()
    people = [await sandbox.person(f"店{number}") for number in range(6)]
    for number, has_webhook in enumerate((False, True, False, True)):
        await people[number].says(QUESTION)  # while no bot runs
        async with bot(sandbox.url, url, port, webhook=has_webhook):
            assert await hears_answer(people[number])
            await people[number].says(QUESTION)  # while it runs
            assert await hears_answer(people[number])
    answers = [len([one for one in await person.sees() if one.is_from_bot]) for person in people]
    assert answers == [2, 2, 2, 2, 0, 0]


async def test_r2_killed_right_after_50_updates_were_answered_200_it_handles_all_of_them(
    sandbox: SandboxClient, suite_url: str
) -> None:
    port = free_port()
    settings = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": sandbox.url,
        "DATABASE_URL": suite_url,
        "HTTP_PORT": str(port),
        "WEBHOOK_URL": f"http://127.0.0.1:{port}",
        "WEBHOOK_SECRET": SECRET,
    }
    people = [await sandbox.person(f"店{number}") for number in range(50)]
    await sandbox.fault("slow", method="sendMessage", ms=30_000)  # so that none is answered before the kill
    async with process(**settings) as running:
        await sandbox.calls("setWebhook", count=1, within_s=20)
        statuses = await post_all(port, [update(1000 + person.id, person.id, QUESTION) for person in people])
        running.kill()
    before = [len([one for one in await person.sees() if one.is_from_bot]) for person in people]
    await sandbox.heal()
    async with bot(sandbox.url, suite_url, port, webhook=True):
        handled = [await answered(person) for person in people]
    engine = make_url(suite_url).get_backend_name()
    report("R2", f"{engine}, SIGKILL after {statuses.count(200)} webhook answers 200: {sum(handled)} of 50 handled")
    assert (statuses, before, sum(handled)) == ([200] * 50, [0] * 50, 50)


async def answered(person: Person) -> bool:
    return bool((await person.hears(within_s=30)).quotes)


async def post_all(port: int, bodies: list[bytes]) -> list[int]:
    """The statuses of all, brought at the same time."""
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(aiohttp.ClientSession(headers=JSON | {HEADER: SECRET}))

        async def post(body: bytes) -> int:
            async with client.post(f"http://127.0.0.1:{port}/webhook", data=body) as reply:
                return reply.status

        return list(await asyncio.gather(*map(post, bodies)))
