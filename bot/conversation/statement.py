"""Statements in a message: a score, a closing or an opening of a shop, or a made-up score (pure).

    体验分 3.9 · 今天掉到3.7了 · 8月20日 3.9分        a score, to be confirmed with its day
    体验分85 商品体验分50 · 85 商品50                  several scores of a day, confirmed together
    还没有体验分                                      the shop has no score
    体验分96%                                         a percentage, which is asked back
    被关闭了 · 第二次被清退了 · 又开通了                a closing or an opening, to be confirmed
    如果降到 3.6                                      what would hold; nothing is stored
    3.7会怎样 · 体验分3.9能开通吗 · 3.9               None: a question, answered as any other

A closed grammar: every character must belong to a known word, so a message with anything left over is a question.
Which edition judges the scores is not decided here (`Catalogue.of_scores`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Final

from rules import days
from rules.answers import Doubt
from rules.edition import Edition, Scores
from rules.numbers import WHOLE, count, number
from rules.understanding.normalise import tidy

LONGEST = 60
"""Characters; a longer message tells a story, not a score."""


LONGEST_NAME = 24
"""Characters of a shop's name typed as plain text."""
OF_MAIN_SCORE: Final = ("分数", "评分", "得分")
OF_ANY_SCORE: Final = (*OF_MAIN_SCORE, "体验分")
_ASKS = re.compile(r"[?/]|吗|呢|怎么|什么|多少|能不能|会不会")


class Kind(StrEnum):
    SCORE = "score"
    CLOSED = "closed"
    OPENED = "opened"
    WHAT_IF = "what_if"


@dataclass(frozen=True)
class Statement:
    """Scores, a closing, an opening or a made-up score. `doubt`: the reason to ask back instead of storing.

    `day`: the day told, else today. `scores`: by fact. `count`: which closing, if told.
    """

    kind: Kind
    day: date
    scores: Scores = field(default_factory=dict)
    count: int | None = None
    doubt: Doubt | None = None


_NUMBER = rf"\d{{1,4}}(?:[.点]\d{{1,4}})?|{WHOLE}点{WHOLE}|{WHOLE}(?=分|个?颗?星)"
_WEEKDAY = r"(?:上上|上|这|本)个?(?:周|星期|礼拜)[一二三四五六日天]"
_DAY = rf"""\d{{4}}[年\-/.]\d{{1,2}}[月\-/.]\d{{1,2}}[日号]?|\d{{1,2}}月\d{{1,2}}[日号]?|{_WEEKDAY}
    |\d{{1,2}}[天日](?:以前|之前|前)|{"|".join(sorted(days.WORDS, key=len, reverse=True))}"""
_CLOSED = r"被(?:系统|平台|官方)?(?:强制)?(?:关闭|关掉|关停|关|清退|清出)(?:过)?(?:权限)?"
_OPENED = r"(?:又|重新|再次|已经?|刚|成功){0,4}(?:开通|恢复|解封)(?:成功|(?=权限)|(?=了|啦))"
_NONE = r"暂时?(?:还)?(?:没有|无)|还?没有|还没|无"
_CORE = re.compile(rf"{_NUMBER}|{_CLOSED}|{_OPENED}|{_NONE}")
_TOKEN = rf"""
    (?P<if>如果|要是|假如|假设|倘若|万一|若是|若)
  | (?P<day>{_DAY})
  | (?P<label>%s)
  | (?P<move>(?:掉|跌|降|涨|升|变|回|恢复|提高)(?:到|至|成|为)|回升到|涨回|只剩|只有|剩下?)
  | (?P<past>从(?:{_NUMBER})分?)
  | (?P<closed>{_CLOSED})
  | (?P<opened>{_OPENED})
  | 第(?P<count>\d{{1,2}}|{WHOLE})(?:次|回)
  | (?P<minus>-(?=\d))
  | (?P<none>{_NONE})
  | (?P<share>百分之)?(?P<number>{_NUMBER}|(?<=百分之){WHOLE})\s*(?P<unit>个?颗?星级?|分|%%)?
  | (?P<asks>会怎么?样|会如何|怎么?样|怎么办|会发生什么|的话|呢|\?)
  | (?P<done>了|啦|咯)
  | 我们?|的|店铺?|小店|本店|商家|精选联盟|联盟|使用权限|推广权限|权限
  | 现在|目前|当前|最新|已经|已|又|都|才|是|为|有|就
  | [\s:=,;，。!啊呀哦~-]
"""


def statement_in(editions: Sequence[Edition], text: str, today: date) -> Statement | None:
    """The statement in a text, None for any other text. `today` is the merchant's day.

    `editions`: whose names of scores are known; the first one answers the chat.
    """
    written = tidy(text)
    if len(written) > LONGEST:
        return None
    names = _names(editions)
    tokens = _tokens(_grammar(tuple(names)), written)
    found = {name: value for token in tokens for name, value in token.groupdict().items() if value}
    return _absence(found, names, today) or _score(found, tokens, names, today) or _access(found, today)


def bare_number(text: str) -> Decimal | None:
    """The number that is the whole text ("85", "85分"); None for any other text."""
    return number(re.sub(r" ?分$", "", tidy(text)))


def is_with_unit(text: str) -> bool:
    """Whether the text ends in 分, so that a bare number is a score."""
    return tidy(text).endswith("分")


def may_tell(text: str) -> bool:
    """Whether a part of the text could be a statement: a number, a closing or an opening is in the text."""
    return _CORE.search(tidy(text)) is not None


def may_be_name(text: str) -> bool:
    """Whether a text may be the name of a shop that was asked for, not a question or a statement."""
    written = tidy(text)
    return 0 < len(written) <= LONGEST_NAME and not may_tell(text) and _ASKS.search(written) is None


def is_of_scores(editions: Sequence[Edition], text: str) -> bool:
    """Whether the text is words of scores and nothing else, also with a number: a shop of this name would be found in
    what is told of scores."""
    written, names = tidy(text), _names(editions)
    is_part = written == "分" or (
        len(written) > 1 and not written.isdecimal() and any(written in name for name in names)
    )
    tokens = _tokens(_grammar(tuple(names)), written)
    return is_part or written.endswith(OF_ANY_SCORE) or any(token["label"] for token in tokens)


def is_of_statement(editions: Sequence[Edition], text: str) -> bool:
    """Whether every part of the text is a word of statements: 昨天, 掉到, 体验分."""
    return bool(_tokens(_grammar(tuple(_names(editions))), tidy(text))) or is_of_scores(editions, text)


def day_first(text: str, today: date) -> tuple[date | None, str]:
    """The day at the beginning of the text, today without one, and the rest; None for a day that is none to tell of."""
    found = re.match(rf"\s{{0,9}}({_DAY})(?:的?体验分)?[\s:：,，]*", text, re.VERBOSE)
    if found is None:
        return today, text
    day, doubt = _day({"day": found[1]}, today)
    return (None if doubt else day), text[found.end() :]


def _names(editions: Sequence[Edition]) -> Mapping[str, str]:
    """The facts by the full and short names of scores; a name for any score means the main score."""
    main = dict.fromkeys(OF_MAIN_SCORE, editions[0].main_score.id)
    known = {_tidied(fact.label): fact.id for edition in reversed(editions) for fact in edition.scores}
    return main | {short: fact for name, fact in known.items() for short in _shortened(name)} | known


def _shortened(name: str) -> tuple[str, ...]:
    """The short names of a score of a part: 商品分 and 商品 for 商品体验分."""
    part = name.removesuffix("体验分")
    return (f"{part}分", part) if part not in ("", name) else ()


_SCORED: Final = ("分", "值")
"""A name that ends otherwise is of a score only right before a number: 商品50."""


def _label(name: str) -> str:
    """The pattern of a name."""
    return re.escape(name) if name.endswith(_SCORED) else rf"{re.escape(name)}(?=[\s:=是]*\d)"


_tidied = cache(tidy)
"""Of labels: they are few."""


@cache
def _grammar(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for the next word, with the names of scores."""
    return re.compile(_TOKEN % "|".join(map(_label, sorted(names, key=len, reverse=True))), re.VERBOSE)


def _tokens(grammar: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """The words of the text in order; none if a part of the text is no word of the grammar."""
    tokens: list[re.Match[str]] = []
    at = 0
    while at < len(text):
        token = grammar.match(text, at)
        if token is None:
            return []
        tokens.append(token)
        at = token.end()
    return tokens


def _absence(found: dict[str, str], names: Mapping[str, str], today: date) -> Statement | None:
    """No score told (还没有体验分); None for a question, a condition, and beside anything else."""
    if not {"none", "label"} <= found.keys() or found.keys() - {"none", "label", "day", "done"}:
        return None
    day, doubt = _day(found, today)
    return Statement(Kind.SCORE, day, {names[found["label"]]: None}, doubt=doubt)


def _score(
    found: dict[str, str], tokens: Sequence[re.Match[str]], names: Mapping[str, str], today: date
) -> Statement | None:
    """Scores told or made up; None for anything else. Scores of the past (从4.1掉到3.7) are left aside."""
    told = _told(tokens, names)
    if not told or found.keys() & {"closed", "opened", "count", "none"}:
        return None
    if "share" in found or found.get("unit") == "%":
        return _percentage(found, told, today)
    is_score = bool(found.keys() & {"label", "move"}) or "unit" in found or not found["number"].isdecimal()
    is_told = bool(found.keys() & {"label", "move", "day", "done"}) and "asks" not in found
    if not is_score or not (is_told or "if" in found):
        return None
    points = {name: value for name, value in told.items() if value is not None}
    unread = None if points.keys() == told.keys() else Doubt.OFF_SCALE
    stars = Doubt.STARS if found.get("unit", "").strip("个颗").startswith("星") else None
    if "if" in found:
        return Statement(Kind.WHAT_IF, today, points, doubt=stars or unread)
    day, doubt = _day(found, today)
    return Statement(Kind.SCORE, day, points, doubt=stars or unread or doubt)


def _percentage(found: dict[str, str], told: Scores, today: date) -> Statement | None:
    """Scores called by name and written as percentages, or asked about so: the numbers, to be asked back."""
    if "label" not in found or None in told.values():
        return None
    day, doubt = _day(found, today)
    return Statement(Kind.WHAT_IF if "if" in found else Kind.SCORE, day, told, doubt=doubt or Doubt.SHARE)


def _told(tokens: Sequence[re.Match[str]], names: Mapping[str, str]) -> dict[str, Decimal | None]:
    """The numbers by fact, None for an unclear number; empty unless a single number, or each has a name of its own.

    The first of several needs none: 85 商品80.
    """
    told: list[tuple[str, Decimal | None]] = []
    label, sign = "", ""
    for token in tokens:
        label, sign = token["label"] or label, token["minus"] or sign
        if token["number"]:
            told.append((label, _signed(token["number"], sign)))
            label, sign = "", ""
    if len(told) == 1:
        return {names[told[0][0] or label or "分数"]: told[0][1]}
    named = [(name or ("" if place else "分数"), value) for place, (name, value) in enumerate(told)]
    by_name = {names[name]: value for name, value in named if name}
    return by_name if len(by_name) == len(told) else {}


def _signed(text: str, sign: str) -> Decimal | None:
    value = number(text)
    return -value if sign and value is not None else value


def _access(found: dict[str, str], today: date) -> Statement | None:
    """A closing or an opening told; None for both at once, and beside a question, a condition or a number."""
    if found.keys() & {"asks", "if", "number", "past", "move", "label", "none"} or ("closed" in found) is (
        "opened" in found
    ):
        return None
    day, doubt = _day(found, today)
    kind = Kind.CLOSED if "closed" in found else Kind.OPENED
    return Statement(kind, day, count=count(found.get("count", "")) if kind is Kind.CLOSED else None, doubt=doubt)


def _day(found: dict[str, str], today: date) -> tuple[date, Doubt | None]:
    """The day told and None, or today and the reason for doubt: ahead of today, a range, or not in the calendar."""
    if "day" not in found:
        return today, None
    try:
        span = days.read(found["day"], today)
    except days.NoSuchDay:
        return today, Doubt.NO_SUCH_DAY
    if span is None or span.first != span.last:
        return today, Doubt.RANGE
    return (today, Doubt.FUTURE) if span.first > today else (span.first, None)
