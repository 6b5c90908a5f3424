"""What contradicts itself comes from the edition's data, and is asked again."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rules.case import Case, Known, supposed
from rules.conflicts import conflicts
from rules.edition import Edition
from rules.requirements import Facts
from rules.sources import Source
from tests.packaged import CATALOGUE

DAY = date(2022, 10, 10)
HUNDRED = CATALOGUE.edition("2026-07-29")


@pytest.mark.parametrize(
    ("told", "found"),
    [
        pytest.param({}, (), id="nothing is known"),
        pytest.param({"closures": 2, "in_alliance": True}, (), id="in on the last chance"),
        pytest.param({"closures": 3, "in_alliance": True}, ("closures", "in_alliance"), id="in after the last chance"),
        pytest.param({"closures": 3, "in_alliance": False}, (), id="out after the last chance"),
        pytest.param({"store_opened": False, "closures": 1}, ("store_opened",), id="closed, but there is no shop"),
        pytest.param({"store_opened": False, "closures": 0}, (), id="never closed, and there is no shop"),
        pytest.param({"store_opened": False, "in_alliance": True}, ("store_opened",), id="in, but there is no shop"),
        pytest.param({"store_opened": False, "penalties": ()}, (), id="no penalties, and there is no shop"),
        pytest.param({"store_opened": True, "closures": 1, "in_alliance": True}, (), id="all is well"),
    ],
)
def test_what_cannot_be_true_at_once(edition: Edition, told: Facts, found: tuple[str, ...]) -> None:
    assert conflicts(edition, supposed(edition, told, DAY)) == found


def test_an_edition_without_a_limit_bars_nobody() -> None:
    told = {"closures": 9, "in_alliance": True}
    assert conflicts(HUNDRED, supposed(HUNDRED, told, DAY)) == ()


@pytest.mark.parametrize(
    ("days_ago", "found"), [pytest.param(0, ("score",), id="now"), pytest.param(30, (), id="long before")]
)
def test_a_score_beside_a_number_of_another_scale_is_asked_again(days_ago: int, found: tuple[str, ...]) -> None:
    score = Known(Decimal("3.7"), DAY, Source.MERCHANT, scale="0-5")
    goods = Known(Decimal(50), DAY - timedelta(days_ago), Source.MERCHANT, scale="0-100")
    case = Case({"score": score, "product_score": goods, "closures": Known(0, DAY, Source.ANSWER)})
    assert conflicts(CATALOGUE.edition("2022-10-10"), case) == found


@pytest.mark.parametrize(
    ("fed", "fed_on", "said", "found"),
    [
        pytest.param(3, 1, 2, (), id="a closing since"),
        pytest.param(2, 1, 3, ("closures",), id="a count never falls"),
        pytest.param(3, 0, 2, ("closures",), id="two counts of a day"),
        pytest.param(2, 0, 2, (), id="the same count"),
    ],
)
def test_a_feed_and_the_merchant_count_alike(
    edition: Edition, fed: int, fed_on: int, said: int, found: tuple[str, ...]
) -> None:
    case = Case({"closures": Known(fed, DAY + timedelta(fed_on), Source.FEED)})
    told = {"closures": Known(said, DAY, Source.ANSWER)}
    assert conflicts(edition, case, told) == found
    assert conflicts(edition, Case(told), told) == ()
