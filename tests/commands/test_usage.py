"""Words on the command line without a command: a plain line with the way to the help, and exit status 2."""

import pytest

from bot import VERSION
from tests.commands.conftest import Alliance

WRONG = {
    "no command": ((), "Missing command", "alliance-bot --help"),
    "no command of a group": (("rules",), "Missing command", "alliance-bot rules --help"),
    "no command of the operators'": (("admin",), "Missing command", "alliance-bot admin --help"),
    "a command that is none": (("chekc",), "No such command 'chekc'. Did you mean 'check'?", "alliance-bot --help"),
    "a file is missing": (("check", "--json"), "Missing argument", "alliance-bot check --help"),
    "an option is missing": (("shops", "add", "S1"), "Missing option '--name'", "alliance-bot shops add --help"),
    "an option that is none": (("sweep", "--bogus"), "No such option: --bogus", "alliance-bot sweep --help"),
    "a word too many": (("ask", "a", "b"), "unexpected extra argument", "alliance-bot ask --help"),
    "two lines": (("a\nb",), "No such command", "alliance-bot --help"),
}


@pytest.mark.parametrize(("words", "wrong", "see"), WRONG.values(), ids=WRONG)
def test_wrong_usage_is_one_plain_line(alliance: Alliance, words: tuple[str, ...], wrong: str, see: str) -> None:
    ran = alliance(*words)
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith("alliance-bot: ")
    assert wrong in ran.err
    assert ran.err.endswith(f"; see: {see}\n")


def test_help_is_no_mistake(alliance: Alliance) -> None:
    ran = alliance("rules", "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Usage: alliance-bot rules ")


def test_the_version_is_one_line(alliance: Alliance) -> None:
    ran = alliance("--version")
    assert (ran.status, ran.out, ran.err) == (0, f"alliance-bot {VERSION}\n", "")
