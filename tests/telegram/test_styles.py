"""A server that refuses styled buttons gets every message all the same, once, without styles."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.telegram.api import Api
from bot.telegram.session import Session
from bot.telegram.telegram_channel import TelegramChannel
from bot.views.render import mark
from tests.live import Person, SandboxClient, sandbox_client
from tests.telegram.test_telegram_channel import LEASED

DELETE = {"text": "全部删除", "callback_data": "fg|1", "style": "danger"}
KEEP = {"text": "不删", "callback_data": "fg|0"}
PLAIN = [[{"text": "全部删除", "callback_data": "fg|1"}, KEEP]]


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxClient]:
    async with sandbox_client() as client:
        yield client


@pytest.fixture
async def channel(sandbox: SandboxClient) -> AsyncIterator[TelegramChannel]:
    async with Session(1) as session:
        yield TelegramChannel(Api("4242:secret", sandbox.url, session), mark)


async def sent(channel: TelegramChannel, person: Person, text: str, *buttons: dict[str, Any]) -> bool:
    payload = {"text": text, "reply_markup": {"inline_keyboard": [list(buttons or (DELETE, KEEP))]}}
    return (await channel.send(replace(LEASED, chat_id=person.id, payload=payload))).is_good


async def keyboards(person: Person) -> list[Any]:
    return [message.raw["reply_markup"]["inline_keyboard"] for message in await person.sees()]


async def test_styles_are_shown_where_the_server_takes_them(sandbox: SandboxClient, channel: TelegramChannel) -> None:
    person = await sandbox.person()
    assert await sent(channel, person, "删吗")
    assert await keyboards(person) == [[[DELETE, KEEP]]]


async def test_a_refused_style_costs_one_call_once(sandbox: SandboxClient, channel: TelegramChannel) -> None:
    person = await sandbox.person()
    await sandbox.fault("styles")
    assert [await sent(channel, person, text) for text in ("一", "二", "三")] == [True] * 3
    assert [message.text for message in await person.sees()] == ["一", "二", "三"]
    assert await keyboards(person) == [PLAIN] * 3
    assert [call["status"] for call in await sandbox.calls("sendMessage")] == [400, 200, 200, 200]


async def test_a_refusal_for_another_reason_is_not_repeated(sandbox: SandboxClient, channel: TelegramChannel) -> None:
    person = await sandbox.person()
    await sandbox.fault("status", status=400, description="Bad Request: message text is empty", count=1)
    assert not await sent(channel, person, "一")
    assert await sent(channel, person, "二")
    assert await keyboards(person) == [[[DELETE, KEEP]]]
    assert len(await sandbox.calls("sendMessage")) == 2


async def test_a_button_that_is_wrong_without_a_style_too_does_not_end_the_styles(
    sandbox: SandboxClient, channel: TelegramChannel
) -> None:
    person = await sandbox.person()
    assert not await sent(channel, person, "一", {**DELETE, "text": " "}, {"text": "x", "style": "primary"})
    assert not await sent(channel, person, "一", {"text": "x", "style": "primary"})
    assert await sent(channel, person, "二")
    assert await keyboards(person) == [[[DELETE, KEEP]]]


async def test_a_lost_answer_without_styles_is_not_sent_again_here(
    sandbox: SandboxClient, channel: TelegramChannel
) -> None:
    person = await sandbox.person()
    await sandbox.fault("styles", count=1)
    await sandbox.fault("effect_then_drop", method="sendMessage", count=1)
    assert not await sent(channel, person, "一")
    assert len(await person.sees()) == 1


async def test_the_payload_itself_keeps_its_styles_for_another_server(
    sandbox: SandboxClient, channel: TelegramChannel
) -> None:
    person = await sandbox.person()
    await sandbox.fault("styles")
    payload = {"text": "x", "reply_markup": {"inline_keyboard": [[DELETE]]}}
    await channel.send(replace(LEASED, chat_id=person.id, payload=payload))
    assert payload["reply_markup"] == {"inline_keyboard": [[DELETE]]}
