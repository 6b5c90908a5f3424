"""Standard input, output and error, and the words of the command line, wherever the program is started."""

import os
import sys
from contextlib import suppress
from typing import Final, TextIO, cast

_STREAMS: Final = ("stdin", "stdout", "stderr")


def prepare() -> None:
    """Open streams that are closed; begin again in UTF-8 where the words of the command line can't be Chinese.

    A stream that is closed leaves its number to the next file that is opened, and what is printed goes into that file.
    """
    if sys.getfilesystemencoding().lower() in ("ascii", "iso8859-1", "latin-1") and os.environ.get("PYTHONUTF8") != "1":
        with suppress(OSError):
            os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONUTF8": "1"})  # noqa: S606
    for number, name in enumerate(_STREAMS):
        if not _is_open(number):
            setattr(sys, name, _nowhere("r" if number == 0 else "w"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # the name of a shop may have what an old encoding has not


def let_go() -> None:
    """Leave what can't be written any more, or the end of the program would fail on it."""
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _nowhere(mode: str) -> TextIO:
    """A stream that is empty, or takes everything, on the lowest number that is free."""
    return cast(TextIO, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
