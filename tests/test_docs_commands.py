"""Every command of the operators' documents is run as written, after a day of the bot, or named here with a reason.

What a page shows as seen (a block of `text` right after the commands) is compared, with days and hours masked.
"""

import re
import shutil
import sqlite3
from contextlib import AbstractAsyncContextManager, AsyncExitStack, closing
from pathlib import Path
from typing import Final

import pytest

from bot.sandbox.listening import serving
from tests.journeys.conftest import bot_running, today
from tests.live import Person, SandboxClient
from tests.page_reader import INSTALLED, Reader, on_this_machine
from tests.pages import Block, blocks, commands

ROOT = Path(__file__).parent.parent
INSTALL = ROOT / "docs/operating/install.md"
PAGES = [*sorted((ROOT / "docs/operating").glob("*.md")), ROOT / "README.md"]
TOKEN = "123456:documents"
OPERATOR = 4711
EDITION = "2026-07-29"

NOT_RUN: Final = {
    "apt-get ": "changes the machine",
    "update-ca-certificates": "changes the machine",
    "cp company-ca.crt ": "changes the machine",
    "useradd ": "changes the machine",
    "install --": "wants root",
    "chown ": "wants root",
    "chmod +x /usr/local/bin/": "wants root",
    "cat > /usr/local/bin/": "wants root and systemd",
    "sed -i '/^DATABASE_URL=/d": "wants root",
    "sed -i 's|^RULES_DIR=": "wants root",
    "echo SSL_CERT_FILE=": "wants root",
    "systemctl ": "wants systemd",
    "journalctl ": "wants systemd",
    "cp /opt/alliance-bot/docs/operating/alliance-bot.service": "wants systemd",
    "cd /var/lib/alliance-bot && ": "a machine that lost its database; tests/journeys/test_backup.py starts on a copy",
    "cd /opt/alliance-bot && runuser ": "wants root; the downgrade is R22 of make faults",
    "git ": "wants the network",
    "make ": "wants the network",
    "cp .env.example .env": "the reader of the test has the settings in the environment",
    "sed -i 's/^ADMIN_CHAT_IDS=": "the reader of the test has the settings in the environment",
    "curl ": "wants Telegram, or a bot that runs",
    "docker compose ": "wants a Docker engine",
    "alliance-bot db copy ": "wants an empty PostgreSQL; tests/storage/database/test_moving.py copies",
}
"""How a command that is not run begins, and why it is not."""

RUN_ELSEWHERE: Final = {"URL=": "tests/web/test_guide.py"}
"""How a block begins that another test runs, and which."""

FINDS: Final = {"feed.md": ("alliance-bot scores import --dry-run - < scores.csv",)}
"""Commands of a page that find something (exit status 1): a shop that is not registered."""


def not_run(command: str) -> str | None:
    """How the list of commands that are not run names this one; None for one that is run."""
    command = on_this_machine(command)
    return next((beginning for beginning in NOT_RUN if command.startswith(beginning)), None)


def a_reader(folder: Path, root: str) -> Reader:
    """A reader in the folder, who has a token for the server at `root`."""
    token = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": root}
    settings = {**token, "RULES_EDITION": EDITION, "ADMIN_CHAT_IDS": str(OPERATOR)}
    return Reader(folder, settings, lambda command: not_run(command) is not None)


def scripts(page: Path) -> list[Block]:
    """The blocks of a page, but for the scripts that another test runs."""
    return [block for block in blocks(page) if not block.text.startswith(tuple(RUN_ELSEWHERE))]


async def a_day(reader: Reader, root: str) -> None:
    """Three shops, a merchant who follows one of them and was warned, what waits, and what the bot could not do."""
    async with SandboxClient(root) as sandbox, a_bot(reader, root):
        await sandbox.bot_has_come()
        merchant = await sandbox.person("店主", id=5001)
        for ref, name in (("4463798", "花城花店"), ("4463799", "江边茶店"), ("4463800", "老街鞋店")):
            await reader.prepares(f"alliance-bot shops add {ref} --name {name}")
        await binds(merchant, await reader.prepares("alliance-bot shops invite 4463798"))
        operator = await sandbox.person("运营", id=OPERATOR)
        await binds(operator, await reader.prepares("alliance-bot shops invite 4463799"))
        row = f"店铺ID,日期,商家体验分,商品体验分\n4463798,{today()},60,90\n"
        (reader.folder / "warned.csv").write_text(row, "utf-8")
        await reader.prepares("alliance-bot scores import warned.csv")
        await hears_of(merchant, "清退")
        await merchant.says("你们家运费险怎么弄")
        await merchant.hears()
    with closing(sqlite3.connect(reader.folder / "data/alliance.db")) as opened, opened:
        opened.executescript(LEFT_UNDONE)


def a_bot(reader: Reader, root: str) -> AbstractAsyncContextManager[None]:
    """The bot over the database of the reader's folder."""
    url = f"sqlite+aiosqlite:///{reader.folder}/data/alliance.db"
    return bot_running(root, url, token=TOKEN, admin_chat_ids=str(OPERATOR), rules_edition=EDITION)


async def binds(person: Person, link: str) -> None:
    """Open the link that was printed, and agree."""
    await person.says("/start " + link.strip().partition("?start=")[2])
    await person.hears()
    await person.presses("同意并绑定")
    await hears_of(person, "已绑定")


async def hears_of(person: Person, words: str) -> None:
    """Wait until the person hears these words."""
    while words not in (await person.hears()).text:
        pass


LEFT_UNDONE = """
INSERT INTO outbox (chat_id, lane, method, payload, numbered, in_order, state, due_at, tries, unsure, error, created_at)
    VALUES (5001, 0, 'sendMessage', '{"text": "…"}', 0, 1, 'dead', 0, 6, 0, 'BadRequest', 0);
INSERT INTO inbox (key, chat_id, state, body, tries, due_at, error, received_at)
    VALUES (1, 5001, 'dead', '{"text": "…"}', 5, 0, 'KeyError', 0);
INSERT INTO notices (chat_id, day, edition, is_urgent, is_late, made_at, due_at)
    SELECT chat_id, day, edition, 0, 0, made_at, 99999999999999 FROM notices WHERE id = 1;
INSERT INTO outbox
    (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries, unsure, created_at)
    VALUES (5001, 1, 'sendMessage', '{}', 1, 'notice:2', 1, 2, 'waiting', 99999999999999, 0, 0, 0);
INSERT INTO chats (chat_id, state, why, paused_until, updated_at) VALUES (5002, 'blocked', 'Forbidden', 0, 0);
"""


async def a_new_edition(reader: Reader, root: str) -> None:
    """A catalogue with the edition of the page, as after its first step."""
    catalogue = reader.folder / "my-rules"
    shutil.copytree(ROOT / "rules/editions", catalogue)
    reader.settings["RULES_DIR"] = str(catalogue)
    await reader.prepares("alliance-bot rules new 2027-01-01 --from 2022-10-10")


async def two_shops(reader: Reader, root: str) -> None:
    """Two of the three shops of the page's file."""
    for ref in ("4463798", "4463799"):
        await reader.prepares(f"alliance-bot shops add {ref} --name 花店")


BEFORE = {"feed.md": two_shops, "day.md": a_day, "trouble.md": a_day, "edition.md": a_new_edition}
"""What was done before somebody reads the page."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_the_commands_of_a_page_do_what_the_page_says(page: Path, tmp_path: Path, newest_file: Path) -> None:
    for place in ("data", *INSTALLED.values()):
        (tmp_path / place).mkdir()
    if page.name != "install.md":
        shutil.copy(newest_file, tmp_path / "data" / "alliance.db")
    async with serving() as listener:
        reader = a_reader(tmp_path, listener.url)
        reader.finds = FINDS.get(page.name, ())
        if before := BEFORE.get(page.name):
            await before(reader, listener.url)
        wrong = [line for block in scripts(page) for line in await reader.does(block)]
    assert not wrong, "\n".join(wrong)


async def test_whoever_follows_the_installation_is_warned_of_the_first_shop(tmp_path: Path) -> None:
    """The page that begins with an empty machine ends with a warning in the chat that opened the link."""
    (tmp_path / "data").mkdir()
    async with serving() as listener, SandboxClient(listener.url) as sandbox, AsyncExitStack() as stack:
        reader, merchant = a_reader(tmp_path, listener.url), await sandbox.person("店主", id=OPERATOR)

        async def starts(_: str) -> None:
            await stack.enter_async_context(a_bot(reader, listener.url))

        async def opens(link: str) -> None:
            await binds(merchant, link)

        reader.then = {"alliance-bot doctor": starts, "alliance-bot shops invite": opens}
        wrong = [line for block in scripts(INSTALL) for line in await reader.does(block)]
        assert not wrong, "\n".join(wrong)
        (promised,) = re.findall(r"^> (.*)$", INSTALL.read_text("utf-8"), re.MULTILINE)
        await hears_of(merchant, promised)


def test_nothing_is_listed_as_not_run_that_no_page_says() -> None:
    written = [block.text for page in PAGES for block in blocks(page) if block.language == "bash"]
    assert [begin for begin in RUN_ELSEWHERE if not any(text.startswith(begin) for text in written)] == []
    named = {not_run(command) for text in written for command in commands(text)}
    assert NOT_RUN.keys() - named == set()
