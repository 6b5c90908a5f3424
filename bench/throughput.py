"""Update in → answer out: ours against the stock echo bot, on the same server, turn and turn about.

"core" is the durable core with a handler that echoes, as the peer's does; "bot" is the whole bot, which finds the
provisions and renders the answer: to questions of which 115 are asked again and again, and to ones of which none was
asked before. All write every update and every message to disk (synchronous FULL) before they
act on it; the peer stores nothing. Rate budgets are lifted for all. The server runs in the measuring process.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from bench.load import (
    BOT,
    CORE,
    STOCK,
    STOCK_CONCURRENT,
    Asked,
    Command,
    burst,
    different,
    one_at_a_time,
    popular,
    start,
)

ROUNDS = 3
OURS: Mapping[str, tuple[Command, Asked]] = {
    "core": (CORE, popular),
    "bot": (BOT, popular),
    "bot, all different": (BOT, different),
}
MEASURED = "bot"
"""Whose ratios are judged."""


async def compare_bursts(title: str, peer: Command, count: int, round_trip_ms: float, wanted: float) -> bool:
    """Print the ratios of the medians of answers a second; whether the bot's is at least as wanted."""
    rates: dict[str, list[float]] = {name: [] for name in ("stock", *OURS)}
    for _ in range(ROUNDS):
        for name, (command, asked) in {"stock": (peer, popular), **OURS}.items():
            rates[name].append(await burst(command, asked, count, round_trip_ms))
    middle = {name: median(found) for name, found in rates.items()}
    print(f"{title}{load()}: stock {middle['stock']:.0f}/s (wanted: >= {wanted} times that)")
    for name in OURS:
        print(f"  {name} {middle[name]:.0f}/s, ratio {middle[name] / middle['stock']:.2f}")
    return middle[MEASURED] >= wanted * middle["stock"]


async def compare_latency(count: int) -> bool:
    """Print the ratios of p50 and p99 of one update at a time; whether the bot's are at most 1."""
    theirs, *own = await one_at_a_time([(STOCK, popular), *OURS.values()], count)
    good = True
    for percent in (50, 99):
        theirs_ms = _percentile(theirs, percent)
        print(f"one at a time ({count}), p{percent}{load()}: stock {theirs_ms:.2f} ms (wanted: <= 1.0 times that)")
        for name, times in zip(OURS, own, strict=True):
            print(f"  {name} {_percentile(times, percent):.2f} ms, ratio {_percentile(times, percent) / theirs_ms:.2f}")
        good &= _percentile(own[list(OURS).index(MEASURED)], percent) <= theirs_ms
    return good


def load() -> str:
    """How busy the machine was in the last minute."""
    return f" (load {os.getloadavg()[0]:.1f})"


def _percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100)[percent - 1]


async def show_start() -> bool:
    """Print how long the whole bot takes to its first poll, and its memory; whether both are within their limits."""
    found = [await start(BOT, answered=200) for _ in range(ROUNDS)]
    first_poll_s, memory_mb = median(one.first_poll_s for one in found), max(one.memory_mb for one in found)
    print(f"start to first poll {first_poll_s:.2f} s (wanted: < 1.5 s){load()}")
    print(f"resident memory after 200 answers {memory_mb:.0f} MB (wanted: < 90 MB)")
    return first_poll_s < 1.5 and memory_mb < 90


async def main() -> bool:
    """All comparisons; whether every one is as wanted."""
    results = [
        await compare_bursts("2,000 updates of 2,000 chats waiting at once", STOCK, 2000, 0, 1.5),
        await compare_latency(1000),
        await compare_bursts("200 unanswered, 50 ms round trip, peer concurrent", STOCK_CONCURRENT, 200, 50, 5.0),
        await show_start(),
    ]
    return all(results)


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
