"""`alliance-bot rules impact` and `announce`: what a change of the edition does to kept checks, and telling whom."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.commands.catalogue import edition, named, opened, settings
from bot.commands.database import plainly
from bot.commands.refusal import Refusal
from bot.conversation.reassess import CHATS, CONCERNED, Rejudging
from bot.jobs.edition_switch import Switcher
from bot.jobs.edition_switch import impact as counted
from bot.journeys.context import Context
from bot.settings import Settings
from rules.edition import Edition
from storage import edition_changes
from storage.database import engine as database
from storage.edition_changes import Switch

Result = TypeVar("Result")


def impact(name: str) -> Iterator[str]:
    """How many verdicts this edition would change and which way; nothing is written. Raises Refusal."""
    chosen, new = settings(), named(name)
    last, counts = _with_database(chosen, lambda engine: _impact(engine, chosen, new))
    yield f"{last} → {new.name}: {counts[CHATS]} chats looked at, {counts[CONCERNED]} with a change"
    for kind in sorted(counts):
        if " > " in kind or kind not in (CHATS, CONCERNED):
            yield f"{counts[kind]:8} {kind}"


async def _impact(engine: AsyncEngine, chosen: Settings, new: Edition) -> tuple[str, Counter[str]]:
    async with engine.connect() as conn:
        last = await edition_changes.last(conn)
    before = _answered_before(last, new) or edition(chosen, None).name
    today = datetime.now(chosen.zone).date()
    return before, await counted(engine, Rejudging(opened(chosen), before, new, today))


def _answered_before(last: Switch | None, new: Edition) -> str | None:
    """The edition that the bot answered by before it did by `new`."""
    if last is None:
        return None
    return last.before if last.after == new.name else last.after


def announce(name: str) -> str:
    """Tell the merchants whom the switch to this edition concerns; what to print. Raises Refusal."""
    chosen, new = settings(), named(name)
    told = _with_database(chosen, lambda engine: _announce(engine, chosen, new))
    return f"{told} merchants will be told" if told else "nobody is left to tell"


async def _announce(engine: AsyncEngine, chosen: Settings, new: Edition) -> int:
    async with engine.begin() as conn:
        switch = await edition_changes.last(conn)
        if switch is None or switch.after != new.name:
            at = f"it answers by {switch.after}" if switch else "it has not run yet"
            raise Refusal(f"the bot has not switched to {new.name}: {at}; set RULES_EDITION and restart it")
        if switch.evaluated_at is None:
            raise Refusal(f"the kept checks are still being evaluated under {new.name}; try again when the bot is done")
        await edition_changes.confirm(conn, switch.number, milliseconds(SystemClock()))
    context = Context(opened(chosen), new, chosen.zone, chosen.messages_per_minute, quiet_hours=chosen.quiet_hours)
    switcher = Switcher(engine, context, SystemClock())
    while await switcher.announce_some():
        pass
    return switcher.told


def _with_database(chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    try:
        return asyncio.run(_opened(chosen, work))
    except (SQLAlchemyError, OSError) as error:
        raise Refusal(f"DATABASE_URL: {plainly(error)}") from None


async def _opened(chosen: Settings, work: Callable[[AsyncEngine], Awaitable[Result]]) -> Result:
    engine = database.create(chosen.database_url)
    try:
        async with engine.connect() as conn:
            await conn.execute(text("SELECT 1"))
            version = await conn.run_sync(database._version)
        if version != database.HEAD:
            at = version or "nothing"
            raise Refusal(f"DATABASE_URL: schema at {at}, wants {database.HEAD}; run: alliance-bot db upgrade")
        return await work(engine)
    finally:
        await engine.dispose()
