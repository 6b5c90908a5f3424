"""Scores in a question, on both sides of every line of the 2022 edition."""

import pytest

from rules.understanding import Understanding

ENTRY, WARNING, CLOSING = "entry.score", "clearing.warning", "clearing.closing"


def quoted(reader: Understanding, question: str) -> tuple[str, ...]:
    return tuple(clause for part in reader.read(question).parts for clause in part.clauses)


@pytest.mark.parametrize(
    ("score", "clauses"),
    [
        ("4.2", (ENTRY,)),
        ("4.0", (ENTRY,)),
        ("3.99", (ENTRY, WARNING)),
        ("3.8", (ENTRY, WARNING)),
        ("3.79", (WARNING,)),
        ("3.5", (WARNING,)),
        ("3.49", (CLOSING,)),
        ("0", (CLOSING,)),
    ],
)
def test_a_score_told_quotes_what_holds_at_it(reader: Understanding, score: str, clauses: tuple[str, ...]) -> None:
    assert quoted(reader, f"体验分{score}分会怎样") == clauses


@pytest.mark.parametrize(
    ("written", "clauses"),
    [
        ("三点七", (WARNING,)),
        ("3点7分", (WARNING,)),
        ("３．７", (WARNING,)),
        ("3.75分", (WARNING,)),
        ("三点四五", (CLOSING,)),
        ("四分", (ENTRY,)),
        ("4分", (ENTRY,)),
    ],
)
def test_a_score_is_read_in_any_writing(reader: Understanding, written: str, clauses: tuple[str, ...]) -> None:
    assert quoted(reader, f"体验分{written}会怎样") == clauses


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("体验分低于3.8会怎样", (WARNING,)),
        ("体验分低于3.5会怎样", (CLOSING,)),
        ("体验分低于4.0会怎样", (ENTRY, WARNING)),
        ("体验分3.8以下会怎样", (WARNING,)),
        ("体验分4.0以上呢", (ENTRY,)),
    ],
)
def test_below_a_line_is_not_on_it(reader: Understanding, question: str, clauses: tuple[str, ...]) -> None:
    assert quoted(reader, question) == clauses


def test_lines_named_together_are_each_explained(reader: Understanding) -> None:
    assert quoted(reader, "4.0 3.8 3.5 分别代表什么") == (ENTRY, WARNING, CLOSING)
    assert quoted(reader, "体验分3.5和3.8分别是什么后果") == (WARNING, CLOSING)


@pytest.mark.parametrize("score", ["4.5", "4.0", "3.99", "3.6", "3.1"])
def test_whether_it_is_enough_to_enter_is_the_entry_line_at_any_score(reader: Understanding, score: str) -> None:
    assert quoted(reader, f"体验分{score}够不够开通精选联盟") == (ENTRY,)


@pytest.mark.parametrize(
    ("question", "clauses"),
    [
        ("体验分3.49会被清退吗", (CLOSING,)),
        ("体验分3.5会被清退吗", (WARNING, CLOSING)),
        ("体验分3.7会收到警告吗", (WARNING,)),
        ("体验分3.4会先收到警告吗", (WARNING, CLOSING)),
    ],
)
def test_a_question_about_the_other_side_of_a_line_quotes_both(
    reader: Understanding, question: str, clauses: tuple[str, ...]
) -> None:
    assert quoted(reader, question) == clauses


def test_a_score_left_behind_is_not_judged(reader: Understanding) -> None:
    assert quoted(reader, "体验分从4.3掉到3.7了") == (WARNING,)
