"""Who can read the files: their owner alone, whatever the umask."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import copying, private
from storage.database import engine as database
from tests.journeys.conftest import bot_running
from tests.live import sandbox_client


@pytest.fixture
def usual_umask() -> Iterator[None]:
    """What most machines let new files be: read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(file: Path) -> str:
    return oct(stat.S_IMODE(file.stat().st_mode))


@pytest.mark.usefixtures("usual_umask")
async def test_a_new_database_what_is_beside_it_and_a_backup_are_their_owners_alone(tmp_path: Path) -> None:
    file, copy = tmp_path / "data" / "alliance.db", tmp_path / "copy.db"
    url = f"sqlite+aiosqlite:///{file}"
    engine = database.create(url)
    await database.migrate(engine)
    found = {one.name: mode(one) for one in file.parent.iterdir()}
    assert found == dict.fromkeys(("alliance.db", "alliance.db-wal", "alliance.db-shm"), "0o600")
    assert mode(file.parent) == "0o700"
    copying.backup(url, copy, 0)
    assert mode(copy) == "0o600"
    await engine.dispose()


async def test_a_start_closes_a_database_of_before_to_others_and_says_so(
    embedded_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = database.file_of(embedded_url)
    await asyncio.to_thread(file.chmod, 0o644)
    async with sandbox_client() as sandbox, bot_running(sandbox.url, embedded_url):
        await sandbox.bot_has_come()
    assert mode(file) == "0o600"
    assert "others on this machine could read the database" in capsys.readouterr().out


def test_an_open_database_is_closed_to_others_once(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.db", "a.db-wal", "notes")]
    for file in files:
        file.touch()
        file.chmod(0o644)
    assert private.close_to_others(tmp_path / "a.db") == files[:2]
    assert private.close_to_others(tmp_path / "a.db") == []
    assert [mode(file) for file in files] == ["0o600", "0o600", "0o644"]
