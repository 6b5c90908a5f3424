"""An answer is read in one look: a lead of two sentences, what decides, one source, three buttons, nothing twice."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from bot.views.answer import answer
from bot.views.other_edition import EditionOffers
from bot.views.render import Button, Rendered
from rules.edition import Edition
from rules.reading import AnswerKind, Reading
from rules.understanding import Understanding
from tests.packaged import CATALOGUE

SETS = Path(__file__).parents[1] / "questions"
UNREAD = "digest-b.jsonl"
"""Only counted, never read."""
TODAY = date(2026, 11, 29)
OLD, NEW = "2022-10-10", "2026-07-29"
MOST_OF_A_SET, MOST_SENTENCES, MOST_BUTTONS, MOST_OF_A_GAP = 200, 2, 3, 2
SHORTEST = 6
"""The characters of a sentence that must not be said twice; of shorter ones there are headings."""
LABEL = re.compile(r"原文 · |要点 · |第 [\d.、]+ 条|▫️|•|来源：|我们的理解：|平台另一份|另外知道的|规则改过吗|20[\d-]+ 版")
SOURCE = re.compile(r"^(20[\d-]+) 版( · .*)?$", re.MULTILINE)
EMPTY = re.compile(r"：\s*$|None|[。，；：、！？][。，；：、！？]|（）|“”", re.MULTILINE)
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

    @property
    def ours(self) -> list[list[str]]:
        """The paragraphs of our own words above and between the provisions, by lines."""
        text = unescape(re.sub(r"<(?!/?blockquote)[^>]*>", "", re.sub(r"<blockquote.*?</blockquote>", "\n", self.shown.html, flags=re.DOTALL)))
        paragraphs = ([line for line in each.splitlines() if not LABEL.match(line)] for each in text.split("\n\n"))
        return [lines for lines in paragraphs if lines]


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


def long_leads(one: Asked) -> Iterator[str]:
    """The paragraphs of more than two sentences, what the edition in force says being one more."""
    for lines in one.ours:
        own = [line for line in lines if not line.startswith("现行 ")]
        sentences = len(re.findall("[。！？]", "".join(own)))
        if sentences > MOST_SENTENCES:
            yield f"{sentences} sentences: {own}"
        yield from (f"long: {line}" for line in lines if line.startswith("现行 ") and line.count("。") != 1)


def said_twice(one: Asked) -> Iterator[str]:
    lines = [line for line in one.shown.plain.splitlines() if line.strip()]
    yield from (f"line twice: {line}" for line in sorted(set(lines)) if lines.count(line) > 1)
    ours = "\n".join(line for each in one.ours for line in each)
    sentences = [text.strip() for text in re.split(r"[。！？\n]|（按旧版.*?）", ours) if len(text.strip()) >= SHORTEST]
    yield from (f"sentence twice: {text}" for text in sorted(set(sentences)) if sentences.count(text) > 1)
    yield from (f"{words} twice" for words in ("已停用", "现行") if one.is_plain and one.shown.plain.count(words) > 1)
