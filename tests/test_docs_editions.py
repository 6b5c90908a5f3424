"""The walk-through of docs/operating/edition.md, pasted into a shell by a new operator."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from rules.catalogue.load import lint
from rules.notices import read
from rules.rule_texts import found_in, texts_of
from tests.commands.conftest import called
from tests.packaged import CATALOGUE

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/operating/edition.md").read_text("utf-8")
SCRIPT = "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"^alliance-bot (?!rules new)(.*)$", SCRIPT, re.MULTILINE)
SHELL = f"""set -e
alliance-bot() {{ case "$*" in "rules new "*)
  PYTHONPATH='{ROOT}' '{sys.executable}' -c 'from bot.cli import main; main()' "$@" > made.txt ;; esac; }}
"""
"""The command that the rest of the script builds on runs in the shell, the others afterwards."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The output of each command of the page, called in turn after a shell has done all the rest."""
    place = tmp_path_factory.mktemp("checkout")
    (place / "rules").symlink_to(ROOT / "rules")
    script = f'{SHELL}{SCRIPT}\npwd; echo "$RULES_DIR"'
    ran = subprocess.run(["bash", "-c", script], cwd=place, capture_output=True, text=True, check=True)
    here, rules_dir = map(Path, ran.stdout.splitlines())
    assert (here, ran.stderr, lint(rules_dir)) == (place, "", [])
    return {command: printed(place, command, rules_dir) for command in COMMANDS}


def printed(folder: Path, command: str, rules_dir: Path) -> str:
    """The standard output of a command; fails unless the command succeeds without a complaint."""
    words, _, file = command.partition(" < ")
    given = (folder / file).read_text("utf-8") if file else ""
    ran = called(folder, *shlex.split(words), given=given, RULES_DIR=str(rules_dir))
    assert (ran.status, ran.err) == (0, ""), ran.out
    return ran.out


def of(shown: dict[str, str], group: str) -> str:
    """The output of the command with `group` at the beginning."""
    return next(out for command, out in shown.items() if command.startswith(group))


def test_the_new_edition_has_no_problem_and_differs_in_what_was_announced(shown: dict[str, str]) -> None:
    assert of(shown, "rules lint") == "2026-07-29: a digest, there is no source to compare\nno problems\n"
    (promised,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert promised.strip() + "\n\nlines" in of(shown, "rules diff")


def test_answers_and_reports_follow_on_both_sides(shown: dict[str, str]) -> None:
    answer = of(shown, "ask")
    assert answer.startswith("会被清退：体验分 3.55 低于 3.6")
    assert "2027-01-01 版 ·" in answer
    assert "刚好 3.6 分是警告" in answer
    reports = [json.loads(line) for line in of(shown, "check").splitlines()]
    assert [report["standing"] for report in reports[:2]] == ["warning", "closing"]
    assert [report["verdict"] for report in reports[2:]] == ["undetermined", "barred"]


def test_the_questions_of_the_page_are_understood(shown: dict[str, str]) -> None:
    out = of(shown, "eval")
    assert "edition 2027-01-01, 3 questions" in out
    assert "100" in out.splitlines()[1]


def test_the_impact_is_counted(shown: dict[str, str]) -> None:
    assert "→ 2027-01-01: 0 chats looked at" in of(shown, "rules impact")


def test_the_list_of_notices_on_the_page_can_be_read_and_is_known() -> None:
    (shown,) = re.findall(r"^```json notices.json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    listed = read(shown.encode())
    assert listed.bad == ()
    assert [one.is_known for one in found_in(listed.notices, texts_of(CATALOGUE))] == [True]
