"""Announcements: shown before they are sent, under way, stopped."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.commands.catalogue import edition, settings
from bot.commands.open_database import in_transaction
from bot.commands.operators.shown import MOST, Shown, now_ms
from bot.commands.refusal import Refusal
from bot.views.announcement import wording
from storage import announcements as stored
from storage import audit
from storage.announcements import LONGEST, Audience


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
            return None, await stored.reach(conn, answers, Audience(to))
        number = await stored.begin(conn, None, Audience(to), now_ms(), text)
        reach = await stored.confirm(conn, number, answers, now_ms())
        await audit.record(conn, None, "announcement.send", f"{number} {to}", now_ms())
        return number, reach or 0

    number, reach = in_transaction(chosen, work)
    return {"announcement": number, "to": to, "chats": reach, "reads": wording(text).plain}


def announcements() -> list[Shown]:
    """Those that were confirmed. Raises Refusal."""

    async def work(conn: AsyncConnection) -> list[Shown]:
        return [
            {"announcement": one.id, "to": one.audience.value, "state": one.state}
            | vars(await stored.progress(conn, one.id))
            for one in await stored.listed(conn, MOST)
        ]

    return in_transaction(settings(), work)


def stop(number: int) -> int:
    """Stop it; 1, or 0 when it is not under way. Raises Refusal."""

    async def work(conn: AsyncConnection) -> int:
        if not await stored.stop(conn, number):
            return 0
        await audit.record(conn, None, "announcement.stop", str(number), now_ms())
        return 1

    return in_transaction(settings(), work)
