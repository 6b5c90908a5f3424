"""PostgreSQL as people run it: behind a pooler, with TLS, out of connections, as a standby."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import belonging
from storage.database import engine as database
from storage.database import failures
from storage.schema import audit
from tests.databases import new_database
from tests.debian import Server, pgbouncer, primary, wants_pgbouncer, wants_postgresql

pytestmark = wants_postgresql

CONNECTIONS = 20


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def debian(authority: trustme.CA) -> Iterator[Server]:
    """A server of Debian's with few connections and a certificate of its own authority."""
    with primary(authority, max_connections=str(CONNECTIONS), superuser_reserved_connections="0") as server:
        yield server


async def work(engine: AsyncEngine, number: int) -> str:
    """A transaction with all kinds of statements; how queries are compiled in it."""
    async with engine.begin() as conn:
        row = {"at": number, "action": "x", "subject": str(number)}
        await conn.execute(insert(audit), [row, row])
        await conn.execute(insert(audit).values(row))
        streamed = await conn.stream(select(audit.c.id).where(audit.c.at == number))
        async for _ in streamed.partitions(2):
            found = (await conn.execute(select(audit.c.subject).where(audit.c.at == number))).scalars().all()
            assert found == [str(number)] * 3
        return str((await conn.execute(text("SHOW jit"))).scalar())


@wants_pgbouncer
async def test_a_pooler_that_gives_each_transaction_another_session_is_found_and_worked_with(debian: Server) -> None:
    url = await new_database(debian.url)
    with pgbouncer(debian, sessions=3) as pooled:
        engine = database.create(pooled.replace("/postgres", "/" + url.rpartition("/")[2]))
        assert await database.migrate(engine)
        assert set(await asyncio.gather(*(work(engine, number) for number in range(60)))) == {"off"}
        await engine.dispose()
        left = await sessions(pooled)
    assert left == ["on"] * len(left)


async def sessions(url: str) -> list[str]:
    """How queries are compiled in some sessions of the pooler, once the bot is through with them."""
    engine = database.create(url)
    async with engine.connect() as conn:
        driver = (await conn.get_raw_connection()).driver_connection
        assert driver is not None
        found = [await driver.fetchval("SHOW jit") for _ in range(6)]
    await engine.dispose()
    return found


async def test_the_connection_is_told_the_authority_of_the_server(
    debian: Server, authority: trustme.CA, tmp_path: Path
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    url = f"postgresql+asyncpg://postgres@localhost:{debian.port}/postgres?sslmode=verify-full&application_name=bot"
    engine = database.create(f"{url}&sslrootcert={tmp_path}/ca.pem")
    async with engine.connect() as conn:
        over = text("SELECT ssl, application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)")
        mine = text(f"{over} WHERE pid = pg_backend_pid()")
        assert tuple((await conn.execute(mine)).one()) == (True, "bot")
    await engine.dispose()
    said = await refused(f"{url}&sslrootcert={tmp_path}/other.pem")
    assert said.endswith("name the certificate of the server's authority with sslrootcert=FILE")


async def refused(url: str) -> str:
    """The line on a database that can't be used."""
    engine = database.create(url)
    with pytest.raises((OSError, DBAPIError, OperationalError)) as found:
        await database.migrate(engine)
    await engine.dispose()
    return failures.told(found.value)


async def test_a_host_that_is_gone_without_a_word_is_noticed_in_half_a_minute(debian: Server) -> None:
    engine = database.create(debian.url)
    async with engine.connect() as conn:
        driver = (await conn.get_raw_connection()).driver_connection
        there = driver._transport.get_extra_info("socket")
        assert there.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert there.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
    await engine.dispose()


async def test_connections_used_up_are_one_plain_line(debian: Server) -> None:
    engines = [database.create(debian.url) for _ in range(CONNECTIONS)]
    held = [await engine.connect() for engine in engines]
    said = await refused(debian.url)
    assert said == (
        "the server has no connection left; raise max_connections, or stop what uses them up"
        " (sorry, too many clients already)"
    )
    for conn, engine in zip(held, engines, strict=True):
        await conn.close()
        await engine.dispose()


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("/nowhere", 'database "nowhere" does not exist'),
        ("/postgres?sslmode=verify-full&connect_timeout=2", "root"),
        ("/postgres?options=-c%20nonsense%3D1", 'unrecognized configuration parameter "nonsense"'),
        ("/postgres?target_session_attrs=standby", "None of the hosts match the target attribute requirement"),
    ],
)
async def test_what_the_server_does_not_take_is_one_plain_line(debian: Server, ending: str, said: str) -> None:
    line = await refused(f"postgresql+asyncpg://postgres@{debian.place}{ending}")
    assert said in line
    assert "\n" not in line


async def test_a_read_only_server_is_said_to_be_one_and_the_connection_is_not_used_again(debian: Server) -> None:
    url = await new_database(debian.url)
    engine = database.create(url)
    await database.migrate(engine)
    first = await backend(engine)
    async with engine.connect() as conn:
        await conn.execute(text("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"))
        await conn.commit()
        with pytest.raises(DBAPIError) as found:
            await belonging.settle(conn, 123456, "https://api.telegram.org", 0)
    assert failures.told(found.value).startswith("the database is read-only: a standby, or its disk is full")
    assert await backend(engine) != first
    async with engine.begin() as conn:
        assert (await belonging.settle(conn, 123456, "https://api.telegram.org", 0)).is_new
    await engine.dispose()


async def backend(engine: AsyncEngine) -> int:
    """The process that serves the next connection of the pool."""
    async with engine.connect() as conn:
        return int((await conn.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_session_that_the_server_ended_is_replaced(debian: Server) -> None:
    engine = database.create(f"{debian.url}?options=-c%20idle_in_transaction_session_timeout%3D50")
    async with engine.connect() as conn:
        driver = (await conn.get_raw_connection()).driver_connection
        await conn.execute(text("SELECT 1"))
        ended = asyncio.Event()
        driver.add_termination_listener(lambda _: ended.set())
        await asyncio.wait_for(ended.wait(), 10)
        with pytest.raises(DBAPIError) as found:
            await conn.execute(text("SELECT 1"))
    assert found.value.connection_invalidated
    assert await backend(engine)
    await engine.dispose()
