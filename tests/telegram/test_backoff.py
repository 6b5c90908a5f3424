"""How long the intake waits after failures."""

from random import Random

import pytest

from bot.telegram.backoff import pause_s


@pytest.mark.parametrize(
    ("failures", "longest_s"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (8, 30.0), (100_000, 30.0)]
)
def test_a_pause_doubles_up_to_half_a_minute_and_is_up_to_a_fifth_shorter(failures: int, longest_s: float):
    pauses = [pause_s(failures, Random(seed)) for seed in range(200)]
    assert 0.8 * longest_s < min(pauses) < 0.85 * longest_s
    assert 0.95 * longest_s < max(pauses) <= longest_s
