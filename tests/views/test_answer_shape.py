"""An answer is read in one look: a lead of two sentences, what decides, one source, three buttons, nothing twice."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from bot.views.answer import ShowTopic, answer
from bot.views.answer_values import OfShops
from bot.views.other_edition import EditionOffers
from bot.views.render import Button, Rendered
from rules.edition import Edition
from rules.reading import AnswerKind, Reading
from rules.sources import Source
from rules.understanding import Understanding
from storage.shops import Shop
from tests import shape
from tests.packaged import CATALOGUE

SETS = Path(__file__).parents[1] / "questions"
UNREAD = "digest-b.jsonl"
"""Only counted, never read."""
TODAY = date(2026, 11, 29)
OLD, NEW = "2022-10-10", "2026-07-29"
MOST_OF_A_SET, MOST_SENTENCES, MOST_BUTTONS, MOST_OF_A_GAP = 200, 2, 3, 2
LABEL = re.compile(
    r"原文 · |要点 · |第 [\d.、]+ 条$|▫️|•|来源：|我们的理解：|平台另一份|另外知道的|规则改过吗|20[\d-]+ 版|可以这样问我"
)
"""A line that is no sentence of ours about the rules: what a provision is, a source, a heading, an example."""
SOURCE = re.compile(r"^(20[\d-]+) 版( · .*)?$", re.MULTILINE)
MARK = re.compile(r"（按旧版.*?）|（我们的说明.*?）")
"""What may be said of each sentence."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
DERIVED = re.compile(r"\d{4}-\d{2}-\d{2}|\d+ 天|[差高剩] [\d.]+|\d+ 次|只高 [\d.]+")
"""What follows from the day and from the limits: days, distances, what is left."""


@dataclass(frozen=True)
class Asked:
    """A question and what is replied by an edition."""

    question: str
    edition: Edition
    reading: Reading
    shown: Rendered

    @property
    def is_answered(self) -> bool:
        return self.reading.kind in (AnswerKind.ANSWER, AnswerKind.NOT_COVERED)


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name), catalogue=CATALOGUE)


def asked(question: str, name: str) -> Asked:
    edition = CATALOGUE.edition(name)
    reading = reader(name).read(question)
    return Asked(question, edition, reading, answer(edition, reading, EditionOffers(CATALOGUE, edition), today=TODAY))


def questions(file: Path) -> list[str]:
    """The questions of a set, every so many of a long one."""
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    found = [turn["q"] for line in lines for turn in line.get("turns", [line])]
    return found[:: max(1, len(found) // MOST_OF_A_SET)]


def paragraphs(one: Asked) -> list[list[str]]:
    """Our own words above and between the provisions, by paragraphs, by lines."""
    unquoted = re.sub("<blockquote.*?</blockquote>", "", one.shown.html, flags=re.DOTALL)
    text = unescape(re.sub("<[^>]*>", "", unquoted))
    found = ([line for line in each.splitlines() if not LABEL.match(line)] for each in text.split("\n\n"))
    return [lines for lines in found if lines]


def ours(one: Asked) -> str:
    """The same as one text."""
    return "\n".join(line for lines in paragraphs(one) for line in lines)


def long_leads(one: Asked) -> Iterator[str]:
    """The paragraphs of more than two sentences; what the edition in force says instead is one more, on its line."""
    for lines in paragraphs(one):
        own = [line for line in lines if not line.startswith("现行 ")]
        sentences = len(re.findall("[。！？]", "".join(own)))
        if sentences > MOST_SENTENCES:
            yield f"{sentences} sentences: {own}"
        yield from (f"long: {line}" for line in lines if line.startswith("现行 ") and line.count("。") != 1)


def misplaced(one: Asked) -> Iterator[str]:
    """What is not as it should be beside the words: buttons, sources, a gap longer than two lines."""
    buttons = [button for row in one.shown.rows for button in row]
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        yield f"{len(buttons)} buttons"
    if one.shown.plain.count("已停用") > 1:
        yield "已停用 twice"
    if one.is_answered:
        named = [name for name, _ in SOURCE.findall(one.shown.plain)]
        is_told_instead = len(one.shown.plain.splitlines()) == MOST_OF_A_GAP and "\n现行 " in one.shown.plain
        if len(named) != len(set(named)) or not (named or is_told_instead):
            yield f"sources: {named}"
    if is_gap(one) and len(one.shown.plain.splitlines()) > MOST_OF_A_GAP:
        yield f"a gap of {len(one.shown.plain.splitlines())} lines"


def is_gap(one: Asked) -> bool:
    """Whether the rules have no answer, no other text has, and no score is told that another edition judges."""
    marks = ("<blockquote", "▫️", "•", "另一部分", "<b>", "按 20")
    return one.reading.kind is AnswerKind.NOT_COVERED and not any(mark in one.shown.html for mark in marks)


def from_nowhere(one: Asked) -> set[Decimal]:
    """The numbers of the lead that neither the question nor the rules have, without days, distances and counts."""
    found = NUMBER.findall(DERIVED.sub("", ours(one)))
    return set(map(Decimal, found)) - set(of_question(one)) - of_rules()


def of_question(one: Asked) -> Iterator[Decimal]:
    """The numbers of the question, in figures or as they were read."""
    said = one.reading.said
    yield from map(Decimal, NUMBER.findall(reader(OLD).explained(one.question).text))
    for told in said.told:
        yield from (value for value in (told.number, told.low, told.high) if value is not None)
    yield from (claim.number for claim in said.claims if claim.number is not None)
    yield from said.compared


@cache
def of_rules() -> frozenset[Decimal]:
    """Every number of the editions: their figures, and what their texts have."""
    both = CATALOGUE.editions
    texts = [text for one in both for text in (one.name, one.scale_name, *(topic.lead for topic in one.topics))]
    texts += [f"{clause.heading} {clause.number} {clause.text}" for one in both for clause in one.clauses]
    written = {Decimal(number) for text in texts for number in NUMBER.findall(text)}
    return frozenset(written | {value for one in both for value in one.figures.values()})


def faults(one: Asked) -> list[str]:
    nowhere = [f"number from nowhere: {number}" for number in sorted(from_nowhere(one))]
    return [*long_leads(one), *shape.faults(MARK.sub("", ours(one))), *misplaced(one), *nowhere]


FILES = sorted(path for path in SETS.glob("*.jsonl") if path.name != UNREAD)


@pytest.mark.parametrize("name", [OLD, NEW])
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_an_answer_is_read_in_one_look(file: Path, name: str) -> None:
    every = (asked(question, name) for question in questions(file))
    found = {one.question: wrong for one in every if (wrong := faults(one))}
    assert found == {}


@pytest.mark.parametrize(
    ("question", "old", "new", "fault"),
    [
        ("3.7", "。（按旧版", "。一。二。（按旧版", "sentences"),
        ("3.7", "低于 70 分清退。", "低于 70 分清退。又说一句。", "long"),
        ("3.7", "\n2022-10-10 版", "\n2022-10-10 版 · 旧\n2022-10-10 版", "sources"),
        ("3.7", "原文 · ", "会收到警告，还不关闭。会收到警告，还不关闭。\n原文 · ", "twice: "),
        ("3.7", "现行", "已停用，现行", "已停用 twice"),
        ("3.7", "3.8，", "3.8：\n", "empty: "),
        ("3.7", "3.8，", "None，", "empty: "),
        ("3.7", "3.8，", "3.8，。", "empty: "),
        ("3.7", "低于 3.8，", "低于 3.83，", "from nowhere"),
        ("怎么申诉", "\n", "\n\n", "a gap of 3 lines"),
        ("怎么申诉", " 版 · 旧", " · 旧", "sources"),
    ],
)
def test_each_fault_is_seen(question: str, old: str, new: str, fault: str) -> None:
    one = asked(question, OLD)
    assert faults(one) == []
    broken = one.shown.html.replace(old, new, 1)
    assert broken != one.shown.html
    assert fault in " ".join(faults(replace(one, shown=replace(one.shown, html=broken))))


def test_a_fourth_button_is_seen() -> None:
    one = asked("3.7", OLD)
    more = replace(one.shown, rows=(*one.shown.rows, (Button("又一个", "check"),)))
    assert faults(replace(one, shown=more)) == ["4 buttons"]


def test_the_next_step_is_the_only_primary_button() -> None:
    styles = {question: [row[0].style for row in asked(question, OLD).shown.rows] for question in ("3.7", "怎么开通")}
    assert styles == {question: ["primary", "", ""] for question in styles}


@pytest.mark.parametrize(("shops", "rows"), [(1, [1]), (2, [1, 1]), (3, [1, 1, 1]), (4, [2, 2]), (8, [3, 3, 2])])
def test_a_choice_of_shops_takes_three_rows_at_most(shops: int, rows: list[int]) -> None:
    choices = tuple(
        (Shop(number, f"{number}", 1, f"店{number}", Source.MERCHANT), ShowTopic("close"))
        for number in range(1, shops + 1)
    )
    edition = CATALOGUE.edition(OLD)
    shown = answer(edition, reader(OLD).read("我会被清退吗"), today=TODAY, of_shops=OfShops(choices=choices))
    assert [len(row) for row in shown.rows] == rows
    assert shown.plain.startswith(f"你有 {shops} 家店，问的是哪一家？")


@pytest.mark.parametrize("name", [OLD, NEW])
def test_what_the_score_is_stands_first_and_is_marked_as_ours(name: str) -> None:
    first = asked("体验分是什么", name).shown.plain.partition("。")[0]
    assert first.startswith("体验分是平台给店铺打的分，规则拿它看能不能开通")
    assert first.endswith("（我们的说明）")


def test_one_provision_is_open_and_the_others_are_folded() -> None:
    html = asked("精选联盟准入标准", OLD).shown.html
    assert (html.count("<blockquote>"), html.count("<blockquote expandable>")) == (1, 5)
    assert html.count("二、精选联盟准入标准") == 1


@pytest.mark.parametrize(
    ("question", "decides"),
    [
        ("体验分3.4会怎样", "若体验分<3.5分"),
        ("体验分3.7会怎样", "若体验分<3.8分"),
        ("体验分3.9能开吗", "商家体验分>=4.0分"),
        ("关了3次 4.9分", "每个商家有且仅有3次"),
    ],
)
def test_the_open_provision_is_the_one_that_decides(question: str, decides: str) -> None:
    (opened,) = re.findall("<blockquote>(.*?)</blockquote>", asked(question, OLD).shown.html)
    assert unescape(opened).startswith(decides)


def test_of_a_digest_the_point_that_decides_has_the_heading_and_the_others_a_line_each() -> None:
    text = asked("商品体验分50会被清退吗", NEW).shown.plain
    assert "\n\n要点 · 商家清退（第 4.1.1 条）\n▫️ 所有商家：体验分低于 70 分" in text
    assert len(re.findall("^▫️ 第 [\\d.、]+ 条 · ", text, re.MULTILINE)) == 2


@pytest.mark.parametrize("name", [OLD, NEW])
def test_whether_the_rules_changed_is_answered_in_either_edition(name: str) -> None:
    text = asked("规则改过吗", name).shown.plain
    assert text.startswith("规则改过：2022-10-10 版（5 分制）已停用，现行 2026-07-29 版（100 分制）。\n")
