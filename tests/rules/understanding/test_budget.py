"""How much of a message is read, counted in what is found in the text."""

import json
from pathlib import Path

import pytest

from rules.edition import Edition
from rules.understanding import TooLong, Understanding
from rules.understanding.budget import MOST_STEPS, spend
from rules.understanding.normalise import MOST_READ
from rules.understanding.utterance import utterance

QUESTIONS = Path(__file__).parents[2] / "questions"
PLENTY = 4
"""So many times the longest question of a merchant is read."""


@pytest.mark.parametrize("repeated", ["3天", "被关3次,", "能", "怎么", "9分", "体验分3.7,会被关吗"])
def test_a_text_with_too_much_in_it_is_refused_each_time(reader: Understanding, repeated: str):
    for _ in range(2):
        with pytest.raises(TooLong, match="ask in parts"):
            reader.read((repeated * MOST_READ)[:MOST_READ])


def test_the_last_step_is_allowed_and_one_more_is_not():
    spend(MOST_STEPS - 4, 1, 1)
    with pytest.raises(TooLong):
        spend(MOST_STEPS - 3, 1, 1)


def test_the_whole_text_of_the_rules_may_be_asked_about(reader: Understanding, packaged):
    for edition in packaged.editions:
        reader.read("".join(clause.text for clause in edition.clauses))


def test_every_question_that_merchants_asked_is_far_below(reader: Understanding, edition: Edition):
    lines = [line for file in sorted(QUESTIONS.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
    asked = [one["q"] for line in map(json.loads, filter(None, lines)) for one in line.get("turns", [line])]
    longest = sorted(asked, key=len)[-50:]
    for text in longest:
        said = utterance(text, reader._roles)
        spend(PLENTY * len(said.text), PLENTY * len(said.tags), PLENTY * len(said.numbers))
