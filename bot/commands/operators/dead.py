"""What was given up, and trying it again."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.catalogue import settings
from bot.commands.open_database import in_transaction
from bot.commands.operators.shown import MOST, Shown, instant_of, now_ms
from bot.commands.refusal import Refusal
from storage import audit, inbox, outbox


def dead(limit: int = MOST) -> list[Shown]:
    """What was given up. Raises Refusal."""
    chosen = settings()

    async def work(conn: AsyncConnection) -> tuple[list[inbox.DeadUpdate], list[outbox.DeadLetter]]:
        return await inbox.dead(conn, limit), await outbox.dead(conn, limit)

    updates, messages = in_transaction(chosen, work)
    found: list[Shown] = [{"kind": "update", "at": instant_of(chosen, one.received_at), **vars(one)} for one in updates]
    found += [{"kind": "message", "at": instant_of(chosen, one.created_at), **vars(one)} for one in messages]
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
            if await store.requeue(conn, one, now_ms()):
                await audit.record(conn, None, f"{kind}.requeue", str(one), now_ms())
                count += 1
        return count

    return in_transaction(settings(), work)
