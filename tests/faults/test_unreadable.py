"""R29, R39a: updates with parts that nobody can read, and commands that a group sends again and again."""

import asyncio
import json
import time
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.journeys import entries
from bot.journeys.turn import Reply
from bot.views.answer import ShowTopic
from storage import inbox, schema
from tests.databases import connected
from tests.faults.scene import assert_within, report, times
from tests.journeys.conftest import bot_running
from tests.live import Person, SandboxClient, sandbox_client

ODD: dict[str, dict[str, Any]] = {
    "a new kind of sender": {"from": None, "sender_of_tomorrow": {"id": 5}},
    "a sender that is a chat": {"from": None, "sender_chat": {"id": -100123, "type": "channel", "title": "频道"}},
    "a sender that is a word": {"from": "小店"},
    "a sender whose number is huge": {"from": {"id": 2**70, "is_bot": False, "first_name": "\ud800"}},
    "entities of odd types": {"entities": [{"type": "date_time", "offset": "0"}, 5, None]},
    "entities that are a word": {"entities": "bold"},
    "an unknown kind of chat": {"chat": {"type": "of_tomorrow", "title": 5}},
    "a story": {"story": {"chat": {"id": -5}, "id": 3}, "reply_to_story": 7},
    "a checklist": {"checklist": {"title": "清单", "tasks": [{"id": 1, "text": "问"}]}},
    "a gift": {"gift": {"gift": {"id": "5", "sticker": None}}, "unique_gift": []},
    "a paid medium": {"paid_media": {"star_count": 5, "paid_media": [{"type": "of_tomorrow"}]}},
    "a quote of odd types": {"quote": {"text": 5, "position": "x"}, "external_reply": {"origin": {"type": "?"}}},
    "a document without a name": {"document": {"file_id": 5, "file_size": "9"}},
    "a number that is not finite": {"effect_id": float("nan"), "paid_star_count": float("inf")},
    "a topic that is a word": {"message_thread_id": "5", "is_topic_message": "yes"},
    "an album that is a number": {"media_group_id": 5},
    "a date of another age": {"date": 2**62, "edit_date": -5},
}
RAW = {
    "nested too deeply": '"odd": ' + "[" * 100_000 + "]" * 100_000,
    "a number of 5,000 digits": '"odd": ' + "9" * 5000,
    "twice the same name": '"text": 5, "text": "谢谢"',
    "half of a pair of surrogates": '"text": "谢谢\\ud83d"',
    "a character that ends texts": '"text": "谢谢\\u0000"',
}
DEAD = (
    '{"update_id": 900000001, "message": "谢谢"}',
    '{"update_id": 900000002, "message": {"message_id": 3, "text": "谢谢"}}',
    '{"update_id": 900000003, "message": {"chat": {"id": 1e400, "type": "private"}, "text": "谢谢"}}',
    '{"update_id": 900000004, "callback_query": {"id": 5, "from": {"id": 7}}}',
    '{"update_id": "900000005", "message": {}}',
    "[]",
    "7",
    '"谢谢"',
    "null",
)


def question(person: Person, odd: dict[str, Any]) -> str:
    """An update of the person's chat that asks something, with odd parts."""
    chat = {"id": person.id, "type": "private"} | odd.get("chat", {})
    message = {"message_id": 5, "date": 1_700_000_000, "from": person.user, "text": "谢谢"} | odd | {"chat": chat}
    return json.dumps({"update_id": 800_000_000 + person.id, "message": message})


def raw_question(person: Person, part: str) -> str:
    """The same with a part as it stands."""
    chat = f'"chat": {{"id": {person.id}, "type": "private"}}'
    text = "" if '"text"' in part else '"text": "谢谢", '
    return f'{{"update_id": {800_000_000 + person.id}, "message": {{"message_id": 5, {chat}, {text}{part}}}}}'


async def test_r29_one_part_that_nobody_can_read_stops_no_answer_and_what_can_not_be_read_is_dead_at_once(
    database_url: str,
):
    async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        pushed = 0
        heard: list[str] = []
        for turn in range(times(5, 1)):
            people = [await sandbox.person(f"小店{turn}") for _ in (*ODD, *RAW)]
            for body in bodies(people):
                await sandbox.push(DEAD[pushed % len(DEAD)])
                await sandbox.push(body)
                pushed += 1
            heard += [(await person.hears()).text for person in people]
        async with connected(database_url) as conn:
            dead = await inbox.dead(conn)
            states = dict((await conn.execute(select(schema.inbox.c.state, func.count()).group_by("state"))).all())
    report(
        "R29",
        f"{len(heard)} of {pushed} with an unreadable part answered; {len(dead)} unreadable dead, 0 retried",
        f"{pushed - len(heard)} of {pushed} lost",
    )
    assert len(heard) == pushed
    assert len([text for text in heard if "不客气" in text or "谢" in text]) == pushed, heard
    assert {one.tries for one in dead} == {0}
    assert len(dead) == len(DEAD)
    assert states == {"done": pushed, "dead": len(DEAD)}


def bodies(people: list[Person]) -> list[str]:
    """For each person an update with another odd part."""
    odd = [question(person, part) for person, part in zip(people, ODD.values(), strict=False)]
    raw = zip(people[len(ODD) :], RAW.values(), strict=True)
    return odd + [raw_question(person, part) for person, part in raw]


async def test_r29_a_press_on_a_message_that_can_not_be_read_is_answered(database_url: str):
    async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        await person.says("/start")
        await person.hears()
        for number, message in enumerate(("x", 5, None, {"chat": 5}, {"message_id": 3, "date": 0, "chat": {}})):
            query = {"id": f"odd-{number}", "from": {"id": person.id}, "data": "\ud800", "message": message}
            await sandbox.push(json.dumps({"update_id": 700_000_000 + number, "callback_query": query}))
        answered = await sandbox.calls("answerCallbackQuery", count=5)
    assert {call["params"]["callback_query_id"] for call in answered} == {f"odd-{number}" for number in range(5)}


async def test_r29_what_the_handler_fails_on_is_told_and_the_chat_goes_on_within_seconds(
    database_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(entries.COMMANDS, "broken", entries.Command(_broken, None, None))
    monkeypatch.setitem(entries.PRESSES, ShowTopic, _broken)
    async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        began = time.monotonic()
        await person.says("/broken")
        await person.says("谢谢")
        said = [message.text for message in await person.hears_all(2)]
        took_s = time.monotonic() - began
        pressed = await person.presses(str(ShowTopic(topic="entry")), 1)
        toast = await person.hears_toast(pressed["query_id"])
        async with connected(database_url) as conn:
            dead = await inbox.dead(conn)
    report(
        "R29",
        f"a handler that always fails: told, and the chat goes on after {took_s:.1f} s; dead after 2 tries",
        f"the chat waits {took_s:.0f} s",
    )
    assert said[0].startswith("没处理成")
    assert toast["text"].startswith("没处理成")
    assert_within(took_s, 5)
    assert [(one.tries, one.error) for one in dead] == [(2, "KeyError")] * 2


async def _broken(*_: object) -> Reply:
    raise KeyError


async def test_r39_commands_that_a_group_sends_again_and_again_fill_neither_inbox_nor_outbox(database_url: str):
    async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        group, sent = await sandbox.chat(type="supergroup"), times(1000, 60)
        for _ in range(sent):
            await group.says("/start")
        await group.says("大家好")
        shop = await sandbox.person()
        await shop.says("谢谢")
        await shop.hears()
        await asyncio.sleep(0)
        rows = {table.name: await rows_of(database_url, table, group.id) for table in (schema.inbox, schema.outbox)}
        said = await sandbox.calls("sendMessage", chat_id=group.id)
    report(
        "R39",
        f"{sent} commands in a group: {rows['inbox']} row in the inbox, {rows['outbox']} in the outbox",
        f"{rows['inbox']} of {sent} kept",
    )
    assert rows == {"inbox": 1, "outbox": 1}
    assert len(said) == 1


async def rows_of(database_url: str, table: Any, chat_id: int) -> int:
    """How many rows of the table are of the chat."""
    async with connected(database_url) as conn:
        query = select(func.count()).select_from(table).where(table.c.chat_id == chat_id)
        return int((await conn.execute(query)).scalar_one())


async def test_a_command_in_a_topic_of_a_group_is_answered_in_the_topic(database_url: str):
    async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url):
        await sandbox.bot_has_come()
        group = await sandbox.chat(type="supergroup")
        await pushed_in(sandbox, group, 1, text="/help", message_thread_id=44, is_topic_message=True)
        (call,) = await sandbox.calls("sendMessage", chat_id=group.id, count=1)
    assert call["params"]["message_thread_id"] == 44


async def pushed_in(sandbox: SandboxClient, chat: Person, number: int, **message: Any) -> None:
    """An update of the chat with these parts of a message."""
    where = {"id": chat.id, "type": "supergroup"}
    body = {"message_id": number, "date": 1_700_000_000, "chat": where, "from": chat.user, **message}
    await sandbox.push(json.dumps({"update_id": 600_000_000 + number, "message": body}))
