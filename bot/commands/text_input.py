"""Text for a command, from standard input or from a file."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.commands import Refusal


def standard_input() -> Iterator[str]:
    """Lines of standard input without line ends; bytes other than UTF-8 become U+FFFD."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8-sig", errors="replace").rstrip("\r\n")


def text_of(file: Path) -> str:
    """The whole text of a UTF-8 file. Raises Refusal when the file can't be read as text."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{file}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
