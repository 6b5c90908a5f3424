"""R28b, R33: a start with another token or none, and with another Bot API server, on the database of a bot."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.settings import SANDBOX_TOKEN
from storage import outbox
from storage.belonging import OtherBotError
from storage.outbox import Lane, Message
from storage.schema import chats
from tests.databases import connected
from tests.faults.scene import crowd, report, times
from tests.journeys.conftest import bot_running
from tests.live import Person, sandbox_client

FOREIGN = "654321:other"
WORDS = {"警告": Lane.WARNING, "清退": Lane.WARNING}


async def owed(url: str, people: list[Person]) -> None:
    """A warning and a closing wait for everybody."""
    async with connected(url) as conn:
        for person in people:
            waiting = [Message(person.id, lane, "sendMessage", {"text": words}) for words, lane in WORDS.items()]
            await outbox.enqueue(conn, waiting, 0)


async def silenced(url: str) -> int:
    """How many chats are blocked, or messages are given up."""
    async with connected(url) as conn:
        muted = select(func.count()).where(chats.c.state != "open")
        lost = select(func.count()).where(outbox.outbox.c.state.not_in(("waiting", "sending", "sent")))
        return sum([(await conn.execute(query)).scalar_one() for query in (muted, lost)])


@pytest.mark.parametrize("token", [SANDBOX_TOKEN, FOREIGN], ids=["no token", "another bot's"])
async def test_r28_a_start_with_another_token_silences_nobody(database_url: str, token: str) -> None:
    count = times(20, 5)
    async with sandbox_client() as sandbox, sandbox_client() as other:
        people = await crowd(sandbox, count)
        async with bot_running(sandbox.url, database_url, send_rate_per_s=1000):
            await people[0].says("怎么开通精选联盟")
            await people[0].hears()
        await owed(database_url, people)
        with pytest.raises(OtherBotError, match="belongs to bot 123456"):
            async with bot_running(other.url, database_url, token=token):
                pass
        muted, called = await silenced(database_url), await other.calls()
        async with bot_running(sandbox.url, database_url, send_rate_per_s=1000):
            heard = [{(await person.hears()).text for _ in WORDS} for person in people]
    found = {words: sum(words in one for one in heard) for words in WORDS}
    report(
        "R28",
        f"started with {'no token' if token == SANDBOX_TOKEN else 'the token of another bot'}: refused in a line,"
        f" {muted} of {count} chats muted; back with its own: {found['警告']} of {count} warnings and"
        f" {found['清退']} of {count} closings delivered",
        f"{count - found['清退']} of {count} closings lost",
    )
    assert (muted, called, found) == (0, [], dict.fromkeys(WORDS, count))


def question(update_id: int, person: Person) -> str:
    """An update of this id in which the person asks."""
    chat = {"id": person.id, "type": "private", "first_name": "店"}
    message: dict[str, Any] = {"message_id": update_id, "date": 1_900_000_000, "chat": chat, "from": dict(person.user)}
    return json.dumps({"update_id": update_id, "message": message | {"text": "怎么开通精选联盟"}})


async def test_r33_ids_that_begin_anew_on_another_server_are_no_repeats(database_url: str) -> None:
    count = times(100, 9)
    answered = []
    for _ in range(2):
        async with sandbox_client() as server:
            person = await server.person("店", id=5001)
            async with bot_running(server.url, database_url, messages_per_minute=1000, send_rate_per_s=1000):
                await server.bot_has_come()
                for update_id in range(1001, 1001 + count):
                    await server.push(question(update_id, person))
                rows = await server.calls("sendMessage", count=count, within_s=60)
            answered.append(len(rows))
    report(
        "R33",
        f"moved to a Bot API server whose ids begin anew: {answered[1]} of {count} questions answered",
        f"{count - answered[1]} of {count} swallowed",
    )
    assert answered == [count, count]
