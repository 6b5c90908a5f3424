"""The numbers in a provision's text, in every writing: 4.0, ４分, 四点零分, 三次, 六十天, 70%, 百分之七十, 一年内."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal

from rules.numbers import NUMBER, WHOLE, number

DAYS: Mapping[str, tuple[int, int]] = {"周": (7, 7), "星期": (7, 7), "月": (28, 31), "年": (360, 366)}
"""The days of a span of time: at least, at most."""
HALF = Decimal("0.5")

_ARABIC = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_FORMS = rf"{_ARABIC}|{WHOLE}点[零〇一二三四五六七八九]{{1,9}}|{WHOLE}(?=\s*[分天日次回%])|(?<=百分之){WHOLE}"
# 第 3 条 names a clause, 下面 3 项 counts clauses: no figure.
_NUMBER = re.compile(rf"(?<![0-9.])(?:{_FORMS})(?!\.?[0-9]|\s*[条款项章])")
_SPAN = re.compile(rf"(半|{NUMBER})\s*个?({'|'.join(DAYS)})")
_UNIT = r"\s*[分天日次%]?\s*(?:\(含\))?[及或]?"
_BEYOND = re.compile(
    rf"(?:[高大多]于|超过|>|<=|≤|[低小少]于或?等于)\s*(?P<behind>{NUMBER})|(?P<before>{NUMBER}){_UNIT}以下"
)
_UP_TO = re.compile(
    rf"(?:[低小少]于|满|不足|不到|至少|达到|<|>=|≥|[高大多]于或?等于)\s*(?P<behind>{NUMBER})|(?P<before>{NUMBER}){_UNIT}以上"
)


def numbers(text: str) -> tuple[Decimal, ...]:
    """The numbers written in the text, each once, in order. Chinese numerals count with a unit or a decimal 点."""
    found = (number(match[0]) for match in _NUMBER.finditer(_narrow(text)))
    return tuple(dict.fromkeys(value for value in found if value is not None))


def beyond(text: str) -> tuple[Decimal, ...]:
    """The numbers that the text parts from all higher ones: 高于 72, 不超过 3 次, <=3.8, 3.8 分及以下."""
    return tuple(_parted(_BEYOND, text))


def up_to(text: str) -> tuple[Decimal, ...]:
    """The numbers that the text parts from all lower ones: 满 60 天, 不低于 72, <20%, 60 天以上."""
    return tuple(_parted(_UP_TO, text))


def spans(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    """The spans of time that the text writes in weeks, months or years: the days at least and at most."""
    for many, unit in _SPAN.findall(_narrow(text)):
        value = HALF if many == "半" else number(many)
        if value is not None:
            yield value * DAYS[unit][0], value * DAYS[unit][1]


def _parted(pattern: re.Pattern[str], text: str) -> Iterator[Decimal]:
    for found in pattern.finditer(_narrow(text)):
        value = number(found["behind"] or found["before"])
        if value is not None:
            yield value


def _narrow(text: str) -> str:
    """The text with half-width digits and signs."""
    return unicodedata.normalize("NFKC", text)
