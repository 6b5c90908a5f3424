"""`alliance-bot rules impact` and `announce`: kept checks under another edition, and whom to tell."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import SystemClock, milliseconds
from bot.commands import Refusal
from bot.commands.catalogue import edition, named, opened, settings
from bot.commands.open_database import with_database
from bot.conversation.reassess import CHATS, CONCERNED, Reassessment
from bot.jobs.edition_rollout import EditionChanges
from bot.jobs.edition_rollout import impact as counted
from bot.journeys.context import Context
from bot.settings import Settings
from rules.edition import Edition
from storage import edition_changes
from storage.edition_changes import EditionChange


def impact(name: str) -> Iterator[str]:
    """Lines with the number of verdicts that `name` would change, by kind; nothing is written. Raises Refusal."""
    chosen, new = settings(), named(name)
    last, counts = with_database(chosen, lambda engine: _impact(engine, chosen, new), upgrades=False)
    yield f"{last} → {new.name}: {counts[CHATS]} chats looked at, {counts[CONCERNED]} with a change"
    for kind in sorted(counts):
        if kind not in (CHATS, CONCERNED):
            yield f"{counts[kind]:8} {kind}"


async def _impact(engine: AsyncEngine, chosen: Settings, new: Edition) -> tuple[str, Counter[str]]:
    async with engine.connect() as conn:
        last = await edition_changes.last(conn)
    before = _answered_before(last, new) or edition(chosen, None).name
    today = datetime.now(chosen.zone).date()
    return before, await counted(engine, Reassessment(opened(chosen), before, new, today))


def _answered_before(last: EditionChange | None, new: Edition) -> str | None:
    """Name of the edition before `new`, from the last change; None when there was no change."""
    if last is None:
        return None
    return last.before if last.after == new.name else last.after


def announce(name: str) -> str:
    """A line to print, after a message waits for each merchant concerned by the change to `name`. Raises Refusal."""
    chosen, new = settings(), named(name)
    count = with_database(chosen, lambda engine: _announce(engine, chosen, new), upgrades=False)
    return f"{count} merchants will be told" if count else "nobody is left to tell"


async def _announce(engine: AsyncEngine, chosen: Settings, new: Edition) -> int:
    async with engine.begin() as conn:
        change = await edition_changes.last(conn)
        if change is None or change.after != new.name:
            at = f"it answers by {change.after}" if change else "it has not run yet"
            raise Refusal(f"the bot has not switched to {new.name}: {at}; set RULES_EDITION and restart it")
        if change.evaluated_at is None:
            raise Refusal(f"the kept checks are still being evaluated under {new.name}; try again when the bot is done")
        await edition_changes.confirm(conn, change.number, milliseconds(SystemClock()))
    context = Context(opened(chosen), new, chosen.zone, chosen.messages_per_minute, quiet_hours=chosen.quiet_hours)
    changes = EditionChanges(engine, context, SystemClock())
    while await changes.announce_some():
        pass
    return changes.merchants_told
