"""The encoding of a scores file: UTF-8, GB18030 or UTF-16, with a mark at the beginning or not; the mark may lie.

UTF-16 is told by its NUL bytes, as neither of the others has any. Big5 and Shift-JIS are not guessed.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

from bot.feeds.cells import Trouble

CHUNK_BYTES: Final = 64 * 1024
"""A chunk without a line's end is part of a line too long for a score."""

MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BYTES_PER_NUL: Final = 16
_LETTERS_PER_FAULT: Final = 10
_BYTES_PER_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class Encoding:
    """`start`: the first byte after the mark. `errors`: "strict", or "replace" where a few bytes are damaged."""

    name: str
    start: int
    errors: str = "strict"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why bytes are no text, and the line, counted from 1."""

    line: int
    trouble: Trouble


def find_encoding(raw: IO[bytes]) -> Encoding | Unreadable:
    """The encoding that all of the bytes fit, or nearly all; or why none does."""
    raw.seek(0)
    head = raw.read(CHUNK_BYTES)
    start = next((len(mark) for mark in MARKS if head.startswith(mark)), 0)
    if (wide := _wide(head[start:])) and _misfit(raw, Encoding(wide, start)) is None:
        return Encoding(wide, start)
    utf8, chinese = Encoding("utf-8", start), Encoding("gb18030", start)
    misfit = _misfit(raw, utf8)
    if misfit is None:
        return utf8
    if misfit.trouble is not Trouble.NOT_TEXT:
        return misfit
    return _nearly(raw, utf8, chinese) or _misfit(raw, chinese) or chinese


def _wide(head: bytes) -> str:
    """The byte order of UTF-16 by the NULs that its digits and separators have; "" for other text."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if not max(even, odd) or max(even, odd) * _BYTES_PER_NUL < len(head):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _nearly(raw: IO[bytes], utf8: Encoding, chinese: Encoding) -> Encoding | None:
    """UTF-8 with a few damaged characters among many; or text that is damaged in a few bytes whatever the encoding."""
    letters, faults, _ = _measured(raw, utf8)
    if letters >= faults * _LETTERS_PER_FAULT:
        return Encoding(utf8.name, utf8.start, "replace")
    if (misfit := _misfit(raw, chinese)) and misfit.trouble is Trouble.NOT_TEXT:
        _, faults, size = _measured(raw, chinese)
        if size >= faults * _BYTES_PER_FAULT:
            return Encoding(chinese.name, chinese.start, "replace")
    return None


def _measured(raw: IO[bytes], encoding: Encoding) -> tuple[int, int, int]:
    """How many characters are beyond ASCII, how many are damaged, and how many bytes there are."""
    decoder = codecs.getincrementaldecoder(encoding.name)("replace")
    letters = faults = size = 0
    for chunk in _chunks(raw, encoding.start):
        text = decoder.decode(chunk, final=not chunk)
        size += len(chunk)
        if not text.isascii():
            damaged = text.count("\ufffd")
            faults += damaged
            letters += len(text) - len(text.encode("ascii", "ignore")) - damaged
    return letters, faults, size


def _misfit(raw: IO[bytes], encoding: Encoding) -> Unreadable | None:
    decoder, line = codecs.getincrementaldecoder(encoding.name)(), 1
    for chunk in _chunks(raw, encoding.start):
        if len(chunk) == CHUNK_BYTES and b"\n" not in chunk and b"\r" not in chunk:
            return Unreadable(line, Trouble.LINE_TOO_LONG)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            return Unreadable(line, Trouble.HAS_NUL if b"\0" in chunk else Trouble.NOT_TEXT)
        if "\0" in text:
            return Unreadable(line + text[: text.index("\0")].count("\n"), Trouble.HAS_NUL)
        line += chunk.count(b"\n")
    return None


def _chunks(raw: IO[bytes], start: int) -> Iterator[bytes]:
    """The bytes from `start` on, and an empty chunk last."""
    raw.seek(start)
    while chunk := raw.read(CHUNK_BYTES):
        yield chunk
    yield b""
