"""Update in, answer out: the whole bot against the stock echo bot and a typical bot, side by side in one run.

    python -m bench                        exit status 1 when a figure is not as wanted
    python -m bench --beside CHECKOUT      also against the bot of another checkout, the commit before for example
    python -m bench --small                a tenth of the updates, one round: to see that everything runs

All are started and asked by turns, on a local server in the measuring process. No bot keeps a limit on the rate.
"all different" is our bot, asked each question once; the others are asked 115 questions again and again.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TypeVar

from bench import load
from bench.contestants import ALL_DIFFERENT, OURS, Contestant, peer

Found = TypeVar("Found")
Figures = Mapping[str, float]
"""A figure of each contestant, by name."""

FEW = 200
"""So many updates wait for a slow server; so many are answered before the memory is read."""


@dataclass(frozen=True)
class Goal:
    """The limit wanted of a figure or a ratio: at most, or at least."""

    limit: float
    at_least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def __str__(self) -> str:
        return f"wanted {'>=' if self.at_least else '<='} {self.limit:g}"


@dataclass(frozen=True)
class Counts:
    """How much is measured."""

    waiting: int = 2_000
    singly: int = 1_000
    rounds: int = 3


def report(title: str, found: Figures, **goals: Goal) -> bool:
    """Whether every goal holds, after printing all figures and our ratio to each other bot.

    A goal named after a bot is wanted of our ratio to the bot, the goal `ours` of our own figure.
    """
    print(f"{title} (load {os.getloadavg()[0]:.1f})")
    print("  " + "; ".join(f"{name} {figure:.4g}" for name, figure in found.items()))
    own = found[OURS.name]
    others = [name for name in found if name not in (OURS.name, ALL_DIFFERENT.name)]
    held = [_shown(f"ours / {name}", own / found[name], goals.get(name)) for name in others]
    return all([*held, OURS.name not in goals or _shown("ours", own, goals[OURS.name])])


def _shown(title: str, value: float, goal: Goal | None) -> bool:
    good = goal is None or goal.holds(value)
    print(f"  {title} {value:.2f}" + (f", {goal}: {'holds' if good else 'DOES NOT HOLD'}" if goal else ""))
    return good


async def by_turns(
    contestants: Sequence[Contestant], rounds: int, measure: Callable[[Contestant], Awaitable[Found]]
) -> dict[str, list[Found]]:
    """The figures of each contestant, a round each; every other round goes backwards."""
    found: dict[str, list[Found]] = {one.name: [] for one in contestants}
    for turn in range(rounds):
        for one in contestants[:: -1 if turn % 2 else 1]:
            found[one.name].append(await measure(one))
    return found


async def waiting(contestants: Sequence[Contestant], counts: Counts) -> bool:
    """Whether the goals hold for many updates waiting when the bot comes."""
    found = await by_turns(contestants, counts.rounds, lambda one: load.burst(one, counts.waiting))
    return report(
        f"{counts.waiting:,} updates of as many chats wait at once, answers a second",
        {name: median(rates) for name, rates in found.items()},
        echo=Goal(1.0, at_least=True),
        typical=Goal(2.0, at_least=True),
    )


async def singly(contestants: Sequence[Contestant], counts: Counts) -> bool:
    """Whether the goal holds for an update at a time."""
    times = await load.one_at_a_time(contestants, counts.singly)
    return report(
        f"one at a time ({counts.singly:,}), p50 in ms",
        {one.name: median(taken) for one, taken in zip(contestants, times, strict=True)},
        echo=Goal(1.3),
    )


async def unanswered(contestants: Sequence[Contestant], counts: Counts) -> bool:
    """Whether the goal holds for updates waiting at a server 50 ms away; the peers handle updates concurrently."""
    found = await by_turns(contestants, counts.rounds, lambda one: load.burst(one, FEW, 50))
    return report(
        f"{FEW} unanswered, 50 ms round trip, peers concurrent, answers a second",
        {name: median(rates) for name, rates in found.items()},
        echo=Goal(5.0, at_least=True),
    )


async def starting(contestants: Sequence[Contestant], counts: Counts) -> bool:
    """Whether the goals hold for the start in a folder where the bot ran before, and for the memory held then."""
    found = await by_turns(contestants, counts.rounds, lambda one: load.start(one, FEW))
    polls = {name: median(one.first_poll_s for one in starts) for name, starts in found.items()}
    memory = {name: max(one.memory_mb for one in starts) for name, starts in found.items()}
    return all([
        report("start to first poll, s", polls, ours=Goal(1.2)),
        report(f"resident memory after {FEW} answers, the most of all rounds, MB", memory, ours=Goal(105)),
    ])  # fmt: skip


async def main(counts: Counts, others: Sequence[Contestant]) -> bool:
    """Whether every figure of all comparisons is as wanted."""
    each_once = [OURS, peer("echo"), peer("typical"), *others]
    concurrent = [OURS, ALL_DIFFERENT, peer("echo", at_once=True), peer("typical", at_once=True), *others]
    return all([
        await waiting([*each_once, ALL_DIFFERENT], counts),
        await singly([*each_once, ALL_DIFFERENT], counts),
        await unanswered(concurrent, counts),
        await starting(each_once, counts),
    ])  # fmt: skip


def _checkout(path: str) -> Path:
    if not (Path(path) / "bot" / "__init__.py").is_file():
        raise argparse.ArgumentTypeError(f"{path} is no checkout of this project: it has no bot/__init__.py")
    return Path(path).resolve()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--beside", type=_checkout, metavar="CHECKOUT", help="another checkout of this project")
    parser.add_argument("--small", action="store_true", help="a tenth of the updates, one round")
    given = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)
    measured = Counts(200, 100, 1) if given.small else Counts()
    others = [replace(OURS, name="beside", checkout=given.beside)] if given.beside else []
    sys.exit(not asyncio.run(main(measured, others)))
