"""JSON of strangers, read as far as anybody can: one odd part must not hide what stands beside the part (pure)."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

DEEPEST: Final = 100
"""Levels of lists and objects that are read. A part that is nested deeper is read as null."""

LONGEST_NUMBER: Final = 40
"""Digits of a whole number that is read. A longer one is read as null."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def loads(body: bytes) -> Any:
    """The value of a JSON text; what Python refuses is left out, and the rest read. Raises ValueError for no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return json.loads("".join(_shallow(body.decode("utf-8", "replace"))), parse_int=_number)


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _shallow(text: str) -> Iterator[str]:
    """The pieces of the text, without what is nested deeper than `DEEPEST`."""
    depth = start = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                yield text[start : token.start()] + "null"
        elif token[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                start = token.end()
            depth -= 1
    if depth <= DEEPEST:
        yield text[start:]
