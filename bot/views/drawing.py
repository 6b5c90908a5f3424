"""A shop's chart as a photo of the outbox: the payload holds the chart as JSON, `bot.telegram.api` draws the photo.

So a queue of charts is small, nothing is drawn for a chat that has gone, and a repeat after a crash draws the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.views.chart import ChartLine, ChartWords, chart
from bot.views.render import render, words
from rules.edition import Edition, Fact
from rules.facts import Scale
from rules.lines import limit_for
from rules.outlook import Forecast, Point, forecast, movement, trend
from rules.requirements import Effect, Facts, all_hold
from storage.shops import Shop

Line = tuple[str, Decimal, Effect]


@dataclass(frozen=True, slots=True)
class Course:
    """The trend of so many days: points a day, 0 where the score neither falls nor rises; the line ahead, if any."""

    span_days: int
    a_day: Decimal
    ahead: Forecast | None


def photo(
    edition: Edition, shop: Shop, fact: Fact, points: Sequence[Point], today: date, *, none_on: date | None = None
) -> dict[str, object]:
    """The payload of a photo of the scores, with the shop's own limits of the edition's lines.

    `none_on`: the day of the newest row when that row says that the shop has no score.
    """
    values = {"edition": edition, "shop": shop, "fact": fact, "today": today, "none_on": none_on}
    course = None if none_on else course_of(edition, shop, fact, points, today)
    caption = render("scores/chart_caption", newest=points[-1] if points else None, course=course, **values)
    scale = Scale.of(fact)
    drawing = {
        "points": [[day.isoformat(), str(score)] for day, score in points],
        "lines": [
            [line.label.replace(fact.label, ""), str(limit_for(line, shop.choices)), line.effect.value]
            for line in edition.lines
            if line.fact == fact.id and all_hold(line.applies_when, shop.choices, today)
        ],
        "titles": [words(f"scores/chart_{name}", **values) for name in ("title", "subtitle", "empty", "none")],
        "scale": [str(scale.lowest), str(scale.highest), scale.decimals],
        "today": today.isoformat(),
    }
    return {"photo": drawing, "caption": caption.html, "parse_mode": "HTML", "reply_markup": caption.markup}


def course_of(edition: Edition, shop: Shop, fact: Fact, points: Sequence[Point], today: date) -> Course | None:
    """Where the score of the shop is heading, by the estimate of the warnings; None where too little is known."""
    found = trend(points, today)
    if found is None:
        return None
    moving = movement(edition, fact.id, points, today)
    facts: Facts = {**shop.choices, fact.id: points[-1][1]}
    ahead = None if shop.in_alliance is False else forecast(edition, {fact.id: points}, facts, today)
    return Course(found.span_days, _a_day(moving.slope) if moving else Decimal(0), ahead)


def _a_day(slope: Fraction) -> Decimal:
    """The slope in points, to hundredths; to the first digit that is not 0 where that comes later."""
    exact = Decimal(slope.numerator) / slope.denominator
    return exact.quantize(Decimal(1).scaleb(min(-2, exact.adjusted())))


def drawn(drawing: Mapping[str, Any]) -> bytes:
    """The PNG of the `photo` of a payload. Takes about 0.2 s."""
    lowest, highest, decimals = drawing["scale"]
    return chart(
        [(date.fromisoformat(day), Decimal(score)) for day, score in drawing["points"]],
        [ChartLine(label, Decimal(limit), Effect(effect)) for label, limit, effect in drawing["lines"]],
        ChartWords(*drawing["titles"]),
        Scale(Decimal(lowest), Decimal(highest), decimals),
        date.fromisoformat(drawing["today"]),
    )
