"""A shop's chart as an outbox message. It holds what is to be drawn; `bot.views.drawing` draws it when it is sent."""

from collections.abc import Sequence
from datetime import date

from bot.views.buttons import markup
from bot.views.drawing import drawing
from bot.views.render import render, words
from rules.edition import Edition, Fact
from rules.lines import limit_for
from rules.outlook import Point
from storage.shops import Shop


def picture_of(edition: Edition, shop: Shop, fact: Fact, points: Sequence[Point], today: date) -> dict[str, object]:
    """The payload of a photo of these scores, with the edition's lines as this shop has them."""
    values = {"edition": edition, "shop": shop, "fact": fact, "today": today}
    caption = render("scores/chart_caption", newest=points[-1] if points else None, **values)
    lines = [(line.label, limit_for(line, shop.choices), line.effect) for line in edition.lines if line.fact == fact.id]
    titles = [words(f"scores/chart_{name}", **values) for name in ("title", "subtitle", "empty")]
    return {
        "photo": drawing(points, lines, titles, fact, today),
        "caption": caption.html,
        "parse_mode": "HTML",
        "reply_markup": markup(caption.rows),
    }
