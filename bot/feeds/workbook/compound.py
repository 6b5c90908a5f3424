"""A stream out of a compound file, the container of .xls workbooks."""

import struct
from collections.abc import Iterator
from typing import Final

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER: Final = 512
_ENTRY: Final = 128
_LAST: Final = 0xFFFFFFFA
"""Numbers of sectors from here on are no sectors."""

_MINI_SECTOR: Final = 64


class Compound:
    """The streams of a compound file by name. Raises ValueError, or an error of `struct`, for a broken one."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._size = 1 << struct.unpack_from("<H", content, 30)[0]
        self._table = self._sector_table()
        entries = self._chain(struct.unpack_from("<I", content, 48)[0])
        self._entries = dict(_entries(entries))
        self._cutoff: int = struct.unpack_from("<I", content, 56)[0]

    def stream(self, name: str) -> bytes | None:
        """The bytes of the stream, None when there is none."""
        if name not in self._entries:
            return None
        start, size = self._entries[name]
        if size >= self._cutoff:
            return self._chain(start)[:size]
        mini = self._chain(self._entries["Root Entry"][0])
        links = self._chain(struct.unpack_from("<I", self._content, 60)[0])
        table = struct.unpack(f"<{len(links) // 4}I", links)
        sectors = _follow(start, table)
        return b"".join(mini[at * _MINI_SECTOR : (at + 1) * _MINI_SECTOR] for at in sectors)[:size]

    def _sector_table(self) -> tuple[int, ...]:
        """Of each sector, the next one of its chain."""
        places = list(struct.unpack_from("<109I", self._content, 76))
        more, per_sector = struct.unpack_from("<I", self._content, 68)[0], self._size // 4
        while more < _LAST and len(places) < len(self._content) // self._size:
            *found, more = struct.unpack(f"<{per_sector}I", self._sector(more))
            places += found
        table = b"".join(self._sector(place) for place in places if place < _LAST)
        return struct.unpack(f"<{len(table) // 4}I", table)

    def _sector(self, number: int) -> bytes:
        start = _HEADER + number * self._size if self._size == _HEADER else (number + 1) * self._size
        return self._content[start : start + self._size].ljust(self._size, b"\0")

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector, _follow(start, self._table)))


def _follow(start: int, table: tuple[int, ...]) -> Iterator[int]:
    """The numbers of a chain. Raises ValueError for one that goes in a circle."""
    for _ in range(len(table) + 1):
        if start >= len(table):
            return
        yield start
        start = table[start]
    raise ValueError("a chain of sectors without an end")


def _entries(directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
    """Name, first sector and size of each stream."""
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        if name:
            yield name, struct.unpack_from("<II", directory, at + 116)
