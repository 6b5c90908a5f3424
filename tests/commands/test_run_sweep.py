"""`alliance-bot sweep`: the daily check by hand; the second of a day tells nothing new."""

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest

from bot.commands import Refusal, run_sweep
from storage import follows
from storage.database import engine as database
from tests.commands.conftest import Alliance

DAY = "2022-10-10"


@pytest.fixture
def fallen(alliance: Alliance, tmp_path: Path, upgraded: Path) -> Alliance:
    """Three shops with a follower each: S1 fell below the warning line, S2 below the closing line."""
    (tmp_path / "scores.csv").write_text(
        f"shop_id,day,score\nS1,{DAY},3.7\nS2,{DAY},3.4\nS3,{DAY},4.5\nS1,2022-10-11,3.7\n"
    )
    alliance("scores", "import", "--register", "scores.csv")
    asyncio.run(_followed(f"sqlite+aiosqlite:///{upgraded}"))
    return alliance


async def _followed(url: str) -> None:
    engine = database.create(url)
    async with engine.begin() as conn:
        for number in (1, 2, 3):
            await follows.start(conn, number, number, 1)
    await engine.dispose()


def test_it_says_how_many_were_told_why_and_again_nothing(fallen: Alliance):
    first, again = fallen("sweep", "--on", DAY), fallen("sweep", "--on", DAY)
    assert (first.status, again.status) == (0, 0)
    assert first.lines == [
        f"{DAY}: 2 told, 0 looked at and left in peace", "       1 closing", "       1 warning",
    ]  # fmt: skip
    assert again.lines == [f"{DAY}: 0 told, 2 looked at and left in peace", "       2 repeated"]


def test_it_says_so_as_json_too(fallen: Alliance):
    done = fallen("sweep", "--on", DAY, "--json")
    assert json.loads(done.out) == {
        "day": DAY, "edition": "2022-10-10", "told": {"closing": 1, "warning": 1}, "silent": {},
    }  # fmt: skip


def test_a_later_day_reminds(fallen: Alliance):
    fallen("sweep", "--on", DAY)
    assert fallen("sweep", "--on", "2022-10-11").lines[1] == "       1 reminder"


@pytest.mark.usefixtures("upgraded")
def test_nothing_to_look_at_is_said_too(alliance: Alliance):
    assert alliance("sweep").lines[0].endswith(": 0 told, 0 looked at and left in peace")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        pytest.param("yesterday", "--on: got 'yesterday'; wants a day like 2022-10-10", id="no day"),
        pytest.param(str(date.min), f"--on: {date.min} is before there were any scores", id="too early"),
        pytest.param(str(date.max), f"--on: {date.max} lies in the future", id="a day to come"),
    ],
)
def test_a_day_that_cannot_be_checked_is_refused(day: str, said: str):
    with pytest.raises(Refusal, match=f"^{said}"):
        list(run_sweep.swept(day, as_json=False))
