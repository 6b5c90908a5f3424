"""The most frequent messages, whole, with their buttons and their lines counted; each stands in `frequent/`.

A file begins with the steps of a merchant who is new to the bot: `say`, `press`, `fed` (a score of today from the
operators' file, and the daily check), `yesterday` (a score told for yesterday); or of an operator: `shop` (the id, the
name and the score of today of a shop with a follower), `sends` (rows of a file of scores). After a line `---` stands
the last message. To keep a new one, read the `.actual.txt` that a failing test leaves, and rename it.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.sources import Source
from storage import follows, scores, shops
from storage.scores import Score
from tests.journeys.conftest import Start, tells
from tests.live import Message, Person, SandboxClient
from tests.packaged import CATALOGUE

KEPT = Path(__file__).parent / "frequent"
FILES = sorted(file for file in KEPT.glob("*.txt") if ".actual" not in file.name)
OPERATOR, FOLLOWER = 4711, 700001
NOW = datetime.now(UTC)
TODAY = NOW.date()
DAYS = {
    str(TODAY + timedelta(days)): word for days, word in ((0, "TODAY"), (-1, "YESTERDAY"), (365, "YESTERDAY + 366"))
}
MOST_LINES = {"check": 10, "warning": 8, "score": 10, "answer": 10, "start": 6, "rules": 22, "operator": 20}
"""By the first word of a file's name."""


@pytest.fixture
def url(database_url: str) -> str:
    return database_url


def test_there_are_twenty_of_them() -> None:
    assert len(FILES) >= 20


@pytest.mark.parametrize("edition", sorted({file.stem.rpartition(".")[2] for file in FILES}))
async def test_each_is_to_the_letter(sandbox: SandboxClient, start: Start, engine: AsyncEngine, edition: str) -> None:
    admins = frozenset({OPERATOR})
    await start(messages_per_minute=1000, timezone="UTC", quiet_hours="", rules_edition=edition, admin_chat_ids=admins)
    files = [file for file in FILES if file.stem.endswith(f".{edition}")]
    operator = await sandbox.person("运营", id=OPERATOR)
    shown = {}
    for file in files:
        person = operator if file.name.startswith("operator") else await sandbox.person("小店")
        shown[file.name] = await told(steps(file), person, engine, edition)
    assert [file.name for file in files if not is_kept(file, shown[file.name])] == []


def is_kept(file: Path, shown: str) -> bool:
    """Whether the message is the one in the file; if not, it is left beside the file."""
    said, _, kept = file.read_text("utf-8").partition("---\n")
    if shown == kept:
        return True
    file.with_suffix(".actual.txt").write_text(f"{said}---\n{shown}", "utf-8")
    return False


def steps(file: Path) -> list[str]:
    return file.read_text("utf-8").partition("---\n")[0].splitlines()


async def told(steps: list[str], person: Person, engine: AsyncEngine, edition: str) -> str:
    """The last message after the steps."""
    message = None
    for step in steps:
        what, _, value = step.partition(": ")
        if what == "shop":
            await followed(value, engine, edition)
        else:
            message = await does(person, what, value, engine, edition)
    assert message
    return whole(message)


async def does(merchant: Person, what: str, value: str, engine: AsyncEngine, edition: str) -> Message:
    """What the bot shows after the step."""
    if what == "say":
        return await tells(merchant, value)
    if what == "press":
        await merchant.presses(value)
        return await merchant.hears()
    if what == "sends":
        content = "店铺ID,日期,体验分\n" + "".join(f"{row.replace(' ', f',{TODAY},')}\n" for row in value.split(", "))
        await merchant.sends("document", content.encode(), "scores.csv")
        return (await merchant.hears_all(2))[-1]
    assert what == "fed"
    await fed(merchant, value, engine, edition)
    return await merchant.hears()


async def followed(value: str, engine: AsyncEngine, edition: str) -> None:
    """An operator's shop with a score of today, which a chat follows."""
    by, now_ms = CATALOGUE.edition(edition), int(NOW.timestamp() * 1000)
    ref, name, points = value.split()
    async with engine.begin() as conn:
        _, shop = await shops.add(conn, ref, name, now_ms)
        row = Score(shop.id, "score", TODAY, Decimal(points), by.main_score.scale, Source.FEED)
        await scores.record(conn, row, now_ms)
        await follows.start(conn, shop.id, FOLLOWER, now_ms)


async def fed(merchant: Person, value: str, engine: AsyncEngine, edition: str) -> None:
    """The chat's shop has the score today, by the operators' file, and the day is checked."""
    by = CATALOGUE.edition(edition)
    async with engine.begin() as conn:
        (shop,) = await shops.of_chat(conn, merchant.id)
        score = Score(shop.id, "score", TODAY, Decimal(value), by.main_score.scale, Source.FEED)
        await scores.record(conn, score, int(NOW.timestamp() * 1000))
    await Sweep(engine, WatchPolicy(by, ZoneInfo("UTC"), None, CATALOGUE), TODAY, NOW).run()


def whole(message: Message) -> str:
    """The text without number and days, the buttons row by row, and the count of its lines."""
    text = message.text.rpartition("\n№")[0] or message.text
    for day, word in DAYS.items():
        text = re.sub(rf"(?<!-){day[5:]} ", f"{word} ", text.replace(day, word))
    rows = "".join(" ".join(f"[{label}]" for label in row) + "\n" for row in message.rows)
    return f"{text}\n---\n{rows}({len(text.splitlines())})\n"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_short(file: Path) -> None:
    _, text, rest = file.read_text("utf-8").split("---\n")
    lines, most = len(text.splitlines()), MOST_LINES.get(re.split(r"[-.]", file.name)[0], 12)
    assert rest.endswith(f"({lines})\n")
    assert lines <= most
