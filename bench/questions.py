"""The labelled questions of the tests, in merchants' words."""

import json
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "tests" / "questions"


@cache
def lines(name: str) -> tuple[str, ...]:
    """Lines of a labelled file, each a JSON object."""
    return tuple((FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines())


def popular(number: int) -> str:
    """A question out of 115, which come again and again."""
    return _asked("dev")[number % 115]


def different(number: int) -> str:
    """A question not asked before, so that nothing kept in memory helps. Raises IndexError after 6,000."""
    return _asked("tune")[number]


@cache
def examples() -> Mapping[str, str]:
    """Phrasings of each topic for the peers that search them, a line each."""
    return tomllib.loads((Path(__file__).parent / "examples.toml").read_text("utf-8"))


@cache
def _asked(name: str) -> tuple[str, ...]:
    return tuple(str(json.loads(line)["q"]) for line in lines(name))
