"""The instant for news that can wait: quiet hours and the daily message's time, in the merchant's zone."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.warnings.policy import due
from tests.warnings.world import ZONE, instant

NIGHT, NOON = (time(22), time(8)), (time(12), time(14))


@pytest.mark.parametrize(
    ("quiet", "digest_at", "now", "expected"),
    [
        pytest.param(NIGHT, None, (0, "21:59"), (0, "21:59"), id="just before the night"),
        pytest.param(NIGHT, None, (0, "22:00"), (1, "08:00"), id="as the night begins"),
        pytest.param(NIGHT, None, (0, "23:30"), (1, "08:00"), id="before midnight"),
        pytest.param(NIGHT, None, (1, "03:00"), (1, "08:00"), id="after midnight"),
        pytest.param(NIGHT, None, (1, "08:00"), (1, "08:00"), id="as the night ends"),
        pytest.param(NOON, None, (0, "13:00"), (0, "14:00"), id="hours within a day"),
        pytest.param(NOON, None, (0, "14:00"), (0, "14:00"), id="their end"),
        pytest.param(None, None, (0, "03:00"), (0, "03:00"), id="never quiet"),
        pytest.param((time(9), time(9)), None, (0, "09:00"), (0, "09:00"), id="empty hours"),
        pytest.param(NIGHT, time(18), (0, "09:30"), (0, "18:00"), id="a time later that day"),
        pytest.param(NIGHT, time(9), (0, "09:30"), (0, "09:30"), id="a time that is over"),
        pytest.param(NIGHT, time(23), (0, "09:30"), (1, "08:00"), id="a time in the night"),
    ],
)
def test_what_can_wait_is_told_at(quiet, digest_at, now, expected):
    assert due(instant(*now), ZONE, quiet, digest_at) == instant(*expected)


def test_the_hours_are_those_of_the_zone():
    now = datetime(2022, 10, 10, 21, 30, tzinfo=ZoneInfo("UTC"))
    assert due(now, ZoneInfo("Asia/Urumqi"), NIGHT) == datetime(2022, 10, 11, 2, 0, tzinfo=ZoneInfo("UTC"))


def test_a_night_in_which_the_clocks_change_ends_at_its_hour():
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2022, 10, 29, 23, 0, tzinfo=berlin)
    assert due(now, berlin, NIGHT) == datetime(2022, 10, 30, 7, 0, tzinfo=ZoneInfo("UTC"))
