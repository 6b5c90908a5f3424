"""The commands in a page of the documents: its fenced blocks, and the commands in a block for a shell.

A block's language may be followed by a file's name: the test writes the file, as the reader would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCED = re.compile(r"^```(\w*)[ ]?(.*)\n((?:.*\n)*?)^```$", re.MULTILINE)
_HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?")


@dataclass(frozen=True)
class Block:
    """A fenced block. `file`: the name behind the language, or empty; `line` is the opening fence's, from 1.

    `shown`: the block of `text` right after the block, what the reader should see; None where there is none.
    """

    language: str
    file: str
    text: str
    line: int
    shown: str | None = None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text("utf-8")
    found = list(_FENCED.finditer(text))
    after = [_shown(text, one.end(), next_one) for one, next_one in zip(found, [*found[1:], None], strict=False)]
    return [
        Block(one[1], one[2], one[3], text.count("\n", 0, one.start()) + 1, shown)
        for one, shown in zip(found, after, strict=True)
    ]


def _shown(text: str, end: int, following: re.Match[str] | None) -> str | None:
    is_shown = following is not None and following[1] == "text" and not text[end : following.start()].strip()
    return following[3] if following is not None and is_shown else None


def commands(script: str) -> Iterator[str]:
    """The commands of a script, each with its continued lines and its here-document."""
    taken: list[str] = []
    for line in script.splitlines():
        taken.append(line)
        command = "\n".join(taken)
        if not _goes_on(command):
            if command.strip():
                yield command
            taken = []
    assert not taken, f"a command without an end: {taken[0]}"


def _goes_on(command: str) -> bool:
    last = command.rpartition("\n")[2]
    if opened := _HERE_DOCUMENT.search(command):
        return last != opened[1] or "\n" not in command
    return last.endswith(("\\", "|")) or command.count("'") % 2 == 1
