"""What no message may have, whatever it says: words said twice, an empty place, a value that was forgotten."""

import re
from collections import Counter
from collections.abc import Iterator

SENTENCE_END = re.compile(r"(?<=[。！？\n])")
EMPTY = re.compile(
    r"：[ ]*$(?!\n[^\w\n])|[，、；（][ ]*$|[：，、；（][ ]*[：，、；。）]|。[：，、；。]"
    r"|“”|\[\]|  |None|Undefined|\{[a-z_]*\}",
    re.MULTILINE,
)
SHORTEST_PHRASE = 6
"""Characters from which a sentence said twice is a fault; shorter ones may well stand in two places."""


def faults(text: str) -> list[str]:
    """Everything wrong with the shape of the plain text of a message; empty where nothing is."""
    return [*said_twice(text), *(f"empty: {found[0]!r}" for found in EMPTY.finditer(text))]


def said_twice(text: str) -> Iterator[str]:
    """Each sentence or line that stands more than once in the text."""
    counted = Counter(one for one in map(_bare, SENTENCE_END.split(text)) if len(one) >= SHORTEST_PHRASE)
    yield from (f"twice: {one}" for one, count in counted.items() if count > 1)


def _bare(sentence: str) -> str:
    return sentence.strip().rstrip("。！？")
