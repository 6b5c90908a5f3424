"""The operators' sheet of shops: text is text, numbers are numbers, and no name becomes a formula."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from bot.feeds.cells import FORMULA_STARTS, read_id
from bot.views import shop_sheet
from bot.views.shop_sheet import Sheet, sheet
from rules.assessment import assess
from rules.case import Case, Known
from rules.lines import Level
from rules.reasons import Reason
from rules.sources import Source
from storage.below_since import Since
from storage.daily_check.standings import BARRED
from storage.notice_evidence import Fate
from storage.shop_list import Followers, Listed
from storage.shop_notices import Told
from storage.shops import Shop
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS

DAY = date(2022, 10, 10)
ZONE = ZoneInfo("Asia/Shanghai")
LONG_ID = "7123456789012345678"


def listed(
    name: str | None = "旗舰店",
    ref: str = LONG_ID,
    score: str | None = "3.4",
    level: int = Level.CLOSING,
    *,
    told: Sequence[Told] = (),
    is_fresh: bool = True,
    since: Since | None = None,
    edition: str = "2022-10-10",
) -> Listed:
    judging = CATALOGUE.edition(edition)
    fact = judging.main_score
    case = Case({} if score is None else {fact.id: Known(Decimal(score), DAY, Source.FEED, scale=fact.scale)})
    shop = Shop(1, ref, None, name, Source.FEED)
    return Listed(shop, level, case, assess(judging, case, DAY), Followers(2, 1), is_fresh, since, tuple(told))


def told(fate: Fate, chat: int = 1) -> Told:
    return Told(1, chat, 1, 1, Reason.CLOSING, fate, DAY, 1_665_365_400_000)


def made(*found: Listed) -> Sheet:
    return sheet(found, (FIVE_POINTS, HUNDRED_POINTS), ZONE)


def row(one: Listed) -> dict[str, object]:
    """The cells of a shop by heading."""
    whole = made(one)
    return {heading: cell for (_, heading), cell in zip(whole.columns, whole.rows[0], strict=True)}


def in_csv(whole: Sheet) -> list[list[str]]:
    return list(csv.reader(io.StringIO(shop_sheet.as_csv(whole).removeprefix("\ufeff"))))


def in_xlsx(whole: Sheet) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(shop_sheet.as_xlsx(whole)))
    return list(book.worksheets[0].values)


def test_a_row_says_where_the_shop_stands_and_what_was_told() -> None:
    one = listed(told=[told(Fate.SENT), told(Fate.FAILED, 2)], since=Since(DAY, or_earlier=True))
    assert row(one) == {
        "店铺ID": LONG_ID,
        "店名": "旗舰店",
        "现在的情况": "会被关闭权限",
        "分制": "5 分制",
        "体验分": Decimal("3.4"),
        "日期": DAY,
        "从哪天起": "2022-10-10 或更早",
        "被系统关闭过几次": None,
        "关注的人": 2,
        "能收到提醒的": 1,
        "这次提醒过没有": "提醒过",
        "最近提醒了什么": "清退线下",
        "提醒时间": "2022-10-10 09:30",
        "送到没有": "已送达",
        "没送到的": "失败 1 人",
    }


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (listed(score="4.6", level=Level.CLEAR), "这个分数不触发警告或关闭"),
        (listed(score="4.6", level=Level.CLEAR, is_fresh=False), "没有新分数，上次：这个分数不触发警告或关闭"),
        (listed(score=None, level=Level.UNKNOWN, is_fresh=False), "还没有分数"),
        (listed(score=None, level=BARRED, is_fresh=False), "永久不能再申请开通"),
    ],
    ids=["clear", "too old", "never fed", "barred"],
)
def test_what_is_not_known_never_reads_as_good_news(one: Listed, words: str) -> None:
    assert row(one)["现在的情况"] == words


def test_scores_of_two_scales_share_a_column_and_name_the_scale() -> None:
    whole = made(listed(), listed(score="85", level=Level.CLEAR, edition="2026-07-29"))
    headings = [heading for _, heading in whole.columns]
    scale, score = headings.index("分制"), headings.index("体验分")
    assert [(each[scale], each[score]) for each in whole.rows] == [
        ("5 分制", Decimal("3.4")),
        ("100 分制", Decimal(85)),
    ]


STARTS = (*FORMULA_STARTS, "\t=", "\r=", "＝", " =")


@pytest.mark.parametrize("start", STARTS, ids=repr)
def test_no_name_becomes_a_formula(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    whole = made(listed(name))
    assert in_csv(whole)[1][1] == f"'{name}"
    cell = openpyxl.load_workbook(io.BytesIO(shop_sheet.as_xlsx(whole))).worksheets[0]["B2"]
    assert cell.data_type == "s"


def test_a_workbook_has_ids_as_text_and_scores_as_numbers() -> None:
    whole = made(listed())
    _, cells = in_xlsx(whole)
    assert cells[0] == LONG_ID
    assert cells[4] == 3.4
    assert cells[5] == datetime(2022, 10, 10)  # noqa: DTZ001  (a day of a spreadsheet has no zone)


@pytest.mark.parametrize("ref", [LONG_ID, "0012", "4463798", "712345678901", "SHOP-A1"])
def test_an_id_is_read_back_as_it_was(ref: str) -> None:
    assert read_id(in_csv(made(listed(ref=ref)))[1][0]) == ref


def test_an_id_that_a_spreadsheet_would_round_is_text_in_csv() -> None:
    first, second = (in_csv(made(listed(ref=ref)))[1][0] for ref in (LONG_ID, "4463798"))
    assert (first, second) == (f"{LONG_ID}\t", "4463798")


def test_csv_is_for_spreadsheets() -> None:
    whole = made(listed('引号"店,逗号'))
    text = shop_sheet.as_csv(whole)
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == text.count("\n") == 2
    assert in_csv(whole)[1][1] == '引号"店,逗号'
    assert ",3.4," in text


def test_every_row_has_every_column() -> None:
    whole = made(listed(), listed(score=None, level=Level.UNKNOWN), listed(told=[told(Fate.MUTED)]))
    assert all(len(one) == len(other) for one, other in pairwise([whole.columns, *whole.rows]))
