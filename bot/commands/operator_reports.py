"""Reports of `alliance-bot admin` as plain values; instants are ISO 8601 in the merchants' zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands import Refusal
from bot.commands.catalogue import editions, offers, settings
from bot.commands.open_database import in_transaction
from bot.settings import Settings
from bot.views.operator_values import instant, standings, topic_titles
from rules.sources import Source
from storage import audit, notice_evidence, shops, unanswered
from storage import overview as figures
from storage.instants import epoch_ms
from storage.notice_evidence import Evidence, Fate
from storage.unanswered import Unanswered

MOST: Final = 1000
MOST_QUESTIONS: Final = 200
Shown = dict[str, Any]


def day_of(chosen: Settings, on: str | None) -> date:
    """The day named by `--on`, else the merchants' today. Raises Refusal."""
    if on is None:
        return datetime.now(chosen.zone).date()
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise Refusal(f"--on: got {on}; wants a day like 2026-07-29") from None


def instant_of(chosen: Settings, at_ms: int | None) -> str | None:
    """Epoch milliseconds as ISO 8601 in the merchants' zone, to the second; None stays None."""
    found = instant(at_ms, chosen.zone)
    return found.isoformat(timespec="seconds") if found else None


def now_ms() -> int:
    """Epoch milliseconds of now."""
    return epoch_ms(datetime.now(UTC))


def overview(on: str | None) -> Shown:
    """The figures of the day. Raises Refusal."""
    chosen = settings()
    day = day_of(chosen, on)
    seen = in_transaction(chosen, lambda conn: figures.overview(conn, editions(chosen), day, now_ms()))
    return {
        "day": day.isoformat(),
        "merchants": vars(seen.merchants),
        "shops": dict(standings(seen)) | {"stale": seen.stale},
        "notices": {fate.value: count for fate, count in seen.notices.items()},
        "dead": {"updates": seen.dead_updates, "messages": seen.dead_messages},
        "questions": seen.questions,
    }


def feeds() -> list[Shown]:
    """The sources, then the silent shops, then those that no score ever came for. Raises Refusal."""
    chosen = settings()
    today = day_of(chosen, None)

    async def work(conn: AsyncConnection) -> tuple[list[figures.Feed], list[figures.Silent], list[figures.NeverFed]]:
        at_ms = now_ms()
        silent = await figures.silent_shops(conn, today, at_ms, None)
        return await figures.feeds(conn, today, at_ms), silent, await figures.never_fed(conn, None)

    sources, silent, never = in_transaction(chosen, work)
    found: list[Shown] = [
        {"shops": one.shops, "stale": one.stale, **_last(chosen, one.source, one.last_day, one.last_seen)}
        for one in sources
    ]
    found += [
        {
            "silent": one.shop_id,
            "shop_id": one.ref,
            "name": one.name,
            **_last(chosen, one.source, one.day, one.seen_at),
        }
        for one in silent
    ]
    return found + [
        {
            "never_fed": one.ref,
            "name": one.name,
            "registered": instant_of(chosen, one.since),
        }
        for one in never
    ]


def _last(chosen: Settings, source: Source, day: date, seen_at: int) -> Shown:
    return {"source": source.value, "last_day": day.isoformat(), "last_seen": instant_of(chosen, seen_at)}


def questions() -> list[Shown]:
    """Questions that were not understood, most frequent first. Raises Refusal."""
    chosen = settings()
    found = in_transaction(chosen, lambda conn: unanswered.listed(conn, now_ms(), MOST))
    titles = _titles(chosen)
    return [
        {
            "times": one.times,
            "last": instant_of(chosen, one.last_at),
            "text": one.text,
            "got": one.got,
            "nearest": " ".join(one.nearest),
            "nearest_title": _nearest(titles, one),
        }
        for one in found
    ]


def unanswered_questions() -> Iterator[str]:
    """A line a question not understood: count, last instant, masked text, reply, nearest topic. Raises Refusal."""
    chosen = settings()
    found = in_transaction(chosen, lambda conn: unanswered.listed(conn, now_ms(), MOST_QUESTIONS), upgrades=False)
    titles = _titles(chosen)
    for one in found:
        last = datetime.fromtimestamp(one.last_at / 1000, chosen.zone)
        near = _nearest(titles, one)
        got = f"got {one.got or 'unknown'}; {f'nearest: {near} ({one.nearest[0]})' if near else 'no topic near'}"
        yield f"{one.times:4}  {last:%Y-%m-%d %H:%M}  {one.text}  [{got}]"


def _titles(chosen: Settings) -> dict[str, str]:
    known = offers(chosen, None)
    return topic_titles(known.catalogue, known.answering)


def _nearest(titles: dict[str, str], one: Unanswered) -> str | None:
    """The nearest topic in words, None without one."""
    return titles.get(one.nearest[0], one.nearest[0]) if one.nearest else None


def notices(on: str | None, state: str | None) -> list[Shown]:
    """Notices of a day with the evidence of each, newest first. Raises Refusal."""
    chosen = settings()
    if state is not None and state not in set(Fate):
        raise Refusal(f"--state: got {state}; wants one of {', '.join(Fate)}")
    fate, day = Fate(state) if state else None, day_of(chosen, on)
    found = in_transaction(chosen, lambda conn: notice_evidence.newest(conn, day, now_ms(), fate, MOST))
    return [_evidence(chosen, one) for one in found]


def evidence_of(number: int) -> Shown:
    """Evidence and items of a notice. Raises Refusal."""
    chosen = settings()

    async def work(conn: AsyncConnection) -> tuple[Evidence | None, dict[int, shops.Shop]]:
        found = await notice_evidence.of(conn, number, now_ms())
        await audit.record(conn, None, "notice.evidence", str(number), now_ms())
        items = found.notice.items if found else ()
        return found, await shops.by_ids(conn, [item.shop_id for item in items])

    found, known = in_transaction(chosen, work)
    if found is None:
        raise Refusal(f"{number}: there is no such notice, or no more")
    items: list[Shown] = [
        {
            "reason": item.reason.value,
            "shop": known[item.shop_id].name if item.shop_id in known else None,
            "line": item.line or None,
            "score": str(item.points) if item.points is not None else None,
            "score_day": item.score_day.isoformat() if item.score_day else None,
        }
        for item in found.notice.items
    ]
    return {**_evidence(chosen, found), "items": items}


def _evidence(chosen: Settings, one: Evidence) -> Shown:
    return {
        "notice": one.notice.id,
        "chat": one.notice.chat_id,
        "state": one.fate.value,
        "day": one.notice.day.isoformat(),
        "edition": one.notice.edition,
        "reasons": ",".join(dict.fromkeys(item.reason.value for item in one.notice.items)),
        "number": one.number,
        "due": instant_of(chosen, one.notice.due_at),
        "tries": one.tries,
        "repeat": one.is_unsure,
        "sent": instant_of(chosen, one.sent_at),
        "message_id": one.message_id,
        "error": one.error,
    }
