"""Days told: of joining, of opening, of penalties; a given today; and a span said to be clean."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules.said import Aside, Told
from rules.side import Side
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.told_words import matches, pattern

JOINED, OPENED, PENALTIES, TODAY = "joined_on", "opened_on", "penalties", "today"
_NEAR = 12


@dataclass(frozen=True)
class Written:
    """A day as written, from `start` to `end`."""

    start: int
    end: int
    text: str


def written_days(text: str) -> list[Written]:
    """The days written in a text, in order."""
    return [Written(found.start(), found.end(), found[0]) for found in pattern("days", "written").finditer(text)]


def days(text: str, numbers: Sequence[Number], dates: Sequence[Written]) -> list[Told]:
    """The days told, each fact once; none where the start from which days count is not sure."""
    found = [*_dated(text, dates), *_counted(text, numbers)]
    if not any(told.fact == PENALTIES for told in found):
        found += _penalties_at_all(text, numbers)
    facts = dict.fromkeys(told.fact for told in found)
    return [next(told for told in found if told.fact == fact) for fact in facts]


def _dated(text: str, dates: Sequence[Written]) -> Iterator[Told]:
    left: list[Written] = []
    for place, day in enumerate(dates):
        begin = dates[place - 1].end if place else 0
        stop = dates[place + 1].start if place + 1 < len(dates) else len(text)
        if _is_end(text, day):
            continue
        role = _role(text[begin : day.start], text[day.end : stop], day.text)
        if role:
            yield Told(fact=role, day=day.text)
        elif re.match(r"\d", day.text):
            left.append(day)
    if len(left) == 1 and len(dates) > 1:
        yield Told(fact=TODAY, day=left[0].text)


def _is_end(text: str, day: Written) -> bool:
    """Whether days are counted up to this day, which is none of theirs: 挨罚到今天366天, 今天是挨罚后第366天."""
    if re.match(r"\d", day.text):
        return False
    ahead = re.match(r"(?:是|就|刚好|正好|已经?|满)[^,。?!;]{0,10}\d+\s*天", text[day.end :])
    return bool(pattern("days", "up_to").search(text[: day.start]) or (day.text == "今天" and ahead))


def _role(before: str, after: str, day: str) -> str:
    """The fact of a day by the words beside: the words behind count first, up to the next mark."""
    if pattern("days", "today").search(before[-_NEAR:]) and re.match(r"\d", day):
        return TODAY
    if matches("days", "applied", after) and re.match(r"\d", day) and matches("days", "penalty", before):
        return TODAY
    behind, ahead = re.split(r"[,。?!;]", after)[0][:_NEAR], re.split(r"[,。?!;]", before)[-1][-_NEAR:]
    for near in (behind, ahead):
        if matches("days", "clean", near):
            return ""
        if matches("days", "penalty", near) and not re.match(r".{0,2}(?:处罚)?(?:这条|那条)", near):
            return PENALTIES
        if matches("days", "joined", near):
            return JOINED
    return ""


def _counted(text: str, numbers: Sequence[Number]) -> Iterator[Told]:
    for number in numbers:
        if number.unit is not Unit.DAYS or number.is_open or _is_of_rule(text, number):
            continue
        clause = _clause(text, number)
        if matches("others", "elsewhere", text[: number.start]):
            continue
        is_joined = matches("days", "joined", clause.partition(text[number.start : number.end])[0][-_NEAR:])
        is_clean = matches("days", "clean", clause)
        if (is_clean and not is_joined) or matches("days", "other_day", clause):
            continue
        is_of_joining = is_clean or _is_since_joining(text, number)
        fact = JOINED if is_of_joining else _counted_from(text, clause) or _since(text, number, clause)
        if fact == PENALTIES and _is_ordinal(text, number, clause):
            continue
        if fact:
            yield _told(text, number, fact)


def _told(text: str, number: Number, fact: str) -> Told:
    """The days told; months and years are as rough as they are said, so that "a year ago" is a span."""
    side = Side.BELOW if number.inside else number.side
    rough = pattern("days", "rough").search(text, number.start, number.end)
    if rough and side is Side.AT:
        return Told(fact=fact, day=f"{rough[0]}前")
    return Told(fact=fact, number=number.value, side=side)


def _is_ordinal(text: str, number: Number, clause: str) -> bool:
    """Whether it is not sure from which day is counted: 挨罚第366天, but not 挨罚后第366天."""
    return pattern("days", "ordinal").search(text[: number.start]) is not None and "后" not in clause


def _counted_from(text: str, clause: str) -> str:
    if matches("days", "penalty", clause):
        return PENALTIES
    if _names_personal(text) and re.search("开|个人店|营", clause):
        return OPENED
    return JOINED if matches("days", "joined", clause) else ""


def _is_since_joining(text: str, number: Number) -> bool:
    """Whether the days are counted from joining by the word right before: 入驻29天违规营销, not 新店60天内被罚."""
    is_joined = pattern("days", "joined_just").search(text[: number.start]) is not None
    return is_joined and not number.inside and not _names_personal(text)


def _names_personal(text: str) -> bool:
    """Whether the shop is a personal one, whose days count from its opening."""
    return matches("choices.shop_type", "personal", text)


def _since(text: str, number: Number, clause: str) -> str:
    """Days said to have passed, in a clause of their own behind a penalty: 被罚过,过了一年半."""
    before = re.split(r"[?!;。]", text[: number.start])[-1].removesuffix(clause)
    return PENALTIES if matches("days", "since", clause) and matches("days", "punished_once", before) else ""


def _clause(text: str, number: Number) -> str:
    start = max(text.rfind(mark, 0, number.start) for mark in ",。?!;") + 1
    ends = [place for mark in ",。?!;" if (place := text.find(mark, number.end)) >= 0]
    return text[start : min(ends, default=len(text))]


def _is_of_rule(text: str, number: Number) -> bool:
    """Whether the days are said of the rule: 必须满60天才能, 警告后7天."""
    clause = _clause(text, number)
    if re.search(r"^[^,。?!;]{0,4}才(?:能|可以|让|给|行|开)", text[number.end : number.end + 8]):
        return True
    if matches("claims", "penalty_looks", clause) or re.search(
        r"[要得需](?:要|开业?|开店|满|够)*$", text[: number.start]
    ):
        return True
    is_claim = re.search(r"必须|要等|得等|等满|要满|得满|是不是要|需要等", clause) is not None
    return is_claim or matches("claims", "grace", clause) or _is_penalty_claim(clause)


def _is_penalty_claim(clause: str) -> bool:
    return bool(pattern("claims", "penalty_days").search(clause)) and "前" not in clause and "过去" not in clause


def _penalties_at_all(text: str, numbers: Sequence[Number]) -> Iterator[Told]:
    """No penalty ever, or a penalty of an untold day."""
    if matches("days", "clean_whole", text):
        if not any(number.unit is Unit.DAYS for number in numbers if matches("days", "clean", _clause(text, number))):
            yield Told(fact=PENALTIES, holds=False)
        else:
            spans = (number.value for number in numbers if number.unit is Unit.DAYS and not number.is_open)
            yield Told(fact=PENALTIES, holds=False, number=max(spans, default=None))
    elif matches("days", "punished_once", text) and not re.search(
        r"罚款|被罚\d|(?:会|要)被?罚|另|其他|别的|关联", text
    ):
        yield Told(fact=PENALTIES, holds=None)


def clean_spans(text: str, numbers: Sequence[Number]) -> Iterator[Aside]:
    """A span said to be clean, which says nothing of the days before."""
    if any(number.unit is Unit.DAYS and matches("days", "clean", _clause(text, number)) for number in numbers):
        yield Aside.CLEAN_SPAN
