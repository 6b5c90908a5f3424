"""The figures that fault tests reported, kept from run to run: each row with the day of its run on each engine."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = Path(__file__).parent / "measured.json"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Run:
    """What the tests of a row said in a run: the day, all that was said, and of that what fits a line of a table."""

    on: date
    said: tuple[str, ...]
    short: tuple[str, ...]


Kept = Mapping[str, Mapping[str, Run]]
"""The runs of each row, by engine."""


def reported(lines: Iterable[str], on: date) -> dict[str, Run]:
    """The run of each row that said something; `lines` are those that `scene.report` wrote."""
    told: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        row, said, short = json.loads(line)
        told.setdefault(row, []).append((said, short or said))
    return {row: Run(on, _once(said for said, _ in all_of_it), _once(short for _, short in all_of_it))
            for row, all_of_it in told.items()}  # fmt: skip


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def merged(kept: Kept, found: Mapping[str, Run], engine: str) -> Kept:
    """The kept rows, those that were found in this run on the engine replaced."""
    return {**kept, **{row: {**kept.get(row, {}), engine: run} for row, run in found.items()}}


def worst(told: Iterable[str]) -> list[str]:
    """Each of what was told once; of some that differ in their numbers alone one, each number the largest."""
    alike: dict[str, list[str]] = {}
    for one in told:
        alike.setdefault(_NUMBER.sub("#", one), []).append(one)
    return [_largest(some) for some in alike.values()]


def _largest(some: Sequence[str]) -> str:
    """The words of the first with the largest number in each place."""
    columns = zip(*(_NUMBER.findall(one) for one in some), strict=True)
    numbers = iter([max(column, key=float) for column in columns])
    return _NUMBER.sub(lambda _: next(numbers), some[0])


def cut(text: str, most: int) -> str:
    """The text, ended between two parts of it where it is longer than `most` characters."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    end = max(head.rfind(one) for one in ",;: ")
    return f"{(head[:end] if end > 0 else head).rstrip(',;: ')}…"


def read(file: Path = FILE) -> Kept:
    """The rows in the file."""
    rows = json.loads(file.read_text("utf-8"))
    return {row: {engine: _run(**run) for engine, run in runs.items()} for row, runs in rows.items()}


def _run(on: str, said: Sequence[str], short: Sequence[str]) -> Run:
    return Run(date.fromisoformat(on), tuple(said), tuple(short))


def write(kept: Kept, file: Path = FILE) -> None:
    """Replace the file."""
    rows = {row: {engine: vars(run) for engine, run in runs.items()} for row, runs in kept.items()}
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n", "utf-8")
