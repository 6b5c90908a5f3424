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


def test_a_lead_is_held_to_what_it_must_and_must_not_say(alliance: Alliance, tmp_path: Path) -> None:
    table = [
        {"q": "体验分3.7会被清退吗", "must": ["3\\.7"], "not": ["^会"]},
        {"q": "体验分3.7会被清退吗", "must": ["四舍五入"], "not": []},
        {"q": "体验分3.4会被清退吗", "must": [], "not": ["^会"]},
        {"q": "体验分70会被清退吗", "must": ["70"], "not": ["3\\.5"], "edition": "2026-07-29"},
        {"q": "怎么开通精选联盟", "in_scope": True, "expect": ["join"], "must": ["自动入驻"], "not": []},
    ]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in table)
    (tmp_path / "leads.jsonl").write_text(lines, "utf-8")
    ran = alliance("eval", "leads.jsonl")
    assert (ran.status, ran.err) == (0, "")
    assert ran.lines[0] == "edition 2022-10-10, 1 questions, 5 leads"
    assert "leads right          3/5" in ran.lines
    assert "false leads          1" in ran.lines
    assert ran.lines[-2].startswith("false lead: '体验分3.4会被清退吗': '会：")
    assert ran.lines[-1].endswith("lacks ['四舍五入']")


def test_a_pattern_that_is_none_is_named_with_its_line(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "leads.jsonl").write_text('{"q": "你好", "must": ["("], "not": []}\n', "utf-8")
    ran = alliance("eval", "leads.jsonl")
    assert ran.status == 2
    assert ran.err.startswith("alliance-bot: leads.jsonl, line 1")


def test_a_dialogue_is_played_turn_by_turn(alliance: Alliance, tmp_path: Path) -> None:
    right = [
        {"q": "体验分3.7", "in_scope": True, "expect": ["warn"], "must": ["警告"]},
        {"q": "那能开吗", "in_scope": True, "expect": ["auto_score"], "must": ["3\\.7"], "not": ["^能"]},
        {"q": "谢谢", "in_scope": False},
        {"q": "今晚吃什么", "in_scope": True, "expect": ["close"], "may_refuse": True},
    ]
    wrong = [
        {"q": "体验分3.4", "in_scope": True, "expect": ["join"]},
        {"q": "会关吗", "must": ["四舍五入"], "not": ["^会"]},
    ]
    lines = (json.dumps({"persona": "店主", "turns": turns}, ensure_ascii=False) for turns in (right, wrong))
    (tmp_path / "talk.jsonl").write_text("\n".join(lines), "utf-8")
    ran = alliance("eval", "talk.jsonl")
    assert (ran.status, ran.err) == (0, "")
    assert ran.lines[:4] == [
        "edition 2022-10-10, 2 dialogues, 6 turns",
        "turns right          4/6",
        "whole dialogues      1/2",
        "false leads          1",
    ]
    assert ran.lines[4] == "turn 1, miss: '体验分3.4': answer (score_at); wants join"
    assert ran.lines[5].startswith("turn 2, false lead: '会关吗': '会：")
    assert len(ran.lines) == 6


def test_questions_and_dialogues_may_stand_in_one_file(alliance: Alliance, tmp_path: Path) -> None:
    question = {"q": "怎么开通精选联盟", "in_scope": True, "expect": ["join"]}
    lines = (json.dumps(one, ensure_ascii=False) for one in (question, {"turns": [question]}))
    (tmp_path / "both.jsonl").write_text("\n".join(lines), "utf-8")
    ran = alliance("eval", "both.jsonl")
    assert [line for line in ran.lines if line.startswith("edition")] == [
        "edition 2022-10-10, 1 dialogues, 1 turns",
        "edition 2022-10-10, 1 questions",
    ]


def test_a_line_that_is_no_dialogue_is_named(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "talk.jsonl").write_text('{"q": "你好", "in_scope": false}\n{"turns": []}\n', "utf-8")
    ran = alliance("eval", "talk.jsonl")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("alliance-bot: talk.jsonl, line 2: not a labelled dialogue")
