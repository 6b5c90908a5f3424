"""One raw answer → a value, or a doubt. A closed grammar: an answer of doubtful meaning is asked back.

The words are data, in `answers.toml`; a fact adds words (`yes_words`, `no_words`, the words of an option).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rules import days
from rules.edition import Fact
from rules.kinds import FactType
from rules.numbers import NUMBER, number
from rules.requirements import FactValue
from rules.understanding.normalise import normalise, tidy
from rules.vocabulary import bare, core, says, unhedged, words

LONGEST = 60
"""Characters; a longer text is not an answer to a question of the check."""


class Doubt(StrEnum):
    """Why an answer was not taken."""

    RANGE = "range"
    OFF_SCALE = "off_scale"
    OTHER_SCALE = "other_scale"
    SHARE = "share"
    STARS = "stars"
    FUTURE = "future"
    TOO_LONG_AGO = "too_long_ago"
    NO_SUCH_DAY = "no_such_day"
    AMBIGUOUS = "ambiguous"
    UNSURE = "unsure"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True)
class Parsed:
    """A value when `doubt` is None (the value None is a known absence). `between`: the ends of a range, if known."""

    value: FactValue = None
    doubt: Doubt | None = None
    between: tuple[FactValue, FactValue] | None = None


STARS = frozenset("★☆⭐🌟 ")
UNREAD = Parsed(doubt=Doubt.NOT_UNDERSTOOD)


def parse(fact: Fact, raw: str, today: date) -> Parsed:
    """The value in the answer, or a doubt: a range, a number off the scale, a hedged or unknown wording.

    `today` is the merchant's day: 45天前 counts back from `today`; a later day is a doubt unless the fact lies ahead.
    """
    raw = raw.strip()
    text = tidy(raw) if len(raw) <= LONGEST else ""
    if fact.type is FactType.SCORE and raw and set(raw) <= STARS:
        return Parsed(doubt=Doubt.STARS)
    if not text:
        return UNREAD
    if text in words()["unsure"]:
        return Parsed(doubt=Doubt.UNSURE)
    parsed = READERS[fact.type](fact, text, today)
    return _hedged(fact, text, today) if parsed == UNREAD else parsed


def _hedged(fact: Fact, text: str, today: date) -> Parsed:
    """An answer behind 好像 or 吧 is asked back; any other unread text stays unread."""
    sure = unhedged(text)
    if sure == text or not re.search(r"\w", text):
        return UNREAD
    parsed = READERS[fact.type](fact, sure, today) if sure else Parsed()
    return Parsed(doubt=Doubt.AMBIGUOUS) if parsed.doubt is None else parsed


def _boolean(fact: Fact, text: str, _: date) -> Parsed:
    """Every part of the answer must say the same: 是的,正常营业."""
    said = {_yes_or_no(fact, part) for part in re.split(r"[,。;、!]", text) if part.strip()}
    if None in said or not said:
        return UNREAD
    return Parsed(said.pop()) if len(said) == 1 and Doubt.AMBIGUOUS not in said else Parsed(doubt=Doubt.AMBIGUOUS)


def _yes_or_no(fact: Fact, part: str) -> bool | Doubt | None:
    text = part.strip()
    said = _one_word(fact, text)
    if said is not None:
        return said
    for negation in words()["negations"]:
        if text.startswith(negation):
            rest = _one_word(fact, text[len(negation) :])
            if rest is not None:
                return Doubt.AMBIGUOUS if rest is False else False
    return None


def _one_word(fact: Fact, text: str) -> bool | None:
    forms = {text, bare(text)}
    if forms & {fact.yes, *fact.yes_words, *words()["yes"]}:
        return True
    return False if forms & {fact.no, *fact.no_words, *words()["no"], *words()["none"]} else None


_STARS = re.compile(rf"{NUMBER}个?半?颗?(?:星级?|stars?)半?")
_UNIT = r"(?:分|次|回|遍)?"
_BETWEEN = re.compile(rf"({NUMBER}){_UNIT}(?:到|至|-|~|—|和|或|或者)({NUMBER}){_UNIT}(?:之间)?")
_OPEN = re.compile(
    rf"(?:不到|不足|低于|少于|小于|高于|大于|超过|不低于|至少|最少|最多|<=?|>=?|快|接近|将近|差点){NUMBER}{_UNIT}了?"
    rf"|{NUMBER}{_UNIT}(?:以上|以下|多|几|出头|不到|之内|以内){_UNIT}|{NUMBER}[.点][几多]{_UNIT}|[一二两三四五六七八九]{{2}}{_UNIT}"
)


def _score(fact: Fact, text: str, _: date) -> Parsed:
    if fact.nullable and (says(text, "nothing", "none") or bare(text) == fact.none_label):
        return Parsed(None)
    if _STARS.fullmatch(text.replace(" ", "")):
        return Parsed(doubt=Doubt.STARS)
    value = number(core(text, fact.type))
    if value is None:
        return _not_one_number(fact, text)
    if value == 0 and fact.nullable:
        return Parsed(doubt=Doubt.AMBIGUOUS)
    return Parsed(value) if fact.can_be(value) else Parsed(doubt=Doubt.OFF_SCALE)


def _integer(fact: Fact, text: str, _: date) -> Parsed:
    if says(text, "zero", "none"):
        return Parsed(0)
    value = number(core(text, fact.type))
    if value is None:
        return _not_one_number(fact, text)
    if value != value.to_integral_value():
        return Parsed(doubt=Doubt.AMBIGUOUS)
    return Parsed(int(value)) if fact.is_on_scale(value) else Parsed(doubt=Doubt.OFF_SCALE)


_PER_CENT = re.compile(rf"百分之({NUMBER})|({NUMBER})(?:%|个点)?")
_PER_MILLE = re.compile(rf"千分之({NUMBER})|({NUMBER})‰")


def _rate(fact: Fact, text: str, _: date) -> Parsed:
    """Per cent, with the sign or without, or per mille; 0.007 for 0.7 % is not told from a rate as small as that."""
    answer = core(text, fact.type)
    mille = _PER_MILLE.fullmatch(answer)
    found = mille or _PER_CENT.fullmatch(answer)
    value = number(found[1] or found[2]) if found else None
    if value is None:
        return _not_one_number(fact, text)
    value = value / 10 if mille else value
    return Parsed(value) if fact.can_be(value) else Parsed(doubt=Doubt.OFF_SCALE)


def _not_one_number(fact: Fact, text: str) -> Parsed:
    """A range when the answer only bounds the number."""
    if says(text, "several"):
        return Parsed(doubt=Doubt.RANGE)
    answer = core(text, fact.type)
    between = _BETWEEN.fullmatch(answer)
    if between:
        return Parsed(doubt=Doubt.RANGE, between=(number(between[1]), number(between[2])))
    if re.fullmatch(r"[0-9]+,[0-9]+", answer):
        return Parsed(doubt=Doubt.AMBIGUOUS)
    if re.fullmatch(r"-[0-9.]+", answer):
        return Parsed(doubt=Doubt.OFF_SCALE)
    return Parsed(doubt=Doubt.RANGE) if _OPEN.fullmatch(answer) else UNREAD


def _date(fact: Fact, text: str, today: date) -> Parsed:
    if fact.nullable and (says(text, "clean", "none") or bare(text) == fact.none_label):
        return Parsed(None)
    if says(text, "vague") or days.is_loose(text):
        return Parsed(doubt=Doubt.RANGE)
    return _one_day(fact, text, today, lasting=True)


def _dates(fact: Fact, text: str, today: date) -> Parsed:
    if says(text, "clean", "none") or bare(text) == fact.none_label:
        return Parsed(())
    if says(text, "vague", "yes") or days.is_loose(text):
        return Parsed(doubt=Doubt.RANGE)
    parts = [part for part in re.split(r"[,、;]|和|还有|以及|\s(?=\d)", text) if part.strip()]
    found = [_one_day(fact, part, today, lasting=False) for part in parts]
    doubtful = next((parsed for parsed in found if parsed.doubt is not None), None)
    told = {parsed.value for parsed in found if isinstance(parsed.value, date)}
    if doubtful == UNREAD and _one_day(fact, text, today, lasting=True) != UNREAD:
        return Parsed(doubt=Doubt.AMBIGUOUS)
    return doubtful or (Parsed(tuple(sorted(told))) if told else UNREAD)


def _one_day(fact: Fact, text: str, today: date, *, lasting: bool) -> Parsed:
    try:
        span = _span(fact, text, today, lasting=lasting)
    except days.NoSuchDay:
        return Parsed(doubt=Doubt.NO_SUCH_DAY)
    if span is None:
        return UNREAD
    if span.first > today and not fact.future:
        return Parsed(doubt=Doubt.FUTURE)
    if span.first == span.last:
        return Parsed(span.first)
    return Parsed(doubt=Doubt.RANGE, between=(span.first, span.last if fact.future else min(span.last, today)))


def _span(fact: Fact, text: str, today: date, *, lasting: bool) -> days.Span | None:
    """The day or span of the whole answer, else of the core of the answer."""
    for form in (text.replace(" ", ""), core(text, fact.type)):
        span = days.read(form, today, lasting=lasting and not fact.future, ahead=fact.future)
        if span is not None:
            return span
    return None


def _choice(fact: Fact, text: str, _: date) -> Parsed:
    """The option of this name, or the only option with a name that begins with the answer."""
    answer = core(text, fact.type)
    for form in (text, answer):
        for option in fact.options:
            if form in {option.value, normalise(option.label), *option.words}:
                return Parsed(option.value)
    near = [option.value for option in fact.options if len(answer) > 1 and normalise(option.label).startswith(answer)]
    if len(near) > 1:
        return Parsed(doubt=Doubt.AMBIGUOUS)
    return Parsed(near[0]) if near else UNREAD


READERS: Mapping[FactType, Callable[[Fact, str, date], Parsed]] = {
    FactType.BOOLEAN: _boolean,
    FactType.INTEGER: _integer,
    FactType.SCORE: _score,
    FactType.RATE: _rate,
    FactType.CHOICE: _choice,
    FactType.DATE: _date,
    FactType.DATES: _dates,
}
