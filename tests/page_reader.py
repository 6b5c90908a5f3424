"""Somebody who does what a page of the documents says, in a folder with a database, beside a server of the Bot API."""

import asyncio
import re
import shlex
import sys
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

from tests.commands.conftest import Ran, called
from tests.journeys.conftest import today
from tests.pages import Block, commands

ROOT = Path(__file__).parent.parent
IN_A_CONTAINER = re.compile(r"^docker compose (?:exec -T --index 1 bot alliance-bot|run --rm schema) ")
LOGGED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[.*\n", re.MULTILINE)
"""A line of the log of a bot that runs beside the command, in the same process."""

AN_INVITATION = "链接号"
"""On a page: the id of the link that the command before has printed."""

INSTALLED = {"/var/lib/alliance-bot": "kept", "/srv/alliance-rules": "served"}
"""Folders of an installed service, and what stands for each in the folder of the test."""

DAY = r"\b20\d\d-\d\d-\d\d\b"
SHELL = f"alliance-bot() {{ '{sys.executable}' -c 'from bot.cli import main; main()' \"$@\"; }}\n"
IN_PROCESS = re.compile(r"^alliance-bot [^<>|;&$`]*(?: - < [\w.-]+)?$")


def on_this_machine(command: str) -> str:
    """The command without the words that take it into a container."""
    return IN_A_CONTAINER.sub("alliance-bot ", command)


class Reader:
    """Does the commands of a page in `folder`, with `settings`, but for those that it `skips`.

    `finds`: commands that end with exit status 1 on the page. `then`: what happens elsewhere after a command that
    begins so, with the command's output.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], skips: Callable[[str], bool]) -> None:
        self.folder = folder
        self.settings = dict(settings)
        self.finds: Collection[str] = ()
        self.then: dict[str, Callable[[str], Awaitable[None]]] = {}
        self._skips = skips
        self._seen = ""

    async def does(self, block: Block) -> list[str]:
        """What goes wrong in the block: a line a command with an exit status other than 0, or with another output."""
        if block.file:
            text = re.sub(DAY, today(), block.text) if block.language == "csv" else block.text
            (self.folder / block.file).write_text(text, "utf-8")
        if block.language != "bash":
            return []
        told = [(command, await self._types(command)) for command in commands(block.text) if not self._skips(command)]
        wrong = [
            f"{command}: {ran.status}, {ran.err}{ran.out}"
            for command, ran in told
            if ran.err or ran.status != (command in self.finds)
        ]
        out = self._as_printed("".join(ran.out for _, ran in told))
        if block.shown is not None and not re.fullmatch(pattern(block.shown), out):
            wrong.append(f"line {block.line} shows\n{block.shown}and not\n{out}")
        return wrong

    async def _types(self, command: str) -> Ran:
        ran = await self.types(command)
        self._seen = ran.out
        for beginning, happens in self.then.items():
            if command.startswith(beginning):
                await happens(ran.out)
        return ran

    async def prepares(self, command: str) -> str:
        """The output of a command that succeeds."""
        ran = await self.types(command)
        assert (ran.status, ran.err) == (0, ""), f"{command}: {ran}"
        return ran.out

    async def types(self, command: str) -> Ran:
        """What comes of the command."""
        command = in_place(command, self.folder)
        if found := re.search(r"invitation=(\S+)", self._seen):
            command = command.replace(AN_INVITATION, found[1])
        if not IN_PROCESS.match(command):
            return await self._in_a_shell(command)
        words, _, file = command.removeprefix("alliance-bot ").partition(" < ")
        given = (self.folder / file).read_bytes() if file else b""
        ran = await asyncio.to_thread(called, self.folder, *shlex.split(words), given=given, **self.settings)
        return replace(ran, out=LOGGED.sub("", ran.out))

    async def _in_a_shell(self, command: str) -> Ran:
        shell = ("bash", "-eu", "-o", "pipefail", "-c", SHELL + command)
        given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), **self.settings}
        pipe = asyncio.subprocess.PIPE
        running = await asyncio.create_subprocess_exec(*shell, cwd=self.folder, env=given, stdout=pipe, stderr=pipe)
        out, err = await asyncio.wait_for(running.communicate(), 60)
        assert running.returncode is not None
        return Ran(running.returncode, out.decode(), err.decode())

    def _as_printed(self, out: str) -> str:
        return out.replace(self.settings["TELEGRAM_API_BASE_URL"], "https://api.telegram.org").replace(
            "sandbox_bot", "your_bot"
        )


def pattern(shown: str) -> str:
    """What is shown as a pattern: … is anything, on a line of its own any lines; any day and hour will do."""
    lines = ("(?:.*\n)*" if line == "…" else _line(line) + "\n" for line in shown.splitlines())
    return "".join(lines)


def _line(line: str) -> str:
    words = re.escape(line).replace("…", ".*")
    return re.sub(r"\d\d:\d\d(:\d\d)?", r"[\\d:]+", re.sub(r"\d{4}\\-\d\d\\-\d\d", r"[\\d-]+", words))


def in_place(command: str, folder: Path) -> str:
    """The command with the paths of an installed service in the folder of the test."""
    command = on_this_machine(command)
    for place, name in INSTALLED.items():
        command = command.replace(place, str(folder / name))
    return command.replace("/opt/alliance-bot", str(ROOT))
