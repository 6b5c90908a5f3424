"""R24, R25, R26: answers that nobody could store or read, answers that are not Telegram's, refusals of every kind."""

import asyncio
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update

from bot.delivery.sender import Sender
from bot.telegram.answers import LONGEST_RETRY_AFTER_S
from storage import outbox, schema
from storage.outbox import Lane, Message
from tests.databases import connected
from tests.faults import warner
from tests.faults.echo import REPEAT, UNLIMITED, Core, running
from tests.faults.fastclock import FastClock
from tests.faults.scene import all_answered, ask, crowd, report, times
from tests.live import Person, SandboxClient, sandbox_client

SPEED = 40
WITHIN_S = 60.0
ODD: list[Any] = [
    math.nan, math.inf, -math.inf, 10**30, -(10**30), 10**400, 2**63, 0, True, 1.5, None, "7", "\ud800\0", [], [7], {},
]  # fmt: skip
ODD_WORDS: list[Any] = ["\ud800", "a\0b\r\n\x1b[0m", "x" * 500_000, "", 7, None, [], {"a": "b"}]
ODD_BODIES = [
    "", "\x00", "null", "[]", "NaN", '{"ok":true,"result":', '{"ok":true}', '{"ok":1,"result":{}}', "\ufeff<html>",
    '{"ok":false,"error_code":400,"description":"x","x":' + "[" * 20_000 + "]" * 20_000 + "}",
    '{"ok":false,"error_code":400,"description":"x","parameters":{"retry_after":' + "9" * 5000 + "}}",
    '{"ok":false,"error_code":' + "9" * 5000 + ',"description":"x"}',
    '{"ok":false,"ok":false,"error_code":403,"error_code":400,"description":"x"}',
    '\ufeff{"ok":false,"error_code":400,"description":"\ud800"}',
]  # fmt: skip


def refused(code: int, words: object, **parameters: object) -> dict[str, Any]:
    """A fault: the Bot API refuses a call in these words."""
    body = {"ok": False, "error_code": code, "description": words}
    return answered(code, json.dumps({**body, "parameters": parameters} if parameters else body))


def answered(status: int, body: str, *, effect: bool = False) -> dict[str, Any]:
    """A fault: a call is answered so, and not otherwise; with `effect` it takes effect."""
    return {"status": status, "body": body, "content_type": "application/json", "effect": effect}


def odd_answers() -> Iterator[dict[str, Any]]:
    """Every field of an answer with each odd value, and bodies that are odd as a whole."""
    for odd in ODD:
        yield refused(429, "Too Many Requests", retry_after=odd)
        yield refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=odd)
        yield answered(200, json.dumps({"ok": True, "result": {"message_id": odd}}), effect=True)
        yield answered(200, json.dumps({"ok": True, "result": odd}), effect=True)
    for words in ODD_WORDS:
        yield refused(400, words)
        yield refused(403, words)
    for body in ODD_BODIES:
        yield answered(400, body)
        yield answered(200, body)


async def states(url: str) -> Counter[str]:
    """How many messages are in each state, and how many chats are blocked."""
    async with connected(url) as conn:
        rows = (await conn.execute(select(schema.outbox.c.state, func.count()).group_by(schema.outbox.c.state))).all()
        blocked = select(func.count()).where(schema.chats.c.state == "blocked")
        return Counter({**dict(rows), "blocked": (await conn.execute(blocked)).scalar() or 0})


async def delivered(sandbox: SandboxClient, url: str, count: int) -> Counter[str]:
    """The states once so many messages are sent; after the time limit as they are."""
    deadline = asyncio.get_running_loop().time() + WITHIN_S
    while (found := await states(url))["sent"] < count and asyncio.get_running_loop().time() < deadline:
        await sandbox.calls("sendMessage", after=(await sandbox.state())["calls"], count=1, within_s=0.2)
    return found


async def end_pauses(url: str, sender: Sender) -> float:
    """Let no chat wait any longer; the longest wait that was left, in seconds."""
    async with connected(url) as conn:
        longest = (await conn.execute(select(func.max(schema.chats.c.paused_until)))).scalar() or 0
        await conn.execute(update(schema.chats).values(paused_until=0))
        await conn.commit()
    sender.wake()
    return float(longest) / 1000


async def heard(people: Sequence[Person]) -> list[list[str]]:
    """What the bot has said in each chat."""
    return [[message.text for message in await person.sees() if message.is_from_bot] for person in people]


async def test_r24_answers_that_nobody_could_store_or_read_stop_nothing_and_lose_nothing(database_url: str):
    faults = list(odd_answers())[:: times(1, 7)]
    clock = FastClock(SPEED)
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, len(faults) + 10)
        for person, fault in zip(people, faults, strict=False):
            await sandbox.fault("answer", method="sendMessage", chat_id=person.id, count=1, **fault)
        await warner.fall(database_url, [person.id for person in people])
        async with warner.delivering(sandbox.url, database_url, clock=clock, limits=UNLIMITED, polls=False) as parts:
            long = sum("retry_after" in fault["body"] and _is_long(fault) for fault in faults)
            await delivered(sandbox, database_url, len(people) - long)
            waits_s = await end_pauses(database_url, parts.sender) - clock.now().timestamp()
            ends = await delivered(sandbox, database_url, len(people))
        said = await heard(people)
    lost = sum(not texts for texts in said)
    report(
        "R24",
        f"{len(faults)} odd answers among {len(people)} warnings: {lost} lost, {ends['dead']} set aside",
        f"{lost} of {len(people)} lost",
    )
    assert (lost, ends["sent"], ends["dead"], ends["blocked"]) == (0, len(people), 0, 0)
    assert waits_s <= LONGEST_RETRY_AFTER_S


def _is_long(fault: dict[str, Any]) -> bool:
    """Whether the chat is told to wait for ever."""
    told = json.loads(fault["body"].replace("9" * 5000, "0").lstrip("\ufeff")).get("parameters", {})
    wait_s = told.get("retry_after")
    return isinstance(wait_s, int | float) and wait_s > LONGEST_RETRY_AFTER_S


HTML, FOREIGN = "<html><title>403 Forbidden</title></html>", '{"error": "forbidden", "code": 403}'
STRANGERS = [
    (403, HTML), (403, FOREIGN), (200, '{"status": "ok"}'), (400, HTML), (301, ""), (302, ""), (307, ""), (407, HTML),
    (408, ""), (413, HTML), (451, HTML), (401, HTML), (404, HTML), (429, HTML),
]  # fmt: skip


async def test_r25_what_is_answered_in_place_of_telegram_silences_nobody_and_buries_nothing(database_url: str):
    kinds, count, away_s = STRANGERS[: times(len(STRANGERS), 3)], times(40, 6), 6.0
    clock, told, repeats = FastClock(SPEED), 0, 0
    async with sandbox_client() as sandbox, warner.delivering(sandbox.url, database_url, clock=clock) as parts:
        await sandbox.bot_has_come()
        for status, body in kinds:
            people = await crowd(sandbox, count)
            await sandbox.fault("answer", status=status, body=body, seconds=away_s / SPEED)
            await warner.fall(database_url, [person.id for person in people], now=datetime.now(UTC))
            told += count
            ends = await delivered(sandbox, database_url, told)
            assert (ends["dead"], ends["blocked"], ends["sent"]) == (0, 0, told), (status, body)
            said = await heard(people)
            assert all(said), (status, body)
            repeats += sum(REPEAT in text for texts in said for text in texts)
            assert sum(len(texts) for texts in said) == count  # nothing took effect before: a repeat is the first
        assert len(parts.api.strangers) >= len(kinds)
        assert {kind for _, kind in parts.api.strangers} <= {"html", "json", "empty"}
    answers = ", ".join(dict.fromkeys(str(status) for status, _ in kinds))
    report(
        "R25",
        f"6 s of {answers} not of Telegram's: {told} of {told} warnings delivered, 0 blocked, 0 dead",
        f"0 of {told} lost, 0 chats silenced",
    )


async def test_r25_a_start_among_strangers_is_no_refused_token(database_url: str):
    clock = FastClock(SPEED)
    async with sandbox_client() as sandbox:
        for status in times((401, 404, 403, 302), (401,)):
            fault = await sandbox.fault("answer", method="getUpdates", status=status, body=HTML)
            async with running(sandbox.url, database_url, clock=clock, limits=UNLIMITED):
                after = (await sandbox.state())["calls"]
                await sandbox.calls("getUpdates", after=after, count=5, within_s=WITHIN_S)
                await sandbox.heal(fault)
                people = await crowd(sandbox, 2)
                await ask(people, 1)
                assert len(await all_answered(sandbox, people, 2, within_s=30)) == 2
    report("R25", "started while something else answers 401 or 404: polls on, and answers afterwards", "polls on")


BUTTONS = {"inline_keyboard": [[{"text": "查看", "callback_data": "x"}]]}
WORDS = {"text": "<b>分数</b>掉了", "parse_mode": "HTML", "reply_markup": BUTTONS}
PHOTO = {"photo": "x", "caption": "<b>曲线</b>", "parse_mode": "HTML"}
SAID, PLAIN, BARE = "分数掉了", "plain", "without buttons"
Row = tuple[int, str, int, str, dict[str, Any], str]
SAMPLE: list[Row] = [
    # code, words, how often, method, payload, what becomes of it
    (400, "Bad Request: nobody has heard of it", 1, "sendMessage", WORDS, "as it was"),
    (403, "Forbidden: nobody has heard of it", 1, "sendMessage", WORDS, "as it was"),
    (400, "Bad Request: nobody has heard of it", 2, "sendMessage", WORDS, "words alone"),
    (451, "nobody has heard of it", 2, "sendMessage", WORDS, "words alone"),
    (400, "Bad Request: nobody has heard of it", 9, "sendMessage", WORDS, "dead"),
    (400, "Bad Request: nobody has heard of it", 2, "sendPhoto", PHOTO, "text"),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", 1, "sendPhoto", PHOTO, "text"),
    (413, "Request Entity Too Large", 1, "sendPhoto", PHOTO, "text"),
    (400, "Bad Request: nobody has heard of it", 2, "editMessageText", {**WORDS, "message_id": 7}, "as it was"),
    (400, "Bad Request: message to edit not found", 1, "editMessageText", {**WORDS, "message_id": 7}, "as it was"),
    (400, "Bad Request: TOPIC_CLOSED", 1, "sendMessage", {**WORDS, "message_thread_id": 3}, "as it was"),
    (400, "Bad Request: can't parse entities: x", 1, "sendMessage", WORDS, "no markup"),
    (400, "Bad Request: BUTTON_DATA_INVALID", 1, "sendMessage", WORDS, "no buttons"),
    (400, "Bad Request: Logged out", 3, "sendMessage", WORDS, "as it was"),
    (420, "FLOOD_WAIT_3", 2, "sendMessage", WORDS, "as it was"),
    (406, "Not Acceptable", 1, "sendMessage", WORDS, "as it was"),
    (500, "Internal Server Error: sent message was immediately deleted", 1, "sendMessage", WORDS, "as it was"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", 1, "sendMessage", WORDS, "blocked"),
    (400, "Bad Request: message text is empty", 1, "sendMessage", WORDS, "dead"),
]


async def test_r26_each_refusal_ends_as_the_table_says(database_url: str):
    clock, sample = FastClock(times(20, SPEED)), SAMPLE[:: times(1, 2)]
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, len(sample))
        for person, (code, words, count, method, _, _) in zip(people, sample, strict=True):
            more = {"count": count, "description": words, "status": code}
            await sandbox.fault("status", chat_id=person.id, method=None if count == 9 else method, **more)
        async with running(sandbox.url, database_url, clock=clock, limits=UNLIMITED, polls=False) as parts:
            await _enqueued(parts, people, sample)
            ends = Counter(row[-1] for row in sample)
            await delivered(sandbox, database_url, len(sample) - ends["dead"] - ends["blocked"])
            found = await states(database_url)
        became = [await _became(person, database_url) for person in people]
    wanted = [row[-1] for row in sample]
    wrong = [(row[:2], one) for row, one in zip(sample, became, strict=True) if row[-1] != one]
    report(
        "R26", f"{len(sample)} refusals: {len(sample) - len(wrong)} end as the table says, {found['blocked']} blocked"
    )
    assert became == wanted, wrong


async def test_r26_a_warning_that_is_refused_in_its_form_arrives_in_words_alone(database_url: str):
    words = [
        "Bad Request: nobody has heard of it",
        "Bad Request: can't parse entities: x",
        "Bad Request: BUTTON_INVALID",
    ]
    async with sandbox_client() as sandbox:
        people = await crowd(sandbox, len(words))
        for person, said in zip(people, words, strict=True):
            await sandbox.fault("status", chat_id=person.id, count=2, status=400, description=said)
        await warner.fall(database_url, [person.id for person in people])
        options = {"clock": FastClock(SPEED), "limits": UNLIMITED, "polls": False}
        async with warner.delivering(sandbox.url, database_url, **options):
            await delivered(sandbox, database_url, len(people))
        shown = [[one for one in await person.sees() if one.is_from_bot] for person in people]
    report("R26", f"{len(words)} warnings refused in their form: all arrive in words alone", f"{len(words)} plainer")
    assert [len(messages) for messages in shown] == [1, 1, 1]
    assert not any(one.entities or one.buttons for messages in shown for one in messages)
    assert not any(tag in one.text for messages in shown for one in messages for tag in ("<b>", "</", "&lt;"))
    assert all("S" in one.text for messages in shown for one in messages)


async def _enqueued(parts: Core, people: Sequence[Person], sample: Sequence[Row]) -> None:
    async with parts.engine.begin() as conn:
        for person, (_, _, _, method, payload, _) in zip(people, sample, strict=True):
            await outbox.enqueue(conn, [Message(person.id, Lane.WARNING, method, payload)], 0)
    parts.sender.wake()


async def _became(person: Person, url: str) -> str:
    """What stands in the chat, or why nothing does."""
    async with connected(url) as conn:
        blocked = select(schema.chats.c.state).where(schema.chats.c.chat_id == person.id)
        state = (await conn.execute(blocked)).scalar()
        row = select(schema.outbox.c.state).where(schema.outbox.c.chat_id == person.id)
        ended = (await conn.execute(row)).scalar_one()
    if state == "blocked" or ended != "sent":
        return "blocked" if state == "blocked" else ended
    (message,) = [one for one in await person.sees() if one.is_from_bot]
    is_bold, has_buttons = bool(message.entities), bool(message.buttons)
    if message.text.startswith("曲线"):
        return "text"
    return {
        (True, True): "as it was",
        (False, True): "no markup",
        (True, False): "no buttons",
        (False, False): "words alone",
    }[is_bold, has_buttons]
