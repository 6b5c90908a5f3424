"""Judging a chunk of followers inside one transaction: decisions, the states to keep, notices and their outbox rows.

The day's check and a score recorded in the chat come through here alike; doing it again for the same rows tells nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.watch.decide import Decider, Judged
from bot.watch.hours import due
from bot.watch.look import Watch, look
from rules.reasons import Reason
from storage import follows, notices, preferences, watching
from storage.notices import Held, Item, Notice
from storage.outbox import milliseconds
from storage.watching import CHAT, DIGEST_AT, QUIET_HOURS, SHOP, Look, Pair

Row = Sequence[Any]
Choice = tuple[str | None, str | None]
"""Quiet hours and time of the daily message as they are kept."""


class Told(NamedTuple):
    """Something that one chat is to hear."""

    chat_id: int
    choice: Choice
    item: Item


@dataclass
class Session:
    """One run over followers: what it looks for, when it runs, what it decided so far. `is_late`: after its hour."""

    watch: Watch
    look: Look
    now: datetime
    is_late: bool = False
    decider: Decider = field(init=False)
    due_at: dict[Choice, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.decider = Decider(self.watch, self.look)

    @property
    def now_ms(self) -> int:
        return int(self.now.timestamp() * 1000)

    def due_for(self, choice: Choice) -> int:
        """When a chat that chose this may hear what can wait, in epoch ms."""
        if choice not in self.due_at:
            chosen = preferences.read(*choice)
            at = due(self.now, self.watch.zone, chosen.hours(self.watch.quiet_hours), chosen.digest_at)
            self.due_at[choice] = milliseconds(at) or 0
        return self.due_at[choice]


async def judge_now(
    conn: AsyncConnection, watch: Watch, shop_id: int, now: datetime, *, answering: int | None = None
) -> Notice | None:
    """Judge the newest score of a shop for all who follow it, at once; others get their notices.

    The chat `answering` is told in the reply to what it just said: its notice comes back (not kept; None: nothing to
    tell), and counts as told. Call it after `scores.record`, in the same transaction.
    """
    session = Session(watch, look(watch, watch.today(now), now), now)
    pairs = sorted((one.chat_id, shop_id) for one in await follows.of_shop(conn, shop_id) if one.is_on)
    told = await _decided(conn, session, pairs, Counter())
    await _enqueue(conn, session, [one for one in told if one.chat_id != answering])
    items = tuple(one.item for one in told if one.chat_id == answering)
    return _notice(session, answering, items, session.now_ms) if answering is not None and items else None


async def judge(conn: AsyncConnection, session: Session, pairs: Sequence[Pair]) -> Counter[Reason]:
    """Judge these followers, all of a chat's at once; how many outcomes of each kind there were."""
    counts: Counter[Reason] = Counter()
    told = await _decided(conn, session, [pair for pair in pairs if pair[1]], counts)
    ahead = await _milestones(conn, session, [chat_id for chat_id, shop_id in pairs if not shop_id])
    counts.update(one.item.reason for one in ahead)
    await _enqueue(conn, session, sorted([*told, *ahead], key=lambda one: one.chat_id) if ahead else told)
    return counts


async def _decided(
    conn: AsyncConnection, session: Session, pairs: Sequence[Pair], counts: Counter[Reason]
) -> list[Told]:
    """What these followers are to hear, by chat; their states are kept, the outcomes counted."""
    if not pairs:
        return []
    rows = await watching.rows(conn, session.look, pairs)
    judged = await _judged(conn, session, rows)
    counts.update(one.reason for one in judged)
    changed = [(*one.state, row[SHOP], row[CHAT]) for row, one in zip(rows, judged, strict=True) if one.state]
    await watching.keep_states(conn, changed)
    return [
        Told(row[CHAT], (row[QUIET_HOURS], row[DIGEST_AT]), one.item._replace(shop_id=row[SHOP]))
        for row, one in zip(rows, judged, strict=True)
        if one.item
    ]


async def _judged(conn: AsyncConnection, session: Session, rows: Sequence[Row]) -> list[Judged]:
    """The decisions, those looked at again with a forecast for which one could make a difference."""
    decider = session.decider
    judged = [decider.judge(row) for row in rows]
    asked = [place for place, row in enumerate(rows) if decider.wants_outlook(row, judged[place])]
    if asked:
        recent = await watching.recent(conn, session.look, {rows[place][SHOP] for place in asked})
        for place in asked:
            judged[place] = decider.judge(rows[place], recent.get(rows[place][SHOP], ()))
    return judged


async def _milestones(conn: AsyncConnection, session: Session, chat_ids: Sequence[int]) -> list[Told]:
    if not chat_ids:
        return []
    chosen = await preferences.choices(conn, chat_ids)
    return [
        Told(
            row.chat_id,
            chosen.get(row.chat_id, (None, None)),
            Item(Reason(row.reason), criterion=row.criterion, happens_on=row.happens_on),
        )
        for row in await watching.take_milestones(conn, chat_ids, session.look.day, session.now_ms)
    ]


async def _enqueue(conn: AsyncConnection, session: Session, told: Sequence[Told]) -> None:
    """Make one notice a chat of this, `told` being in order of chats; what waits for the chat takes it in instead."""
    held = await notices.waiting(conn, list({one.chat_id for one in told}))
    made: list[Notice] = []
    for chat_id, group in groupby(told, key=lambda one: one.chat_id):
        parts = _split(session, list(group))
        before = held.get(chat_id)
        if before is None:
            made += parts
        else:
            made += await _beside(conn, before, parts)
    await notices.add(conn, made, session.now_ms)


def _split(session: Session, told: Sequence[Told]) -> list[Notice]:
    """All in one, unless some of it must not wait and the rest has to."""
    chat_id, now_ms = told[0].chat_id, session.now_ms
    due_at = session.due_for(told[0].choice)
    items = tuple(one.item for one in told)
    urgent = tuple(item for item in items if item.reason.at_once)
    if not urgent or due_at <= now_ms:
        return [_notice(session, chat_id, items, now_ms if urgent else due_at)]
    rest = tuple(item for item in items if not item.reason.at_once)
    at_once = _notice(session, chat_id, urgent, now_ms)
    return [at_once, _notice(session, chat_id, rest, due_at)] if rest else [at_once]


async def _beside(conn: AsyncConnection, held: Held, parts: Sequence[Notice]) -> list[Notice]:
    """Those of these that go out by themselves; the rest joins what waits, and graver news takes its place."""
    alone = []
    for part in parts:
        if part.is_urgent or held.due_at > part.due_at:
            await notices.silence(conn, held.id, [item.shop_id for item in part.items if item.shop_id])
            alone.append(part)
        else:
            await notices.merge(conn, held.id, part.items)
    return alone


def _notice(session: Session, chat_id: int, items: tuple[Item, ...], due_at: int) -> Notice:
    return Notice(
        chat_id,
        session.look.day,
        session.watch.edition.name,
        items,
        due_at,
        is_urgent=any(item.reason.at_once for item in items),
        is_late=session.is_late,
    )
