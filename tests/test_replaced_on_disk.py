"""A program replaced on disk while it runs (an upgrade in place) goes on with what it began with, to the last word."""

import ast
import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from tests.live import Person, sandbox_client
from tests.web.whole import process

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "rules", "storage")
LEFT = {".otf", ".pyc", ".cache"}
"""The font is opened when the first picture is drawn: another one shows the same words. The rest is Python's cache."""

TALKS = (
    ("怎么开通精选联盟", "那第61天呢"),
    ("zenme kaitong", "74分能开大闸蟹吗"),
    ("今天天气", "/start"),
    ("/help", "/rules"),
    ("/check", "取消"),
    ("体验分 3.9", "[记下]", "[同意并继续]", "/score"),
    ("/settings", "/privacy"),
    ("/export",),
)

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ELSEWHERE = {"cli", "commands", "sandbox", "workbook"}
"""What runs in a process of its own, or once."""

AT_THE_START = {"rules.understanding", "storage.database.sessions"}
AFTER_THE_FIRST_ANSWERS = {"rules.understanding.dialogue", "bot.web.metrics"}
"""Named in `bot.compose`, beside what else is read then."""


def replaced(tree: Path) -> int:
    """Every file of the program is another one, with nothing of use in it; how many there are."""
    files = [file for name in PACKAGES for file in (tree / name).rglob("*") if file.is_file()]
    ours = [file for file in files if file.suffix not in LEFT]
    for file in ours:
        file.unlink()
        file.write_text("raise RuntimeError('另一个版本')\n", "utf-8")
    return len(ours)


async def until_said(running: asyncio.subprocess.Process, words: bytes) -> bytes:
    """The lines of the log up to the one with these words."""
    assert running.stderr is not None
    told = b""
    while words not in told:
        line = await asyncio.wait_for(running.stderr.readline(), 30)
        assert line, told.decode()
        told += line
    return told


async def page(client: aiohttp.ClientSession, url: str) -> str:
    async with client.get(url) as reply:
        return await reply.text()


async def answers(person: Person, talk: Sequence[str]) -> list[str]:
    """What the bot says to each line, or shows after a [button]."""
    said = []
    for words in talk:
        await (person.presses(words.strip("[]")) if words.startswith("[") else person.says(words))
        said.append((await person.hears()).text)
    return said


def late_imports(file: Path) -> set[str]:
    """The modules of ours that functions of the file import when they are called."""
    functions = [node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, FUNCTIONS)]
    found = [node for function in functions for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
    return {node.module for node in found if node.module and node.module.split(".")[0] in PACKAGES}


def test_every_module_that_a_running_bot_imports_late_is_known() -> None:
    files = [file for name in PACKAGES for file in (ROOT / name).rglob("*.py") if file.parent.name not in ELSEWHERE]
    late = {module for file in files for module in late_imports(file)}
    assert late == AT_THE_START | AFTER_THE_FIRST_ANSWERS


async def test_a_running_bot_takes_nothing_from_a_version_put_in_its_place(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("templates-*"))
    async with sandbox_client() as sandbox:
        bot = {"TELEGRAM_BOT_TOKEN": "123456:replaced", "TELEGRAM_API_BASE_URL": sandbox.url, "HTTP_PORT": "0"}
        settings = {"ADMIN_CHAT_IDS": "4711", "DAILY_CHECK_AT": "00:00", "LOG_LEVEL": "INFO", "LOG_FORMAT": "json"}
        async with process(tree, **bot, **settings) as running, aiohttp.ClientSession() as client:
            assert running.stdout is not None
            root = (await running.stdout.readline()).decode().split()[-1]
            log = await until_said(running, b"daily check done")
            assert "ok" in await page(client, f"{root}/healthz")
            assert replaced(tree) > 500
            people = [await sandbox.person() for _ in TALKS]
            said = await asyncio.gather(*(answers(person, talk) for person, talk in zip(people, TALKS, strict=True)))
            operator = await answers(await sandbox.chat(id=4711, first_name="运营"), ["/admin"])
            figures = await page(client, f"{root}/metrics")
            running.terminate()
            log += (await running.communicate())[1]
    assert [text for texts in (*said, operator) for text in texts if not text or "另一个版本" in text] == []
    assert "alliance_sent_total" in figures
    assert [line for line in log.splitlines() if json.loads(line)["level"] == "error"] == []
    assert running.returncode == 0
