"""`eval`: the figures over a labelled file, and a file without labelled questions."""

import json
from pathlib import Path

from tests.commands.conftest import Alliance

SHOWN = "U+2028 is no end of a line: \u2028, nor is \x85"


def test_a_labelled_file_is_scored_and_misses_are_named(alliance: Alliance, tmp_path: Path) -> None:
    table = [
        {"q": "怎么开通精选联盟", "in_scope": True, "expect": ["join"], "alt": [], "tag": "plain"},
        {"q": SHOWN, "in_scope": False, "expect": [], "alt": [], "tag": "noise"},
        {"q": "你好", "in_scope": True, "expect": ["join"], "alt": [], "tag": "plain"},
    ]
    lines = "\r\n".join(json.dumps(one, ensure_ascii=False) for one in table)
    (tmp_path / "labelled.jsonl").write_text(f"{lines}\n\n", "utf-8", newline="")
    ran = alliance("eval", "labelled.jsonl")
    assert (ran.status, ran.err) == (0, "")
    assert ran.lines[:3] == [
        "edition 2022-10-10, 3 questions",
        "right                50.0%",
        "refused              100.0%",
    ]
    assert ran.lines[-1] == "miss: '你好': chat (greeting); wants join"


def test_a_line_that_is_no_labelled_question_is_named(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "labelled.jsonl").write_text('{"q": "你好", "in_scope": false}\n{"q": 1}\n', "utf-8")
    ran = alliance("eval", "labelled.jsonl")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("alliance-bot: labelled.jsonl, line 2")
    assert len(ran.err.splitlines()) == 1
