"""Update in → answer out: the durable core against the stock echo bot, on the same server, turn and turn about."""

import asyncio
from collections.abc import Sequence
from statistics import median, quantiles

from bench.load import Command, burst, one_at_a_time, ours, stock, stock_concurrent

ROUNDS = 3


async def compare_bursts(title: str, peer: Command, count: int, round_trip_ms: float, wanted: float) -> bool:
    """Print the ratio of the medians of answers a second; whether it is at least as wanted."""
    pairs = [(await burst(peer, count, round_trip_ms), await burst(ours, count, round_trip_ms)) for _ in range(ROUNDS)]
    theirs, own = (median(side) for side in zip(*pairs, strict=True))
    ratio = own / theirs
    print(f"{title}: ours {own:.0f}/s, stock {theirs:.0f}/s, ratio {ratio:.2f} (wanted >= {wanted})")
    return ratio >= wanted


async def compare_latency(count: int) -> bool:
    """Print the ratios of p50 and p99 of one update at a time; whether both are at most 1."""
    theirs, own = await one_at_a_time([stock, ours], count)
    good = True
    for percent in (50, 99):
        ours_ms, theirs_ms = _percentile(own, percent), _percentile(theirs, percent)
        print(
            f"one at a time ({count}), p{percent}: ours {ours_ms:.2f} ms, stock {theirs_ms:.2f} ms, "
            f"ratio {ours_ms / theirs_ms:.2f} (wanted <= 1.0)"
        )
        good &= ours_ms <= theirs_ms
    return good


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


async def main() -> bool:
    """All comparisons; whether every one is as wanted."""
    results = [
        await compare_bursts("2,000 updates of 2,000 chats waiting at once", stock, 2000, 0, 1.5),
        await compare_latency(1000),
        await compare_bursts("200 unanswered, 50 ms round trip", stock_concurrent, 200, 50, 5.0),
    ]
    return all(results)


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
