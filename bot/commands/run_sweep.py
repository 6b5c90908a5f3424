"""`alliance-bot sweep`: the daily check of a day, by hand."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.commands import Refusal
from bot.commands.catalogue import day_named, edition, opened, settings
from bot.commands.open_database import with_database
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.reasons import RANK, Reason

FIRST: Final = date(2000, 1, 1)
"""Older than any score, and late enough for the earlier days that a check looks at to exist."""


def swept(on: str | None, *, as_json: bool) -> Iterator[str]:
    """Lines with the number of outcomes of each kind, after the check; `run` sends the messages. Raises Refusal."""
    chosen, now = settings(), datetime.now(UTC)
    policy = WatchPolicy(edition(chosen, None), chosen.zone, chosen.quiet_hours, opened(chosen))
    day = _day(on, policy.today(now))

    async def run(engine: AsyncEngine) -> Counter[Reason]:
        return await Sweep(engine, policy, day, now, admins=chosen.admin_chat_ids).run()

    counts = with_database(chosen, run)
    yield from [_json(policy, day, counts)] if as_json else _text(day, counts)


def _json(policy: WatchPolicy, day: date, counts: Counter[Reason]) -> str:
    told, silent = _sides(counts)
    entry = {"day": day.isoformat(), "edition": policy.edition.name, "told": told, "silent": silent}
    return json.dumps(entry)


def _text(day: date, counts: Counter[Reason]) -> Iterator[str]:
    told, silent = _sides(counts)
    yield f"{day}: {sum(told.values())} told, {sum(silent.values())} looked at and left in peace"
    for name, count in {**told, **silent}.items():
        yield f"{count:8} {name}"


def _sides(counts: Counter[Reason]) -> tuple[dict[str, int], dict[str, int]]:
    """Counts by reason: told, then silent, each the gravest first."""
    ranked = sorted(counts, key=RANK.__getitem__)
    told = {reason.value: counts[reason] for reason in ranked if reason.is_told}
    return told, {reason.value: counts[reason] for reason in ranked if not reason.is_told}


def _day(on: str | None, today: date) -> date:
    day = day_named(on, today)
    if day < FIRST:
        raise Refusal(f"--on: {day} is before there were any scores; wants a day from {FIRST} on")
    if day > today:
        raise Refusal(f"--on: {day} lies in the future; there are no scores of it yet")
    return day
