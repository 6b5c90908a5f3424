"""A lasting choice of an edition in a message (pure).

    以后都按2026版 · 按新版规则 · 还是按旧版 · 改用 2026-07-29 版 · 恢复默认版      the edition to answer by from now on
    按2026版看 · 新版规则是多少分                                                 None: a question like any other

A closed grammar, as of `statement`: with anything left over, the message is a question.
"""

import re
from dataclasses import dataclass

from rules.edition import Catalogue
from rules.understanding.normalise import tidy

LONGEST = 30
"""Characters; a longer message is no plain choice."""

_LASTING = "以后|今后|往后|从现在起|从今天起|一直"
_CHOICE = re.compile(
    rf"""(?:请|帮我|我要|我想)?(?P<lasting>(?:{_LASTING})?(?:都|全部|全|一律|就|还是|仍然|继续)*)
    (?P<change>改|换|切换|调|恢复|退|切)?(?:回|成|到|为)?(?P<by>按照?|用|以)?
    (?:(?P<name>\d{{4}}(?:-\d{{1,2}}-\d{{1,2}})?)|(?P<new>最?新|现行)|(?P<old>旧|老|以前|原来)的?|(?P<setting>默认))
    (?:年)?(?:的)?(?:那)?版?(?:本)?(?P<rule>的?(?:规则|标准))?(?:来|为准|回答|判断|算|(?P<sees>看))*(?:吧|了|好了)?""",
    re.VERBOSE,
)

_NAMES = re.compile(r"[新旧舊老默]|以前|原[来來]|[现現]行|\d{4}")
"""Without one of these no edition is named: most texts need not be read by the grammar."""


@dataclass(frozen=True)
class EditionChoice:
    """The name of the chosen edition; None: as the operator set."""

    edition: str | None


def edition_choice_in(catalogue: Catalogue, text: str) -> EditionChoice | None:
    """The choice in a text; None for any other text, and for an edition that the catalogue doesn't have."""
    may_choose = len(text) <= LONGEST and _NAMES.search(text)
    written = re.sub(r"[\s,]", "", tidy(text)) if may_choose else ""
    found = _CHOICE.fullmatch(written)
    if found is None or not _is_lasting(found):
        return None
    if found["setting"]:
        return EditionChoice(None)
    name = _named(catalogue, found)
    return EditionChoice(name) if name else None


def _is_lasting(found: re.Match[str]) -> bool:
    """Whether a choice for good is told, not one question to be seen by the edition."""
    told_by_rule = found["by"] and found["rule"] and not found["sees"]
    return bool(found["lasting"] or found["change"] or told_by_rule)


def _named(catalogue: Catalogue, found: re.Match[str]) -> str | None:
    known = [edition.name for edition in sorted(catalogue.editions, key=lambda edition: edition.age)]
    if found["new"]:
        return known[-1]
    if found["old"]:
        return known[-2] if len(known) > 1 else None
    return next((name for name in reversed(known) if name.startswith(found["name"])), None)
