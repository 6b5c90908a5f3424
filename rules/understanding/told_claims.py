"""What is said of the rules, with its direction: 4.3分以上才让进, 低于3.5不关, 关两次就永久."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rules.numbers import number
from rules.said import OF_SCORES, About, Claim
from rules.side import Side
from rules.understanding.numbers_in_text import Unit, numbers
from rules.understanding.told_words import matches, named_spans, pattern

_PLAIN: tuple[tuple[str, About, Side], ...] = (
    ("enter_only", About.ENTRY_LIMIT, Side.ABOVE),
    ("enter_just", About.ENTRY_LIMIT, Side.ABOVE),
    ("enter_need", About.ENTRY_LIMIT, Side.ABOVE),
    ("enter_heard", About.ENTRY_LIMIT, Side.ABOVE),
    ("changed_to", About.ENTRY_LIMIT, Side.ABOVE),
    ("penalty_bars", About.PENALTY_BARS, Side.AT),
    ("penalty_after", About.PENALTY_BARS, Side.AT),
    ("new_is", About.NEW_SHOP, Side.AT),
    ("exempt", About.EXEMPT, Side.AT),
    ("enter_below", About.EXCLUDES, Side.BELOW),
    ("excludes_itself", About.EXCLUDES, Side.AT),
    ("enter_not", About.EXCLUDES, Side.AT),
    ("forever", About.FOREVER, Side.AT),
    ("chances", About.CHANCES, Side.AT),
)
STRICTLY: Final = ("大于", "高于", "超过")
"""Words for more than a number, which leave the number itself out."""


def is_claim(text: str) -> bool:
    """Whether the text says something of the rules to be confirmed."""
    return matches("claims", "says", text)


def is_heard(text: str) -> bool:
    """Whether the text only passes on what is said of the rules, and tells nothing of an own shop: 听说要80分."""
    return matches("claims", "heard", text) and not matches("others", "self", text)


def is_of_change(text: str) -> bool:
    """Whether the limit is said to have changed."""
    return matches("claims", "changed_to", text)


def places_of_warning(text: str) -> frozenset[int]:
    """The places where a warning before anything else is claimed: 先警告一声再动手."""
    return frozenset(at for found in pattern("claims", "warned_first").finditer(text) for at in range(*found.span()))


def claims(text: str) -> list[Claim]:
    """The claims of the text; none in a text that only asks."""
    if is_heard(text) and matches("claims", "bars_type", text):
        return [Claim(about=About.BARS_TYPE)]
    if not matches("claims", "may_claim", text):
        return []
    if alone := _alone(text):
        return [alone]
    if looked := pattern("claims", "penalty_looks").search(text):
        return [Claim(about=About.PENALTY_BARS, number=_days(looked))]
    if not is_claim(text):
        return [one for one in _numbered(text) if one.about is About.FOREVER]
    return [*_numbered(text), *_spared(text), *_effects(text), *_penalty_days(text)]


def _score_of(text: str, found: re.Match[str]) -> str | None:
    """The score by what is named last before the number found, "" for the total; None for what is no such score."""
    place = next(found.end(name) for name in ("value", "value2") if found.groupdict().get(name))
    named = [name for name, _, end in named_spans("called", text) if end <= place]
    return {"score": "", "product_score": "product_score"}.get(named[-1]) if named else ""


def _alone(text: str) -> Claim | None:
    """A claim that leaves no room for another: times in a span, a time of grace, a warning first, a time to wait."""
    if is_claim(text) and matches("claims", "rate", text):
        return Claim(about=About.RATE)
    grace = pattern("claims", "grace").search(text)
    if grace and (is_claim(text) or not grace["value"]):
        return Claim(about=About.GRACE)
    if matches("claims", "warned_first", text):
        return Claim(about=About.WARNED_FIRST)
    return _warned_closes(text) or _waiting(text)


def _warned_closes(text: str) -> Claim | None:
    """A closing claimed to follow a warning, or so many warnings."""
    found = pattern("claims", "warned_closes").search(text)
    if not found:
        return None
    times = next((one.value for one in numbers(found[0]) if one.unit is Unit.TIMES), None)
    return Claim(about=About.WARNED_CLOSES, number=times)


def _waiting(text: str) -> Claim | None:
    found = pattern("claims", "wait").search(text)
    if not found or re.search(r"罚|违规|警告", text[: found.end()]) or not _is_rule(found, text):
        return None
    return Claim(about=About.WAITING, number=_days(found), side=Side.ABOVE)


def _is_rule(wait: re.Match[str], text: str) -> bool:
    """Whether the waiting is said or asked of the rule, not told of the shop."""
    if wait["value2"]:
        return is_claim(text)
    return "才" in wait[0] or matches("claims", "wait_of_rule", text)


def _numbered(text: str) -> Iterator[Claim]:
    for name, about, side in _PLAIN:
        found = pattern("claims", name).search(text)
        fact = _score_of(text, found) if found and about in OF_SCORES else ""
        if not found or fact is None:
            continue
        value = number(found["value"] or found.groupdict().get("value2") or "")
        if about is About.PENALTY_BARS:
            value = _days(found)
        if about is About.CHANCES and re.search(r"还|剩|只有", text[max(0, found.start() - 2) : found.start() + 1]):
            continue
        only = about is About.FOREVER and "才" in found[0]
        yield Claim(about=about, fact=fact, number=value, side=Side.ABOVE if only else side)
        if found.groupdict().get("side") in STRICTLY:
            yield Claim(about=About.EXCLUDES, fact=fact, number=value)


def _spared(text: str) -> Iterator[Claim]:
    """From a number on, said to be safe: 3.5以上就不会关."""
    found = pattern("claims", "spares").search(text)
    if found and (fact := _score_of(text, found)) is not None:
        value, effect = found["value"] or found["value2"], found["effect"] or found["effect2"]
        yield Claim(about=About.SPARES, fact=fact, number=number(value), side=Side.ABOVE, warns="警" in effect)


def _effects(text: str) -> Iterator[Claim]:
    found = pattern("claims", "close_only").search(text)
    if found and (fact := _score_of(text, found)) is not None:
        about = About.WARNING_LIMIT if "警" in found["effect"] else About.CLOSING_LIMIT
        yield Claim(about=about, fact=fact, number=number(found["value"]), side=Side.BELOW)
        return
    found = pattern("claims", "line_is").search(text)
    if found and (fact := _score_of(text, found)) is not None:
        about = About.WARNING_LIMIT if "警" in found["effect"] else About.CLOSING_LIMIT
        yield Claim(about=about, fact=fact, number=number(found["value"]), side=Side.BELOW)
        return
    for name, side, denies in (
        ("close_not", Side.BELOW, True),
        ("close_below", Side.BELOW, False),
        ("close_under", Side.BELOW, False),
        ("close_at", Side.AT, False),
    ):
        found = pattern("claims", name).search(text)
        if found and (fact := _score_of(text, found)) is not None:
            about = About.WARNS if "警" in found["effect"] else About.CLOSES
            yield Claim(about=about, fact=fact, number=number(found["value"]), side=side, denies=denies)
            return


def _penalty_days(text: str) -> Iterator[Claim]:
    found = pattern("claims", "penalty_days").search(text)
    if found and re.search("罚|违规", text) and not re.search(r"前(?:的)?(?:罚|处罚|违规)|今天|过去", text):
        yield Claim(about=About.PENALTY_DAYS, number=_days(found), side=Side.ABOVE)


def _days(found: re.Match[str]) -> Decimal | None:
    """The span of time in the words found, in days."""
    return next((one.value for one in numbers(found[0]) if one.unit is Unit.DAYS), None)
