"""Reports on standard output: a JSON object a line, or lines of text."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer


def show_all(found: Sequence[Mapping[str, Any]], as_json: bool, line: Callable[[Any], str] | None = None) -> None:
    """Print a JSON object a line, or each entry as lines of text; as one line by `line` if given."""
    for one in found:
        typer.echo(json.dumps(one, ensure_ascii=False) if as_json else (line(one) if line else "\n".join(_lines(one))))


def _lines(one: Mapping[str, Any]) -> list[str]:
    """A line of the short values, then a line for each value that is long or has parts."""
    short = {
        name: value for name, value in one.items() if not isinstance(value, dict | list) and "\n" not in str(value)
    }
    lines = [_flat(short)] if short else []
    for name, value in one.items():
        if name not in short:
            lines += [f"  {name}: {_flat(part)}" for part in (value if isinstance(value, list) else [value])]
    return lines


def _flat(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    return "  ".join(f"{name}={value}" for name, value in one.items() if value not in (None, ""))
