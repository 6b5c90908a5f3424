"""`alliance-bot rules diff`: the differences of two editions, figures first."""

import json
from collections.abc import Iterator
from itertools import groupby

from bot.commands.catalogue import named
from rules.difference import Change, Entry, Part, differences
from rules.edition import Clause, Edition
from rules.requirements import Frozen

NONE = "(none)"
MARKS = {(False, True): "+", (True, False): "-", (True, True): "~"}
LONGEST_VALUE = 160
HEADINGS = {
    Part.FIGURE: "figures",
    Part.LINE: "lines",
    Part.CRITERION: "criteria",
    Part.CLAUSE: "clauses",
    Part.FACT: "facts",
}


def compared(first: str, second: str) -> Iterator[str]:
    """The lines to print; "+" is new, "-" is gone, "~" is changed. Raises Refusal for an unknown name."""
    old, new = named(first), named(second)
    found = differences(old, new)
    yield f"{old.name} → {new.name}"
    yield from _heads(old, new)
    if not found:
        yield "no difference in figures, lines, criteria, clauses or facts"
    for part, changes in groupby(found, key=lambda change: change.part):
        yield ""
        yield HEADINGS[part]
        for change in changes:
            yield from _figure(change) if part is Part.FIGURE else _entry(change)


def _heads(old: Edition, new: Edition) -> Iterator[str]:
    for name in ("scale_name", "wording", "source_name"):
        before, after = str(getattr(old, name)), str(getattr(new, name))
        if before != after:
            yield f"{name.removesuffix('_name')}: {before} → {after}"


def _figure(change: Change) -> Iterator[str]:
    shown = [NONE if value is None else str(value) for value in (change.before, change.after)]
    yield f"  {change.id:24} {' → '.join(shown)}"


def _entry(change: Change) -> Iterator[str]:
    before, after = change.before, change.after
    entry = after if before is None else before
    yield f"  {MARKS[before is not None, after is not None]} {change.id}  {_name_of(entry)}".rstrip()
    if isinstance(entry, Clause):
        yield from (f"      - {line}" for line in _text(before))
        yield from (f"      + {line}" for line in _text(after))
    elif isinstance(before, Frozen) and after is not None:
        yield from _fields(before, after)


def _name_of(entry: Entry | None) -> str:
    return str(getattr(entry, "label", "") or getattr(entry, "heading", ""))


def _text(clause: Entry | None) -> Iterator[str]:
    if isinstance(clause, Clause):
        yield clause.text
        if clause.reading:
            yield f"(reading) {clause.reading}"


def _fields(before: object, after: object, path: str = "") -> Iterator[str]:
    """A line for each field that differs, by the path to the value: `exempt.conditions.2.within_days`."""
    for name, old, new in _parts(before, after):
        here = f"{path}.{name}" if path else name
        if old == new:
            continue
        if _parts(old, new):
            yield from _fields(old, new, here)
        else:
            yield f"      {here}: {_plain(old)} → {_plain(new)}"


def _parts(before: object, after: object) -> list[tuple[str, object, object]]:
    """The fields of two entries, or the members of two lists of as many entries, side by side; else nothing."""
    if isinstance(before, Frozen) and type(before) is type(after):
        return [(field, getattr(before, field), getattr(after, field)) for field in type(before).model_fields]
    if not (isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after)):
        return []
    if not all(isinstance(one, Frozen) for one in (*before, *after)):
        return []
    return [(str(at), *pair) for at, pair in enumerate(zip(before, after, strict=True), 1)]


def _plain(value: object) -> str:
    """The value of a field for an operator, cut after LONGEST_VALUE characters."""
    if value in (None, (), ""):
        return NONE
    shown = ", ".join(map(_whole, value)) if isinstance(value, tuple) else _whole(value)
    return shown if len(shown) <= LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"


def _whole(value: object) -> str:
    """A value in the form of the edition's file."""
    return _written(value.model_dump(mode="json", exclude_defaults=True)) if isinstance(value, Frozen) else str(value)


def _written(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_written(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return json.dumps(value, ensure_ascii=False)
