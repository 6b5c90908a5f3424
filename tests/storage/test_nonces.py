"""Nonces and idempotency keys of ingest calls, on both engines."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import nonces
from storage.nonces import Answered
from storage.schema import ingests
from storage.schema import nonces as used


async def test_a_nonce_is_good_once(conn: AsyncConnection) -> None:
    assert [await nonces.use(conn, name, 10) for name in "aba"] == [True, True, False]


async def test_a_key_is_the_first_calls_and_the_others_get_its_answer(conn: AsyncConnection) -> None:
    assert await nonces.claim(conn, "k", "hash", 10) is None
    await nonces.answer(conn, "k", "{}")
    assert await nonces.claim(conn, "k", "other", 10) == Answered("hash", "{}")


async def test_of_two_transactions_with_one_key_the_later_waits_for_the_answer(engine: AsyncEngine) -> None:
    async def call() -> Answered | None:
        async with engine.begin() as conn:
            found = await nonces.claim(conn, "k", "hash", 10)
            if found is None:
                await asyncio.sleep(0.05)  # the other one has begun by now
                await nonces.answer(conn, "k", "1")
            return found

    assert set(await asyncio.gather(call(), call())) == {None, Answered("hash", "1")}


async def test_what_is_over_is_forgotten(conn: AsyncConnection) -> None:
    for name, until in (("old", 9), ("new", 10)):
        await nonces.use(conn, name, until)
        await nonces.claim(conn, name, "hash", until)
    await nonces.forget(conn, 10)
    assert (await conn.execute(select(used.c.nonce))).scalars().all() == ["new"]
    assert (await conn.execute(select(ingests.c.key))).scalars().all() == ["new"]
