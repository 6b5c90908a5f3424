"""Scores files as a whole: a line taken or set aside, the file refused or not, lines that contradict each other."""

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.cells import Trouble
from bot.feeds.file import BY_CHAT, BY_OPERATOR, PROBLEMS_KEPT, ScoreFile
from bot.feeds.table import Problem
from rules.facts import Scale
from tests.feeds.reading import DAY, TODAY, aside, read, refused, rows_of, shops
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

T = Trouble
TWO = [("s1", date(2022, 10, 1), 0, 379, None), ("s2", TODAY, 0, 400, None)]
PLAIN = "shop_id,day,score\ns1,2022-10-01,3.79\ns2,2022-10-10,4.0\n"
CHINESE = "店铺名称,体验分,日期,店铺ID\n小铺,3.79,2022-10-01,s1\n老店,4.0,2022/10/10,s2\n"


@pytest.mark.parametrize(
    "source",
    [
        PLAIN,
        CHINESE,
        PLAIN.replace("s1,", " s1 , "),
        PLAIN.replace("\ns2", "\n\n,,\n  \ns2"),
        PLAIN.rstrip("\n"),
        "\n" + PLAIN,
    ],
    ids=[
        "plain",
        "Chinese, other order, one more column",
        "spaces",
        "empty lines",
        "no end of line",
        "an empty line first",
    ],
)
def test_the_same_scores_are_read_from_every_form(source: str) -> None:
    assert rows_of(source) == TWO


def test_a_total_under_the_names_of_shops_is_no_shop() -> None:
    source = "店铺ID,店铺名称,日期,体验分\n4463798,甲店,2022-10-01,4.25\n2,合计,2022-10-01,4.02\n"
    rows, file = read(source)
    assert [row[0] for row in rows] == ["4463798"]
    assert file.set_aside == [Problem(3, "", T.NOTE, "2")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("s1,2022-10-01,5.01", Problem(2, "score", T.OFF_SCALE, "5.01")),
        ("s1,2022-10-01,3.799", Problem(2, "score", T.TOO_PRECISE, "3.799")),
        ("s1,2022-10-01,85%", Problem(2, "score", T.PERCENT, "85%")),
        ("s1,2022-10-01,约3.8", Problem(2, "score", T.NOT_A_SCORE, "约3.8")),
        ("s1,2022-10-01,=A1", Problem(2, "score", T.FORMULA, "=A1")),
        ("s1,2022-10-01", Problem(2, "score", T.EMPTY)),
        ("s1,2022-10-11,3.8", Problem(2, "day", T.FUTURE_DAY, "2022-10-11")),
        ("s1,10/1/2022,3.8", Problem(2, "day", T.NOT_A_DAY, "10/1/2022")),
        ("s1,,3.8", Problem(2, "day", T.EMPTY)),
        (",2022-10-01,3.8", Problem(2, "shop_id", T.EMPTY)),
        ("00000,2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "00000")),
        ("1.23457E+17,2022-10-01,3.8", Problem(2, "shop_id", T.ROUNDED_ID, "1.23457E+17")),
        ("甲旗舰店,2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "甲旗舰店")),
        ("#N/A,2022-10-01,3.8", Problem(2, "shop_id", T.ERROR_VALUE, "#N/A")),
        ("s" * 65 + ",2022-10-01,3.8", Problem(2, "shop_id", T.NOT_AN_ID, "s" * 40)),
        ("s1,2022-10-01,3,95", Problem(2, "", T.TOO_MANY_CELLS, "95")),
        ("合计,,4.02", Problem(2, "", T.NOTE, "合计")),
    ],
    ids=str,
)
def test_a_line_that_is_not_sure_is_set_aside_with_line_column_value_and_reason(line: str, problem: Problem) -> None:
    rows, file = read(f"shop_id,day,score\n{line}\ns2,2022-10-10,4.0\n")
    assert (rows, file.set_aside, file.set_aside_count, file.rows) == (TWO[1:], [problem], 1, 1)


def test_a_line_is_set_aside_for_its_first_fault() -> None:
    assert aside("shop_id,day,score\ns1,?,?\n\n?,2022-10-01,x\n") == [
        (2, "day", T.NOT_A_DAY),
        (4, "shop_id", T.NOT_AN_ID),
    ]


def test_a_line_with_one_bad_score_of_two_gives_none() -> None:
    source = "店铺ID,日期,体验分,商品体验分\ns1,2022-10-01,85,101\ns2,2022-10-01,85,50\n"
    rows, file = read(source, HUNDRED_POINTS.scores)
    assert ({row[0] for row in rows}, len(rows), file.rows) == ({"s2"}, 2, 1)
    assert aside(source, HUNDRED_POINTS.scores) == [(2, "product_score", T.OFF_SCALE)]


def test_good_lines_after_a_bad_one_are_taken() -> None:
    good = "".join(f"s{n},2022-10-01,3.8\n" for n in range(4))
    assert shops(f"shop_id,day,score\n{good}x,x,x\n{good.replace('s', 't')}") == [
        f"{c}{n}" for c in "st" for n in range(4)
    ]


def test_a_thousand_problems_are_kept_and_all_are_counted() -> None:
    rows, file = read("shop_id,day,score\n" + "s1,2022-10-01,x\n" * 1_500 + "s1,2022-10-01,3.8\n")
    assert (len(rows), file.rows, file.set_aside_count, len(file.set_aside)) == (1, 1, 1_500, PROBLEMS_KEPT)


@pytest.mark.parametrize(
    "note",
    [
        "合计,,4.02",
        "总计：,,4.02",
        ",合计,4.02",
        "合 计,,4.02",
        "平均,,4.02",
        "平均分,,4.02",
        "共3家店,,4.02",
        "共 3 家",
        "3家店合计,,4.02",
        "Total,,4.02",
        "本页小计,,8",
        "备注：数据来自抖店后台",
        "注：*为新店",
        "数据来源：抖店",
        "制表人：小王,,审核：小李",
        "说明,仅供参考",
        "以上数据仅供参考",
        ",,以上数据仅供参考",
        "更新时间：2022-10-10",
        "*仅供内部使用",
        "最高分,,4.9",
        "--- 完 ---",
    ],
)
def test_totals_and_notes_are_set_aside_as_such(note: str) -> None:
    rows, file = read(f"店铺ID,日期,体验分\ns1,2022-10-01,3.79\n{note}\ns2,2022-10-10,4.0\n")
    assert (rows, [problem.trouble for problem in file.set_aside]) == (TWO, [T.NOTE])


def test_a_line_with_nothing_but_its_number_is_nothing() -> None:
    assert rows_of("序号,店铺ID,日期,体验分\n1,s1,2022-10-01,3.79\n2,,,\n3,s2,2022-10-10,4\n4,,,\n") == TWO
    assert aside("店铺名称,店铺ID,日期,体验分\n甲,,,\n乙,s1,2022-10-01,3.79\n") == [(2, "", T.NOTE)]


def test_characters_that_nobody_sees_are_an_empty_line() -> None:
    assert rows_of(PLAIN + "\u200b,\ufeff,\n\x1a") == TWO


def test_a_shop_whose_name_begins_like_a_total_is_a_shop() -> None:
    assert rows_of("店铺名称,店铺ID,日期,体验分\n合计女装,s1,2022-10-01,3.79\n共3家,s2,2022-10-10,4\n") == TWO
    assert aside("店铺名称,店铺ID,日期,体验分\n平均律音乐,s1,?,3.79\n") == [(2, "day", T.NOT_A_DAY)]


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        ("", (0, "", T.NO_ROWS, "")),
        ("\n\n", (0, "", T.NO_ROWS, "")),
        ("shop_id,day,score\n", (0, "", T.NO_ROWS, "")),
        ("shop_id,day,score\n,,\n\n", (0, "", T.NO_ROWS, "")),
        ("shop_id,day\ns1,2022-10-01\n", (1, "score", T.MISSING_COLUMN, "shop_id,day")),
        ('{"shop_id":"s1","day":"2022-10-01"}', (1, "shop_id", T.MISSING_COLUMN, "")),
        ("\nday,score\n2022-10-01,3.8\n", (2, "shop_id", T.MISSING_COLUMN, "day,score")),
    ],
    ids=str,
)
def test_a_file_that_is_none_is_refused_with_one_reason(source: str, refusal: object) -> None:
    assert refused(source) == refusal


def test_a_file_of_wrong_lines_only_is_not_refused_by_its_reader() -> None:
    rows, file = read("shop_id,day,score\ns1,2022-10-01,x\n")
    assert (rows, file.refusal, file.set_aside_count) == ([], None, 1)


def test_any_score_of_the_edition_is_enough() -> None:
    source = "shop_id,day,{}\ns1,2022-10-10,50\n"
    rows = rows_of(source.format("product_score"), HUNDRED_POINTS.scores)
    assert [(HUNDRED_POINTS.scores[row[2]].id, row[3]) for row in rows] == [("product_score", 5000)]
    assert refused(source.format("物流体验"), HUNDRED_POINTS.scores)[1:3] == ("score", T.MISSING_COLUMN)


def test_a_chat_takes_five_thousand_rows_and_one_megabyte() -> None:
    rows = "".join(f"s{n},2022-10-01,3.8\n" for n in range(5_000))
    taken, file = read("日报\n\nshop_id,day,score\n" + rows, limits=BY_CHAT)
    assert (len(taken), file.refusal) == (5_000, None)
    taken, file = read("shop_id,day,score\n\n" + rows + "t,2022-10-01,3.8\n", limits=BY_CHAT)
    assert (taken, file.refusal) == ([], Problem(5_003, "", T.TOO_MANY_ROWS))
    assert BY_CHAT.workbook.rows == BY_CHAT.rows
    taken, file = read("shop_id,day,score\n" + "\n" * 1_048_576, limits=BY_CHAT)
    assert (taken, file.refusal) == ([], Problem(0, "", T.TOO_LARGE))


def test_a_file_on_disk_is_streamed_in_batches_and_tells_its_line(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("\nshop_id,day,score\n" + "".join(f"s{n},2022-10-01,3.8\n" for n in range(12_000)))
    file = ScoreFile(path, FIVE_POINTS.scores, TODAY, BY_OPERATOR)
    assert [(len(batch), file.line) for batch in file.batches()] == [(5_000, 5_002), (5_000, 10_002), (2_000, 12_002)]


def test_a_scale_finer_than_what_is_stored_is_refused() -> None:
    fact = FIVE_POINTS.fact("score").model_copy(update={"decimals": 3})
    with pytest.raises(ValueError, match="two decimals"):
        Scale.of(fact)


# ── Lines about the same shop and day ────────────────────────────────────────────────────────────────────────────────


def test_lines_that_contradict_each_other_are_all_set_aside_and_their_shop_and_day_withdrawn() -> None:
    lines = ["s1,2022-10-01,3.8", "s2,2022-10-01,3.8", "s1,2022/10/1,3.9", "s1,2022-10-01,3.80", "s1,2022-10-02,3.9"]
    file = read("shop_id,day,score\n" + "\n".join(lines))[1]
    assert (file.withdrawn, file.rows, file.set_aside_count) == ({("s1", DAY)}, 2, 3)
    assert file.set_aside == [
        Problem(2, "score", T.CONFLICT, "3.80", 4),
        Problem(4, "score", T.CONFLICT, "3.90", 2),
        Problem(5, "score", T.CONFLICT, "3.80", 4),
    ]


def test_the_same_line_twice_is_no_conflict_however_it_is_written() -> None:
    file = read("shop_id,day,score\ns1,2022-10-01,3.8\n's1,2022年10月1日,3.80分\n")[1]
    assert (file.withdrawn, file.set_aside) == (frozenset(), [])


@pytest.mark.parametrize("other", ["暂无", "", "-"])
def test_a_score_and_none_for_one_shop_and_day_are_a_conflict(other: str) -> None:
    file = read(f"shop_id,day,score\ns1,2022-10-01,3.8\ns1,2022-10-01,{other}\n")[1]
    assert file.set_aside == [Problem(2, "score", T.CONFLICT, "3.80", 3), Problem(3, "score", T.CONFLICT, "", 2)]


def test_two_counts_for_one_shop_and_day_are_a_conflict_too() -> None:
    file = read("shop_id,day,score,closures\ns1,2022-10-01,3.8,1\ns1,2022-10-01,3.8,2\n")[1]
    assert file.set_aside == [Problem(2, "closures", T.CONFLICT, "1", 3), Problem(3, "closures", T.CONFLICT, "2", 2)]


def test_one_score_of_two_that_differs_withdraws_the_shop_and_day() -> None:
    source = "店铺ID,日期,体验分,商品体验分\ns1,2022-10-01,85,50\ns1,2022-10-01,85,51\n"
    file = read(source, HUNDRED_POINTS.scores)[1]
    assert file.withdrawn == {("s1", DAY)}
    assert [(problem.line, problem.column) for problem in file.set_aside] == [
        (2, "product_score"),
        (3, "product_score"),
    ]


def test_problems_stand_in_the_order_of_the_lines() -> None:
    lines = ["s1,2022-10-01,3.8", "?,2022-10-01,3.8", "s1,2022-10-01,3.9", "s2,?,3.8"]
    assert [line for line, _, _ in aside("shop_id,day,score\n" + "\n".join(lines))] == [2, 3, 4, 5]


def test_many_lines_about_one_shop_and_day_take_no_long_time() -> None:
    same = "s1,2022-10-01,3.8\n" * 20_000
    assert read("shop_id,day,score\n" + same)[1].set_aside_count == 0
    assert read("shop_id,day,score\n" + same + "s1,2022-10-01,3.9\n" + same)[1].set_aside_count == 40_001


# ── Whatever comes ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_cut_off_anywhere_is_noticed_but_after_a_whole_number_or_before_it() -> None:
    files = [(PLAIN[:cut].rpartition(",")[2], read(PLAIN[:cut])[1]) for cut in range(len(PLAIN))]
    unnoticed = [end for end, file in files if file.refusal is None and not file.set_aside_count]
    assert unnoticed == ["", "3", "3.7", "3.79", "3.79\n", "", "4", "4.0"]


@given(
    st.randoms(use_true_random=False), st.integers(1, 6), st.sampled_from([PLAIN.encode(), CHINESE.encode("gb18030")])
)
@settings(max_examples=200, deadline=None)
def test_a_damaged_file_is_read_rightly_or_refused(chance: random.Random, changes: int, source: bytes) -> None:
    damaged = bytearray(source)
    for _ in range(changes):
        place = chance.randrange(len(damaged))
        damaged[place : place + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    rows, file = read(bytes(damaged))
    assert file.refusal or file.set_aside_count or rows
    assert not (file.refusal and rows)
    assert len(rows) == file.rows + sum(problem.trouble is T.CONFLICT for problem in file.set_aside)
    assert all((score is None or 0 <= score <= 500) and day <= TODAY and shop for shop, day, _, score, _ in rows)
