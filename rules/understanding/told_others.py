"""What is told of somebody else's shop, beside one's own: it is no fact of the shop that is asked about."""

import re
from collections.abc import Iterator

from rules.understanding.told_words import matches, pattern

Span = tuple[int, int]


def without_others(text: str, *, is_asked: bool) -> str:
    """The text with other people's shops blanked, if the own shop is named apart or nothing is asked.

    朋友的店被关了3次,我会受影响吗 tells nothing of the own shop; 朋友的店3.9能开吗 asks about the friend's.
    """
    return _blanked(text, others(text, is_asked=is_asked))


def without_sisters(text: str) -> str:
    """The text without what is told of another shop of one's own, where this one is named apart."""
    return _blanked(text, list(_spans(text, "sister", "this")) if matches("others", "this", text) else [])


def others(text: str, *, is_asked: bool) -> list[Span]:
    """The places that tell of other people's shops: each from its name to the own shop's, or to the next mark."""
    spans = list(_spans(text, "mention", "self"))
    is_apart = not is_asked or matches("others", "self", _blanked(text, spans))
    return spans if is_apart else []


def _spans(text: str, name: str, apart: str) -> Iterator[Span]:
    end = 0
    for found in pattern("others", name).finditer(text):
        if found.start() < end:
            continue
        ahead = pattern("others", apart).search(text, found.end())
        mark = re.compile("[,。?!;]").search(text, found.end())
        end = min(at.start() if at else len(text) for at in (ahead, mark))
        yield found.start(), end


def _blanked(text: str, spans: list[Span]) -> str:
    for start, end in spans:
        text = text[:start] + "　" * (end - start) + text[end:]
    return text
