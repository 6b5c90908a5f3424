"""The header of a table of scores: the names that people give to the columns, and the line that has them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rules.edition import Fact

SHOP, DAY, CLOSURES, NAME = "shop_id", "day", "closures", "name"
LOOKED_AT: Final = 50
"""The header is one of so many first lines."""

MOST_COLUMNS: Final = 500
"""A column further to the right is not looked for."""

_OWNERS: Final = ("店铺", "商家", "商户", "抖店", "小店", "门店")
_SHOP_NAMES: Final = (
    "shop_id", "store_id", "merchant_id", "seller_id",
    *(owner + what for owner in _OWNERS for what in ("id", "编号", "编码", "id号", "id编号", "账号id")),
)  # fmt: skip
_DAY_NAMES: Final = (
    "day", "date", "stat_date", "日期", "统计日期", "数据日期", "业务日期", "考核日期", "评分日期", "分数日期",
    "体验分日期", "所属日期", "统计日", "数据日",
)  # fmt: skip
_LESSER_DAY_NAMES: Final = ("时间", "统计时间", "数据时间", "业务时间", "日期时间")
_CLOSURE_NAMES: Final = (
    CLOSURES,
    "关闭次数",
    "被关闭次数",
    "系统关闭次数",
    "被系统关闭次数",
    "关闭权限次数",
    "系统关闭权限次数",
)
_NAMES: Final = (NAME, "shop_name", "店名", *(owner + what for owner in _OWNERS for what in ("名称", "名", "名字")))
_MAIN_SCORE: Final = (
    "体验分", "商家体验分", "店铺体验分", "抖店体验分", "综合体验分", "总体验分", "体验分总分", "体验总分",
    "综合体验总分", "商家综合体验分", "店铺综合体验分", "当前体验分", "当日体验分", "experience_score",
)  # fmt: skip
"""What people call the first score of an edition."""

_NOISE: Final = re.compile(r"[\s_\-*:：'\"“”‘’]")
_SEPARATORS: Final = re.compile(r"[()\[\]{}<>【】〔〕《》/|\n]")
_REMARK: Final = re.compile(
    r"(?:单位)?(?:分|分数|次|次数|天|日)|.*满分.*|.*分制|百分制|0\d{1,3}分?|\d+分|\d+(?:\.\d+)?[至到~—–]\d+(?:\.\d+)?分?"
    r"|(?:必填|选填|必须|非必填|required|optional).*|(?:文本|数字|数值|格式|日期格式|例|如|示例|纯数字).*|[ymd年月日.]+|id"
)
"""What stands in brackets beside a name and changes nothing of the meaning: a unit, a form, "must be filled in"."""

_PART: Final = re.compile("商品|物流|服务|售后|客服|内容|达人|直播|同行|行业|平均|均值|类目|排名|变化|环比|同比")
"""A group of columns that are parts of the score, or other shops' scores."""

USUAL_NAMES: Final = {SHOP: "店铺ID", DAY: "日期", NAME: "店铺名称"}
"""The name that an error tells for a column."""

Names = Mapping[str, tuple[str, int]]
"""The column and the rank of each plain name; among the columns of a table, the lowest rank wins."""


@dataclass(frozen=True, slots=True)
class Header:
    """The places of the known columns, from 0. `twice`: a column that two names claim with equal right, and the names.

    `shown`: all names as written. `others`: those of the columns that are not read.
    """

    line: int
    places: Mapping[str, int]
    twice: tuple[str, str] | None
    shown: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def width(self) -> int:
        """The number of cells up to the last one with a name."""
        return max((place + 1 for place, name in enumerate(self.shown) if name), default=0)

    def missing(self, scores: Sequence[str]) -> str | None:
        """A column that a table needs and that is not there: of the scores any one is enough, the first is named."""
        for column, enough in ((SHOP, (SHOP,)), (DAY, (DAY,)), (scores[0], scores)):
            if not self.places.keys() & set(enough):
                return column
        return None


def column_names(scores: Sequence[Fact]) -> Names:
    """The names of the columns: shop, day, name, count of closings, and one for each score."""
    found: dict[str, tuple[str, int]] = {}
    for number, fact in enumerate(scores):
        called = (fact.id, fact.label, *(() if number else _MAIN_SCORE))
        found |= {plain(form): (fact.id, 0) for name in called for form in _forms(name)}
    for column, names, rank in (
        (SHOP, _SHOP_NAMES, 0), (DAY, _DAY_NAMES, 0), (DAY, _LESSER_DAY_NAMES, 1), (CLOSURES, _CLOSURE_NAMES, 0),
        (NAME, _NAMES, 0),
    ):  # fmt: skip
        found |= {plain(name): (column, rank) for name in names}
    return found


def _forms(name: str) -> tuple[str, ...]:
    stem = name.removesuffix("分")
    return (name, f"{stem}得分", f"{stem}分")


def plain(name: str) -> str:
    """The name in small letters of half width, without spaces, zero-width characters, stars and dashes."""
    wide = unicodedata.normalize("NFKC", name).casefold()
    return _NOISE.sub("", "".join(letter for letter in wide if unicodedata.category(letter) != "Cf"))


def read_header(line: int, written: Sequence[Sequence[str]], names: Names) -> Header:
    """The header of a line; `written` has for each cell the ways in which its name may be read, the best first."""
    claims: dict[str, list[tuple[int, int]]] = {}
    for place, forms in enumerate(written):
        known = next(filter(None, (_column(form, names) for form in forms)), None)
        if known:
            claims.setdefault(known[0], []).append((known[1], place))
    places = {column: min(found)[1] for column, found in claims.items()}
    shown = [" ".join(forms[0].split()) if forms else "" for forms in written]
    twice = next((column for column, found in claims.items() if column != NAME and _is_tied(found)), None)
    both = ", ".join(shown[place] for rank, place in sorted(claims[twice])[:2]) if twice else ""
    read = {place for column, place in places.items() if column != NAME}
    others = tuple(name for place, name in enumerate(shown) if name and place not in read)
    return Header(line, places, (twice, both) if twice else None, tuple(shown), others)


def _is_tied(found: list[tuple[int, int]]) -> bool:
    return len(found) > 1 and min(found)[0] == sorted(found)[1][0]


def _column(name: str, names: Names) -> tuple[str, int] | None:
    """The column of a name, also when brackets or a second line hold a unit or the same name in other words."""
    parts = [part for part in map(plain, _SEPARATORS.split(unicodedata.normalize("NFKC", name))) if part]
    telling = [part for part in parts if not _REMARK.fullmatch(part)]
    if known := names.get("".join(parts)) or names.get("".join(telling)):
        return known
    meant = {names.get(part) for part in telling}
    return meant.pop() if len(meant) == 1 else None


def find_header(rows: Sequence[tuple[int, Sequence[str]]], names: Names, scores: Sequence[str]) -> Header | None:
    """The header with all needed columns in the first lines, else the nearest to one; None when no column is known."""
    alone = [read_header(line, [[cell] for cell in cells], names) for line, cells in rows]
    for place, header in enumerate(alone):
        if header.missing(scores) is None:
            below = rows[place + 1 : place + 2]
            return _split(rows[place][1], below[0], header, names) if below else header
    for (_, upper), (line, lower) in pairwise(rows):
        joined = read_header(line, _joined(upper, lower), names)
        if joined.missing(scores) is None and not any(map(_is_figure, lower)):
            return joined
    nearest = max(alone, key=lambda header: len(header.places.keys() - {NAME}), default=None)
    return nearest if nearest and nearest.places.keys() - {NAME} else None


def _split(upper: Sequence[str], below: tuple[int, Sequence[str]], header: Header, names: Names) -> Header:
    """The header over two lines, where the line below has words for the scores and neither a shop nor a day."""
    line, lower = below
    keys = (header.places[column] for column in (SHOP, DAY))
    if any(map(_is_figure, lower)) or any(
        lower[at].strip() not in {"", upper[at].strip()} for at in keys if at < len(lower)
    ):
        return header
    others = {place for column, place in header.places.items() if column not in {SHOP, DAY, NAME, CLOSURES}}
    more = {place for place, cell in enumerate(lower) if cell.strip() and not "".join(upper[place : place + 1]).strip()}
    has_words = any(lower[at].strip() for at in others | more if at < len(lower))
    return read_header(line, _joined(upper, lower), names) if has_words else header


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[list[str]]:
    """The names of two lines: a name above goes on over the empty cells to the right of it."""
    found, above = list[list[str]](), ""
    for place in range(max(len(upper), len(lower))):
        own = upper[place].strip() if place < len(upper) else ""
        under = lower[place].strip() if place < len(lower) else ""
        above = own or above
        if not under or _REMARK.fullmatch(plain(under).strip("()")):
            found.append([own] if own else [])
        else:
            found.append([above + under, under + above] if _PART.search(above) else [under, under + above])
    return found


def _is_figure(cell: str) -> bool:
    return cell.strip()[:1].isdigit()
