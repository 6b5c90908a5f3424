"""Faults, real limits and the journal of the bot's calls."""

import asyncio
import json
import time
from itertools import pairwise

import aiohttp
import pytest

from tests.live import Person, Refused, SandboxClient
from tests.sandbox.conftest import Bot


async def test_429_hits_one_chat_as_often_as_it_was_told(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    other = await sandbox.person()
    await sandbox.fault("429", chat_id=person.id, retry_after=7, count=2)
    await bot("sendMessage", chat_id=other.id, text="x")
    for _ in range(2):
        status, body = await bot.raw("sendMessage", chat_id=person.id, text="x")
        assert (status, body["parameters"]) == (429, {"retry_after": 7})
        assert body["description"] == "Too Many Requests: retry after 7"
    await bot("sendMessage", chat_id=person.id, text="x")
    assert len(await person.sees()) == 1


async def test_a_429_that_lasts_names_the_time_left(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    await sandbox.fault("429", method="sendMessage", seconds=30)
    _, body = await bot.raw("sendMessage", chat_id=person.id, text="x")
    assert 20 <= body["parameters"]["retry_after"] <= 30
    await bot("getMe")


async def test_a_fault_ends_after_its_seconds(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    await sandbox.fault("status", status=500, seconds=0.4)
    assert await bot.refused("getMe") == "Internal Server Error"
    until = time.monotonic() + 20
    while (await bot.raw("getMe"))[0] == 500:
        assert time.monotonic() < until
    assert (await sandbox.state())["faults"] == []


@pytest.mark.parametrize(("kind", "shown"), [("drop", 0), ("effect_then_drop", 1)])
async def test_a_dropped_call_gets_no_reply(
    sandbox: SandboxClient, bot: Bot, person: Person, kind: str, shown: int
) -> None:
    await sandbox.fault(kind, method="sendMessage", count=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await bot.raw("sendMessage", chat_id=person.id, text="x")
    assert len(await person.sees()) == shown
    [call] = await sandbox.calls("sendMessage", person.id, status=0)
    assert call["params"] == {"chat_id": person.id, "text": "x"}
    await bot("sendMessage", chat_id=person.id, text="x")


async def test_connections_are_refused_for_a_while(sandbox: SandboxClient, bot: Bot) -> None:
    await bot("getMe")
    await sandbox.fault("refuse", seconds=0.4)
    refused = 0
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            await bot("getMe")
        except aiohttp.ClientConnectorError:
            refused += 1
        except aiohttp.ClientError:
            pass
        else:
            if refused:
                break
    assert refused > 0
    await bot("getMe")


async def test_a_proxys_page_and_broken_json_come_instead_of_an_answer(sandbox: SandboxClient, bot: Bot) -> None:
    await sandbox.fault("html_502", count=1)
    async with bot.session.get(f"{bot.url}/bot{bot.token}/getMe") as reply:
        assert (reply.status, reply.content_type) == (502, "text/html")
    await sandbox.fault("malformed", count=1)
    async with bot.session.get(f"{bot.url}/bot{bot.token}/getMe") as reply:
        with pytest.raises(ValueError, match="Expecting value"):
            await reply.json()


@pytest.mark.parametrize(("kind", "description"), [("401", "Unauthorized"), ("404", "Not Found")])
async def test_a_status_comes_with_telegrams_words(
    sandbox: SandboxClient, bot: Bot, kind: str, description: str
) -> None:
    await sandbox.fault(kind, method="getUpdates", count=1)
    assert await bot.refused("getUpdates") == description
    await bot("getUpdates")


async def test_a_fault_reaches_a_poll_that_already_waits(sandbox: SandboxClient, bot: Bot) -> None:
    poll = asyncio.create_task(bot.ids(timeout=40))
    await sandbox.bot_has_come()
    await sandbox.fault("401", method="getUpdates")
    assert await asyncio.wait_for(poll, 20) == []
    assert await bot.refused("getUpdates") == "Unauthorized"


async def test_a_slow_call_takes_its_time_before_the_effect(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    await sandbox.fault("slow", method="sendMessage", ms=300, count=1)
    call = asyncio.create_task(bot("sendMessage", chat_id=person.id, text="y"))
    started = time.monotonic()
    await person.hears()
    assert time.monotonic() - started > 0.25
    await call


async def test_a_round_trip_slows_everything(sandbox: SandboxClient, bot: Bot) -> None:
    fault = await sandbox.fault("round_trip", ms=200)
    started = time.monotonic()
    await bot("getMe")
    assert time.monotonic() - started > 0.19
    await sandbox.heal(fault)
    [call] = await sandbox.calls("getMe")
    assert call["took_s"] > 0.19


async def test_a_server_that_knows_no_styles_refuses_only_what_has_some(
    sandbox: SandboxClient, bot: Bot, person: Person
) -> None:
    plain, styled = {"text": "删", "callback_data": "x"}, {"text": "删", "callback_data": "x", "style": "danger"}
    await sandbox.fault("styles")
    await bot("sendMessage", chat_id=person.id, text="x", reply_markup={"inline_keyboard": [[plain]]})
    for markup in ({"inline_keyboard": [[plain, styled]]}, json.dumps({"inline_keyboard": [[styled]]})):
        refused = await bot.refused("sendMessage", chat_id=person.id, text="x", reply_markup=markup)
        assert refused == "Bad Request: can't parse inline keyboard button: Invalid button style specified"
    assert len(await person.sees()) == 1
    await sandbox.heal()
    sent = await bot("sendMessage", chat_id=person.id, text="x", reply_markup={"inline_keyboard": [[styled]]})
    assert sent["reply_markup"]["inline_keyboard"] == [[styled]]


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"kind": "flood"}, "unknown fault 'flood'"),
        ({"kind": "drop", "hits": 3}, "has no option hits"),
        ({"kind": "drop", "secs": 3}, "has no option secs"),
        ({"kind": "refuse"}, "needs seconds"),
    ],
)
async def test_a_switch_that_makes_no_sense_is_refused(
    sandbox: SandboxClient, wanted: dict[str, object], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        await sandbox.ask("POST", "faults", body=wanted)


async def test_the_journal_tells_calls_apart_and_hides_the_token(
    sandbox: SandboxClient, bot: Bot, person: Person
) -> None:
    other = await sandbox.person()
    for to in (person, other, person):
        await bot("sendMessage", chat_id=to.id, text="x")
    await bot.refused("sendMessage", chat_id=1, text="x")
    rows = await sandbox.calls("sendMessage", person.id)
    assert [row["n"] for row in rows] == [1, 3]
    assert {row["bot"] for row in rows} == {"4242:***"}
    assert all(before["mono"] < after["mono"] for before, after in pairwise(rows))
    [refused] = await sandbox.calls(status=400)
    assert refused["description"] == "Bad Request: chat not found"
    assert [row["n"] for row in await sandbox.calls(after=2)] == [3, 4]
    assert [row["n"] for row in await sandbox.calls(limit=1)] == [4]
    assert "secret" not in str(await sandbox.calls())


async def test_a_reader_waits_for_the_calls_it_counts_on(sandbox: SandboxClient, bot: Bot, person: Person) -> None:
    waiting = asyncio.create_task(sandbox.calls("sendMessage", person.id, count=2))
    for _ in range(2):
        await bot("sendMessage", chat_id=person.id, text="x")
    assert [row["status"] for row in await waiting] == [200, 200]


async def test_any_answer_can_stand_in_place_of_the_bot_apis(sandbox: SandboxClient, bot: Bot) -> None:
    await sandbox.fault("answer", status=407, body="\ud800 log in", content_type="text/plain", count=1)
    async with bot.session.get(f"{bot.url}/bot{bot.token}/getMe") as reply:
        assert (reply.status, reply.content_type) == (407, "text/plain")
        assert await reply.read() == b"\xed\xa0\x80 log in"
    await bot("getMe")
