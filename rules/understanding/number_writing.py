"""Numbers in one writing: 3,7 and 3。7 and 三分八 are 3.7 and 3.8; 差0.1到4分 is 3.9."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from rules.numbers import number

_FORMAL: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
_FORMAL_RUN: Final = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰零]+(?:点[壹贰叁肆伍陆柒捌玖零]+|(?=分|次|回|天|星))")
_DIGIT: Final = "[0-9零一二两三四五六七八九]"
_ANY: Final = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十]+(?:点[零一二三四五六七八九]+)?)"
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    # 3,7 and 3。7, but no list (第1,2条; 3,4月).
    (re.compile(r"(?<![\d.第,])(\d),([0-9]{1,2})(?![\d.,]|\s*[月日号条个项年天次])"), lambda m: f"{m[1]}.{m[2]}"),
    (re.compile(r"(?<![\d.第])(\d{1,2})[。·](\d{1,2})(?![\d.]|\s*[月日号条个项年天次])"), lambda m: f"{m[1]}.{m[2]}"),
    # 68,2离及格, but no list (70,3次).
    (
        re.compile(r"(?<![\d.第,])(\d{2}),(\d)(?=\s*(?:分(?!店)|[离距差够能会可行算怎咋清还安危?!。]|$))"),
        lambda m: f"{m[1]}.{m[2]}",
    ),
    # 踩线70, 卡在3.5线, 70踩线, 70整: at the number.
    (
        re.compile(rf"(?:[踩压擦卡][着在]?线|[踩压擦卡][着在])\s*({_ANY})(分?)(?:线|(?!\s*[天次个]))"),
        lambda m: f"刚好{m[1]}{m[2]}",
    ),
    (re.compile(r"(?<=[\d分])(\s*)(?:[踩压擦卡]着?线|整(?=[\s,。?!能会可]|$))"), lambda m: f"{m[1]}刚好"),
    # 三趟, 两遭.
    (re.compile(r"(?<=[\d一二两俩三仨四五六七八九十几])\s*(?:趟|遭)(?!车)"), lambda _: "次"),
    (re.compile(r"(?<=\d)\s+点\s+(?=\d)"), lambda _: "."),
    # 三分八, 3分8, 三分七五, 3分半.
    (re.compile(rf"(?<![十百\d.点])({_DIGIT})分半(?!小时|天|年)"), lambda m: f"{_digits(m[1])}.5分"),
    (
        re.compile(
            rf"(?<![十百\d.点差])({_DIGIT})分({_DIGIT}{{1,2}})(?![\d.十百千万点分]|\s*[天次月日号年个条回元块家周小])"
        ),
        lambda m: f"{_digits(m[1])}.{_digits(m[2])}分",
    ),
    # 差0.1分到4分, 离4分还差0.1.
    (
        re.compile(
            rf"差(?:了)?\s*({_ANY})分?(?:(?:就|才)?(?:到|够|满|达到|是|有)|就)\s*({_ANY})(?=分|[,。?!\s]|$|[能可开进了会要])"
        ),
        lambda m: _less(m[2], m[1], m[0]),
    ),
    (
        re.compile(rf"[离距](?:离)?\s*({_ANY})分?(?:线)?(?:只|还|就|才)*差(?:了)?\s*({_ANY})分?"),
        lambda m: _less(m[1], m[2], m[0]),
    ),
    # 体验分五十九: a whole number in characters, called a score.
    (
        re.compile(
            r"(?<=分)((?:刚好|正好|只有|现在|才|是|有|就)?)([一二三四五六七八九]?十[一二三四五六七八九]?)(?=[,。?!;\s会能可够整行]|$)"
        ),
        lambda m: f"{m[1]}{number(m[2])}",
    ),
    (re.compile(r"百分之([零一二三四五六七八九十百\d点.]+)"), lambda m: f"{m[1]}%"),
)


def one_number_writing(text: str) -> str:
    """The text with decimals written with a point, and a distance to a number as the number meant."""
    text = _FORMAL_RUN.sub(lambda found: found[0].translate(_FORMAL), text)
    for pattern, written in _FORMS:
        text = pattern.sub(written, text)
    return text


def _digits(text: str) -> str:
    return "".join(str(number(one)) for one in text)


def _less(of: str, by: str, whole: str) -> str:
    """The number less the distance, written out; the text as it was where either is no number."""
    high, gap = number(of), number(by)
    if high is None or gap is None or not Decimal(0) < gap < high:
        return whole
    return f"{high - gap}"
