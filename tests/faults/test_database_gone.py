"""R18: PostgreSQL is restarted under the bot: 503 meanwhile, nothing acknowledged is lost, and all goes on."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from tests.databases import new_database, own_server
from tests.faults.scene import report, times
from tests.faults.test_fleet import answered, disordered, kept, write
from tests.live import sandbox_client
from tests.web.whole import SECRET, bot, free_port

HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}


@pytest.fixture
def stoppable() -> Iterator[tuple[Any, str]]:
    """A PostgreSQL server for a single test."""
    with own_server() as found:
        yield found


async def bring(port: int, update_id: int) -> int:
    """The status told to Telegram for an update."""
    update = {"update_id": update_id, "my_chat_member": {"chat": {"id": 5}, "new_chat_member": {"status": "kicked"}}}
    async with (
        aiohttp.ClientSession(headers=HEADERS) as client,
        client.post(f"http://127.0.0.1:{port}/webhook", json=update) as reply,
    ):
        return reply.status


async def test_r18_a_restart_of_postgresql_loses_nothing_that_was_acknowledged(
    stoppable: tuple[Any, str], capsys: pytest.CaptureFixture[str]
) -> None:
    running, root = stoppable
    chats, rounds, restarts, port = times(50, 10), times(6, 4), times(5, 1), free_port()
    url, statuses = await new_database(root), []
    async with sandbox_client() as sandbox, bot(sandbox.url, url, port, webhook=True, send_rate_per_s=1000):
        people = [await sandbox.person(f"店{number}") for number in range(chats)]
        await sandbox.calls("setWebhook", count=1)
        assert await bring(port, 1) == 200
        writing = asyncio.create_task(write(people, rounds))
        for number in range(restarts):
            await sandbox.calls("sendMessage", count=chats * rounds * (number + 1) // (restarts + 2))
            await asyncio.to_thread(running.stop)
            statuses.append(await bring(port, 2))
            await asyncio.to_thread(running.start)
        await writing
        found = await answered(sandbox, people, chats * rounds, within_s=90)
        assert await bring(port, 2) == 200
        keys = await kept(url)
    effects = {(one.chat_id, one.score) for one in found}
    firsts = Counter((one.chat_id, one.score) for one in found if not one.is_repeat)
    said = capsys.readouterr().out
    logged = [line for line in said.splitlines() if "updates not stored" in line]
    repeats = sum(one.is_repeat for one in found)
    report(
        "R18",
        f"PostgreSQL restarted {restarts} times under {chats * rounds} updates: webhook says {statuses},"
        f" {chats * rounds - len(effects)} lost, {repeats} marked repeats",
        f"answered 503, {chats * rounds - len(effects)} lost",
    )
    assert statuses == [503] * restarts
    assert len(effects) == chats * rounds, said
    assert max(firsts.values()) == 1
    assert disordered(people, found, rounds) == 0
    assert {1, 2} <= keys
    assert logged
