"""The figures of the day, where scores come from, what was not understood."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.catalogue import edition, settings
from bot.commands.open_database import in_transaction
from bot.commands.operators.shown import MOST, Shown, day_of, instant_of, now_ms
from bot.settings import Settings
from bot.views.operator_values import standings
from rules.sources import Source
from storage import overview as figures
from storage import unanswered


def overview(on: str | None) -> Shown:
    """The figures of the day. Raises Refusal."""
    chosen = settings()
    day = day_of(chosen, on)
    seen = in_transaction(chosen, lambda conn: figures.overview(conn, edition(chosen, None), day, now_ms()))
    return {
        "day": day.isoformat(),
        "merchants": vars(seen.merchants),
        "shops": dict(standings(seen)) | {"stale": seen.stale},
        "notices": {fate.value: count for fate, count in seen.notices.items()},
        "dead": {"updates": seen.dead_updates, "messages": seen.dead_messages},
        "questions": seen.questions,
    }


def feeds() -> list[Shown]:
    """The sources, then the silent shops. Raises Refusal."""
    chosen = settings()
    today = day_of(chosen, None)

    async def work(conn: AsyncConnection) -> tuple[list[figures.Feed], list[figures.Silent]]:
        at_ms = now_ms()
        return await figures.feeds(conn, today, at_ms), await figures.silent_shops(conn, today, at_ms, MOST)

    sources, silent = in_transaction(chosen, work)
    found: list[Shown] = [
        {"shops": one.shops, "stale": one.stale, **_last(chosen, one.source, one.last_day, one.last_seen)}
        for one in sources
    ]
    found += [
        {"silent": one.shop_id, "name": one.name, **_last(chosen, one.source, one.day, one.seen_at)} for one in silent
    ]
    return found


def _last(chosen: Settings, source: Source, day: date, seen_at: int) -> Shown:
    return {"source": source.value, "last_day": day.isoformat(), "last_seen": instant_of(chosen, seen_at)}


def questions() -> list[Shown]:
    """What was not understood. Raises Refusal."""
    chosen = settings()
    found = in_transaction(chosen, lambda conn: unanswered.listed(conn, now_ms(), MOST))
    return [
        {
            "times": one.times,
            "last": instant_of(chosen, one.last_at),
            "text": one.text,
            "nearest": " ".join(one.nearest),
        }
        for one in found
    ]
