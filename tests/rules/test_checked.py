"""Which texts have to be compared with their source again."""

from datetime import date, timedelta

import pytest

from rules.checked import COMPARED_EVERY, in_use, overdue
from rules.edition import Catalogue, Edition
from tests.packaged import FIVE_POINTS, HUNDRED_POINTS

TODAY = date(2026, 11, 29)


def compared(on: date) -> Edition:
    return FIVE_POINTS.model_copy(update={"checked": on})


@pytest.mark.parametrize(("days", "is_overdue"), [(COMPARED_EVERY, False), (COMPARED_EVERY + 1, True), (-3, False)])
def test_a_text_is_overdue_from_the_day_after_its_time_on(days: int, is_overdue: bool) -> None:
    text = compared(TODAY - timedelta(days))
    assert overdue([text], TODAY) == ((text,) if is_overdue else ())


def test_each_text_has_a_day_of_its_own() -> None:
    old, new = compared(date(2026, 1, 1)), compared(TODAY)
    assert overdue([old, new], TODAY) == (old,)


def test_an_edition_that_is_over_is_in_use_only_while_it_answers() -> None:
    catalogue = Catalogue((FIVE_POINTS, HUNDRED_POINTS))
    assert FIVE_POINTS.is_over(TODAY)
    assert in_use(catalogue, FIVE_POINTS, TODAY) == (FIVE_POINTS, HUNDRED_POINTS)
    assert in_use(catalogue, HUNDRED_POINTS, TODAY) == (HUNDRED_POINTS,)
    assert in_use(catalogue, HUNDRED_POINTS, FIVE_POINTS.held_until or TODAY) == (FIVE_POINTS, HUNDRED_POINTS)
