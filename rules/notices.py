"""The platform's notices about its rules, as a list tells them; bad entries are named and never stop the others."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, Final, NamedTuple

from pydantic import ConfigDict, Field, ValidationError, model_validator

from rules.catalogue.draft import explained
from rules.catalogue.problems import shortened
from rules.requirements import Frozen

MOST_NOTICES: Final = 10_000
QUIET_AFTER_DAYS: Final = 60
"""The rules change about once a month: a list whose newest notice is older may not be kept any more."""

_NUMBER: Final = re.compile(r"/rules/([^/?#]+)/?(?:[?#].*)?$")

Word = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
"""An id or a number: a single word."""


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
    url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")
    rules: tuple[Word, ...] = Field(default=(), max_length=50)
    announced_on: date | None = None
    effective_on: date | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_missing(cls, raw: Any) -> Any:
        return {key: value for key, value in raw.items() if value is not None} if isinstance(raw, dict) else raw

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
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NoListError(f"not JSON: {str(error)[:80]}") from None
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


def _label(entry: object, at: int) -> str:
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"entry {at} ({shortened(name)})" if name else f"entry {at}"


def _faults(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        what, mend = explained(detail, Notice)
        yield f"{what}, {mend}" if detail["loc"] else f"wants an object, not {shortened(detail['input'])}"
