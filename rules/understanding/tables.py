"""The reader's data: TOML files of this package, and patterns from lists of words."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

HOME = Path(__file__).parent


@cache
def load(name: str) -> Mapping[str, Any]:
    """The content of a TOML file of this package."""
    with (HOME / name).open("rb") as file:
        return MappingProxyType(tomllib.load(file))


def load_all() -> None:
    """Read every TOML file of this package now: `load` reads none from disk afterwards."""
    for file in HOME.glob("*.toml"):
        load(file.name)


def split_list(words: str) -> tuple[str, ...]:
    """The words of a comma-separated list."""
    return tuple(word.strip() for word in words.split(","))


def any_of(*lists: str) -> str:
    """A pattern for any word of comma-separated lists, the longest first."""
    words = {word for each in lists for word in split_list(each)}
    return f"(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"
