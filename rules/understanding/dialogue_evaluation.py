"""How well dialogues are followed: the figures of `alliance-bot eval` on lines with `turns`.

A line is a dialogue: `turns`, each a labelled question (see `evaluation`), played one after another with what is
remembered between them. A turn is right when its quotes and its lead are. Further keys (`persona`) are left alone.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from rules.edition import Edition
from rules.memory import Memory
from rules.reading import Reading
from rules.understanding.evaluation import BadLine, Labelled, Lead, Scored, judged, scored

Follow = Callable[[Memory, str], tuple[Reading, Memory]]
ReadLead = Callable[[Reading], str]
"""What stands before the first quote of the reply to a reading."""


class LabelledDialogue(BaseModel):
    """The labelled turns of a dialogue."""

    model_config = ConfigDict(frozen=True, strict=True)

    turns: Annotated[list[Labelled], Field(min_length=1)]


@dataclass(frozen=True)
class Turn:
    """A turn as answered. `quotes`, `lead`: None where the line does not label them."""

    question: Labelled
    reading: Reading
    quotes: Scored | None
    lead: Lead | None

    @property
    def right(self) -> bool:
        return (self.quotes is None or self.quotes.right) and (self.lead is None or self.lead.right)


@dataclass(frozen=True)
class Played:
    """All dialogues of a file as answered."""

    dialogues: tuple[tuple[Turn, ...], ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns of all dialogues, in the order of the file."""
        return tuple(turn for dialogue in self.dialogues for turn in dialogue)

    @property
    def right(self) -> int:
        """How many turns are right."""
        return sum(turn.right for turn in self.turns)

    @property
    def whole(self) -> int:
        """How many dialogues are right in every turn."""
        return sum(all(turn.right for turn in dialogue) for dialogue in self.dialogues)

    @property
    def false_leads(self) -> tuple[Turn, ...]:
        """The turns whose lead says what is not so."""
        return tuple(turn for turn in self.turns if turn.lead and turn.lead.found)


def parted(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """The lines of single questions and those of dialogues, each with empty lines in place of the others."""
    both = [(line, '"turns"' in line) for line in lines]
    return ["" if is_one else line for line, is_one in both], [line if is_one else "" for line, is_one in both]


def labelled_dialogues(lines: Iterable[str]) -> Iterator[LabelledDialogue]:
    """The dialogues of a labelled file's lines; empty lines are skipped. Raises BadLine."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield LabelledDialogue.model_validate(json.loads(line))
        except ValueError as error:
            raise BadLine(f"line {number}: not a labelled dialogue: {str(error).splitlines()[0]}") from error


def play(edition: Edition, lines: Iterable[str], follow: Follow, lead: ReadLead) -> Played:
    """The dialogues of a labelled file as answered. Raises BadLine."""
    return Played(tuple(tuple(_played(edition, one.turns, follow, lead)) for one in labelled_dialogues(lines)))


def _played(edition: Edition, turns: Sequence[Labelled], follow: Follow, lead: ReadLead) -> Iterator[Turn]:
    memory = Memory()
    for question in turns:
        reading, memory = follow(memory, question.q)
        quotes = None if question.in_scope is None else scored(edition, question, reading)
        yield Turn(question, reading, quotes, judged(question, lead(reading)) if question.has_lead else None)
