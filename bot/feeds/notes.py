"""Lines of a table that are about no shop: totals, averages, remarks, who made the table."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_TOTAL: Final = re.compile(
    r"(?:[本此该]?[页表月日周]?(?:合计|总计|小计|共计|总和|总数|总体|总共|汇总|求和|平均|平均值|平均分|均值|均分|中位数|最高分?|最低分?|最大值?|最小值?)"
    r"|(?:grand)?total|subtotal|sum|average|avg|mean|max|min|count)(?:[:(].*|数|行|\d+.*)?"
    r"|(?:以上)?[合总]?共计?\d+.*|\d+(?:家|个|条|行)(?:店铺?)?(?:合计|平均|汇总)?"
)
_REMARK: Final = re.compile(
    r"(?:备注|注意?|说明|附注|提示|声明|制表|制表[人时日].*|填表.*|审核.?|数据来源|来源|统计(?:口径|时间|范围|人)|更新时间|数据更新时间|导出时间"
    r"|导出人|打印时间|负责人|联系人|note|remark|source)s?\d*(?:[:.、].*)?|[*※].*"
)

TOTALS: Final = frozenset(
    ("合计", "总计", "小计", "共计", "总数", "汇总", "平均", "平均值", "平均分", "均值", "均分", "total", "average")
)
"""The name of no shop, in a line whose other cells could be a shop's: its id is a count of shops."""


def is_note(cells: Sequence[str], known: Sequence[int]) -> bool:
    """Whether a line is about no shop. `known`: the places of the columns that are read.

    Its first words say so, or nothing stands in the columns, or one cell has a sentence and the others have nothing.
    """
    filled = [(place, _plain(cell)) for place, cell in enumerate(cells) if cell.strip()]
    if not filled:
        return False
    first = filled[0][1]
    if _TOTAL.fullmatch(first) or _REMARK.fullmatch(first):
        return True
    return all(place not in known for place, _ in filled) or (len(filled) == 1 and not first.isascii())


def is_only_numbered(cells: Sequence[str], known: Sequence[int]) -> bool:
    """Whether a line has a number beside the columns and nothing else, as a form that is not filled in."""
    filled = [(place, cell.strip()) for place, cell in enumerate(cells) if cell.strip()]
    return len(filled) == 1 and filled[0][0] not in known and filled[0][1].isdecimal()


def _plain(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell[:200]).casefold().split())
