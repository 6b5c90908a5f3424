"""The last 30 days of a shop's score as a picture: PNG, 1080 by 720, to be read on a phone.

All words come from the caller; the shipped font has ASCII and GB 2312, and shows □ for any other letter. Days without a
score are gaps in the curve. Drawing takes about 0.2 s and blocks: from a coroutine, call it in a thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import pairwise
from typing import Final

from bot.views.canvas import FINER, Canvas, drawable
from rules.facts import Scale
from rules.lines import LEVEL_OF
from rules.requirements import Effect

DAYS: Final = 30
WIDTH, HEIGHT = 1080, 720
LEFT, RIGHT, TOP, BOTTOM = 110, 842, 168, 630
LABEL_HEIGHT: Final = 40
NEWEST_HEIGHT: Final = 52

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
    canvas = Canvas(ImageDraw.Draw(image))
    shown = sorted(point for point in points if 0 <= (today - point[0]).days < DAYS)
    plot = _Plot(canvas, _bounds(shown, lines, scale), today - timedelta(DAYS - 1), scale.decimals)
    _draw(plot, shown, sorted(lines, key=lambda line: LEVEL_OF[line.effect]), words)
    out = BytesIO()
    picture = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    picture.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where a day and a score are in the picture."""

    canvas: Canvas
    bounds: tuple[Decimal, Decimal]
    first: date
    decimals: int

    def x(self, day: date) -> float:
        return LEFT + (day - self.first).days / (DAYS - 1) * (RIGHT - LEFT)

    def y(self, score: Decimal) -> float:
        low, high = self.bounds
        return BOTTOM - float((score - low) / (high - low)) * (BOTTOM - TOP)

    def at(self, point: Point) -> tuple[float, float]:
        return self.x(point[0]), self.y(point[1])

    def number(self, score: Decimal) -> str:
        return f"{score:.{self.decimals}f}"


def _bounds(points: Sequence[Point], lines: Sequence[ChartLine], scale: Scale) -> tuple[Decimal, Decimal]:
    """The lowest and highest score in the picture: all points and lines, with room around, within the scale."""
    values = [score for _, score in points] + [line.limit for line in lines] or [scale.lowest, scale.highest]
    room = max((max(values) - min(values)) / 6, (scale.highest - scale.lowest) / 50)
    return max(scale.lowest, min(values) - room), min(scale.highest, max(values) + room)


def _draw(plot: _Plot, points: Sequence[Point], lines: Sequence[ChartLine], words: ChartWords) -> None:
    canvas = plot.canvas
    canvas.text((48, 44), canvas.fitted(words.title, 42, WIDTH - 96), 42, INK, "lt")
    canvas.text((48, 102), canvas.fitted(words.subtitle, 26, WIDTH - 96), 26, PALE, "lt")
    _draw_shades(plot, lines)
    _draw_grid(plot)
    _draw_lines(plot, lines)
    if not points:
        canvas.text(((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2), drawable(words.none or words.empty), 34, PALE, "mm")
        return
    _draw_curve(plot, points)
    if words.none:
        canvas.text((RIGHT - 12, TOP + 12), drawable(words.none), 34, INK, "rt")
    else:
        _draw_newest(plot, points, lines)


def _draw_shades(plot: _Plot, lines: Sequence[ChartLine]) -> None:
    """The areas below the warning and closing lines, the graver over the milder."""
    for line in lines:
        if line.effect in SHADE:
            plot.canvas.box((LEFT, plot.y(line.limit), RIGHT, BOTTOM), SHADE[line.effect])


def _draw_grid(plot: _Plot) -> None:
    """Scores to the left, a day a week below."""
    low, high = plot.bounds
    step = next((step for step in STEPS if (high - low) / step <= 6), STEPS[-1])
    tick = (low / step).to_integral_value("ROUND_CEILING") * step
    while tick <= high:
        plot.canvas.line([(LEFT, plot.y(tick)), (RIGHT, plot.y(tick))], GRID, 1)
        plot.canvas.text((LEFT - 14, plot.y(tick)), f"{tick:f}", 26, PALE, "rm")
        tick += step
    for days in range(DAYS - 1, -1, -7):
        day = plot.first + timedelta(days)
        plot.canvas.line([(plot.x(day), BOTTOM), (plot.x(day), BOTTOM + 8)], PALE, 2)
        plot.canvas.text((plot.x(day), BOTTOM + 18), f"{day:%m-%d}", 26, PALE, "mt")
    plot.canvas.line([(LEFT, BOTTOM), (RIGHT, BOTTOM)], PALE, 2)


def _draw_lines(plot: _Plot, lines: Sequence[ChartLine]) -> None:
    """Each line dashed across, with name and limit at the right in the line's colour, moved apart where labels meet."""
    ranked = sorted(lines, key=lambda line: (-line.limit, LEVEL_OF[line.effect]))
    for line, y in zip(ranked, _spread([plot.y(line.limit) for line in ranked]), strict=True):
        colour, at = COLOUR[line.effect], plot.y(line.limit)
        for start in range(LEFT, RIGHT, 18):
            plot.canvas.line([(start, at), (min(start + 11, RIGHT), at)], colour, 3)
        plot.canvas.line([(RIGHT, at), (RIGHT + 14, y)], colour, 2)
        text = plot.canvas.fitted(f"{line.label} {line.limit:f}", 28, WIDTH - RIGHT - 32)
        plot.canvas.text((RIGHT + 20, y), text, 28, colour, "lm")


def _spread(wanted: Sequence[float]) -> list[float]:
    """The heights, from the top down, moved as little as keeps each label clear of the label above."""
    placed: list[float] = []
    for y in wanted:
        placed.append(max(y, placed[-1] + LABEL_HEIGHT) if placed else y)
    over = max(0.0, placed[-1] - BOTTOM) if placed else 0.0
    return [y - over for y in placed]


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


def _draw_newest(plot: _Plot, points: Sequence[Point], lines: Sequence[ChartLine]) -> None:
    """The newest score, written on the curve's colour; with the day unless the score is today's."""
    day, score = points[-1]
    x, y = plot.at(points[-1])
    is_today = (day - plot.first).days == DAYS - 1
    text = plot.number(score) if is_today else f"{day:%m-%d}  {plot.number(score)}"
    width = plot.canvas.width(text, 34) + 32
    left = min(max(x - width / 2, LEFT), RIGHT - width)
    tops = [top for top in (y - 74, y + 22) if TOP - 20 <= top <= BOTTOM - NEWEST_HEIGHT]
    crossed = [plot.at(point) for point in points[:-1]] + [(x, plot.y(line.limit)) for line in lines]
    top = min(tops, key=lambda top: _covered((left, top, left + width, top + NEWEST_HEIGHT), crossed))
    plot.canvas.dot((x, y), 12, PAPER)
    plot.canvas.dot((x, y), 9, CURVE)
    plot.canvas.box((left, top, left + width, top + NEWEST_HEIGHT), CURVE, 12)
    plot.canvas.text((left + width / 2, top + NEWEST_HEIGHT / 2), text, 34, PAPER, "mm")


def _covered(box: tuple[float, float, float, float], marks: Sequence[tuple[float, float]]) -> int:
    """How many marks a label in the box would hide, or touch."""
    left, top, right, bottom = box
    return sum(left - 8 <= x <= right + 8 and top - 8 <= y <= bottom + 8 for x, y in marks)
