"""The words of understood answers, from `answers.toml`, and the trimming of an answer to the core."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The packaged lists, the longest word first, by name; "before score": of the table [before]."""
    raw = tomllib.loads((Path(__file__).parent / "answers.toml").read_text("utf-8"))
    tables = {f"{name} {kind}": entries for name in ("before", "after") for kind, entries in raw.pop(name).items()}
    return {name: tuple(sorted(entries, key=len, reverse=True)) for name, entries in (raw | tables).items()}


def unhedged(text: str) -> str:
    """The text without hedging words."""
    for hedge in words()["hedges"]:
        text = text.replace(hedge, "")
    return text.strip(" ,.")


def bare(text: str) -> str:
    """The text without particles (啊, 呀, 的) at the end."""
    for particle in words()["particles"]:
        if text.endswith(particle) and text != particle:
            return bare(text[: -len(particle)].rstrip(" ,~!"))
    return text


def says(text: str, *lists: str) -> bool:
    """Whether the text is a word of these lists, with or without particles."""
    return any(form in words()[name] for name in lists for form in (text, bare(text)))


def core(text: str, kind: str) -> str:
    """The answer without the usual words before and behind."""
    text = bare(text).replace(" ", "")
    before, after = words()[f"before {kind}"], words()[f"after {kind}"]
    while head := next((word for word in before if text.startswith(word) and text != word), ""):
        text = text[len(head) :]
    while tail := next((word for word in after if text.endswith(word) and text != word), ""):
        text = text[: -len(tail)]
    return text
