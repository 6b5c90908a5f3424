"""Follow-ups, without a subject of their own: 那3.6呢, 第二条呢, 为什么, 要多久."""

import re
from collections.abc import Sequence, Set
from functools import cache
from typing import NamedTuple

from rules.edition import Edition
from rules.numbers import WHOLE, count
from rules.reading import Figure, Part, Reading
from rules.understanding.lexicon import Known, flagged, number_concepts
from rules.understanding.provisions import clauses_for
from rules.understanding.tables import any_of, load

LONGEST = 16


class Patterns(NamedTuple):
    """Patterns for a provision's place in a list, the last question put again, and a bare "why?"."""

    place: re.Pattern[str]
    again: re.Pattern[str]
    why: re.Pattern[str]


@cache
def _patterns() -> Patterns:
    words = load("follow_up.toml")
    again, why = words["again"], words["why"]
    return Patterns(
        re.compile(rf"第(?P<number>\d{{1,2}}|{WHOLE}){any_of(words['item'])}"),
        re.compile(rf"{any_of(again['begins'])}|.*{any_of(again['ends'])}[?。!]*$"),
        re.compile(rf"{any_of(why['before'])}?{any_of(why['words'])}{any_of(why['after'])}?[?。!]*\s*"),
    )


def place_asked(text: str) -> int | None:
    """The place, from 1, of the provision asked for by place; None for any other text."""
    found = _patterns().place.search(text)
    return count(found["number"]) if found and len(text) <= LONGEST else None


def provision_at(edition: Edition, before: Reading, place: int) -> Part | None:
    """The provision at a place of the last answer, else of the edition's longest list; None past the end."""
    shown = [clause for part in before.parts for clause in part.clauses]
    longest = max((topic.clauses for topic in edition.topics), key=len, default=())
    listed = shown if len(shown) >= place and len(shown) > 1 else longest
    return _at(edition, listed, place)


def _at(edition: Edition, listed: Sequence[str], place: int) -> Part | None:
    """The provision at a place of a list, under the topic that quotes nothing else; None without such a topic."""
    if not 1 <= place <= len(listed):
        return None
    clause = listed[place - 1]
    topic = next((topic.id for topic in edition.topics if topic.clauses == (clause,)), None)
    return Part(topic=topic, clauses=(clause,)) if topic else None


def provision_named(edition: Edition, text: str, named: Set[str]) -> Part | None:
    """The provision asked for by place in a list named in the text: 准入标准第三条; None for any other text."""
    place = place_asked(text)
    if not place or Known.CRITERIA not in named or not named <= _beside_a_number() | flagged().with_item:
        return None
    asked = "join_auto" if Known.AUTO in named else "criteria"
    listed = next((topic.clauses for topic in edition.topics if topic.id == asked), ())
    return _at(edition, listed, place)


def asks_why(text: str) -> bool:
    """Whether the text asks for the reason of the last answer, and nothing else."""
    return bool(_patterns().why.fullmatch(text))


def names_only_numbers(text: str, named: Set[str]) -> bool:
    """Whether the text puts another number to the last question: 那3.6呢."""
    if len(text) > LONGEST or not _patterns().again.match(text):
        return False
    return bool(named & number_concepts()) and named <= number_concepts() | _beside_a_number()


def _beside_a_number() -> frozenset[str]:
    """The concepts that ask nothing new beside a number."""
    return flagged().subject | flagged().idle | flagged().with_number


def repeated_at(edition: Edition, before: Reading, figures: tuple[Figure, ...]) -> Part | None:
    """The last question with other numbers; None if the last answer has no number."""
    for part in reversed(before.parts):
        topic = edition.topic(part.topic)
        if part.clauses and part.figures:
            return Part(topic=topic.id, figures=figures, clauses=clauses_for(edition, topic, figures))
    return None
