"""The numbers in a provision's text: 4.0, ４分, 四点零分, 三次, 六十天, 柒拾分, 百分之七十, 两成, 一年内."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal

from rules.numbers import NUMBER, WHOLE, number

DAYS: Mapping[str, tuple[int, int]] = {"周": (7, 7), "星期": (7, 7), "月": (28, 31), "年": (360, 366)}
"""The days of a span of time: at least, at most."""
HALF = Decimal("0.5")
_SOLEMN = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")

_ARABIC = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_FORMS = (
    rf"{_ARABIC}|{WHOLE}点[零〇一二三四五六七八九]{{1,9}}|{WHOLE}(?=\s*(?:[分天日次回单成%]|以[上下]|[至到~]\s*[0-9]|[至到~]{WHOLE}))"
    rf"|(?<=百分之){WHOLE}|(?<=千分之){WHOLE}"
)
# 第 3 条 names a clause, 下面 3 项 counts clauses: no figure.
_NUMBER = re.compile(rf"(?<![0-9.])(?:{_FORMS})(?!\.?[0-9]|\s*[条款项章])")
_SPAN = re.compile(rf"(半|{NUMBER})\s*个?(?:自然)?(半?)({'|'.join(DAYS)})(半?)")
_UNIT_BEHIND = re.compile(r"\s*(?:个?(?:自然|工作)?([天日])|([次回])|(分)(?!钟)|(%))")
UNITS: Mapping[str, str] = {"天": "天", "日": "天", "次": "次", "回": "次", "分": "分", "%": "%"}
"""The units that are told apart, each with the usual name of it."""
_UNIT = r"\s*[分天日次回单%]?\s*"
# 高于 4 分(含), 超过 4 分或等于 4 分: the words behind take in what the first one leaves out.
_BEHIND = rf"(?>(?P<behind>{NUMBER}))(?![^,、。;\n]{{0,6}}(?:含|包括|等于))"
_BEFORE = rf"(?P<before>{NUMBER}){_UNIT}(?P<sure>\(含\)[及或]?|[及或])?"
_BEYOND = re.compile(
    rf"(?:[高大多]于|超过|(?<!=)>|<=|=<|≤|[低小少]于或?等于)\s*{_BEHIND}"
    rf"|(?:[最至]多|[至~-]|(?<![达不])到)\s*(?P<most>{NUMBER})|{_BEFORE}(?:以[下内]|之内|内)"
)
_UP_TO = re.compile(
    rf"(?:[低小少]于|满|不足|不到|至少|达到|(?<!=)<|>=|=>|≥|[高大多]于或?等于)\s*{_BEHIND}|{_BEFORE}(?P<most>)以上"
)


def numbers(text: str, unit: str = "") -> tuple[Decimal, ...]:
    """The numbers written in the text, each once, in order; of one of `UNITS`: those not of another.

    Chinese numerals count with a unit or a decimal 点.
    """
    found = _written(_narrow(text))
    return tuple(dict.fromkeys(value for value, own in found if not (unit and own) or unit == own))


def beyond(text: str, *, is_clear: bool = False) -> tuple[Decimal, ...]:
    """The numbers that the text parts from all higher ones: 高于 72, 不超过 3 次, <=3.8, 3.8 分及以下, 最多 2 次.

    `is_clear`: only by words that can't be read in another way, as a bare 以下 can.
    """
    return tuple(_parted(_BEYOND, text, is_clear))


def up_to(text: str, *, is_clear: bool = False) -> tuple[Decimal, ...]:
    """The numbers that the text parts from all lower ones: 满 60 天, 不低于 72, <20%, 60 天以上; `is_clear` alike."""
    return tuple(_parted(_UP_TO, text, is_clear))


def spans(text: str) -> Iterator[tuple[Decimal, Decimal]]:
    """The spans of time that the text writes in weeks, months or years: the days at least and at most."""
    for many, between, unit, behind in _SPAN.findall(_narrow(text)):
        value = HALF if many == "半" else number(many)
        if value is not None:
            value += HALF if between or behind else 0
            yield value * DAYS[unit][0], value * DAYS[unit][1]


def _written(text: str) -> Iterator[tuple[Decimal, str]]:
    """Each number with its unit, "" for none that is known."""
    for found in _NUMBER.finditer(text):
        value = number(found[0])
        if value is None:
            continue
        before, behind = text[: found.start()], text[found.end() :]
        if before.endswith(("百分之", "千分之")) or behind.lstrip().startswith("成"):
            share = Decimal(10) if behind.lstrip().startswith("成") else Decimal(1)
            yield value * (share if not before.endswith("千分之") else Decimal("0.1")), "%"
            continue
        unit = _UNIT_BEHIND.match(behind)
        name = next((each for each in unit.groups() if each), "") if unit else ""
        yield value, UNITS.get(name, "")


def _parted(pattern: re.Pattern[str], text: str, is_clear: bool) -> Iterator[Decimal]:
    for found in pattern.finditer(_narrow(text)):
        loose = "" if is_clear and not found["sure"] else found["most"] or found["before"]
        written = found["behind"] or loose
        value = number(written) if written else None
        if value is not None:
            yield value


def _narrow(text: str) -> str:
    """The text with half-width digits and signs, and the usual for the solemn numerals."""
    return unicodedata.normalize("NFKC", text).translate(_SOLEMN)
