"""Deeds of `alliance-bot admin`: announcements, updates and messages given up, muted chats, and the log of deeds."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import logs
from bot.commands import Refusal
from bot.commands.catalogue import editions, settings
from bot.commands.open_database import in_transaction
from bot.commands.operator_reports import MOST, Shown, day_of, instant_of, now_ms
from bot.settings import Settings
from bot.views.announcement import wording
from storage import announcements as stored
from storage import audiences, audit, inbox, outbox, revival
from storage.announcements import LONGEST
from storage.audiences import MANY, Audience
from storage.instants import epoch_ms
from storage.revival import Revived


def announce(text: str, to: str, *, is_sure: bool) -> Shown:
    """Words and reach of an announcement, which the running bot sends when `is_sure`. Raises Refusal."""
    chosen, text = settings(), text.strip()
    if to not in set(MANY):
        raise Refusal(f"--to: got {to}; wants one of {', '.join(MANY)}")
    if not 1 <= len(text) <= LONGEST:
        raise Refusal(f"TEXT: got {len(text)} characters; wants 1 to {LONGEST}")
    judging = editions(chosen)

    async def work(conn: AsyncConnection) -> tuple[int | None, int]:
        if not is_sure:
            return None, await audiences.reach(conn, judging, Audience(to))
        number = await stored.begin(conn, None, Audience(to), now_ms(), text)
        reach = await stored.confirm(conn, number, judging, now_ms())
        await audit.record(conn, None, "announcement.send", f"{number} {to}", now_ms())
        return number, reach or 0

    number, reach = in_transaction(chosen, work)
    return {"announcement": number, "to": to, "chats": reach, "reads": wording(text).plain}


def announcements() -> list[Shown]:
    """Confirmed announcements and the progress of each. Raises Refusal."""

    async def work(conn: AsyncConnection) -> list[Shown]:
        return [
            {"announcement": one.id, "to": one.audience.value, "state": one.state}
            | vars(await stored.progress(conn, one.id))
            for one in await stored.listed(conn, MOST)
        ]

    return in_transaction(settings(), work)


def stop(number: int) -> int:
    """1 after the announcement is stopped, 0 when none of this number is under way. Raises Refusal."""

    async def work(conn: AsyncConnection) -> int:
        if not await stored.stop(conn, number, now_ms()):
            return 0
        await audit.record(conn, None, "announcement.stop", str(number), now_ms())
        return 1

    return in_transaction(settings(), work)


def dead(limit: int = MOST) -> list[Shown]:
    """Updates, then messages given up. Raises Refusal."""
    chosen = settings()

    async def work(conn: AsyncConnection) -> tuple[list[inbox.DeadUpdate], list[outbox.DeadLetter]]:
        return await inbox.dead(conn, limit), await outbox.dead(conn, limit)

    updates, messages = in_transaction(chosen, work)
    found: list[Shown] = [{"kind": "update", "at": instant_of(chosen, one.received_at), **vars(one)} for one in updates]
    found += [{"kind": "message", "at": instant_of(chosen, one.created_at), **vars(one)} for one in messages]
    return [{name: value for name, value in one.items() if name not in ("received_at", "created_at")} for one in found]


def requeue(kind: str, number: int | None) -> int:
    """How many of the kind "update" or "message" wait to be tried again; all without a number. Raises Refusal."""
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


def revive(chat_id: int | None, since: str | None, *, is_every: bool) -> Shown:
    """Counts after blocked chats are brought back: one, those blocked since, or all. Raises Refusal."""
    if (chat_id is not None) + (since is not None) + is_every != 1:
        raise Refusal("admin revive: wants one of --chat ID, --since D and --all")
    chosen = settings()
    since_ms = None if since is None else _since_ms(chosen, since)
    today = day_of(chosen, None)

    async def work(conn: AsyncConnection) -> Revived:
        found = await revival.blocked(conn, chat_id, since_ms)
        revived = await revival.revive(conn, found, today, now_ms())
        if revived.chats:
            await audit.record(conn, None, "chat.revive", f"{revived.chats} chats, {revived.notices} notices", now_ms())
        return revived

    return vars(in_transaction(chosen, work))


def _since_ms(chosen: Settings, since: str) -> int:
    """Epoch milliseconds of a day or an instant of the merchants' zone. Raises Refusal."""
    try:
        found = datetime.fromisoformat(since)
        return epoch_ms(found if found.tzinfo else found.replace(tzinfo=chosen.zone))
    except (ValueError, OverflowError):
        raise Refusal(f"--since: got {since}; wants a day or an instant like 2026-07-29 or 2026-07-29T14:30") from None


def deeds() -> list[Shown]:
    """Deeds of operators, newest first. Raises Refusal."""
    chosen = settings()
    found = in_transaction(chosen, lambda conn: audit.listed(conn, MOST))
    return [
        {"at": instant_of(chosen, one.at), "operator": one.operator or "command line", "action": one.action}
        | {"subject": one.subject}
        for one in found
    ]


def chat_name(chat_id: int) -> str:
    """The name of a chat in logs. Raises Refusal."""
    logs.name_chats_by(settings().token)
    return logs.chat_name(chat_id)
