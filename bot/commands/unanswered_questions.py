"""`alliance-bot questions`: what merchants asked that was not understood."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.commands.catalogue import settings
from bot.commands.database import plainly
from bot.commands.refusal import Refusal
from storage.database import engine
from storage.instants import epoch_ms
from storage.unanswered import Unanswered, listed

MOST_SHOWN = 200


def not_understood() -> Iterator[str]:
    """A line a question: how often, when last, its masked text, the nearest topics. Raises Refusal."""
    chosen = settings()
    try:
        found = asyncio.run(_listed(chosen.database_url))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: {plainly(error)}; if it is new: alliance-bot db upgrade") from None
    for one in found:
        last = datetime.fromtimestamp(one.last_at / 1000, chosen.zone)
        yield f"{one.times:4}  {last:%Y-%m-%d %H:%M}  {one.text}  [{', '.join(one.nearest) or 'no topic near'}]"


async def _listed(url: str) -> list[Unanswered]:
    opened = engine.create(url)
    try:
        async with opened.begin() as conn:
            return await listed(conn, epoch_ms(datetime.now(UTC)), MOST_SHOWN)
    finally:
        await opened.dispose()
