"""The buttons that the templates for merchants write: each fixed label, with the text behind it."""

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from bot.views.render import BUTTONS, MESSAGES

OPEN = "\0"
"""In the place of what only the message knows."""
_KNOWN = {"at": "c|1f|0", "of": "all"}
_TAG = re.compile(r"\{\{(.*?)\}\}")
_WORD = re.compile(r'"([^"]*)"')


class Label(NamedTuple):
    """A label and the button's text, in which every number of a shop is 1; OPEN where only the message knows it."""

    text: str
    data: str


def labels() -> list[Label]:
    """Every label without a value in it, in the order of the templates; operators' buttons are left out."""
    files = (file for file in sorted(MESSAGES.rglob("*.j2")) if file.parent.name != "operators")
    found = (label for file in files for line in _lines(file.read_text("utf-8")) for label in _labels(line))
    return list(dict.fromkeys(label for label in found if OPEN not in label.text))


def _lines(template: str) -> Iterator[str]:
    """The rows of buttons, also those of a macro, without the tags around."""
    text = re.sub(r"\{%.*?%\}|\{#.*?#\}", "", template, flags=re.DOTALL).partition(BUTTONS)
    yield from (line for line in (text[2] or text[0]).splitlines() if "=>" in line)


def _labels(line: str) -> Iterator[Label]:
    """The buttons of a row, with either word where a condition chooses between two."""
    for chosen in product(*map(_ways, _TAG.findall(line))):
        ways = iter(chosen)
        row = _TAG.sub(lambda _, ways=ways: next(ways), line)  # type: ignore[misc]
        for button in filter(None, (part.strip() for part in row.split(" | "))):
            text, arrow, data = button.partition(" =>")
            if arrow:
                yield Label(text.strip(), data.partition(" !")[0].strip())


def _ways(tag: str) -> list[str]:
    """What a tag may write: each of the texts of a condition, also none, or the value in a place."""
    tag = tag.strip()
    if "=>" in tag:
        whole, _, _ = tag.partition(" if ")
        return ["".join(_WORD.findall(part)[0] if '"' in part else _place(part) for part in whole.split(" ~ "))]
    if tag.startswith('"') and " if " in tag:
        first, _, rest = tag.partition(" if ")
        other = rest.partition(" else ")[2]
        return [_words(first), _words(other) if other else ""]
    return [_place(tag)]


def _words(text: str) -> str:
    text = text.strip()
    return text.strip('"') if text.startswith('"') and " ~ " not in text else OPEN


def _place(name: str) -> str:
    name = name.strip()
    return _KNOWN.get(name, "1" if name in ("shop.id", "shop_id", "standing.shop.id") else OPEN)
