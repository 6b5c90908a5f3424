"""The notices of a day, each with its evidence."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.catalogue import settings
from bot.commands.open_database import in_transaction
from bot.commands.operators.shown import MOST, Shown, day_of, instant_of, now_ms
from bot.commands.refusal import Refusal
from bot.settings import Settings
from storage import audit, notice_evidence, shops
from storage.notice_evidence import Evidence, Fate


def notices(on: str | None, state: str | None) -> list[Shown]:
    """The day's notices with their evidence. Raises Refusal."""
    chosen = settings()
    if state is not None and state not in set(Fate):
        raise Refusal(f"--state: got {state}; wants one of {', '.join(Fate)}")
    fate, day = Fate(state) if state else None, day_of(chosen, on)
    found = in_transaction(chosen, lambda conn: notice_evidence.newest(conn, day, now_ms(), fate, MOST))
    return [_evidence(chosen, one) for one in found]


def evidence_of(number: int) -> Shown:
    """The evidence of one notice, item by item. Raises Refusal."""
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
