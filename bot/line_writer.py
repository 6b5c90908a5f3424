"""Lines for standard output or standard error that never hold the program up, and never end it.

Whoever reads them may be gone, stopped or slow, and the disk may be full: then lines are lost and counted, and once
writing works again the count is told where the lines are missing.
"""

import atexit
import io
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

MOST_BYTES: Final = 1 << 20
"""Of lines that wait to be written; beyond, the oldest are lost."""

AGAIN_S: Final = 5.0
"""How soon writing is tried again when lines were lost and none came since."""

LAST_S: Final = 1.0
"""How long the end of the program waits for lines to be written."""


class LineWriter(io.TextIOBase):
    """Text to the file descriptor `fd`, written line by line in a thread of its own.

    `lost`: the line that tells how many lines are missing. `dropped`: how many lines were lost so far.
    """

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, fd: int, lost: Callable[[int], str] = "{} lines lost\n".format) -> None:
        self.dropped = 0
        self._fd, self._lost = fd, lost
        self._begun = ""
        self._lines: deque[bytes] = deque()
        self._held = self._untold = 0
        self._is_torn = self._is_writing = False
        self._changed = (
            threading.Condition()
        )  # over a lock that its holder may take again: a destructor may log anywhere
        self._thread: threading.Thread | None = None

    def write(self, text: str) -> int:
        """Take the text; a line is written when its end has come."""
        with self._changed:
            whole, end, self._begun = (self._begun + text).rpartition("\n")
            if end:
                self._take((whole + end).encode(self.encoding, self.errors))
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        """Whether a person reads along at a terminal."""
        return os.isatty(self._fd)

    def drain(self, within_s: float = LAST_S) -> None:
        """Return when all is written, or lost, or when the time is over."""
        until = time.monotonic() + within_s
        with self._changed:
            if self._begun:
                self.write("\n")
            if self._thread is None:
                self._write_at_last()
            while (self._lines or self._is_writing) and (left_s := until - time.monotonic()) > 0:
                self._changed.wait(left_s)

    def _take(self, lines: bytes) -> None:
        self._lines.append(lines)
        self._held += len(lines)
        while self._held > MOST_BYTES:
            self._count_lost(self._next())
        if self._thread is None:
            self._start()
        self._changed.notify_all()

    def _start(self) -> None:
        atexit.unregister(self.drain)
        atexit.register(self.drain)
        thread = threading.Thread(target=self._write_all, name=f"lines to {self._fd}", daemon=True)
        with suppress(RuntimeError):  # no more threads just now: the next line tries again
            thread.start()
            self._thread = thread

    def _write_at_last(self) -> None:
        """Write here what no thread was there to write: the program ends."""
        while self._lines:
            self._is_written(self._next())

    def _next(self) -> bytes:
        lines = self._lines.popleft()
        self._held -= len(lines)
        return lines

    def _count_lost(self, lines: bytes) -> None:
        self.dropped += lines.count(b"\n")
        self._untold += lines.count(b"\n")

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
                if not self._lines:
                    self._changed.wait(AGAIN_S if self._untold else None)
                lines, untold = self._next() if self._lines else b"", self._untold
                self._is_writing = bool(lines)
            if untold and self._is_written(self._lost(untold).encode(self.encoding, self.errors)):
                with self._changed:
                    self._untold -= untold
            if lines and not self._is_written(lines):
                with self._changed:
                    self._count_lost(lines)

    def _is_written(self, lines: bytes) -> bool:
        """Whether the lines are written whole; of those that are not, a part may be."""
        left = b"\n" + lines if self._is_torn else lines
        try:
            while left:
                written = self._write_some(left)
                left = left[written:]
                self._is_torn = bool(left)
        except (OSError, ValueError):
            return False
        return True

    def _write_some(self, left: bytes) -> int:
        """How many bytes are written, at least one. Raises OSError."""
        while True:
            try:
                return os.write(self._fd, left)
            except BlockingIOError:  # another program that has the same file made it so
                select.select([], [self._fd], [])
