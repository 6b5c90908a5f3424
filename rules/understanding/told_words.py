"""The words of `told.toml` as patterns."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rules.understanding.tables import load


@cache
def pattern(table: str, name: str) -> re.Pattern[str]:
    """The pattern of an entry. Raises KeyError for an unknown entry."""
    return _compiled(_entry(table)[name])


@cache
def entries(table: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """All entries of a table with their patterns, in the order of the file."""
    return tuple((name, _compiled(words)) for name, words in _entry(table).items())


def matches(table: str, name: str, text: str) -> bool:
    """Whether the entry's words stand anywhere in the text."""
    return pattern(table, name).search(text) is not None


def own_shop() -> str:
    """How a merchant writes of the own shop, to stand in place of its name."""
    return str(_entry("total")["own_shop"])


def named_spans(table: str, text: str) -> list[tuple[str, int, int]]:
    """The places where an entry of the table is named, as (entry, start, end), in the order of the text."""
    whole = _whole(table)
    return [(found.lastgroup or "", found.start(), found.end()) for found in whole.finditer(text)]


@cache
def _whole(table: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{name}>{_joined(words)})" for name, words in _entry(table).items()))


def _entry(table: str) -> Mapping[str, Any]:
    found: Any = load("told.toml")
    for key in table.split("."):
        found = found[key]
    return dict(found)


def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(_joined(words))


def _joined(words: str) -> str:
    """The pattern without the line breaks of the file."""
    return re.sub(r"\n\s*", "", words)
