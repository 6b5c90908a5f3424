"""A call of the ingest that would alarm many is held: the operators are asked in the chat, and one of them answers."""

import json
import socket
import time
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from bot.web.signing import sign
from storage import follows, schema, shops
from tests.databases import connected
from tests.journeys.conftest import Start, is_old, presses, tells
from tests.live import Person, SandboxClient

OPERATOR, COLLEAGUE = 4711, 4712
KEY = "a key of the tests"
TODAY = datetime.now(UTC).date()


class Caller:
    """A system that sends scores to the bot."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/ingest/scores"

    async def sends(self, scores: dict[str, object], key: str = "", **more: object) -> tuple[int, Any]:
        rows = [{"shop_id": ref, "day": str(TODAY), "score": score} for ref, score in scores.items()]
        body = json.dumps({"rows": rows, **more}).encode()
        signed = sign(KEY.encode(), int(time.time()), token_hex(16), method="POST", path="/ingest/scores", body=body)
        headers = {"Content-Type": "application/json", **signed} | ({"Idempotency-Key": key} if key else {})
        async with aiohttp.ClientSession() as client, client.post(self.url, data=body, headers=headers) as reply:
            return reply.status, await reply.json()


@pytest.fixture
async def caller(start: Start, database_url: str) -> Caller:
    """A sender to the running bot, which knows four shops."""
    sock = socket.create_server(("127.0.0.1", 0))
    admins = f"{OPERATOR},{COLLEAGUE}"
    settings = {"messages_per_minute": 1000, "admin_chat_ids": admins, "ingest_secret": KEY, "timezone": "UTC"}
    await start(sock=sock, **settings)
    async with connected(database_url) as conn:
        for number in range(4):
            await shops.add(conn, f"S{number}", f"店{number}", 1)
    return Caller(sock.getsockname()[1])


@pytest.fixture
async def operators(sandbox: SandboxClient, caller: Caller) -> tuple[Person, Person]:
    return await sandbox.person("运营", id=OPERATOR), await sandbox.person("同事", id=COLLEAGUE)


async def stored(database_url: str) -> list[int | None]:
    async with connected(database_url) as conn:
        return sorted((await conn.execute(select(schema.scores.c.hundredths))).scalars())


CLOSING = {f"S{number}": 3.4 for number in range(4)}


async def test_rows_that_would_close_many_are_stored_when_an_operator_says_so(
    operators: tuple[Person, Person], caller: Caller, database_url: str
) -> None:
    operator, colleague = operators
    status, answer = await caller.sends(CLOSING, "day-1")
    shops = ["店0", "店1", "店2", "店3"]
    assert (status, answer) == (
        202,
        {
            "held": True,
            "why": "closings",
            "rows": 4,
            "count": 4,
            "earlier": 0,
            "of": 4,
            "shops": shops,
            "unknown_count": 0,
            "unknown": [],
        },
    )
    asked = await operator.hears()
    assert asked.text.startswith("🛑 4 家店会新跌破清退线（一共登记了 4 家）：店0、店1、店2、店3。")
    assert "接口送来的 4 行先没有存" in asked.text
    assert await stored(database_url) == []
    other = await colleague.hears()
    await presses(operator, "仍然存下")
    assert (await operator.hears()).text.startswith("✅ 已导入 4 行")
    assert await stored(database_url) == [340] * 4
    welcome = await tells(colleague, "/start")
    assert await is_old(colleague, other.data["仍然存下"], welcome.id)
    assert await caller.sends(CLOSING, "day-1") == (202, answer)
    assert (await caller.sends(CLOSING))[1]["same"] == 4


async def test_rows_that_nobody_wants_are_not_stored_and_are_asked_about_once(
    operators: tuple[Person, Person], caller: Caller, database_url: str
) -> None:
    operator, _ = operators
    assert [(await caller.sends(CLOSING))[0] for _ in range(2)] == [202, 202]
    await operator.hears()
    assert (await presses(operator, "不存")).text == "好，没有导入。"
    assert await stored(database_url) == []


async def test_a_share_of_one_is_asked_about_as_another_scale(operators: tuple[Person, Person], caller: Caller) -> None:
    status, answer = await caller.sends({"S0": 0.85, "S1": 0.9})
    assert (status, answer["why"], answer["count"]) == (202, "scale", 2)
    assert (await operators[0].hears()).text.startswith("🛑 体验分像是别的分制：2 个分数里有 2 个特别低（S0、S1）。")


async def test_an_operator_may_register_the_unknown_shops_of_a_call_that_is_held(
    operators: tuple[Person, Person], caller: Caller, database_url: str
) -> None:
    status, answer = await caller.sends({"S0": 0.85, "S8": 4.2, "S9": 0.9})
    assert (status, answer["count"], answer["unknown_count"], answer["unknown"]) == (202, 1, 2, ["S8", "S9"])
    asked = await operators[0].hears()
    assert "接口送来的 1 行先没有存" in asked.text
    assert "没登记的店 2 家，它们的行不存：\n· S8\n· S9" in asked.text
    assert asked.buttons == ["仍然存下", "仍然登记 2 家新店并存下", "不存"]
    await presses(operators[0], "仍然登记 2 家新店并存下")
    assert (await operators[0].hears()).text.startswith("✅ 已导入 3 行\n\n新的分数 3，更正 0，登记新店 2 家。")
    assert await stored(database_url) == [85, 90, 420]


async def test_a_held_call_that_asked_to_register_does_so_after_a_yes(
    operators: tuple[Person, Person], caller: Caller, database_url: str
) -> None:
    status, answer = await caller.sends({"S0": 0.85, "S9": 4.2}, register=True)
    assert (status, answer["unknown_count"]) == (202, 0)
    assert (await operators[0].hears()).buttons == ["仍然存下", "不存"]
    await presses(operators[0], "仍然存下")
    assert (await operators[0].hears()).text.startswith("✅ 已导入 2 行\n\n新的分数 2，更正 0，登记新店 1 家。")
    assert await stored(database_url) == [85, 420]


async def test_a_held_call_of_unknown_shops_alone_is_shown_as_that(
    operators: tuple[Person, Person], caller: Caller
) -> None:
    assert (await caller.sends({"S8": 0.85, "S9": 0.9}))[0] == 202
    asked = await operators[0].hears()
    assert "接口送来的都是没登记的店，先没有存" in asked.text
    assert asked.buttons == ["仍然登记 2 家新店并存下", "不存"]


async def test_a_single_row_of_another_scale_alarms_nobody_before_an_operator_says_so(
    operators: tuple[Person, Person], caller: Caller, sandbox: SandboxClient, database_url: str
) -> None:
    merchant = await sandbox.person("商家")
    async with connected(database_url) as conn:
        shop = await shops.by_ref(conn, "S0")
        assert shop
        await follows.start(conn, shop.id, merchant.id, 1)
    status, answer = await caller.sends({"S0": 0.85, "S1": 4.5, "S2": 4.6, "S3": 4.7})
    assert (status, answer["why"], answer["count"], answer["of"]) == (202, "scale", 1, 4)
    asked = await operators[0].hears()
    assert asked.text.startswith("🛑 体验分像是别的分制：4 个分数里有 1 个特别低（S0）。")
    assert await stored(database_url) == []
    assert "精选联盟助手" in (await tells(merchant, "/start")).text, "and nothing before"
    await presses(operators[0], "仍然存下，马上提醒 1 个聊天")
    assert (await merchant.hears()).text.startswith("⛔ 店0：体验分 0.85，低于清退线 3.5")


async def test_a_genuinely_low_score_is_told_at_once(
    operators: tuple[Person, Person], caller: Caller, database_url: str
) -> None:
    assert (await caller.sends({"S0": 2.1, "S1": 4.5}))[0] == 200
    assert await stored(database_url) == [210, 450]
