"""Follow-ups without a subject, minutes after another question."""

import pytest

from rules.reading import AnswerKind
from rules.understanding import Understanding


@pytest.mark.parametrize(
    ("first", "then", "topic", "clauses"),
    [
        ("体验分3.7会怎样", "那3.4呢", "score_at", ("clearing.closing",)),
        ("体验分3.9能开通吗", "那4.1呢", "auto_score", ("entry.score",)),
        ("被关了两次还能开吗", "那三次呢", "three", ("clearing.chances",)),
        ("准入标准", "第二条呢", "adm2", ("admission.account",)),
        ("体验分3.7会怎样", "为什么", "score_at", ("clearing.warning",)),
        ("精选联盟怎么开通", "新店也一样吗", "new_shop", ("admission.score",)),
        ("精选联盟是什么", "那怎么开", "join", ("entry.closures", "entry.score")),
    ],
)
def test_a_follow_up_keeps_the_subject(
    reader: Understanding, first: str, then: str, topic: str, clauses: tuple[str, ...]
) -> None:
    reading = reader.read(then, reader.read(first))
    assert [(part.topic, part.clauses) for part in reading.parts] == [(topic, clauses)]


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ("入驻多少天内不考核", "60", []),
        ("处罚多久不算", "85", []),
        ("入驻30天没有体验分可以开吗", "45", []),
        ("精选联盟怎么开通", "85", ["85"]),
        ("体验分3.7会怎样", "85", ["85"]),
        (None, "85", ["85"]),
        (None, "100", ["100"]),
        (None, "69.5。", ["69.5"]),
        (None, "3", []),
        (None, "2026", []),
    ],
)
def test_a_number_alone_is_a_score_but_not_after_a_question_of_days(
    reader: Understanding, first: str | None, then: str, told: list[str]
) -> None:
    reading = reader.read(then, reader.read(first) if first else None)
    assert [str(one.number) for one in reading.said.of("score")] == told


def test_how_long_after_a_question_is_about_that_question(reader: Understanding) -> None:
    reading = reader.read("要多久", reader.read("精选联盟怎么开通"))
    assert (reading.kind, reading.parts[0].topic) == (AnswerKind.NOT_COVERED, "waiting")


@pytest.mark.parametrize("text", ["为什么", "第二条呢", "要多久"])
def test_without_a_question_before_there_is_nothing_to_follow(reader: Understanding, text: str) -> None:
    assert reader.read(text).kind in (AnswerKind.OUT_OF_SCOPE, AnswerKind.NOT_COVERED)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("准入标准第三条说了什么", ("admission.score",)),
        ("入驻条件第6条是什么意思", ("admission.brand",)),
        ("自动入驻第一个条件是什么", ("entry.closures",)),
    ],
)
def test_a_provision_of_a_list_is_found_by_its_place(
    reader: Understanding, text: str, clauses: tuple[str, ...]
) -> None:
    assert [part.clauses for part in reader.read(text).parts] == [clauses]


def test_there_is_no_seventh_provision(reader: Understanding) -> None:
    assert len(reader.read("准入标准第七条说了什么").parts[0].clauses) == 6


@pytest.mark.parametrize("text", ["清退标准", "谢谢", "淘宝联盟怎么加入", "精选联盟有几次机会"])
def test_a_question_that_stands_by_itself_is_read_as_ever(reader: Understanding, text: str) -> None:
    assert reader.read(text, reader.read("体验分3.7会怎样")) == reader.read(text)


@pytest.mark.parametrize(
    "long",
    ["那如果我们店铺的体验分后来慢慢变成了3.4分的话又会怎样呢", "准入标准的第二条说要正常营业,那我停业了能开联盟吗"],
)
def test_a_long_message_is_no_follow_up(reader: Understanding, long: str) -> None:
    assert reader.read(long, reader.read("体验分3.9能开通吗")) == reader.read(long)
