"""What `alliance-bot admin` shows and does, as plain values; instants are ISO 8601 in the merchants' zone."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import logs
from bot.commands.catalogue import edition, settings
from bot.commands.refusal import Refusal
from bot.commands.run import SANDBOX_TOKEN
from bot.commands.store import with_database
from bot.settings import Settings
from bot.views.announcement import wording
from bot.views.operators import instant, standings
from rules.sources import Source
from storage import announcements as told
from storage import audit, evidence, inbox, outbox, shops, unanswered
from storage import overview as figures
from storage.announcements import LONGEST, Audience
from storage.evidence import Evidence, Fate
from storage.instants import epoch_ms

MOST: Final = 1000
Shown = dict[str, Any]
Result = TypeVar("Result")


def overview(on: str | None) -> Shown:
    """The figures of the day. Raises Refusal."""
    chosen = settings()
    day = _day(chosen, on)
    seen = _in_transaction(chosen, lambda conn: figures.overview(conn, edition(chosen, None), day, _now_ms()))
    return {
        "day": day.isoformat(),
        "merchants": vars(seen.merchants),
        "shops": dict(standings(seen)) | {"stale": seen.stale},
        "notices": {fate.value: count for fate, count in seen.notices.items()},
        "dead": {"updates": seen.dead_updates, "messages": seen.dead_messages},
        "questions": seen.questions,
    }


def notices(on: str | None, state: str | None) -> list[Shown]:
    """The day's notices with their evidence. Raises Refusal."""
    chosen = settings()
    if state is not None and state not in set(Fate):
        raise Refusal(f"--state: got {state}; wants one of {', '.join(Fate)}")
    fate, day = Fate(state) if state else None, _day(chosen, on)
    found = _in_transaction(chosen, lambda conn: evidence.newest(conn, day, _now_ms(), fate, MOST))
    return [_evidence(chosen, one) for one in found]


def evidence_of(number: int) -> Shown:
    """The evidence of one notice, item by item. Raises Refusal."""
    chosen = settings()

    async def work(conn: AsyncConnection) -> tuple[Evidence | None, dict[int, shops.Shop]]:
        found = await evidence.of(conn, number, _now_ms())
        await audit.record(conn, None, "notice.evidence", str(number), _now_ms())
        items = found.notice.items if found else ()
        return found, await shops.by_ids(conn, [item.shop_id for item in items])

    found, known = _in_transaction(chosen, work)
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
        "due": _at(chosen, one.due_at),
        "tries": one.tries,
        "repeat": one.is_unsure,
        "sent": _at(chosen, one.sent_at),
        "message_id": one.message_id,
        "error": one.error,
    }


def dead(limit: int = MOST) -> list[Shown]:
    """What was given up. Raises Refusal."""
    chosen = settings()

    async def work(conn: AsyncConnection) -> tuple[list[inbox.DeadUpdate], list[outbox.DeadLetter]]:
        return await inbox.dead(conn, limit), await outbox.dead(conn, limit)

    updates, letters = _in_transaction(chosen, work)
    found: list[Shown] = [{"kind": "update", "at": _at(chosen, one.received_at), **vars(one)} for one in updates]
    found += [{"kind": "message", "at": _at(chosen, one.created_at), **vars(one)} for one in letters]
    return [{name: value for name, value in one.items() if name not in ("received_at", "created_at")} for one in found]


def requeue(kind: str, number: int | None) -> int:
    """Try one again, or all of this kind; how many. Raises Refusal."""
    if kind not in ("update", "message"):
        raise Refusal(f"KIND: got {kind}; wants update or message")
    numbers = [number] if number else [one["id"] for one in dead() if one["kind"] == kind]
    store = inbox if kind == "update" else outbox

    async def work(conn: AsyncConnection) -> int:
        count = 0
        for one in numbers:
            if await store.requeue(conn, one, _now_ms()):
                await audit.record(conn, None, f"{kind}.requeue", str(one), _now_ms())
                count += 1
        return count

    return _in_transaction(settings(), work)


def feeds() -> list[Shown]:
    """The sources, then the silent shops. Raises Refusal."""
    chosen = settings()
    today = _day(chosen, None)

    async def work(conn: AsyncConnection) -> tuple[list[figures.Feed], list[figures.Silent]]:
        now_ms = _now_ms()
        return await figures.feeds(conn, today, now_ms), await figures.silent_shops(conn, today, now_ms, MOST)

    sources, silent = _in_transaction(chosen, work)
    found: list[Shown] = [
        {"shops": one.shops, "stale": one.stale, **_last(chosen, one.source, one.last_day, one.last_seen)}
        for one in sources
    ]
    found += [
        {"silent": one.shop_id, "name": one.name, **_last(chosen, one.source, one.day, one.seen_at)} for one in silent
    ]
    return found


def _last(chosen: Settings, source: Source, day: date, seen_at: int) -> Shown:
    return {"source": source.value, "last_day": day.isoformat(), "last_seen": _at(chosen, seen_at)}


def questions() -> list[Shown]:
    """What was not understood. Raises Refusal."""
    chosen = settings()
    found = _in_transaction(chosen, lambda conn: unanswered.listed(conn, _now_ms(), MOST))
    return [
        {"times": one.times, "last": _at(chosen, one.last_at), "text": one.text, "nearest": " ".join(one.nearest)}
        for one in found
    ]


def deeds() -> list[Shown]:
    """What operators did. Raises Refusal."""
    chosen = settings()
    found = _in_transaction(chosen, lambda conn: audit.listed(conn, MOST))
    return [
        {"at": _at(chosen, one.at), "operator": one.operator or "command line", "action": one.action}
        | {"subject": one.subject}
        for one in found
    ]


def announce(text: str, to: str, *, is_sure: bool) -> Shown:
    """An announcement as it will read and whom it reaches; sent by the running bot when sure. Raises Refusal."""
    chosen, text = settings(), text.strip()
    if to not in set(Audience):
        raise Refusal(f"--to: got {to}; wants one of {', '.join(Audience)}")
    if not 1 <= len(text) <= LONGEST:
        raise Refusal(f"TEXT: got {len(text)} characters; wants 1 to {LONGEST}")
    answers = edition(chosen, None)

    async def work(conn: AsyncConnection) -> tuple[int | None, int]:
        if not is_sure:
            return None, await told.reach(conn, answers, Audience(to))
        number = await told.begin(conn, None, Audience(to), _now_ms(), text)
        reach = await told.confirm(conn, number, answers, _now_ms())
        await audit.record(conn, None, "announcement.send", f"{number} {to}", _now_ms())
        return number, reach or 0

    number, reach = _in_transaction(chosen, work)
    return {"announcement": number, "to": to, "chats": reach, "reads": wording(text).plain}


def announcements() -> list[Shown]:
    """Those that were confirmed. Raises Refusal."""

    async def work(conn: AsyncConnection) -> list[Shown]:
        return [
            {"announcement": one.id, "to": one.audience.value, "state": one.state}
            | vars(await told.progress(conn, one.id))
            for one in await told.listed(conn, MOST)
        ]

    return _in_transaction(settings(), work)


def stop(number: int) -> int:
    """Stop it; 1, or 0 when it is not under way. Raises Refusal."""

    async def work(conn: AsyncConnection) -> int:
        if not await told.stop(conn, number):
            return 0
        await audit.record(conn, None, "announcement.stop", str(number), _now_ms())
        return 1

    return _in_transaction(settings(), work)


def chat_name(chat_id: int) -> str:
    """What the chat is called in logs. Raises Refusal."""
    chosen = settings()
    logs.name_chats_by(SANDBOX_TOKEN if chosen.is_sandbox else chosen.telegram_bot_token.get_secret_value())
    return logs.chat_name(chat_id)


def _in_transaction(chosen: Settings, work: Callable[[AsyncConnection], Awaitable[Result]]) -> Result:
    async def opened(engine: AsyncEngine) -> Result:
        async with engine.begin() as conn:
            return await work(conn)

    return with_database(chosen, opened)


def _day(chosen: Settings, on: str | None) -> date:
    if on is None:
        return datetime.now(chosen.zone).date()
    try:
        return date.fromisoformat(on)
    except ValueError:
        raise Refusal(f"--on: got {on}; wants a day like 2026-07-29") from None


def _at(chosen: Settings, at_ms: int | None) -> str | None:
    found = instant(at_ms, chosen.zone)
    return found.isoformat(timespec="seconds") if found else None


def _now_ms() -> int:
    return epoch_ms(datetime.now(UTC))
