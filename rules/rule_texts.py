"""Which notices are about the rules of the catalogue, and whether a text of the catalogue has what they announce."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from rules.checked import Text
from rules.edition import Catalogue
from rules.notices import Notice, rule_number

_NAMES: Final = re.compile(r"《([^《》]+)》")


@dataclass(frozen=True)
class RuleText:
    """A text of the catalogue, and the rule of the platform that it is of.

    `held_from`: notices of changes up to this day are in the text, None: of none. `told`: where addresses of
    announcements stand that are in the text.
    """

    name: str
    source_name: str
    source_url: str
    held_from: date | None = None
    told: str = ""

    @property
    def number(self) -> str:
        """The rule's number, "" when the source is not the page of a rule."""
        return rule_number(self.source_url)

    @property
    def titles(self) -> frozenset[str]:
        """The rule's names, in 《》 in the name of the source."""
        return frozenset(_NAMES.findall(self.source_name))

    def is_meant_by(self, notice: Notice) -> bool:
        """Whether the notice is about the rule of this text: by number, by address or by name."""
        told = (*notice.rules, *map(rule_number, notice.rules), rule_number(notice.url))
        is_numbered = self.number and (self.number in told or self._is_in(notice.title))
        return bool(is_numbered) or any(title in notice.title for title in self.titles)

    def _is_in(self, title: str) -> bool:
        """Whether the title has the rule's number, which is no part of a longer one."""
        return bool(re.search(rf"(?<![0-9]){re.escape(self.number)}(?![0-9])", title))

    def has(self, notice: Notice) -> bool:
        """Whether what the notice announces is in this text already."""
        until = self.held_from
        if until and notice.effective_on and notice.effective_on <= until:
            return True
        address = re.escape(notice.url.rstrip("/"))
        is_page_of_rule = bool(rule_number(notice.url))  # it stays the same from change to change
        return bool(notice.url) and not is_page_of_rule and bool(re.search(rf"{address}(?![\w-])", self.told))

    def is_replaced_by(self, other: "RuleText") -> bool:
        """Whether the other is a later text of the same rule."""
        is_same = (self.number and self.number == other.number) or self.titles & other.titles
        return bool(is_same) and (other.held_from or date.min) > (self.held_from or date.min)


class Found(NamedTuple):
    """A notice about a rule of the catalogue, and the newest text of that rule; `is_known`: the text has it."""

    notice: Notice
    text: RuleText
    is_known: bool


def texts_of(catalogue: Catalogue) -> tuple[RuleText, ...]:
    """The texts of the catalogue about which a notice may be."""
    named: list[tuple[Text, str]] = [(one, one.source_name) for one in catalogue.editions]
    named += [(one, f"{one.title}，{one.source_name}") for one in catalogue.texts]
    return tuple(
        RuleText(one.name, name, one.source_url, one.held_from, f"{one.source_url}\n{one.confidence}")
        for one, name in named
    )


def found_in(notices: Iterable[Notice], texts: Sequence[RuleText]) -> tuple[Found, ...]:
    """The notices about rules of the texts, the earliest effect first; those without a day last.

    A notice about several rules is known only when the newest text of each has it.
    """
    found = [one for notice in notices for one in _found(notice, texts)]
    return tuple(sorted(found, key=lambda one: (one.notice.effective_on or date.max, one.notice.id)))


def _found(notice: Notice, texts: Sequence[RuleText]) -> Iterator[Found]:
    meant = [text for text in texts if text.is_meant_by(notice)]
    each = [Found(notice, text, any(_same(text, one) and one.has(notice) for one in meant)) for text in meant]
    newest = [one for one in each if not any(one.text.is_replaced_by(other) for other in meant)]
    yield from sorted(newest, key=lambda one: one.is_known)[:1]


def _same(text: RuleText, other: RuleText) -> bool:
    return text == other or other.is_replaced_by(text)
