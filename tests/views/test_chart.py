"""The chart as a merchant sees it: decoded again, and looked at where things must be."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from fontTools.ttLib import TTFont
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from bot.views.canvas import BESIDE_GB2312, FONT, UNKNOWN, Canvas, drawable
from bot.views.chart import (
    BOTTOM,
    COLOUR,
    CURVE,
    DAYS,
    HEIGHT,
    LEFT,
    PALE,
    TOP,
    WIDTH,
    ChartLine,
    ChartWords,
    chart,
    paint,
)
from rules.facts import Scale
from rules.requirements import Effect

TODAY = date(2022, 10, 10)
FIVE = Scale(Decimal(0), Decimal(5), 2)
HUNDRED = Scale(Decimal(0), Decimal(100), 2)
LINES = [
    ChartLine("入驻线", Decimal("4.0"), Effect.NO_ENTRY),
    ChartLine("警告线", Decimal("3.8"), Effect.WARNING),
    ChartLine("清退线", Decimal("3.5"), Effect.CLOSING),
]
WORDS = ChartWords("我的店铺", "近 30 天", "没有体验分")
HUNDRED_LINES = [
    ChartLine("入驻线", Decimal(70), Effect.NO_ENTRY),
    ChartLine("提前提醒线", Decimal(73), Effect.EARLY),
    ChartLine("清退线", Decimal(70), Effect.CLOSING),
    ChartLine("类目提前提醒线", Decimal(78), Effect.EARLY),
    ChartLine("类目清退线", Decimal(75), Effect.CLOSING),
]
FULL = ChartWords("我的店铺", "近 30 天商品体验分（100 分制）", "近 30 天没有分数")
PHONE_WIDTH = 360
Series = list[tuple[date, Decimal]]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Watched(Canvas):
    """A canvas that remembers where something was drawn."""

    draw: ImageDraw.ImageDraw = field(default_factory=lambda: ImageDraw.Draw(Image.new("RGB", (1, 1))))
    texts: dict[str, Box] = field(default_factory=dict)
    sizes: set[int] = field(default_factory=set)
    marks: list[Box] = field(default_factory=list)

    def text(self, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
        if text:
            left, top, right, bottom = self.draw.textbbox((at[0] * 2, at[1] * 2), text, self.font(size), anchor)
            self.texts[f"{text} {len(self.texts)}"] = (left / 2, top / 2, right / 2, bottom / 2)
            self.sizes.add(size)

    def line(self, ends: Sequence[tuple[float, float]], colour: str, width: int) -> None:
        for (x, y), (to_x, to_y) in pairwise(ends):
            self.marks.append((min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y)))

    def dot(self, at: tuple[float, float], radius: int, colour: str) -> None:
        self.marks.append((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius))


def _watched(points: Series, lines: list[ChartLine] = LINES, words: ChartWords = WORDS, scale: Scale = FIVE) -> Watched:
    canvas = Watched()
    paint(canvas, points, lines, words, scale, today=TODAY)
    return canvas


def _touch(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _series(*scores: str | None) -> Series:
    """A score a day up to today; None leaves the day out."""
    first = len(scores) - 1
    return [(TODAY - timedelta(first - n), Decimal(score)) for n, score in enumerate(scores) if score is not None]


def _picture(
    points: Series, lines: list[ChartLine] = LINES, words: ChartWords = WORDS, scale: Scale = FIVE
) -> Image.Image:
    png = chart(points, lines, words, scale, TODAY)
    assert png.startswith(b"\x89PNG")
    return Image.open(BytesIO(png)).convert("RGB")


def _has(picture: Image.Image, colour: str, box: tuple[int, int, int, int]) -> bool:
    """Whether the box (left, top, right, bottom) has a pixel close to this colour."""
    wanted = tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
    part = picture.crop(box)
    found = part.getcolors(part.width * part.height) or []
    return any(max(abs(a - b) for a, b in zip(rgb, wanted, strict=True)) < 24 for _, rgb in found)  # type: ignore[arg-type]


def _right(picture: Image.Image) -> int:
    """Where the plot ends: below it runs the axis."""
    return max(x for x in range(LEFT, WIDTH) if _has(picture, PALE, (x, BOTTOM, x + 1, BOTTOM + 1)))


def _days(picture: Image.Image, first: int, last: int) -> tuple[int, int, int, int]:
    """The part of the plot from so many days ago to so many days ago, clear of the days at its edges."""
    right = _right(picture)
    width = (right - LEFT) / (DAYS - 1)
    return round(right - first * width + 8), TOP, round(right - last * width - 8), BOTTOM


def test_a_picture_fits_a_phone_and_a_message() -> None:
    png = chart(_series("4.4", "4.2", "3.9"), LINES, WORDS, FIVE, TODAY)
    assert Image.open(BytesIO(png)).size == (WIDTH, HEIGHT) == (1080, 720)
    assert len(png) < 100_000


def test_each_line_and_its_name_are_drawn_in_its_colour() -> None:
    picture = _picture([])
    right = _right(picture)
    for line in LINES:
        assert _has(picture, COLOUR[line.effect], (LEFT, TOP, right, BOTTOM)), line.label
        assert _has(picture, COLOUR[line.effect], (right + 22, TOP, WIDTH, BOTTOM)), line.label


def test_the_higher_score_stands_higher() -> None:
    high, low = _picture(_series(*["4.6"] * 30)), _picture(_series(*["4.6"] * 15, *["3.6"] * 15))
    left, top, right, _ = _days(low, 13, 3)
    upper, right_half = (LEFT, TOP, right, (TOP + BOTTOM) // 2), (left, top, right, (TOP + BOTTOM) // 2)
    assert _has(high, CURVE, upper)
    assert _has(high, CURVE, right_half)
    assert not _has(low, CURVE, right_half)


def test_days_without_a_score_are_a_gap() -> None:
    whole = _picture(_series(*["3.9"] * 30))
    broken = _picture(_series(*["3.9"] * 10, *[None] * 5, *["3.9"] * 15))
    assert _has(whole, CURVE, _days(whole, 20, 14))
    assert not _has(broken, CURVE, _days(broken, 20, 14))
    assert _has(broken, CURVE, _days(broken, 29, 20))
    assert _has(broken, CURVE, _days(broken, 14, 0))


def test_a_day_between_two_gaps_is_a_dot() -> None:
    picture = _picture(_series("3.9", *[None] * 9, "3.9", *[None] * 9, *["3.9"] * 10))
    assert _has(picture, CURVE, _days(picture, 20, 18))


def test_a_single_day_is_a_dot() -> None:
    picture = _picture(_series("3.72"))
    right = _right(picture)
    assert _has(picture, CURVE, (right - 12, TOP, right + 12, BOTTOM))
    assert not _has(picture, CURVE, (LEFT, TOP, right - 16, BOTTOM))


@pytest.mark.parametrize(
    ("series", "shown"),
    [
        (_series("3.9", "3.8", "3.70"), ["3.7"]),
        (_series("3.9", "3.70", None, None), ["3.7", "10-08"]),
        (_series("4.00"), ["4.0"]),
        ([], ["没有体验分"]),
    ],
    ids=["today's", "an older one with its day", "a whole one", "none"],
)
def test_the_newest_score_stands_above_with_its_day_unless_it_is_today_s(series: Series, shown: list[str]) -> None:
    above = {text.rsplit(" ", 1)[0] for text, box in _watched(series).texts.items() if box[3] < TOP - 20}
    assert above == {"我的店铺", "近 30 天", *shown}


def test_a_shop_that_has_no_score_any_more_shows_that_in_place_of_the_newest() -> None:
    shown = _watched(_series("3.9", None), words=ChartWords("我的店铺", "近 30 天", "", "10-10 暂无体验分")).texts
    assert "10-10 暂无体验分 1" in shown
    assert not [text for text in shown if text.startswith("3.9 ")]


def test_every_text_can_be_read_on_a_phone() -> None:
    sizes = _watched(_series("3.9", None), HUNDRED_LINES, scale=HUNDRED).sizes
    assert min(sizes) * PHONE_WIDTH / WIDTH >= 12


def test_neither_the_order_nor_days_before_the_30_and_after_today_change_the_picture() -> None:
    points = _series("3.9", "4.1", None, "4.0")
    beyond = [(TODAY - timedelta(30), Decimal("1.0")), (TODAY + timedelta(1), Decimal("5.0"))]
    assert chart([*beyond, *points[::-1]], LINES, WORDS, FIVE, TODAY) == chart(points, LINES, WORDS, FIVE, TODAY)


def test_without_a_score_the_picture_says_so_in_the_caller_s_words() -> None:
    said, silent = _picture([]), _picture([], words=ChartWords("我的店铺", "近 30 天", ""))
    assert said.tobytes() != silent.tobytes()


def test_two_lines_at_one_limit_are_both_named() -> None:
    lines = [
        ChartLine("入驻线", Decimal(70), Effect.NO_ENTRY),
        ChartLine("提前提醒线", Decimal(73), Effect.EARLY),
        ChartLine("清退线", Decimal(70), Effect.CLOSING),
    ]
    picture = _picture(_series("76", "74.5", "71.2"), lines, scale=HUNDRED)
    right = _right(picture)
    rows = {
        line.effect: [
            y for y in range(TOP, HEIGHT) if _has(picture, COLOUR[line.effect], (right + 22, y, WIDTH, y + 1))
        ]
        for line in lines
    }
    early, entry, closing = rows[Effect.EARLY], rows[Effect.NO_ENTRY], rows[Effect.CLOSING]
    assert early[-1] < entry[0] < entry[-1] < closing[0]


def test_a_long_name_stays_inside_the_picture() -> None:
    picture = _picture([], words=ChartWords("很长的店铺名" * 200, "近 30 天", ""))
    assert len(picture.crop((WIDTH - 24, 0, WIDTH, TOP - 20)).getcolors()) == 1


@given(
    st.lists(st.tuples(st.integers(-3, 40), st.integers(0, 500)), unique_by=lambda point: point[0], max_size=40),
    st.sampled_from([LINES, LINES[:1], []]),
    st.text(max_size=30),
)
@settings(max_examples=8, deadline=None)
def test_any_series_and_any_name_make_a_picture(days: list[tuple[int, int]], lines: list[ChartLine], name: str) -> None:
    points = [(TODAY - timedelta(ago), Decimal(score) / 100) for ago, score in days]
    assert _picture(points, lines, ChartWords(name, name, name)).size == (WIDTH, HEIGHT)


@given(
    st.lists(st.tuples(st.integers(0, 29), st.integers(0, 10000)), unique_by=lambda point: point[0], max_size=30),
    st.sampled_from([HUNDRED_LINES, HUNDRED_LINES[:3], []])
    | st.lists(
        st.builds(ChartLine, st.just("类目提前提醒线"), st.integers(0, 100).map(Decimal), st.sampled_from(Effect)),
        max_size=6,
    ),
    st.sampled_from(["", "10-10 暂无商品体验分"]),
)
@example(
    [],
    [ChartLine("清退线", Decimal(0), effect) for effect in Effect] + [ChartLine("入驻线", Decimal(9), Effect.EARLY)],
    "",
)
@settings(max_examples=150, deadline=None)
def test_no_label_covers_another_or_the_curve_or_a_line(
    days: list[tuple[int, int]], lines: list[ChartLine], none: str
) -> None:
    points = [(TODAY - timedelta(ago), Decimal(score) / 100) for ago, score in days]
    seen = _watched(points, lines, replace(FULL, title="很长的店铺名" * 9, none=none), HUNDRED)
    for text, box in seen.texts.items():
        assert box[0] >= 0, text
        assert box[1] >= 0, text
        assert box[2] <= WIDTH, text
        assert box[3] <= HEIGHT, text
        assert [other for other, its in seen.texts.items() if other != text and _touch(box, its)] == [], text
        assert [mark for mark in seen.marks if _touch(box, mark)] == [], text


def test_the_font_has_every_character_that_is_drawn() -> None:
    known = TTFont(FONT).getBestCmap()
    pairs = (bytes([high, low]) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    simplified = "".join(pair.decode("gb2312", "ignore") for pair in pairs)
    printed = simplified + BESIDE_GB2312 + UNKNOWN + "".join(map(chr, range(0x20, 0x7F)))
    assert [character for character in drawable(printed) if ord(character) not in known] == []
    assert drawable(printed) == "".join(c for c in printed if c.isprintable())


@pytest.mark.parametrize(
    ("text", "shown"),
    [("小铺 Shop-1", "小铺 Shop-1"), ("茶葉", "茶□"), ("火锅🔥店", "火锅店"), ("店\u202e铺\n", "店铺"), ("", "")],
)
def test_what_the_font_lacks_is_no_blot(text: str, shown: str) -> None:
    assert drawable(text) == shown


def test_the_licence_of_the_font_is_beside_it() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONT.parent / "OFL.txt").read_text()
    assert FONT.stat().st_size < 1_700_000


def test_pillow_is_only_loaded_for_a_chart() -> None:
    program = "import sys, bot.views.chart; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
