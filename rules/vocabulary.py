"""The words of understood answers, from `answers.toml`, and the trimming of an answer to the core."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Words:
    """The vocabulary of `answers.toml`."""

    plain: Mapping[str, frozenset[str]]
    before: Mapping[str, tuple[str, ...]]
    after: Mapping[str, tuple[str, ...]]
    longest_first: Mapping[str, tuple[str, ...]]


@cache
def words() -> Words:
    """The packaged vocabulary."""
    raw = tomllib.loads((Path(__file__).parent / "answers.toml").read_text("utf-8"))
    lists = {name: entries for name, entries in raw.items() if isinstance(entries, list)}
    return Words(
        plain={name: frozenset(entries) for name, entries in lists.items()},
        before={name: _longest_first(entries) for name, entries in raw["before"].items()},
        after={name: _longest_first(entries) for name, entries in raw["after"].items()},
        longest_first={name: _longest_first(entries) for name, entries in lists.items()},
    )


def _longest_first(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(entries, key=len, reverse=True))


def unhedged(text: str) -> str:
    """The text without hedging words."""
    for hedge in words().longest_first["hedges"]:
        text = text.replace(hedge, "")
    return text.strip(" ,.")


def bare(text: str) -> str:
    """The text without particles (啊, 呀, 的) at the end."""
    for particle in words().longest_first["particles"]:
        if text.endswith(particle) and text != particle:
            return bare(text[: -len(particle)].rstrip(" ,~!"))
    return text


def says(text: str, *lists: str) -> bool:
    """Whether the text is a word of these lists, with or without particles."""
    known = words().plain
    return any(form in known[name] for name in lists for form in (text, bare(text)))


def core(text: str, kind: str) -> str:
    """The answer without the usual words before and behind."""
    text = bare(text).replace(" ", "")
    before, after = words().before[kind], words().after[kind]
    while head := next((word for word in before if text.startswith(word) and text != word), ""):
        text = text[len(head) :]
    while tail := next((word for word in after if text.endswith(word) and text != word), ""):
        text = text[: -len(tail)]
    return text
