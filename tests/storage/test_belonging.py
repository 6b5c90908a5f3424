"""A database belongs to one bot, and the update ids in it to one server."""

import asyncio

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import belonging, inbox
from storage.belonging import SANDBOX, OtherBotError, Owner, Settled
from storage.database import engine as database
from storage.inbox import Arrival
from storage.schema import bots, consents
from storage.schema import inbox as rows

OURS, OTHER = 123456, 654321
THERE, ELSEWHERE = "https://api.telegram.org", "http://127.0.0.1:8081"


async def settle(engine: AsyncEngine, bot_id: int, server: str = THERE) -> Settled:
    async with engine.begin() as conn:
        return await belonging.settle(conn, bot_id, server, 0)


async def owner(engine: AsyncEngine) -> Owner | None:
    async with engine.connect() as conn:
        return await belonging.owner(conn)


async def has_a_chat(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.execute(insert(consents).values(chat_id=5, version="1", given_at=0))


async def test_the_first_bot_takes_a_database_over_once(engine: AsyncEngine) -> None:
    await has_a_chat(engine)
    assert await settle(engine, OURS) == Settled(is_new=True, set_free=0)
    assert await settle(engine, OURS) == Settled(is_new=False, set_free=0)
    assert await owner(engine) == Owner(OURS, THERE)


@pytest.mark.parametrize(
    ("bot_id", "why"),
    [(OTHER, "belongs to bot 123456, but the token is of bot 654321"), (SANDBOX, "but there is no token")],
)
async def test_another_bot_and_the_sandbox_are_refused_and_change_nothing(
    engine: AsyncEngine, bot_id: int, why: str
) -> None:
    await settle(engine, OURS)
    with pytest.raises(OtherBotError, match=rf"{why}.*alliance-bot db adopt"):
        await settle(engine, bot_id, ELSEWHERE)
    assert await owner(engine) == Owner(OURS, THERE)


async def test_a_bot_is_refused_the_database_of_the_sandbox(engine: AsyncEngine) -> None:
    await settle(engine, SANDBOX)
    with pytest.raises(OtherBotError, match="belongs to the sandbox, but the token is of bot 123456"):
        await settle(engine, OURS)


async def test_the_sandbox_takes_no_database_that_knows_chats_of_nobody_knows_whom(engine: AsyncEngine) -> None:
    await has_a_chat(engine)
    with pytest.raises(OtherBotError, match="set TELEGRAM_BOT_TOKEN"):
        await settle(engine, SANDBOX)
    assert (await settle(engine, OURS)).is_new


async def test_of_two_bots_that_start_at_once_one_is_refused(url: str) -> None:
    engines = [database.create(url) for _ in range(2)]
    done = await asyncio.gather(*map(settle, engines, (OURS, OTHER)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["OtherBotError", "Settled"]
    async with engines[0].connect() as conn:
        assert len((await conn.execute(select(bots))).all()) == 1
    for one in engines:
        await one.dispose()


async def test_the_update_ids_of_another_server_are_no_repeats(engine: AsyncEngine) -> None:
    await settle(engine, OURS)
    async with engine.begin() as conn:
        await inbox.add(conn, [Arrival(key, 1, "{}") for key in (-7, 11, 12, 13)], 0)
        (first, *_) = await inbox.next_updates(conn, 0, 1)
        await inbox.done(conn, [first.id + 1], 0)
    assert await settle(engine, OURS, ELSEWHERE) == Settled(is_new=False, set_free=3)
    assert await settle(engine, OURS, ELSEWHERE) == Settled(is_new=False, set_free=0)
    async with engine.begin() as conn:
        assert await inbox.add(conn, [Arrival(key, 1, "{}") for key in (11, 12, 13)], 0) == 3
        assert await inbox.add(conn, [Arrival(key, 1, "{}") for key in (-7, 11, 12, 13)], 0) == 0
        kept = (await conn.execute(select(rows.c.key, rows.c.state).order_by(rows.c.id))).all()
    assert [state for _, state in kept] == ["waiting", "done", *["waiting"] * 5]
    assert len({key for key, _ in kept}) == 7


async def test_a_database_is_given_to_another_bot_on_purpose(engine: AsyncEngine) -> None:
    await settle(engine, OURS)
    async with engine.begin() as conn:
        await inbox.add(conn, [Arrival(11, 1, "{}")], 0)
        assert await belonging.adopt(conn, OTHER, THERE, 0) == Owner(OURS, THERE)
        assert await inbox.add(conn, [Arrival(11, 1, "{}")], 0) == 1
    assert not (await settle(engine, OTHER)).is_new
    with pytest.raises(OtherBotError):
        await settle(engine, OURS)
