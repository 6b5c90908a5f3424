"""Questions about the digest of 2026-07-29: the provisions quoted, and what stands above them, are what it says.

A line of `digest-*.jsonl`: the question, the edition, the kind of the reading, the official numbers of provisions of
which some must be quoted, words of the quotes, and patterns: `must` and `not` of the lead, `reply` of the whole answer.
Lines about how the score is made stand for what no edition says; they are left out here. The second set is kept unread:
only its counts are looked at.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bot.commands.evaluate_reader import lead
from bot.views.answer import answer, quoted
from bot.views.other_edition import EditionOffers
from rules.understanding import Understanding
from tests.packaged import CATALOGUE

Line = Mapping[str, Any]

SETS = Path(__file__).parents[1] / "questions"
TODAY = date(2026, 11, 29)


@dataclass(frozen=True)
class Replied:
    """What is answered: the kind of the reading, our words above the quotes, the provisions, the whole answer."""

    kind: str
    lead: str
    numbers: tuple[str, ...]
    quotes: str
    whole: str


@cache
def offers(name: str) -> EditionOffers:
    return EditionOffers(CATALOGUE, CATALOGUE.edition(name))


@cache
def reader(name: str) -> Understanding:
    return Understanding(CATALOGUE.edition(name), catalogue=CATALOGUE)


def replied(line: Line) -> Replied:
    by = offers(line["edition"])
    reading = reader(by.answering.name).read(line["q"])
    shown = quoted(by.answering, reading, by, today=TODAY)
    return Replied(
        reading.kind.value,
        lead(by, reading, TODAY),
        tuple(number for clause in shown for number in clause.number.split("、")),
        "".join(clause.text for clause in shown),
        answer(by.answering, reading, by, today=TODAY).plain,
    )


def false(line: Line, said: Replied) -> list[str]:
    """What the lead says against the text."""
    return [pattern for pattern in line.get("not", ()) if re.search(pattern, said.lead)]


def wanting(line: Line, said: Replied) -> Iterator[str]:
    """What is not as the line has it, beside what is false."""
    if said.kind != line["kind"]:
        yield f"kind {said.kind}"
    for number in line.get("numbers", ()):
        if not any(f"{each}.".startswith(f"{number}.") for each in said.numbers):
            yield f"no {number} among {said.numbers}"
    yield from (f"no quote {words}" for words in line.get("quote", ()) if words not in said.quotes)
    yield from (f"no {pattern}" for pattern in line.get("must", ()) if not re.search(pattern, said.lead))
    yield from (f"no reply {pattern}" for pattern in line.get("reply", ()) if not re.search(pattern, said.whole))


def lines(name: str) -> list[Line]:
    """The lines of the set, without those about how the score is made."""
    every = (json.loads(line) for line in (SETS / name).read_text("utf-8").splitlines())
    return [line for line in every if not ("reply" in line and any("没有写" in one for one in line["must"]))]


@cache
def outcomes(name: str) -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    """Of each line the question, what is false and what is wanting."""
    both = ((line, replied(line)) for line in lines(name))
    return tuple((line["q"], tuple(false(line, said)), tuple(wanting(line, said))) for line, said in both)


def test_nothing_false_is_said_of_the_first_set() -> None:
    assert [(question, wrong) for question, wrong, _ in outcomes("digest-a.jsonl") if wrong] == []


@pytest.mark.parametrize(("name", "least"), [("digest-a.jsonl", 97), ("digest-b.jsonl", 88)])
def test_the_share_of_right_answers_holds(name: str, least: int) -> None:
    """`least`: in per cent."""
    found = outcomes(name)
    right = sum(not wrong and not wants for _, wrong, wants in found)
    assert len(found) > 250
    assert right * 100 >= least * len(found)


def test_hardly_anything_false_is_said_of_the_unread_set() -> None:
    found = outcomes("digest-b.jsonl")
    wrong = sum(bool(each) for _, each, _ in found)
    assert wrong * 100 <= 2 * len(found)


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"kind": "chat"}, "kind"),
        ({"numbers": ["9.9"]}, "no 9.9"),
        ({"quote": ["鲸鱼"]}, "no quote"),
        ({"must": ["鲸鱼"]}, "no 鲸鱼"),
        ({"reply": ["鲸鱼"]}, "no reply"),
    ],
)
def test_each_check_can_fail(changed: Line, fault: str) -> None:
    line = {"q": "大闸蟹体验分74能进吗", "edition": "2026-07-29", "kind": "answer", "numbers": ["3.3"], "quote": ["75"]}
    said = replied(line)
    assert list(wanting(line, said)) == []
    (found,) = wanting({**line, **changed}, said)
    assert found.startswith(fault)
    assert false({"not": ["不到 75"]}, said)
