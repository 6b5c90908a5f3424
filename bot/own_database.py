"""The database at a start of the bot: newest schema, this bot's alone, and closed to others on the machine."""

from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.settings import bot_id_in
from storage import belonging
from storage.database import engine as database
from storage.database import private

log = structlog.get_logger(__name__)


async def make_ready(engine: AsyncEngine, url: str, token: str, root: str, now_ms: int) -> None:
    """Bring the schema to this version's, and see that the database is this bot's, before anything is sent or received.

    `url`: of the database; `root`: of the Bot API server. Raises UnfitError and the database's errors.
    """
    file = database.file_of(url).absolute() if database.is_embedded(url) else None
    is_new = file is not None and not file.exists()
    await database.migrate(engine)
    if is_new:
        log.info("a new database", file=str(file))
    await _settle(engine, token, root, now_ms)
    if file is not None:
        _close_to_others(file)


def _close_to_others(file: Path) -> None:
    """Take from others the right to read the database, which holds merchants' words and scores."""
    try:
        if were_open := private.close_to_others(file):
            log.warning("others on this machine could read the database; now its owner alone", files=len(were_open))
    except OSError as error:
        log.warning("others on this machine can read the database", file=str(file), why=error.strerror)


async def _settle(engine: AsyncEngine, token: str, root: str, now_ms: int) -> None:
    """See that the database is this bot's. Raises OtherBotError."""
    async with engine.begin() as conn:
        settled = await belonging.settle(conn, bot_id_in(token), root, now_ms)
    if settled.is_new:
        log.info("the database belongs to this bot from now on")
    if settled.set_free:
        log.warning("another Bot API server: its update ids are new ones", server=root, kept_before=settled.set_free)
