"""The text of a new edition's `edition.toml`, made from that of another edition; comments and other lines stay."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date, timedelta

from rules.edition import Catalogue, Edition
from rules.facts import ISO_DAY

ONE_DAY = timedelta(1)
VALUE = r'(?:"(?:[^"\\\n]|\\.)*"|' + r"'[^'\n]*'" + rf"|{ISO_DAY.pattern})"

Head = Mapping[str, str | date | None]
"""Keys above the first table, each with the new value; None: the key is taken out."""


class HeadError(Exception):
    """A head that can't be written anew as text; the message names the keys."""


def named_day(name: str) -> date:
    """The day that is an edition's name. Raises ValueError unless written like 2027-01-01."""
    if not ISO_DAY.fullmatch(name):
        raise ValueError(f"{name} is no day like 2027-01-01")
    return date.fromisoformat(name)


def head_of(catalogue: Catalogue, pattern: Edition, name: str, today: date) -> Head:
    """The head of the new edition `name`, a copy of `pattern`: held from the day of the name on.

    It ends before the next edition of the catalogue, if there is one. Raises ValueError unless `name` is a day, or when
    another edition is held from just this day on.
    """
    on = named_day(name)
    taken = next((other.name for other in catalogue.editions if other.held_from == on), None)
    if taken:
        raise ValueError(f"edition {taken} is held from {on} on already")
    later = [other.held_from for other in catalogue.editions if other.held_from > on]
    return {
        "name": name,
        "title": ISO_DAY.sub(name, pattern.title),
        "published": min(on, today),
        "held_from": on,
        "held_until": min(later) - ONE_DAY if later else None,
        "checked": today,
    }


def ended_by(catalogue: Catalogue, on: date) -> tuple[Edition, Head] | None:
    """The edition that would still be in force on the day, and the head that ends it the day before; else None."""
    for one in catalogue.editions:
        if one.held_from < on and not one.is_over(on):
            return one, {"held_until": on - ONE_DAY}
    return None


def with_head(text: str, head: Head) -> str:
    """The TOML with the values of `head`. Raises HeadError."""
    for key, value in head.items():
        text = _with_key(text, key, value)
    wrong = [key for key, value in head.items() if _read(text).get(key) != value]
    if wrong:
        raise HeadError(f"can't write {', '.join(wrong)} anew; let each be a line of its own: key = value")
    return text


def _read(text: str) -> Mapping[str, object]:
    """The TOML as a mapping; empty when a key stands there twice by now."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _with_key(text: str, key: str, value: str | date | None) -> str:
    line = re.compile(rf"^({key}\s*=\s*){VALUE}(.*)$", re.MULTILINE)
    if value is None:
        return re.sub(rf"^{key}\s*=\s*{VALUE}.*\n", "", text, count=1, flags=re.MULTILINE)
    written = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value.isoformat()
    if line.search(text):
        return line.sub(lambda found: f"{found[1]}{written}{found[2]}", text, count=1)
    if key != "held_until":
        return text  # `with_head` says so
    return re.sub(r"^held_from\s*=.*$", rf"\g<0>\n{key} = {written}", text, count=1, flags=re.MULTILINE)
