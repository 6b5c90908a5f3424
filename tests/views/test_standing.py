"""Where a shop stands that has no score: judged where the edition says so, open where the text is silent."""

from datetime import date
from decimal import Decimal

import pytest

from bot.views.standing import StandingView, standing_of
from rules.case import Case, Known
from rules.sources import Source
from storage.shops import Shop
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS

DAY = date(2026, 8, 1)
SHOP = Shop(1, "S1", None, "花店", Source.FEED)


def standing(edition: str, **told: str | None) -> StandingView:
    known = CATALOGUE.edition(edition)
    rows = {
        fact: Known(points and Decimal(points), DAY, Source.FEED, scale=known.fact(fact).scale)
        for fact, points in told.items()
    }
    return standing_of(known, SHOP, Case(rows), DAY)


@pytest.mark.parametrize(
    ("edition", "told", "level", "unscored", "unwritten"),
    [
        (FIVE_POINTS, {"score": None}, "unknown", (), ("score",)),
        (HUNDRED_POINTS, {"score": None}, "unknown", ("product_score", "growth_score"), ()),
        (HUNDRED_POINTS, {"score": None, "product_score": "80"}, "unknown", ("growth_score",), ()),
        (HUNDRED_POINTS, {"score": None, "growth_score": None}, "closing", (), ()),
        (
            HUNDRED_POINTS,
            {"score": None, "growth_score": "80", "product_score": "80"},
            "unknown",
            (),
            ("score",),
        ),
    ],
    ids=["silent text", "growth not told", "growth alone not told", "none at all", "growth alone"],
)  # fmt: skip
def test_no_score_is_never_good_news(edition, told, level, unscored, unwritten) -> None:
    found = standing(edition.name, **told)
    assert found.level == level
    assert tuple(fact.id for fact in found.unscored) == unscored
    assert tuple(fact.id for fact in found.unwritten) == unwritten
    assert [(shown.fact.id, shown.value) for shown in found.scores if shown.fact.id == "score"] == [("score", None)]
