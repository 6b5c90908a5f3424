"""`ask`: an answer, or a line each."""

import json
import re
from pathlib import Path

from tests.commands.conftest import Alliance

SOURCE = (Path(__file__).parents[2] / "rules/editions/2022-10-10/source.txt").read_text("utf-8")


TOO_MUCH = "3天" * 300


def test_an_answer_names_its_clauses_and_quotes_the_source(alliance: Alliance) -> None:
    ran = alliance("ask", "--json", "怎么开通精选联盟")
    answer = json.loads(ran.out)
    assert ran.status == 0
    assert answer["question"] == "怎么开通精选联盟"
    assert (answer["kind"], answer["edition"]) == ("answer", "2022-10-10")
    assert answer["quotes"] == ["关闭权限次数<3次", "商家体验分>=4.0分"]
    assert answer["clauses"] == ["entry.closures", "entry.score"]
    assert all(quote in SOURCE and quote in answer["reply"] for quote in answer["quotes"])
    assert "<b" not in answer["reply"]


def test_each_line_gets_a_line_also_bytes_that_are_no_text(alliance: Alliance) -> None:
    questions = ["精选联盟咋开", "", "拼多多怎么开店", "谢谢", "被精选联盟清退了在哪里申诉", "<b>&", "\ufffd" * 5]
    ran = alliance("ask", "--json", "-", given="\n".join(questions).encode() + b"\n\xff\xfe\n")
    answers = [json.loads(line) for line in ran.lines]
    assert ran.status == 0
    assert [answer["question"] for answer in answers] == [*questions, "\ufffd" * 2]
    kinds = [answer["kind"] for answer in answers]
    assert kinds[:5] == ["answer", "out_of_scope", "out_of_scope", "chat", "not_covered"]
    assert [(answer["quotes"], answer["clauses"]) for answer in answers[1:5]] == [([], [])] * 4


def test_an_unknown_edition_lists_the_known_ones(alliance: Alliance) -> None:
    ran = alliance("ask", "--edition", "2021-01-01", "怎么开通")
    assert ran.status == 2
    assert "2022-10-10" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_wrong_setting_is_told_in_one_line(alliance: Alliance) -> None:
    ran = alliance("ask", "怎么开通", RULES_EDITION="2021-01-01")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("alliance-bot: RULES_EDITION: ")


def test_what_was_read_is_explained_fact_by_fact(alliance: Alliance) -> None:
    ran = alliance("ask", "--explain", "上周4.4,今天3.48,被系统关过两次,会被关吗")
    assert ran.status == 0
    assert ran.lines[:2] == ["read as: 上周4.4,今天3.48,被系统关过两次,会被关吗", "kind: answer"]
    assert ran.lines[2].startswith("topics: close")
    assert re.fullmatch(r"second opinion: \w+ \d+%, \w+ \d+%, \w+ \d+% \(by: '.+'\)", ran.lines[3])
    assert ran.lines[4:] == [
        "told: score = 3.48",
        "told: closures = 2",
        "told: in_alliance = no",
        "asked: close",
        "points: any",
    ]


def test_a_score_of_another_scale_is_answered_by_its_edition_with_both_quoted(alliance: Alliance) -> None:
    answer = json.loads(alliance("ask", "--json", "体验分85能开通吗").out)
    assert answer["reply"].startswith("按 2026-07-29 版（100 分制）：")
    assert answer["clauses"] == ["admission.score", "entry.score"]
    assert all(quote in answer["reply"] for quote in answer["quotes"])


def test_what_another_text_answers_is_named_beside_and_nothing_is_quoted(alliance: Alliance) -> None:
    answer = json.loads(alliance("ask", "--json", "分数为什么掉了").out)
    assert (answer["kind"], answer["clauses"], answer["quotes"]) == ("not_covered", [], [])
    assert answer["other_text"] == {"name": "2026-09-08-score-rules", "points": ["fell", "deductions"]}
    assert answer["reply"].startswith("规则没有写")
    assert json.loads(alliance("ask", "--json", "怎么开通").out)["other_text"] is None


def test_a_question_that_holds_too_much_is_refused_in_one_line(alliance: Alliance) -> None:
    for words in (["ask", TOO_MUCH], ["ask", "--json", TOO_MUCH], ["ask", "--explain", TOO_MUCH]):
        ran = alliance(*words)
        assert (ran.status, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert ran.err.endswith("ask in parts\n")


def test_among_lines_one_that_holds_too_much_is_named_and_the_others_are_answered(alliance: Alliance) -> None:
    given = f"精选联盟咋开\n{TOO_MUCH}\n谢谢\n".encode()
    ran = alliance("ask", "--json", "-", given=given)
    first, second, third = map(json.loads, ran.lines)
    assert ran.status == 1
    assert (first["kind"], third["kind"]) == ("answer", "chat")
    assert second == {"line": 2, "error": "the text holds more than is read at once; ask in parts"}
    plain = alliance("ask", "-", given=given)
    assert (plain.status, plain.lines[1]) == (1, "line 2: the text holds more than is read at once; ask in parts")
