"""What the edition in force says of chances, beside an edition that is over."""

from datetime import date, timedelta

import pytest

from bot.views.instead import Instead, on_chances, on_entry
from bot.views.notice import render_notice
from rules.edition import Catalogue, Edition
from rules.reasons import Reason
from rules.sources import Source
from storage.notices import Item, Notice
from storage.shops import Shop
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS

TODAY = date(2026, 8, 1)
NOW = Instead(HUNDRED_POINTS, "不再限制次数：重新达到准入标准就可以再次开通。")


def test_an_edition_that_is_over_gives_way_to_the_one_in_force() -> None:
    assert on_chances(CATALOGUE, TODAY, FIVE_POINTS) == NOW


def test_of_entering_the_edition_in_force_says_what_the_scores_have_to_be() -> None:
    said = on_entry(CATALOGUE, TODAY, FIVE_POINTS)
    assert said and said.text.startswith("商家体验分不低于 70 分，商品体验分不低于 60 分")
    assert on_entry(CATALOGUE, TODAY, HUNDRED_POINTS) is None
    assert on_entry(CATALOGUE, FIVE_POINTS.published, FIVE_POINTS) is None


def later(*, limit: int, **changes: object) -> Edition:
    """A later edition with this number of chances, in other words."""
    chances = FIVE_POINTS.chances.model_copy(update={"limit": limit}) if FIVE_POINTS.chances else None
    topics = tuple(topic.model_copy(update={"lead": f"换个说法：{topic.lead}"}) for topic in FIVE_POINTS.topics)
    whole = {"name": "later", "held_from": TODAY, "held_until": None, "chances": chances, "topics": topics}
    return FIVE_POINTS.model_copy(update={**whole, **changes})


def test_another_number_of_chances_is_said() -> None:
    said = on_chances(Catalogue((FIVE_POINTS, later(limit=5))), TODAY, FIVE_POINTS)
    assert said is not None
    assert said.text.startswith("换个说法：")


@pytest.mark.parametrize(
    ("catalogue", "today", "edition"),
    [
        (CATALOGUE, FIVE_POINTS.published, FIVE_POINTS),
        (CATALOGUE, TODAY, HUNDRED_POINTS),
        (CATALOGUE, HUNDRED_POINTS.held_from - timedelta(1), FIVE_POINTS),
        (Catalogue((FIVE_POINTS, later(limit=3))), TODAY, FIVE_POINTS),
        (Catalogue((FIVE_POINTS, later(limit=5))), FIVE_POINTS.published, later(limit=5)),
    ],
    ids=["still in force", "no chances counted", "none in force", "counted alike", "not in force yet"],
)
def test_nothing_is_said_where_nothing_differs(catalogue: Catalogue, today: date, edition: Edition) -> None:
    assert on_chances(catalogue, today, edition) is None


@pytest.mark.parametrize("closures", [2, 3])
def test_news_of_a_counted_closing_says_what_holds_today(closures: int) -> None:
    item = Item(Reason.CLOSED, 1, closures=closures)
    shop = Shop(1, "S1", None, "店", Source.FEED)
    said = render_notice(FIVE_POINTS, Notice(1, TODAY, FIVE_POINTS.name, (item,), 0), {1: shop}, TODAY, instead=NOW)
    assert NOW.text in said.plain
    assert ("永久不能" in said.plain) is (closures == 3)
