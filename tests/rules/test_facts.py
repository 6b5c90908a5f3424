"""Facts as JSON: what was kept is read again as it was."""

from datetime import date
from decimal import Decimal

import pytest

from rules.facts import as_json, from_json
from rules.requirements import FactValue

DAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    "value", [None, True, False, 0, 3, Decimal("4.20"), DAY, (), (DAY, date(2022, 10, 10)), "beauty"]
)
def test_a_value_that_was_kept_is_read_again(value: FactValue) -> None:
    found = from_json(as_json(value))
    assert (found, type(found)) == (value, type(value))


def test_what_no_fact_can_be_is_unknown() -> None:
    assert from_json({"a": 1}) is None
