"""A shop's chart as a photo of the outbox: the payload holds the chart as JSON, `bot.telegram.api` draws the photo.

So a queue of charts is small, nothing is drawn for a chat that has gone, and a repeat after a crash draws the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.views.chart import ChartLine, ChartWords, chart
from bot.views.render import render, words
from rules.edition import Edition, Fact
from rules.facts import Scale
from rules.lines import limit_for
from rules.outlook import Point
from rules.requirements import Effect, all_hold
from storage.shops import Shop

Line = tuple[str, Decimal, Effect]


def photo(
    edition: Edition, shop: Shop, fact: Fact, points: Sequence[Point], today: date, *, none_on: date | None = None
) -> dict[str, object]:
    """The payload of a photo of the scores, with the shop's own limits of the edition's lines.

    `none_on`: the day of the newest row when that row says that the shop has no score.
    """
    values = {"edition": edition, "shop": shop, "fact": fact, "today": today, "none_on": none_on}
    caption = render("scores/chart_caption", newest=points[-1] if points else None, **values)
    scale = Scale.of(fact)
    drawing = {
        "points": [[day.isoformat(), str(score)] for day, score in points],
        "lines": [
            [line.label, str(limit_for(line, shop.choices)), line.effect.value]
            for line in edition.lines
            if line.fact == fact.id and all_hold(line.applies_when, shop.choices, today)
        ],
        "titles": [words(f"scores/chart_{name}", **values) for name in ("title", "subtitle", "empty", "none")],
        "scale": [str(scale.lowest), str(scale.highest), scale.decimals],
        "today": today.isoformat(),
    }
    return {"photo": drawing, "caption": caption.html, "parse_mode": "HTML", "reply_markup": caption.markup}


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
