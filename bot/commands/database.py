"""`alliance-bot db`: the schema, copies of a database, whose it is, and the mark on a restored database."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import settings
from bot.commands.open_database import database_at, refuse_nothing, result_of
from bot.setting_values import database_address
from bot.settings import Settings, bot_id_in
from storage import audit, belonging
from storage.database import copies, copying, engine, moving
from storage.database.engine import NotEmbeddedError
from storage.database.moving import NotEmptyError, NotUpgradedError
from storage.instants import epoch_ms


def upgrade() -> str:
    """A line to print, after the schema is the newest. Raises Refusal."""
    url = settings().database_url
    changed = result_of(_upgrade(url), "DATABASE_URL: the database can't be upgraded: {}")
    where = f": {engine.file_of(url).absolute()}" if engine.is_embedded(url) else ""
    return f"upgraded to {engine.HEAD}{where}" if changed else f"already at {engine.HEAD}{where}"


async def _upgrade(url: str) -> bool:
    async with database_at(url) as opened:
        return await engine.migrate(opened)


def backup(file: Path) -> str:
    """A line to print, after the embedded database, in use or not, is copied to `file`. Raises Refusal."""
    chosen = settings()
    url = chosen.database_url
    refuse_nothing(chosen)
    try:
        copying.backup(url, file, epoch_ms(datetime.now(UTC)))
    except (NotEmbeddedError, sqlite3.Error) as error:
        raise Refusal(f"DATABASE_URL: {error}") from None
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None
    return f"copied {engine.file_of(url).absolute()} to {file}"


def adopt(bot_id: int | None) -> str:
    """A line to print, after the database belongs to the bot, by default that of the token. Raises Refusal."""
    chosen = settings()
    if bot_id is None and chosen.is_sandbox:
        raise Refusal("TELEGRAM_BOT_TOKEN: empty; set it, or name the bot: alliance-bot db adopt --bot ID")
    new = bot_id_in(chosen.token) if bot_id is None else bot_id
    refuse_nothing(chosen)
    before = result_of(_adopt(chosen, new), "DATABASE_URL: {}; if it is new: alliance-bot db upgrade")
    if before is not None and before.bot_id == new:
        return f"belongs to bot {new} already"
    was = "to no bot" if before is None else f"to bot {before.bot_id}"
    return (
        f"belongs to bot {new} now, before {was}; start the bot anew. What waits goes out from it, it reaches only "
        "chats in which somebody has written to it, and links that another bot gave are void"
    )


async def _adopt(chosen: Settings, bot_id: int) -> belonging.Owner | None:
    now_ms = epoch_ms(datetime.now(UTC))
    async with database_at(chosen.database_url) as opened:
        await engine.migrate(opened)
        async with opened.begin() as conn:
            before = await belonging.adopt(conn, bot_id, chosen.telegram_api_base_url, now_ms)
            if before is None or before.bot_id != bot_id:
                told = f"{before.bot_id if before else '-'} → {bot_id}"
                await audit.record(conn, None, "db.adopt", told, now_ms)
    return before


def copy(source: str, target: str) -> str:
    """A line to print, after every row of `source` is in the empty database `target`. Raises Refusal."""
    source, target = _address("FROM", source), _address("TO", target)
    if engine.is_embedded(source) and not engine.file_of(source).is_file():
        raise Refusal(f"FROM: {engine.file_of(source)}: no database there")
    try:
        counts = result_of(_copy(source, target), "FROM or TO: {}")
    except NotUpgradedError:
        raise Refusal(
            "FROM: another version's schema; first, with DATABASE_URL set to it: alliance-bot db upgrade"
        ) from None
    except NotEmptyError as error:
        raise Refusal(f"TO: not empty: {error} has rows; name an empty database") from None
    return f"copied {sum(counts.values())} rows; set DATABASE_URL to TO, and start nothing on FROM again"


def _address(name: str, url: str) -> str:
    try:
        return database_address(url)
    except ValueError as error:
        raise Refusal(f"{name}: wants {error}") from None


async def _copy(source: str, target: str) -> dict[str, int]:
    async with database_at(source) as old, database_at(target) as new:
        return await moving.move(old, new)


def restored() -> str:
    """A line to print, after the database is marked as restored by other tools. Raises Refusal."""
    chosen = settings()
    url = chosen.database_url
    refuse_nothing(chosen)
    result_of(_restored(url), "DATABASE_URL: {}; if it is new: alliance-bot db upgrade")
    return "marked as a copy: what was due goes out as a repeat; start one process, then the others"


async def _restored(url: str) -> None:
    async with database_at(url) as opened:
        await engine.migrate(opened)
        async with opened.begin() as conn:
            await copies.mark(conn, None)
