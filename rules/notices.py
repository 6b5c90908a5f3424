"""The platform's notices about its rules, as a list tells them; bad entries are named and never stop the others."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, NamedTuple

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from rules.catalogue.draft import explained
from rules.catalogue.problems import shortened
from rules.requirements import Frozen

MOST_NOTICES: Final = 10_000
QUIET_AFTER_DAYS: Final = 60
"""The rules change about once a month: a list whose newest notice is older may not be kept any more."""

_NUMBER: Final = re.compile(r"/rules/([^/?#]+)/?(?:[?#].*)?$")

_DAY: Final = re.compile(
    r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ][0-9:.]+)?)"
)
_PLAIN: Final = r"[^\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
"""A character that is neither space nor invisible."""


def _day(written: object) -> date:
    """The day of 2026-07-29, 2026/7/29, 2026年7月29日, 20260729, with a time or not. Raises ValueError.

    A number, or a time with a zone, is none: the day of it depends on where it is read.
    """
    found = _DAY.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise ValueError("no day")
    year, month, day = (int(part) for part in found.groups() if part)
    return date(year, month, day)


Day = Annotated[date, BeforeValidator(lambda raw: raw if isinstance(raw, date) else _day(raw))]
Word = Annotated[str, Field(min_length=1, max_length=80, pattern=rf"^{_PLAIN}+$")]
"""An id or a number: a single word."""

WANTED: Final[Mapping[str, str]] = {
    "id": "write one word of at most 80 characters, the same for good",
    "title": "write a text of at most 300 characters",
    "url": "begin it with https:// and leave out spaces; at most 500 characters",
    "rules": 'write a list of numbers, such as ["101665"]',
    "announced_on": "write a day like 2026-07-29",
    "effective_on": "write a day like 2026-07-29",
}
"""What a key of an entry has to be."""


class NoListError(Exception):
    """What was read is no list of notices; the message says why, and what is wanted."""


def rule_number(address: str) -> str:
    """The number of a rule at the end of its address (…/rules/101665), "" when the address is of something else."""
    found = _NUMBER.search(address)
    return found[1] if found else ""


class Notice(Frozen):
    """A notice as listed. `rules`: numbers of the rules that it is about. What else a list tells is left aside."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, str_strip_whitespace=True)

    id: Word
    title: str = Field(min_length=1, max_length=300)
    url: str = Field(default="", max_length=500, pattern=rf"^(https?://{_PLAIN}+)?$")
    rules: tuple[Word, ...] = Field(default=(), max_length=50)
    announced_on: Day | None = None
    effective_on: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _blank_is_missing(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {key: value for key, value in raw.items() if value is not None and str(value).strip()}

    @property
    def day(self) -> date | None:
        """The day of the notice; when that is not told, the day from which it holds."""
        return self.announced_on or self.effective_on

    def days_left(self, on: date) -> int | None:
        """Days until it holds, below 0 when it has begun to; None when the day is not told."""
        return None if self.effective_on is None else (self.effective_on - on).days


class Listed(NamedTuple):
    """The notices of a list, and a line for each entry that can't be read."""

    notices: tuple[Notice, ...]
    bad: tuple[str, ...]

    @property
    def newest(self) -> date | None:
        """The day of the newest notice; None when no notice has a day."""
        return max((one.day for one in self.notices if one.day), default=None)

    def is_quiet(self, on: date) -> bool:
        """Whether on the day the list tells of nothing new so long that it may not be kept: it says nothing."""
        return self.newest is None or on - self.newest > timedelta(QUIET_AFTER_DAYS)


def read(data: bytes) -> Listed:
    """The list in JSON: `{"notices": [...]}` or the bare list. Raises NoListError."""
    found = _parsed(data)
    entries = found.get("notices") if isinstance(found, dict) else found
    if not isinstance(entries, list) or len(entries) > MOST_NOTICES:
        raise NoListError(f'wants {{"notices": […]}} or a list, of at most {MOST_NOTICES} notices')
    notices: dict[str, Notice] = {}
    bad: list[str] = []
    for at, entry in enumerate(entries, 1):
        try:
            notice = Notice.model_validate(entry)
        except ValidationError as error:
            bad.append(f"{_label(entry, at)}: {'; '.join(_faults(error))}")
            continue
        if notice.id in notices:
            bad.append(f"{_label(entry, at)}: the id is that of an earlier entry; give each its own")
        notices.setdefault(notice.id, notice)
    return Listed(tuple(notices.values()), tuple(bad))


def _parsed(data: bytes) -> Any:
    """What the JSON says. Raises NoListError, which says what the bytes are instead."""
    start = data.lstrip()[:1]
    if not start:
        raise NoListError("it is empty")
    if start == b"<":
        raise NoListError("a web page, not JSON; does the address ask for a login?")
    try:
        return json.loads(data)
    except UnicodeDecodeError:
        raise NoListError("no text in UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise NoListError(f"not JSON: {str(error)[:80]}") from None


def _label(entry: object, at: int) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"entry {at} ({shortened(name)})" if name else f"entry {at}"


def _faults(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        what, mend = explained(detail, Notice)
        if not detail["loc"]:
            yield f"wants an object, not {shortened(detail['input'])}"
        else:
            wanted = WANTED[str(detail["loc"][0])]
            yield f"{what}, {mend if detail['type'] == 'missing' else wanted}"
