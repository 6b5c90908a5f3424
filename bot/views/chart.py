"""The last 30 days of a shop's score as a picture: PNG, 1080 by 720, to be read on a phone, where it is 360 wide.

No word stands where the curve may run: the name and the newest score are above it, the days below, scores and lines
beside it. All words come from the caller; the shipped font has ASCII and GB 2312, and shows □ for any other letter.
Days without a score are gaps in the curve. Drawing takes about 0.2 s and blocks: from a coroutine, call it in a thread.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Final

from bot.views.canvas import FINER, Canvas, drawable
from bot.views.render import points as in_short
from rules.facts import Scale
from rules.lines import LEVEL_OF
from rules.requirements import Effect

DAYS: Final = 30
WIDTH, HEIGHT = 1080, 720
LEFT, TOP, BOTTOM = 122, 182, 640
MARGIN: Final = 40
LABEL, TITLE, NEWEST = 36, 46, 64
"""Sizes of text: on the phone a third, so that none is below 12."""
LABEL_HEIGHT: Final = 46
LABEL_GAP: Final = 26

PAPER, INK, PALE, GRID, CURVE = "#ffffff", "#1f2933", "#5b6672", "#e7ebef", "#1d5fd1"
COLOUR: Final = {
    Effect.NO_ENTRY: "#15803d",
    Effect.EARLY: "#7c3aed",
    Effect.WARNING: "#b45309",
    Effect.CLOSING: "#c01d1d",
}
SHADE: Final = {Effect.WARNING: "#fff6e0", Effect.CLOSING: "#fdeaea"}
STEPS: Final = tuple(map(Decimal, ("0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20")))

Point = tuple[date, Decimal]


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A line of the edition: the name, the limit in points, and the effect below the limit, which gives the colour."""

    label: str
    limit: Decimal
    effect: Effect


@dataclass(frozen=True, slots=True)
class ChartWords:
    """`title`: the shop; `subtitle`: the score and days; `empty`: in place of a curve when there is no score.

    `none`: in place of the newest score when the newest row says that there is no score; "": it has one.
    """

    title: str
    subtitle: str
    empty: str
    none: str = ""


def chart(points: Sequence[Point], lines: Sequence[ChartLine], words: ChartWords, scale: Scale, today: date) -> bytes:
    """The picture of the 30 days up to `today` as PNG; `points` in any order, at most one a day."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - a second of start-up that only charts need

    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    paint(Canvas(ImageDraw.Draw(image)), points, lines, words, scale, today=today)
    out = BytesIO()
    picture = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def paint(
    canvas: Canvas, points: Sequence[Point], lines: Sequence[ChartLine], words: ChartWords, scale: Scale, *, today: date
) -> None:
    """Draw the picture of `chart`."""
    shown = sorted(point for point in points if 0 <= (today - point[0]).days < DAYS)
    named = {line: f"{line.label} {line.limit:f}" for line in sorted(lines, key=lambda line: LEVEL_OF[line.effect])}
    widest = max((canvas.width(drawable(name), LABEL) for name in named.values()), default=0)
    right = max(WIDTH * 2 // 3, int(WIDTH - MARGIN - LABEL_GAP - widest))
    plot = _Plot(canvas, _bounds(shown, lines, scale), today - timedelta(DAYS - 1), right)
    _draw_head(plot, shown, words)
    _draw_shades(plot, named)
    _draw_grid(plot)
    _draw_lines(plot, named)
    if shown:
        _draw_curve(plot, shown)
        plot.canvas.dot(plot.at(shown[-1]), 12, PAPER)
        plot.canvas.dot(plot.at(shown[-1]), 9, CURVE)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a day and a score are in the picture; lines are named beyond `right`."""

    canvas: Canvas
    bounds: tuple[Decimal, Decimal]
    first: date
    right: int

    def x(self, day: date) -> float:
        return LEFT + (day - self.first).days / (DAYS - 1) * (self.right - LEFT)

    def y(self, score: Decimal) -> float:
        low, high = self.bounds
        return BOTTOM - float((score - low) / (high - low)) * (BOTTOM - TOP)

    def at(self, point: Point) -> tuple[float, float]:
        return self.x(point[0]), self.y(point[1])


def _bounds(points: Sequence[Point], lines: Sequence[ChartLine], scale: Scale) -> tuple[Decimal, Decimal]:
    """The lowest and highest score in the picture: all points and lines, with room around, within the scale."""
    values = [score for _, score in points] + [line.limit for line in lines] or [scale.lowest, scale.highest]
    room = max((max(values) - min(values)) / 6, (scale.highest - scale.lowest) / 50)
    return max(scale.lowest, min(values) - room), min(scale.highest, max(values) + room)


def _draw_head(plot: _Plot, points: Sequence[Point], words: ChartWords) -> None:
    """The name and what is drawn to the left, the newest score and its day, unless today's, to the right."""
    canvas, end = plot.canvas, WIDTH - MARGIN
    newest, below = "", words.none or words.empty
    if points and not words.none:
        day, score = points[-1]
        newest, below = in_short(score), "" if (day - plot.first).days == DAYS - 1 else f"{day:%m-%d}"
    canvas.text((end, 62), newest, NEWEST, CURVE, "rm")
    title = canvas.fitted(words.title, TITLE, end - MARGIN - canvas.width(newest, NEWEST) - LABEL_GAP)
    canvas.text((MARGIN, 62), title, TITLE, INK, "lm")
    canvas.text((end, 128), drawable(below), LABEL, INK, "rm")
    subtitle = canvas.fitted(words.subtitle, LABEL, end - MARGIN - canvas.width(drawable(below), LABEL) - LABEL_GAP)
    canvas.text((MARGIN, 128), subtitle, LABEL, PALE, "lm")


def _draw_shades(plot: _Plot, lines: Iterable[ChartLine]) -> None:
    """The areas below the warning and closing lines, the graver over the milder."""
    for line in lines:
        if line.effect in SHADE:
            plot.canvas.box((LEFT, plot.y(line.limit), plot.right, BOTTOM), SHADE[line.effect])


def _draw_grid(plot: _Plot) -> None:
    """Scores to the left, a day a week below."""
    low, high = plot.bounds
    step = next((step for step in STEPS if (high - low) / step <= 6), STEPS[-1])
    tick = (low / step).to_integral_value("ROUND_CEILING") * step
    while tick <= high:
        plot.canvas.line([(LEFT, plot.y(tick)), (plot.right, plot.y(tick))], GRID, 1)
        plot.canvas.text((LEFT - 14, plot.y(tick)), f"{tick:f}", LABEL, PALE, "rm")
        tick += step
    for days in range(DAYS - 1, -1, -7):
        day = plot.first + timedelta(days)
        plot.canvas.line([(plot.x(day), BOTTOM), (plot.x(day), BOTTOM + 8)], PALE, 2)
        plot.canvas.text((plot.x(day), BOTTOM + 44), f"{day:%m-%d}", LABEL, PALE, "mm")
    plot.canvas.line([(LEFT, BOTTOM), (plot.right, BOTTOM)], PALE, 2)


def _draw_lines(plot: _Plot, named: Mapping[ChartLine, str]) -> None:
    """Each line dashed across, with name and limit at the right in the line's colour, moved apart where labels meet."""
    ranked = sorted(named, key=lambda line: (-line.limit, LEVEL_OF[line.effect]))
    right, beside = plot.right, plot.right + LABEL_GAP
    for line, y in zip(ranked, _spread([plot.y(line.limit) for line in ranked]), strict=True):
        colour, at = COLOUR[line.effect], plot.y(line.limit)
        for start in range(LEFT, right, 18):
            plot.canvas.line([(start, at), (min(start + 11, right), at)], colour, 3)
        plot.canvas.line([(right, at), (beside - 6, y)], colour, 2)
        plot.canvas.text((beside, y), plot.canvas.fitted(named[line], LABEL, WIDTH - beside), LABEL, colour, "lm")


def _spread(wanted: Sequence[float]) -> list[float]:
    """The heights, from the top down, moved as little as keeps each label clear of the next and above the days."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + LABEL_HEIGHT) if placed else y)
    lowest = BOTTOM - LABEL_HEIGHT / 2
    for n in range(len(placed) - 1, -1, -1):
        placed[n] = min(placed[n], lowest)
        lowest = placed[n] - LABEL_HEIGHT
    return placed


def _draw_curve(plot: _Plot, points: Sequence[Point]) -> None:
    """A line through consecutive days, and a dot on each day: a missing day is a gap."""
    for run in _runs(points):
        plot.canvas.line([plot.at(point) for point in run], CURVE, 5)
        for point in run:
            plot.canvas.dot(plot.at(point), 5, CURVE)


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """The points in stretches of consecutive days."""
    run = list(points[:1])
    for before, point in pairwise(points):
        if (point[0] - before[0]).days > 1:
            yield run
            run = []
        run.append(point)
    yield run
