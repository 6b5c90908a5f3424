"""The one bot whose database this is: its chats, its update ids and its messages mean nothing to another bot.

The first bot that starts takes a database without owner over. After that another bot is refused, and so is the
sandbox, which would find that it knows none of the chats and mute them.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database.engine import UnfitError
from storage.schema import bots, consents, follows, inbox, outbox

SANDBOX: Final = 1
"""The id of the sandbox's bot."""

_OF_CHATS: Final = (consents, follows, inbox, outbox)


class OtherBotError(UnfitError):
    """The database belongs to another bot than the one of the token; the message has the mend."""


@dataclass(frozen=True)
class Owner:
    """The bot of a database, and the address of the Bot API server whose update ids are in the inbox."""

    bot_id: int
    server: str


@dataclass(frozen=True)
class Settled:
    """What a start changed. `is_new`: the bot took the database over. `set_free`: updates of another server."""

    is_new: bool
    set_free: int


async def owner(conn: AsyncConnection) -> Owner | None:
    """The bot of the database, None when none was started on it."""
    row = (await conn.execute(select(bots.c.bot_id, bots.c.server))).first()
    return None if row is None else Owner(row.bot_id, row.server)


async def settle(conn: AsyncConnection, bot_id: int, server: str, now_ms: int) -> Settled:
    """Make sure at a start that the database is the bot's, and its update ids those of the server.

    Raises OtherBotError: for another bot's database, and for one with chats but without owner when the sandbox starts.
    """
    await _one_at_a_time(conn)
    found = await owner(conn)
    refuse_another(found, bot_id)
    if found is None:
        await _refuse_chats_of_somebody(conn, bot_id)
        await conn.execute(insert(bots).values(bot_id=bot_id, server=server, since=now_ms))
        return Settled(is_new=True, set_free=0)
    if found.server == server:
        return Settled(is_new=False, set_free=0)
    await conn.execute(update(bots).values(server=server))
    return Settled(is_new=False, set_free=await _set_update_ids_free(conn))


async def adopt(conn: AsyncConnection, bot_id: int, server: str, now_ms: int) -> Owner | None:
    """Give the database to the bot, whoever had it; the owner before."""
    await _one_at_a_time(conn)
    before = await owner(conn)
    await conn.execute(delete(bots))
    await conn.execute(insert(bots).values(bot_id=bot_id, server=server, since=now_ms))
    if before is not None and before != Owner(bot_id, server):
        await _set_update_ids_free(conn)
    return before


def refuse_another(found: Owner | None, bot_id: int) -> None:
    """Raises OtherBotError when the database has an owner and the bot is another."""
    if found is None or found.bot_id == bot_id:
        return
    theirs = "the sandbox" if found.bot_id == SANDBOX else f"bot {found.bot_id}"
    ours = "there is no token" if bot_id == SANDBOX else f"the token is of bot {bot_id}"
    raise OtherBotError(
        f"belongs to {theirs}, but {ours}: set that bot's TELEGRAM_BOT_TOKEN, or a database of its own for this one; "
        "to give this one away on purpose: alliance-bot db adopt"
    )


async def _refuse_chats_of_somebody(conn: AsyncConnection, bot_id: int) -> None:
    """The sandbox takes no database of before owners were written down that knows chats: most likely a real bot's."""
    if bot_id == SANDBOX and await _has_chats(conn):
        raise OtherBotError(
            "has chats of a bot that is not written down, but there is no token: set TELEGRAM_BOT_TOKEN, or another "
            f"database; if the chats are the sandbox's: alliance-bot db adopt --bot {SANDBOX}"
        )


async def _has_chats(conn: AsyncConnection) -> bool:
    for table in _OF_CHATS:
        if (await conn.execute(select(exists(select(1).select_from(table))))).scalar():
            return True
    return False


async def _set_update_ids_free(conn: AsyncConnection) -> int:
    """Count of kept updates whose ids now may come from another server; each gets a number that no update has."""
    lowest = min(0, (await conn.execute(select(func.min(inbox.c.key)))).scalar() or 0)
    change = update(inbox).where(inbox.c.key > 0).values(key=lowest - inbox.c.id)
    return int((await conn.execute(change)).rowcount)


async def _one_at_a_time(conn: AsyncConnection) -> None:
    """Wait for another process's start; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        await conn.execute(text("LOCK TABLE bots IN SHARE ROW EXCLUSIVE MODE"))
