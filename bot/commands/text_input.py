"""Text that a command reads, from standard input or from a file."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bot.commands import Refusal


def standard_input() -> Iterator[str]:
    """Each line of standard input without its end; bytes that are not UTF-8 are U+FFFD and don't stop the rest."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8-sig", errors="replace").rstrip("\r\n")


def text_of(file: Path) -> str:
    """The whole text of a file, which is UTF-8. Raises Refusal when the file can't be read as text."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{file}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
