"""What is only said by its subject: 那3.6呢, 第二条呢, 为什么, 要多久, asked after something else."""

import re
from collections.abc import Sequence, Set

from rules.edition import Edition
from rules.reading import Part, Reading
from rules.understanding.lexicon import Known, flagged, number_concepts
from rules.understanding.number_roles import NumbersByRole
from rules.understanding.numbers_in_text import numbers
from rules.understanding.provisions import clauses_for

LONGEST = 16
_ITEM = re.compile(r"第(?P<number>[一二三四五六七八九十\d]{1,2})(?:条|个|点|项|款)")
_AGAIN = re.compile(r"(?:那么?|and|what about|how about|如果|换成|要是)|.*呢[?。!]*$")
_WHY = re.compile(r"(?:那|这是|这)?(?:为什么|原因|理由|怎么会|why)(?:呢|啊|呀|这样)?[?。!]*\s*")


def item_asked(text: str) -> int | None:
    """The number of the provision that is asked for by its place, from 1; None if none is."""
    found = _ITEM.search(text)
    if not found or len(text) > LONGEST:
        return None
    counted = numbers(f"{found['number']}次")
    return int(counted[0].value) if counted else None


def item(edition: Edition, before: Reading, place: int) -> Part | None:
    """The provision at this place of the last answer, or of the longest list that the edition has."""
    shown = [clause for part in before.parts for clause in part.clauses]
    longest = max((topic.clauses for topic in edition.topics), key=len, default=())
    listed = shown if len(shown) >= place and len(shown) > 1 else longest
    return _at(edition, listed, place)


def _at(edition: Edition, listed: Sequence[str], place: int) -> Part | None:
    """The provision at this place of a list, under the topic that quotes it alone."""
    if not 1 <= place <= len(listed):
        return None
    clause = listed[place - 1]
    topic = next((topic.id for topic in edition.topics if topic.clauses == (clause,)), None)
    return Part(topic=topic, clauses=(clause,)) if topic else None


def item_named(edition: Edition, text: str, named: Set[str]) -> Part | None:
    """The provision asked for by its place in a list that the text names: 准入标准第三条; None if none is."""
    place = item_asked(text)
    if not place or Known.CRITERIA not in named or not named <= _beside_a_number() | flagged().with_place:
        return None
    asked = "join_auto" if Known.AUTO in named else "criteria"
    listed = next((topic.clauses for topic in edition.topics if topic.id == asked), ())
    return _at(edition, listed, place)


def asks_why(text: str) -> bool:
    """Whether the text asks for the reason of what was just said, and nothing else."""
    return bool(_WHY.fullmatch(text))


def only_figures(text: str, named: Set[str]) -> bool:
    """Whether the text puts another number to the last question: 那3.6呢."""
    if len(text) > LONGEST or not _AGAIN.match(text):
        return False
    return bool(named & number_concepts()) and named <= number_concepts() | _beside_a_number()


def _beside_a_number() -> frozenset[str]:
    """The concepts that may be named beside a number without asking anything new."""
    return flagged().subject | flagged().idle | flagged().with_number


def at_figures(edition: Edition, before: Reading, gauged: list[NumbersByRole]) -> Part | None:
    """The last question put again with other numbers; None if the last answer has nothing to judge them by."""
    figures = tuple(found.figure for found in gauged)
    for part in reversed(before.parts):
        topic = edition.topic(part.topic)
        if part.clauses and part.figures:
            return Part(topic=topic.id, figures=figures, clauses=clauses_for(edition, topic, figures))
    return None
