"""Shown by a process alone: bytes, signals, and `run`, which takes over the logs of a process."""

import json
import os
import signal
import sys
from pathlib import Path
from subprocess import PIPE, Popen, run

import pytest

COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]


def test_bytes_are_utf_8_whatever_the_locale_says_and_an_interrupt_is_no_traceback() -> None:
    environment = {**os.environ, "LANG": "C", "LC_ALL": "C"}
    # A job in the background ignores the signal, and so would the process that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Popen([*COMMAND, "ask", "--json", "-"], stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment) as ran:
        assert ran.stdin is not None
        assert ran.stdout is not None
        ran.stdin.write("体验分3.7会怎样\n".encode())
        ran.stdin.flush()
        assert json.loads(ran.stdout.readline())["question"] == "体验分3.7会怎样"
        ran.send_signal(signal.SIGINT)
        _, told = ran.communicate(timeout=30)
    assert (ran.returncode, told) == (130, b"")


def test_the_bot_does_not_begin_to_start_with_an_unknown_edition(tmp_path: Path) -> None:
    settings = {"RULES_EDITION": "2019-01-01", "HTTP_PORT": "0", "PYTHONPATH": str(Path.cwd())}
    with Popen([*COMMAND, "run"], stdout=PIPE, stderr=PIPE, cwd=tmp_path, env=settings) as ran:
        out, told = ran.communicate(timeout=30)
    wanted = 'alliance-bot: RULES_EDITION: unknown edition "2019-01-01"; known are 2022-10-10, 2026-07-29\n'
    assert (ran.returncode, out, told.decode()) == (2, b"", wanted)


@pytest.mark.parametrize(
    ("words", "redirected", "status", "told"),
    [
        (["--version"], "1>/dev/full", 2, b"alliance-bot: not written: No space left on device\n"),
        (["--version"], "1>&-", 0, b""),
        (["no-such-command"], "2>/dev/full", 2, b""),
        (["no-such-command"], "2>&-", 2, b""),
        (["--version"], "0<&- 1>&- 2>&-", 0, b""),
    ],
)
def test_a_stream_that_is_full_or_closed_is_no_traceback(
    words: list[str], redirected: str, status: int, told: bytes
) -> None:
    ran = run(["sh", "-c", f'exec "$@" {redirected}', "sh", *COMMAND, *words], capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (status, told)


def test_words_of_the_command_line_are_read_where_the_locale_knows_no_chinese() -> None:
    ascii_only = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    ran = run([*COMMAND, "ask", "--json", "体验分3.7会怎样"], capture_output=True, check=False, env=ascii_only)
    assert json.loads(ran.stdout)["question"] == "体验分3.7会怎样"
    assert (ran.returncode, ran.stderr) == (0, b"")
