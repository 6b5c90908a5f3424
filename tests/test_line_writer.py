"""Lines that are written when they can be, and counted when not."""

import os
import resource
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import line_writer
from bot.line_writer import LineWriter


@dataclass
class Pipe:
    """A pipe whose reader reads only when told, and what writes into the pipe."""

    reader: int
    writer: int

    def reads(self, lines: int) -> list[str]:
        """So many lines, waited for."""
        found = b""
        while found.count(b"\n") < lines:
            found += os.read(self.reader, 1)
        return found.decode().splitlines()

    def reads_until(self, last: str) -> list[str]:
        """The lines up to the last one, waited for."""
        found = [""]
        while found[-1] != last:
            found += self.reads(1)
        return found[1:]

    def fills(self) -> int:
        """Leave no room in the pipe; the number of bytes written."""
        os.set_blocking(self.writer, False)
        count = 0
        try:
            while True:
                count += os.write(self.writer, b"." * 4096)
        except BlockingIOError:
            os.set_blocking(self.writer, True)
            return count


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe(*os.pipe())
    yield made
    for number in (made.reader, made.writer):
        try:
            os.close(number)
        except OSError:
            continue


def test_lines_come_in_order_and_whole(pipe: Pipe) -> None:
    writer = LineWriter(pipe.writer)
    print("one", "体验分", file=writer)
    writer.write("t")
    writer.write("wo\nthree\nfo")
    assert pipe.reads(3) == ["one 体验分", "two", "three"]
    writer.drain()
    assert pipe.reads(1) == ["fo"]
    assert (writer.dropped, writer.isatty()) == (0, False)


def test_what_no_encoding_has_is_written_all_the_same(pipe: Pipe) -> None:
    LineWriter(pipe.writer).write("\ud800\n")
    assert pipe.reads(1) == ["\\ud800"]


def test_nobody_waits_for_a_reader_that_has_stopped_and_the_oldest_lines_are_lost(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_writer, "MOST_BYTES", 100)
    filling, writer = pipe.fills(), LineWriter(pipe.writer)
    for number in range(1000):
        writer.write(f"line {number:04}\n")
    writer.drain(0.01)
    assert writer.dropped >= 989
    assert os.read(pipe.reader, filling) == b"." * filling
    lines = pipe.reads_until("line 0999")
    begun = [line for line in lines if line.startswith("line")]
    assert begun[-10:] == [f"line {number:04}" for number in range(990, 1000)]
    assert sum(int(line.partition(" ")[0]) for line in lines if line.endswith(" lost")) == writer.dropped
    assert len(begun) + writer.dropped == 1000


def test_lines_without_a_reader_are_counted_and_told_when_one_comes(pipe: Pipe, tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = LineWriter(os.open(path, os.O_WRONLY))
    os.close(reader)
    for number in range(3):
        writer.write(f"lost {number}\n")
    writer.drain()
    assert writer.dropped == 3
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer.write("found\n")
    writer.drain()
    assert os.read(reader, 100) == b"3 lines lost\nfound\n"


def test_the_count_is_told_without_another_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(line_writer, "AGAIN_S", 0.01)
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = LineWriter(os.open(path, os.O_WRONLY))
    os.close(reader)
    writer.write("lost\n")
    writer.drain()
    reader = os.open(path, os.O_RDONLY)
    assert os.read(reader, 100) == b"1 lines lost\n"


def test_a_line_cut_by_a_full_disk_is_ended_before_the_next(tmp_path: Path) -> None:
    file = tmp_path / "log"
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    writer = LineWriter(os.open(file, os.O_WRONLY | os.O_CREAT))
    resource.setrlimit(resource.RLIMIT_FSIZE, (3, hard))
    try:
        writer.write("abcdef\n")
        writer.drain()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    writer.write("next\n")
    writer.drain()
    assert file.read_text() == "abc\n1 lines lost\nnext\n"


def test_a_file_that_another_program_made_not_to_wait_is_waited_for(pipe: Pipe) -> None:
    filling = pipe.fills()
    os.set_blocking(pipe.writer, False)
    writer = LineWriter(pipe.writer)
    writer.write("late\n")
    writer.drain(0.01)
    assert os.read(pipe.reader, filling) == b"." * filling
    assert pipe.reads(1) == ["late"]
    assert writer.dropped == 0


def test_whoever_holds_the_lock_may_write_as_a_destructor_does(pipe: Pipe) -> None:
    writer = LineWriter(pipe.writer)
    with writer._changed:
        done = threading.Timer(5, os._exit, [3])
        done.start()
        writer.write("from inside\n")
        done.cancel()
    assert pipe.reads(1) == ["from inside"]
