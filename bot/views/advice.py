"""What to look at when a score is low, by a text of the platform: the same advice once in a message."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.other_text import OtherText
from storage.notices import Item


@dataclass(frozen=True)
class Advice:
    """`lines`: what to look at, "" where a shop above has the same. `text`: the text that says so."""

    text: OtherText
    lines: str


def advice_on(items: Iterable[Item], texts: Sequence[OtherText]) -> Mapping[Item, Advice]:
    """The advice on each item that is about a low score, by the first text with any; empty without such a text."""
    text = next((text for text in texts if text.advice), None)
    if text is None:
        return {}
    low = (item for item in items if item.reason.row.advises and item.points is not None)
    advised = [(item, text.advice_on(item.fact)) for item in low]
    first = {lines: item for item, lines in reversed(advised)}
    return {item: Advice(text, lines if first[lines] is item else "") for item, lines in advised}
