"""Photos that are drawn when they are sent: the outbox keeps what to draw as JSON, `bot.telegram.api` uploads it.

So a queue of charts is small, nothing is drawn for a chat that has gone, and a repeat after a crash draws the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.views.chart import ChartLine, ChartWords, chart
from rules.edition import Effect, Fact
from rules.facts import Scale
from rules.outlook import Point

Line = tuple[str, Decimal, Effect]


def drawing(
    points: Sequence[Point], lines: Sequence[Line], titles: Sequence[str], fact: Fact, today: date
) -> dict[str, Any]:
    """A chart as JSON holds it. `titles`: the shop, what is shown, and what is said when there is no score."""
    scale = Scale.of(fact)
    return {
        "points": [[day.isoformat(), str(score)] for day, score in points],
        "lines": [[label, str(limit), effect.value] for label, limit, effect in lines],
        "titles": list(titles),
        "scale": [str(scale.lowest), str(scale.highest), scale.decimals],
        "today": today.isoformat(),
    }


def drawn(given: Mapping[str, Any]) -> bytes:
    """The PNG of a `drawing`. Takes about 0.2 s."""
    lowest, highest, decimals = given["scale"]
    return chart(
        [(date.fromisoformat(day), Decimal(score)) for day, score in given["points"]],
        [ChartLine(label, Decimal(limit), Effect(effect)) for label, limit, effect in given["lines"]],
        ChartWords(*given["titles"]),
        Scale(Decimal(lowest), Decimal(highest), decimals),
        date.fromisoformat(given["today"]),
    )
