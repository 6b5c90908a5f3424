"""getUpdates: offsets, long polls, conflicts, and updates pushed unchanged."""

import asyncio
import json
import time

import pytest

from tests.live import SandboxClient
from tests.sandbox.conftest import Bot

CONFLICT = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def test_ids_rise_by_one_and_wait_until_they_are_confirmed(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    first = [(await person.says(text))["update_id"] for text in "abc"]
    assert first == [first[0], first[0] + 1, first[0] + 2]
    assert await bot.ids() == await bot.ids() == first
    assert await bot.ids(offset=first[1]) == first[1:]
    assert await bot.ids() == first[1:]
    assert await bot.ids(offset=first[2] + 1) == []


async def test_a_negative_offset_keeps_the_newest_and_forgets_the_rest(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    ids = [(await person.says(text))["update_id"] for text in "abcd"]
    assert await bot.ids(offset=-2) == ids[2:]
    assert await bot.ids() == ids[2:]
    assert await bot.ids(offset=-100) == ids[2:]


async def test_a_batch_holds_one_to_a_hundred(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    for number in range(101):
        await person.says(str(number))
    given = {limit: len(await bot.ids(limit=limit)) for limit in (1, 100, 0, 101, -5)}
    assert given == {1: 1, 100: 100, 0: 100, 101: 100, -5: 1}


async def test_a_long_poll_answers_as_soon_as_something_comes(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    poll = asyncio.create_task(bot.ids(timeout=30))
    await sandbox.bot_has_come()
    started = time.monotonic()
    sent = await person.says("在吗")
    assert await poll == [sent["update_id"]]
    assert time.monotonic() - started < 20


async def test_an_empty_poll_ends_after_its_timeout(sandbox: SandboxClient, bot: Bot) -> None:
    started = time.monotonic()
    assert await bot.ids(timeout=1) == []
    assert time.monotonic() - started > 0.9


async def test_a_second_poll_ends_the_first_with_409(sandbox: SandboxClient, bot: Bot) -> None:
    older = asyncio.create_task(bot.raw("getUpdates", timeout=30))
    await sandbox.bot_has_come()
    newer = asyncio.create_task(bot.ids(timeout=30))
    status, body = await older
    assert (status, body["description"]) == (409, CONFLICT)
    sent = await (await sandbox.person()).says("在吗")
    assert await newer == [sent["update_id"]]


async def test_only_allowed_kinds_are_queued_until_the_bot_says_otherwise(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    await bot("getUpdates", allowed_updates=["my_chat_member"])
    await person.says("不要")
    blocked = await person.blocks()
    assert await bot.ids() == [blocked["update_id"]]
    await bot("getUpdates", allowed_updates=[])
    said = await person.says("要")
    assert await bot.ids(offset=blocked["update_id"] + 1) == [said["update_id"]]


async def test_bots_share_nothing(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    await bot("getMe")
    other = bot.other("99:another")
    assert await other.refused("sendMessage", chat_id=person.id, text="x") == "Bad Request: chat not found"
    await person.says("只给第一个")
    assert await other.ids() == []
    assert len(await bot.ids()) == 1


@pytest.mark.parametrize("token", ["nonsense", "12", ":abc", "a1:abc", "1:"])
async def test_a_malformed_token_is_unauthorized(bot: Bot, token: str) -> None:
    assert await bot.other(token).refused("getMe") == "Unauthorized"


async def test_a_pushed_update_arrives_as_it_was_written(sandbox: SandboxClient, bot: Bot) -> None:
    await sandbox.push('{"update_id": 7, "message": "not an object", "x": [1e400]}')
    async with bot.session.get(f"{bot.url}/bot{bot.token}/getUpdates") as reply:
        assert '{"update_id": 7, "message": "not an object", "x": [1e400]}' in await reply.text()


async def test_a_repeated_update_is_confirmed_with_its_twins(sandbox: SandboxClient, bot: Bot) -> None:
    for _ in range(3):
        await sandbox.push(json.dumps({"update_id": 2_000_000_000, "poll": {}}))
    assert await bot.ids() == [2_000_000_000] * 3
    assert await bot.ids(offset=2_000_000_001) == []


async def test_an_id_that_falls_is_delivered_to_a_bot_that_is_ahead_of_it(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    ahead = (await person.says("a"))["update_id"] + 1
    assert len(await bot.ids()) == 1
    assert await bot.ids(offset=ahead) == []
    await sandbox.push(json.dumps({"update_id": 50, "poll": {}}))
    assert await bot.ids(offset=ahead) == [50]
    assert await bot.ids(offset=51) == []
    assert (await person.says("b"))["update_id"] == ahead


async def test_a_reset_forgets_people_but_never_an_id(sandbox: SandboxClient, bot: Bot) -> None:
    person = await sandbox.person()
    before = (await person.says("a"))["update_id"]
    await sandbox.reset()
    assert await bot.ids() == []
    assert await bot.refused("sendMessage", chat_id=person.id, text="x") == "Bad Request: chat not found"
    again = await sandbox.person()
    assert again.id > person.id
    assert (await again.says("b"))["update_id"] > before
