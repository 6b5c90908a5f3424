"""A backup under load, and the bot started on it: nothing that was acknowledged is missing, no repeat is unmarked."""

import asyncio
import re
import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from storage.database import copies, copying
from tests.journeys.conftest import bot_running, tells
from tests.live import Person, SandboxClient

CHATS, ROUNDS = 16, 4
SLOW = {"messages_per_minute": 1000, "send_rate_per_s": 25}
_MARK = re.compile(r"重发 №(\d+)：上一条可能没有送到，若已收到请忽略这条。\n\n")


@pytest.fixture
def database_url(embedded_url: str) -> str:
    """The embedded one, whatever the suite runs on: PostgreSQL is backed up by its own tools (tests/faults)."""
    return embedded_url


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(query).fetchall()


def count(file: Path, table: str) -> int:
    """How many rows are not done with."""
    return int(str(rows(file, f"SELECT count(*) FROM {table} WHERE state IN ('waiting', 'sending')")[0][0]))


async def writes(people: Sequence[Person]) -> None:
    """Everybody asks again and again, faster than answers may go out."""
    for _ in range(ROUNDS):
        for person in people:
            await person.says("怎么开通精选联盟")


async def answers(people: Sequence[Person]) -> tuple[Counter[int], Counter[int]]:
    """By chat: first answers, and answers that say that they are repeats."""
    first: Counter[int] = Counter()
    repeats: Counter[int] = Counter()
    for person in people:
        for one in await person.sees():
            if one.is_from_bot and "关闭权限次数" in one.text:
                (repeats if _MARK.match(one.text) else first)[person.id] += 1
    return first, repeats


async def test_a_backup_under_load_starts_with_nothing_lost_and_every_repeat_marked(
    sandbox: SandboxClient, database_url: str, tmp_path: Path
) -> None:
    original, copy = tmp_path / "alliance.db", tmp_path / "copy.db"
    people = [await sandbox.person(f"小店{number}") for number in range(CHATS)]
    async with bot_running(sandbox.url, database_url, **SLOW):
        writing = asyncio.create_task(writes(people))
        await sandbox.calls("sendMessage", count=CHATS * ROUNDS // 4)
        acknowledged = {key for (key,) in rows(original, "SELECT key FROM inbox")}
        await asyncio.to_thread(copying.backup, database_url, copy, 0)
        await writing
        answered = await sandbox.calls("sendMessage", count=CHATS * ROUNDS, within_s=30)
    assert acknowledged <= {key for (key,) in rows(copy, "SELECT key FROM inbox")}
    first, repeats = await answers(people)
    assert first == {person.id: ROUNDS for person in people}
    assert repeats == {}
    open_then = count(copy, "inbox") + count(copy, "outbox")
    async with bot_running(sandbox.url, f"sqlite+aiosqlite:///{copy}", **SLOW):
        await sandbox.calls("sendMessage", after=answered[-1]["n"], count=open_then, within_s=30)
    again, repeats = await answers(people)
    assert again == first, "an answer went out twice and does not say so"
    assert sum(repeats.values()) == open_then > 0
    assert count(copy, "inbox") == count(copy, "outbox") == 0


async def test_numbers_given_after_the_backup_are_not_given_again(
    sandbox: SandboxClient, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    shop = await sandbox.person("小店")
    async with bot_running(sandbox.url, database_url):
        await tells(shop, "怎么开通精选联盟")
    copying.backup(database_url, copy, 0)
    async with bot_running(sandbox.url, database_url):
        last = await tells(shop, "怎么开通精选联盟")
    async with bot_running(sandbox.url, f"sqlite+aiosqlite:///{copy}"):
        next_one = await tells(shop, "怎么开通精选联盟")
    number, following = (int(one.text.partition("№")[2]) for one in (last, next_one))
    assert following > number + copies.NUMBERS_AHEAD // 2


async def test_a_copy_is_started_as_one_only_once(sandbox: SandboxClient, database_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shop = await sandbox.person("小店")
    async with bot_running(sandbox.url, database_url):
        await tells(shop, "/help")
    copying.backup(database_url, copy, 0)
    async with bot_running(sandbox.url, f"sqlite+aiosqlite:///{copy}"):
        await tells(shop, "/help")
    begun = rows(copy, "SELECT begun_at FROM copies")
    async with bot_running(sandbox.url, f"sqlite+aiosqlite:///{copy}"):
        assert "重发" not in (await tells(shop, "/help")).text
    assert rows(copy, "SELECT begun_at FROM copies") == begun != [(None,)]


def plant_notice(file: Path, chat_id: int, number: int, day: date, score_day: date) -> None:
    """A notice as the daily check makes it, of the shop's score."""
    with closing(sqlite3.connect(file, timeout=10)) as opened, opened:
        opened.execute(
            "INSERT INTO notices (id, chat_id, day, edition, is_urgent, is_late, made_at, due_at)"
            f" VALUES ({number}, {chat_id}, {day.toordinal()}, '2022-10-10', 1, 0, 0, 1)"
        )
        opened.execute(
            "INSERT INTO notice_items (notice_id, shop_id, subject, reason, line, fact, hundredths, score_day)"
            f" VALUES ({number}, 1, '', 'closing', 'closing', 'score', 340, {score_day.toordinal()})"
        )
        opened.execute(
            "INSERT INTO outbox (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at,"
            " tries, unsure, created_at) VALUES"
            f" ({chat_id}, 1, 'sendMessage', '{{}}', 1, 'notice:{number}', 1, {number}, 'waiting', 0, 0, 0, 0)"
        )


async def test_a_warning_found_again_on_the_day_of_the_restore_says_that_it_may_be_a_repeat(
    sandbox: SandboxClient, database_url: str, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    shop = await sandbox.person("小店")
    today = datetime.now(Settings(_env_file=None).zone).date()
    async with bot_running(sandbox.url, database_url):
        await tells(shop, "体验分 3.4", "记下")
    copying.backup(database_url, copy, 0)
    async with bot_running(sandbox.url, database_url):
        await asyncio.to_thread(plant_notice, tmp_path / "alliance.db", shop.id, 1, today, today)
        assert "重发" not in (await shop.hears()).text
    async with bot_running(sandbox.url, f"sqlite+aiosqlite:///{copy}"):
        await asyncio.to_thread(plant_notice, copy, shop.id, 1, today, today)
        assert _MARK.match((await shop.hears()).text)
        await asyncio.to_thread(plant_notice, copy, shop.id, 2, today + timedelta(1), today)
        assert "重发" not in (await shop.hears()).text
