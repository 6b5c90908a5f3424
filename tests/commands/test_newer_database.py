"""A database of a newer version of the program: every command says so and how to go on, and nothing is changed."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from storage.database import engine as database
from tests.commands.conftest import Alliance
from tests.databases import connected
from tests.web.whole import process

MEND = (
    f"the database is of a newer version (0099) of the program than this one ({database.HEAD}): "
    "install that version, or restore the backup of before the upgrade"
)
COMMANDS = ("db upgrade", "db restored", "shops list", "sweep", "admin overview", "questions unanswered")


async def mark(url: str, version: str) -> None:
    async with connected(url) as conn:
        await conn.execute(text(f"UPDATE alembic_version SET version_num = '{version}'"))


@pytest.fixture
async def newer(url: str) -> AsyncIterator[str]:
    """The URL of a database whose schema is of a version to come."""
    await mark(url, "0099")
    yield url
    await mark(url, database.HEAD)  # other tests get the same database


async def test_no_command_works_on_a_newer_database(newer: str, alliance: Alliance) -> None:
    for words in COMMANDS:
        ran = alliance(*words.split(), DATABASE_URL=newer)
        assert (ran.status, ran.out, ran.err) == (2, "", f"alliance-bot: DATABASE_URL: {MEND}\n"), words


async def test_a_newer_database_is_not_copied(newer: str, alliance: Alliance) -> None:
    for pair in ((newer, "sqlite+aiosqlite:///new.db"), ("sqlite+aiosqlite:///new.db", newer)):
        ran = alliance("db", "copy", *pair)
        assert (ran.status, ran.out, ran.err) == (2, "", f"alliance-bot: FROM or TO: {MEND}\n")


async def test_doctor_finds_a_newer_database(newer: str, alliance: Alliance) -> None:
    ran = alliance("doctor", DATABASE_URL=newer)
    assert ran.status == 1
    assert [line for line in ran.lines if line.startswith("BAD")] == [f"BAD  database: {MEND}"]


async def test_the_bot_does_not_start_on_a_newer_database(newer: str) -> None:
    async with process(HTTP_PORT="0", DATABASE_URL=newer) as running:
        _, told = await running.communicate()
    assert (running.returncode, told.decode()) == (2, f"alliance-bot: DATABASE_URL: {MEND}\n")
