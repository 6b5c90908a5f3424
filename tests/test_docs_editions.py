"""The walk-through of docs/editions.md, pasted into a shell by a new operator."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rules.catalogue.load import lint

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/editions.md").read_text("utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
MARK = "── next ──"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block prints, all in one shell that stops at the first failure, beside the packaged editions."""
    place = tmp_path_factory.mktemp("checkout")
    (place / "rules").symlink_to(ROOT / "rules")
    command = f'#!/bin/sh\nexec "{sys.executable}" -c "from bot.cli import main; main()" "$@"\n'
    (place / "alliance-bot").write_text(command, "utf-8")
    (place / "alliance-bot").chmod(0o755)
    script = "set -e\n" + f"echo '{MARK}'\n".join(BLOCKS)
    environment = {"PATH": f"{place}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
    ran = subprocess.run(
        ["bash", "-c", script], cwd=place, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert lint(place / "my-rules") == []
    return [part.strip() for part in ran.stdout.split(MARK)]


def block(shown: list[str], command: str) -> str:
    """What the block with this command printed."""
    return next(out for text, out in zip(BLOCKS, shown, strict=True) if command in text)


def test_the_new_edition_has_no_problem_and_differs_in_what_was_announced(shown: list[str]) -> None:
    out = block(shown, "rules lint")
    assert out.startswith("no problems\n")
    (promised,) = re.findall(r"^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert promised.strip() + "\n\nlines" in out


def test_answers_and_reports_follow_on_both_sides(shown: list[str]) -> None:
    out = block(shown, "alliance-bot check")
    assert "低于 3.6，会被关闭权限" in out
    assert "规则版本：2027-01-01 版" in out
    assert "刚好 3.6 分是警告" in out
    reports = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert [report["standing"] for report in reports[:2]] == ["warning", "closing"]
    assert [report["verdict"] for report in reports[2:]] == ["undetermined", "barred"]


def test_the_questions_of_the_page_are_understood(shown: list[str]) -> None:
    out = block(shown, "alliance-bot eval")
    assert "edition 2027-01-01, 3 questions" in out
    assert "100" in out.splitlines()[1]


def test_the_impact_is_counted(shown: list[str]) -> None:
    assert "→ 2027-01-01: 0 chats looked at" in block(shown, "rules impact")
