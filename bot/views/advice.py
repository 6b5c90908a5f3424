"""What to look at when a score is low, by a text of the platform: the same advice once in a message."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.other_text import COLON, OtherText
from storage.notices import Item


@dataclass(frozen=True)
class Advice:
    """`where`, `look`: the page, and what to look at there, "" where a shop above has the same. `text`: says so."""

    text: OtherText
    where: str
    look: str


def advice_on(items: Iterable[Item], texts: Sequence[OtherText]) -> Mapping[Item, Advice]:
    """The advice on each item that is about a low score, by the first text with any; empty without such a text."""
    text = next((text for text in texts if text.advice), None)
    if text is None:
        return {}
    low = (item for item in items if item.reason.row.advises and item.points is not None)
    advised = [(item, text.advice_on(item.fact)) for item in low]
    first = {lines: item for item, lines in reversed(advised)}
    return {item: _advice(text, lines, is_first=first[lines] is item) for item, lines in advised}


def _advice(text: OtherText, lines: str, *, is_first: bool) -> Advice:
    where, _, look = lines.replace("\n", "").partition(COLON)
    return Advice(text, where, look if is_first else "")
