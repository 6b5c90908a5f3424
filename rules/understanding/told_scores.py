"""Scores told: which score, its number and side, whether of now, of the past, or made up.

A number is a score only where its role is sure: called so, written with 分, or to the decimal with nothing strange
beside.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rules.said import Ask, Told
from rules.side import Side
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.told_words import matches, named_spans, pattern

SCORES: Final = ("score", "product_score")
TOLD_SCORES: Final = (*SCORES, "growth_score", "logistics_score", "service_score")
PARTS: Final = ("product_score", "logistics_score", "service_score")
_HIGHEST: Final = 100
_LOWEST_WHOLE: Final = 50
"""The lowest whole number without a name that may be a score."""
_LOOK_BACK: Final = 10
_DECIMALS: Final = 3
_MOST_COMPARED: Final = 4
_LEAST, _TEN = Decimal("0.01"), Decimal(10)


@dataclass(frozen=True)
class Spot:
    """A number that may be a score. `start`, `end`: of its digits. `called`: the fact it is called by, "" for none."""

    number: Number
    start: int
    end: int
    called: str


def scores(text: str, numbers: Sequence[Number], strange: Set[int], asked: Sequence[Ask]) -> list[Told]:
    """The scores told, each fact once: the last of now, and what is made up."""
    sure, unread = _sure(text, numbers, strange, asked)
    return [*_newest(text, sure, unread), *_supposed(text, sure)]


def compared(
    text: str, numbers: Sequence[Number], strange: Set[int], asked: Sequence[Ask], told: Sequence[Told]
) -> tuple[Decimal, ...]:
    """The numbers of the total that stand side by side, of which none is told as the shop's."""
    if any(one.fact == "score" for one in told):
        return ()
    sure, _ = _sure(text, numbers, strange, asked)
    spots = [spot for spot in sure if (spot.called or "score") == "score"]
    found = [_told(text, spot, "score") for spot in spots]
    values = tuple(dict.fromkeys(spot.number.value for spot in spots))
    is_exact = all(one.side is Side.AT and one.high is None for one in found)
    return values if is_exact and 1 < len(values) <= _MOST_COMPARED else ()


def earlier(
    text: str, numbers: Sequence[Number], strange: Set[int], asked: Sequence[Ask], told: Sequence[Told]
) -> tuple[Decimal, ...]:
    """What the main score was before the one told, in order; empty where none is told as the shop's of now."""
    newest = next((one for one in told if one.fact == "score" and one.number is not None and not one.is_supposed), None)
    if newest is None:
        return ()
    sure, _ = _sure(text, numbers, strange, asked)
    had = [spot for spot in sure if (spot.called or "score") == "score" and not _is_made_up(text, spot)]
    exact = [spot.number.value for spot in had[:-1] if not _is_goal(text, spot) and _side(text, spot) is Side.AT]
    return tuple(dict.fromkeys(value for value in exact if value != newest.number))


def _sure(
    text: str, numbers: Sequence[Number], strange: Set[int], asked: Sequence[Ask]
) -> tuple[list[Spot], list[Spot]]:
    """The numbers that are scores for sure, and those whose role is not sure."""
    if not numbers or matches("around", "range", text):
        return [], []
    spots = list(_spots(text, numbers))
    named = list(_inherited(text, spots))
    found = [spot for spot in named if _is_score(text, spot, strange) or (asked and _is_whole(text, spot))]
    sure = [spot for spot in found if not _is_unsure(text, spot, asked) and not _is_of_rule(text, spot)]
    return sure, [spot for spot in named if spot not in found and spot.called != "other" and _may_be(text, spot)]


def _is_unsure(text: str, spot: Spot, asked: Sequence[Ask]) -> bool:
    """Whether the score is nearly the number, on the way up or down: 接近3.5会关吗."""
    before = text[max(0, spot.start - 8) : spot.start]
    if _side(text, spot) is Side.AT and _has_odd_side(text, spot):
        return True
    if spot.number.inside or pattern("around", "at_most").search(before):
        return True
    if pattern("around", "moved_on").match(text, spot.end) and not matches("around", "now", before):
        return True
    if not pattern("around", "nearly").search(before) or matches("around", "falling", before):
        return False
    return Ask.ENTER not in asked and not {Ask.CLOSE, Ask.WARN}.isdisjoint(asked)


def _is_of_rule(text: str, spot: Spot) -> bool:
    """Whether the number is said of the rule: 群里说要4.3, 4.2才能进."""
    before, after = pattern("around", "rule_before"), pattern("around", "rule_after")
    return bool(before.search(text[: spot.start]) or after.match(text, spot.end))


def _spots(text: str, numbers: Sequence[Number]) -> Iterator[Spot]:
    spans = named_spans("called", text)
    for number in numbers:
        digits = re.compile(r"[0-9零一二两三四五六七八九十百点.]+").search(text, number.start, number.end)
        if digits is None or number.lost or number.is_open or number.unit not in (Unit.NONE, Unit.POINTS, Unit.STARS):
            continue
        yield Spot(number, digits.start(), digits.end(), _called(text, spans, digits.start(), digits.end()))


def _called(text: str, spans: Sequence[tuple[str, int, int]], start: int, end: int) -> str:
    """The name right before the number, with nothing of weight between; else right behind it."""
    before = [(name, at, to) for name, at, to in spans if to <= start]
    if before and pattern("between", "words").fullmatch(text[before[-1][2] : start]):
        return before[-1][0]
    behind = re.compile(r"\s*分?(?:的|是)(?=\S)").match(text, end)
    return next((name for name, at, _ in spans if behind and at == behind.end()), "")


def _inherited(text: str, spots: Sequence[Spot]) -> Iterator[Spot]:
    """The spots; a number moved to (从71掉到66), or of the next day, is called as the number before."""
    last = ""
    for place, spot in enumerate(spots):
        called = spot.called
        between = text[spots[place - 1].end : spot.start] if place else ""
        if not called and last and place and _is_of_same(between):
            called = last
        last = called
        yield Spot(spot.number, spot.start, spot.end, called)


def _is_of_same(between: str) -> bool:
    """Whether the words between two numbers say that the second is the same score, later."""
    days = re.sub(r"[\s,分]", "", between)
    return matches("around", "moves", between) or bool(days and pattern("around", "lead_before").fullmatch(days))


def _is_score(text: str, spot: Spot, strange: Set[int]) -> bool:
    if not _may_be(text, spot) or spot.called == "other":
        return False
    return bool(spot.called) or _is_free(text, spot, strange)


def _may_be(text: str, spot: Spot) -> bool:
    """Whether the number can be a score at all, by its value and by what stands right beside."""
    value = spot.number.value
    if (
        spot.number.unit is Unit.STARS
        or not 0 <= value <= _HIGHEST
        or 0 < value < 1
        or value != round(value, _DECIMALS)
    ):
        return False
    is_rounded = pattern("around", "not_it_before").search(text[: spot.start][-_LOOK_BACK:])
    return not is_rounded and not pattern("around", "strange_after").match(text, spot.end)


def _is_free(text: str, spot: Spot, strange: Set[int]) -> bool:
    """Whether a number without a name is a score for certain."""
    is_own = pattern("around", "whole_before").search(text[: spot.start])
    near = (spot.end,) if is_own else (spot.start - 1, spot.start - 2, spot.end)
    if spot.number.value < 1 or not strange.isdisjoint(near) or _is_of_other(text, spot):
        return False
    if spot.number.exact:
        return spot.number.unit is Unit.POINTS or bool(pattern("around", "sure_after").match(text, spot.end))
    is_sure = is_own and pattern("around", "whole_after").match(text, spot.end) and not _may_count(text)
    return spot.number.unit is Unit.POINTS or bool(is_sure)


def _is_whole(text: str, spot: Spot) -> bool:
    """Whether a whole number without a name stands among nothing but days and moves: 昨天71今天69, 刚70, 70整."""
    if spot.called or spot.number.exact or not _LOWEST_WHOLE <= spot.number.value <= _HIGHEST:
        return False
    if spot.number.unit is not Unit.NONE or not _may_be(text, spot) or _may_count(text):
        return False
    clause = re.split(r"[,。?!;\s]", text[: spot.start])[-1]
    is_led = clause and pattern("around", "lead_before").fullmatch(clause)
    after = "lead_after" if is_led else "whole_exact"
    return bool(is_led or not clause) and pattern("around", after).match(text, spot.end) is not None


def _may_count(text: str) -> bool:
    """Whether the text speaks of what a whole number without a name may count: 出单 今天69."""
    return matches("around", "countable", text)


def _is_of_other(text: str, spot: Spot) -> bool:
    """Whether another thing is counted: a name of the kind `other` stands shortly before in the same clause."""
    clause = re.split(r"[,。?!;\s]", text[: spot.start])[-1]
    return matches("called", "other", clause[-_LOOK_BACK:])


def _has_odd_side(text: str, spot: Spot) -> bool:
    """Whether words of falling short stand so near that the number is not the score itself."""
    before = pattern("around", "unsure_before").search(text[: spot.start])
    return bool(before or pattern("around", "unsure_after").match(text, spot.end))


def _newest(text: str, spots: Sequence[Spot], unread: Sequence[Spot]) -> Iterator[Told]:
    """For each score the last number of now, none where two numbers stand side by side without an order in time.

    `unread`: numbers whose role is not sure. A score of before such a one is not the score of now.
    """
    for fact in TOLD_SCORES:
        own = [spot for spot in spots if (spot.called or "score") == fact and not _is_made_up(text, spot)]
        now = _reached([spot for spot in own if not _is_goal(text, spot)], text)
        if any(pattern("around", "joined").match(text, spot.end) for spot in now):
            continue
        if now and all(_is_of_before(text, spot) for spot in now) and _goes_on(text, now[-1], unread):
            continue
        if now and _is_ordered(text, now):
            yield _told(text, now[-1], fact)
        elif len(named := [spot for spot in now if spot.called]) == 1:
            yield _told(text, named[0], fact)


def _goes_on(text: str, spot: Spot, unread: Sequence[Spot]) -> bool:
    """Whether a number whose role is not sure, or a word of today, follows the score: 前天75,今天很差."""
    return any(spot.end <= one.start for one in unread) or matches("around", "now", text[spot.end :])


def _reached(spots: list[Spot], text: str) -> list[Spot]:
    """The scores that the shop has now; one of before (之前3.3), or only near (68快到70了), where no other is told."""
    has = [spot for spot in spots if not pattern("around", "nearly").search(text[max(0, spot.start - 8) : spot.start])]
    now = [spot for spot in has or spots if not _is_of_before(text, spot)]
    return now or has or spots


def _is_of_before(text: str, spot: Spot) -> bool:
    """Whether a word of the past stands between the number and what is before."""
    near = re.split(r"[,。?!;\s\d]", text[: spot.start])[-1][-_LOOK_BACK:]
    return matches("around", "before", near) and not matches("around", "now", near)


def _is_ordered(text: str, spots: Sequence[Spot]) -> bool:
    if len({spot.number.value for spot in spots}) == 1:
        return True
    between = text[max(0, spots[0].start - _LOOK_BACK) : spots[-1].start]
    return any(matches("around", word, between) for word in ("before", "now", "moves"))


def _supposed(text: str, spots: Sequence[Spot]) -> Iterator[Told]:
    for spot in [spot for spot in spots if (spot.called or "score") in SCORES and _is_made_up(text, spot)][-1:]:
        yield _told(text, spot, spot.called or "score", is_supposed=True)


def _is_made_up(text: str, spot: Spot) -> bool:
    clause = re.split(r"[,。?!;]", text[: spot.start])[-1][-12:]
    supposed = list(pattern("around", "supposed").finditer(clause))
    return bool(supposed) and not re.search(r"\d", clause[supposed[-1].end() :])


def _is_goal(text: str, spot: Spot) -> bool:
    """Whether the number is wished for: 目标4.5."""
    near = re.split(r"[,。?!;\s\d]", text[: spot.start])[-1][-_LOOK_BACK:]
    return matches("around", "goal", near)


def _told(text: str, spot: Spot, fact: str, *, is_supposed: bool = False) -> Told:
    side = _side(text, spot)
    low, high = _rough(text, spot) if side is Side.AT else (None, None)
    return Told(fact=fact, number=spot.number.value, side=side, low=low, high=high, is_supposed=is_supposed)


def _rough(text: str, spot: Spot) -> tuple[Decimal | None, Decimal | None]:
    """The ends of a number said roughly: 3.9几 lies from 3.9 to 3.99, 3.5左右 from 3.4 to 3.6."""
    if some := pattern("around", "some_after").match(text, spot.end):
        return spot.number.value, spot.number.value + _step(spot, by_tens=some[0][0] not in "分点") - _LEAST
    if _is_about(text, spot):
        step = _step(spot)
        return spot.number.value - step, spot.number.value + step
    return None, None


def _is_about(text: str, spot: Spot) -> bool:
    before = pattern("around", "about_before").search(text[max(0, spot.start - _LOOK_BACK) : spot.start])
    return bool(before or pattern("around", "about_after").match(text, spot.end))


def _step(spot: Spot, *, by_tens: bool = False) -> Decimal:
    """One of the last place written: 0.1 of 3.9, 1 of 69, 10 of 60 in 六十几."""
    value = spot.number.value
    is_tens = by_tens and not spot.number.exact and value >= _TEN and not value % _TEN
    return _TEN if is_tens else Decimal(1).scaleb(int(value.as_tuple().exponent))


def _side(text: str, spot: Spot) -> Side:
    before = text[max(0, spot.start - 8) : spot.start]
    if pattern("around", "below_after").match(text, spot.end):
        return Side.BELOW
    if pattern("around", "above_after").match(text, spot.end):
        return Side.ABOVE
    if pattern("around", "below").search(before):
        return Side.BELOW
    if pattern("around", "at_least").search(before):
        return Side.ABOVE
    if pattern("around", "nearly").search(before):
        return Side.ABOVE if matches("around", "falling", before) else Side.BELOW
    return spot.number.side


def part_scores(told: Sequence[Told]) -> bool:
    """Whether a score of a part is told and no total."""
    facts = {one.fact for one in told}
    return bool(facts & {"logistics_score", "service_score"}) and "score" not in facts
