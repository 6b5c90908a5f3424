"""Numbers in one writing: 3,7 and 3。7 and 三分八 are 3.7 and 3.8; 差0.1到4分 is 3.9."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from rules.numbers import number

_FORMAL: Final = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百")
_FORMAL_RUN: Final = re.compile(r"[壹贰叁肆伍陆柒捌玖拾佰零]{1,9}(?:点[壹贰叁肆伍陆柒捌玖零]{1,9}|(?=分|次|回|天|星))")
_DIGIT: Final = "[0-9零一二两三四五六七八九]"
_WHOLE: Final = "[一二三四五六七八九十]{1,9}"
_ANY: Final = r"(?:\d{1,12}(?:\.\d{1,9})?|[零一二两三四五六七八九十]{1,9}(?:点[零一二三四五六七八九]{1,9})?)"
_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    # 3,7 and 3。7, but no list (第1,2条; 3,4月).
    (re.compile(r"(?<![\d.第,])(\d),([0-9]{1,2})(?![\d.,]|\s*[月日号条个项年天次])"), lambda m: f"{m[1]}.{m[2]}"),
    (re.compile(r"(?<![\d.第])(\d{1,2})[。·](\d{1,2})(?![\d.]|\s*[月日号条个项年天次])"), lambda m: f"{m[1]}.{m[2]}"),
    # 68,2离及格, but no list (70,3次).
    (
        re.compile(r"(?<![\d.第,])(\d{2}),(\d)(?=\s*(?:分(?!店)|[离距差够能会可行算怎咋清还安危?!。]|$))"),
        lambda m: f"{m[1]}.{m[2]}",
    ),
    # 踩线70, 卡在3.5线, 70踩线: at the number.
    (
        re.compile(rf"(?:[踩压擦卡][着在]?线|[踩压擦卡][着在])\s*({_ANY})(分?)(?:线|(?!\s*[天次个]))"),
        lambda m: f"刚好{m[1]}{m[2]}",
    ),
    (re.compile(r"(?<=[\d分])(\s*)[踩压擦卡]着?线"), lambda m: f"{m[1]}刚好"),
    # 三趟, 两遭.
    (re.compile(r"(?<=[\d一二两俩三仨四五六七八九十几])\s*(?:趟|遭)(?!车)"), lambda _: "次"),
    (re.compile(r"(?<=\d)\s+点\s+(?=\d)"), lambda _: "."),
    # 三分八, 3分8, 三分七五, 3分半.
    (re.compile(rf"(?<![十百\d.点])(\d{{2}}|{_DIGIT})分半(?!小时|天|年)"), lambda m: f"{number(m[1])}.5分"),
    (
        re.compile(
            rf"(?<![十百\d.点差])({_DIGIT})分({_DIGIT}{{1,2}})(?![\d.十百千万点分]|\s*[天次月日号年个条回元块家周小])"
        ),
        lambda m: f"{_digits(m[1])}.{_digits(m[2])}分",
    ),
    # 差0.1分到4分, 离4分还差0.1, 比4分少0.1, 4分差0.1.
    (
        re.compile(
            rf"差(?:了)?\s*({_ANY})分?(?:(?:就|才|还|只)?(?:不到|没到|到|够|满|达到|是|有)|就)\s*({_ANY})(?=分|[,。?!\s]|$|[能可开进了会要])"
        ),
        lambda m: _less(m[2], m[1], m),
    ),
    (
        re.compile(rf"[离距比](?:离)?\s*({_ANY})分?(?:线)?(?:只|还|就|才)*[差少低](?:了)?\s*({_ANY})分?"),
        lambda m: _less(m[1], m[2], m),
    ),
    (
        re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d{1,2})?)分?(?:还|只|就)?差(?:了)?\s*(0\.\d{1,2})分?(?![\d.到够就])"),
        lambda m: _less(m[1], m[2], m),
    ),
    # 体验分五十九: a whole number in characters, called a score.
    (
        re.compile(
            r"(?<=分)((?:刚好|正好|只有|只剩|就剩|现在|才|是|有|就)?)([一二三四五六七八九]?十[一二三四五六七八九]?)(?=[,。?!;\s会能可够整行了]|$)"
        ),
        lambda m: f"{m[1]}{number(m[2])}",
    ),
    # 3.5整, 七十整.
    (re.compile(rf"({_ANY})分?整(?![改顿个天月体理年点数])"), lambda m: f"{m[1]}分"),
    # 五月六号, 二二年五月.
    (re.compile(rf"({_WHOLE})月({_WHOLE})(?=[日号])"), lambda m: f"{number(m[1])}月{number(m[2])}"),
    # 4颗半星, 四星半.
    (re.compile(rf"({_DIGIT})\s*颗?半\s*颗?星|({_DIGIT})\s*颗?星半"), lambda m: f"{number(m[1] or m[2])}.5星"),
    # 三点几, 六十几分: digits, so that the number is seen.
    (re.compile(rf"({_WHOLE})(?=点[几多]|[几多来]分)"), lambda m: f"{number(m[1]) or m[1]}"),
    (re.compile(rf"(?<=[分店我])((?:才|是|有|只有)?)({_WHOLE})(?=[几多])"), lambda m: f"{m[1]}{number(m[2]) or m[2]}"),
    (re.compile(r"百分之([零一二三四五六七八九十百\d点.]+)"), lambda m: f"{m[1]}%"),
)


def one_number_writing(text: str) -> str:
    """The text with decimals written with a point, and a distance to a number as the number meant."""
    text = _FORMAL_RUN.sub(lambda found: found[0].translate(_FORMAL), text)
    for pattern, written in _FORMS:
        text = pattern.sub(written, text)
    return text


_NUMERAL: Final = r"(?=了?\s*[\d一二三四五六七八九])"
_PLAIN: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # 3.4几会关吗 holds no 机会, which sounds like 几会.
    (re.compile(r"(?<=[\d点十])几(?=会)"), "多"),
    (re.compile(rf"[爬蹿窜蹦弹冲][回到上至]{_NUMERAL}"), "涨到"),
    (re.compile(rf"[滑摔缩溜砸][回到下至]{_NUMERAL}"), "跌到"),
)


def around_numbers(text: str) -> str:
    """The text with a plain word beside a number for a colourful one: 爬回3.6 is 涨到3.6."""
    for pattern, word in _PLAIN:
        text = pattern.sub(word, text)
    return text


def _digits(text: str) -> str:
    return "".join(str(number(one)) for one in text)


def _less(of: str, by: str, found: re.Match[str]) -> str:
    """The number less the distance, written out, apart from a number before; the text as it was for no number."""
    high, gap = number(of), number(by)
    if high is None or gap is None or not Decimal(0) < gap < high:
        return found[0]
    is_joined = re.search(r"[\d分]$", found.string[: found.start()])
    return f"{',' if is_joined else ''}{high - gap}"
