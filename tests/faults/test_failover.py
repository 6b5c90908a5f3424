"""R34: PostgreSQL fails over to a standby under the bot; and the bot behind pgbouncer in transaction mode."""

import asyncio
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from storage import belonging
from storage.database import engine as database
from storage.database import failures
from storage.schema import inbox
from tests.databases import connected
from tests.debian import Server, pgbouncer, primary, standby_of, wants_pgbouncer, wants_postgresql
from tests.faults.scene import assert_within, crowd, report, times
from tests.faults.test_fleet import answered, write
from tests.live import sandbox_client
from tests.web.whole import bot, free_port

AGAIN_WITHIN_S = 10.0
READ_ONLY = ("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
"""What a provider does to the old primary: sessions stay, and nothing can be written in them."""


async def ready(port: int, status: int) -> str:
    """What /readyz says of the database, once the status is this one."""
    async with aiohttp.ClientSession() as client:
        while True:
            async with client.get(f"http://127.0.0.1:{port}/readyz") as reply:
                if reply.status == status:
                    return str((await reply.json())["checks"]["database"])
            await asyncio.sleep(0.05)


async def refused(url: str) -> str:
    """The line on a start with this database."""
    engine = database.create(url)
    with pytest.raises(DBAPIError) as found:
        async with engine.begin() as conn:
            await belonging.settle(conn, 123456, "another server", 0)
    await engine.dispose()
    return failures.told(found.value)


async def has_all(standby: Server, old: Server) -> None:
    """Wait until the standby has what the primary wrote."""
    written = await asyncio.to_thread(old.says, "SELECT pg_current_wal_lsn()")
    while await asyncio.to_thread(standby.says, f"SELECT pg_last_wal_replay_lsn() < '{written}'") == "t":  # noqa: ASYNC110  (a server)
        await asyncio.sleep(0.05)


@wants_postgresql
async def test_r34_after_a_failover_the_bot_goes_on_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    port, loop = free_port(), asyncio.get_running_loop()
    with primary() as old, standby_of(old) as new:
        url = f"postgresql+asyncpg://postgres@{old.place},{new.place}/postgres?target_session_attrs=read-write"
        async with sandbox_client() as sandbox, bot(sandbox.url, url, port, webhook=False):
            shop = await sandbox.person("店")
            await shop.says("怎么开通精选联盟")
            await shop.hears()
            await ready(port, 200)
            await has_all(new, old)
            assert (await refused(new.url)).startswith("the database is read-only: a standby")
            await asyncio.to_thread(old.says, *READ_ONLY)
            await shop.says("怎么开通精选联盟")
            told = await asyncio.wait_for(ready(port, 503), AGAIN_WITHIN_S)
            await asyncio.to_thread(new.promote)
            began = loop.time()
            await shop.hears()
            took_s = loop.time() - began
            await asyncio.wait_for(ready(port, 200), AGAIN_WITHIN_S)
    report(
        "R34",
        f"failed over to a standby: readyz is 503 meanwhile; answers {took_s:.1f} s after, by itself",
        f"answers {took_s:.1f} s after",
    )
    assert "read-only" in told or told == "ConnectionError"
    assert_within(took_s, AGAIN_WITHIN_S)
    assert "Traceback" not in capsys.readouterr().err


@wants_pgbouncer
async def test_r34_behind_a_pooler_in_transaction_mode_no_update_fails() -> None:
    chats, rounds, sessions = times(50, 10), times(10, 3), 4
    count = chats * rounds
    with primary() as server, pgbouncer(server, sessions) as url:
        assert urlsplit(url).port != server.port
        settings = {"send_rate_per_s": 1000}
        async with sandbox_client() as sandbox, bot(sandbox.url, url, free_port(), webhook=False, **settings):
            people = await crowd(sandbox, chats)
            await write(people, rounds)
            found = await answered(sandbox, people, count, within_s=120)
        async with connected(server.url) as conn:
            failed = (await conn.execute(select(func.count()).where(inbox.c.tries > 0))).scalar_one()
    repeats = sum(one.is_repeat for one in found)
    report(
        "R34",
        f"behind pgbouncer in transaction mode with {sessions} sessions: {len(found)} of {count} updates answered,"
        f" {failed} failed, {repeats} repeats",
        f"behind pgbouncer {failed} of {count} failed",
    )
    assert (len({(one.chat_id, one.score) for one in found}), failed, repeats) == (count, 0, 0)
