"""Decides for a chunk of followers inside one transaction; writes states, notices and outbox rows.

The day's check and a score told in the chat both use `decide_for` or `decide_now`; a repetition tells nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.warnings.decide import Decided, Decider
from bot.warnings.policy import WatchPolicy, day_query, due
from rules.reasons import Reason
from storage import notices, preferences, schema
from storage.daily_check import due_followers
from storage.daily_check.decisions import Judged, Made, Verdicts, write
from storage.daily_check.evidence import WHO, DayQuery
from storage.database import bulk
from storage.instants import epoch_ms
from storage.notices import Item, Notice

LOOK_BACK_DAYS = 366
"""Longer than merchants or rules look back; a row a day is kept about as long."""

Choice = tuple[str | None, str | None]
"""Quiet hours and time of the daily message, as stored."""


class Told(NamedTuple):
    """An item for a chat: of a shop, or (shop 0) of a day in the chat's kept check."""

    chat_id: int
    choice: Choice
    shop_id: int
    item: Item
    outcome: int = 0
    is_urgent: bool = False


@dataclass
class Session:
    """A run over followers: query, instant and the decisions so far. `is_late`: after the hour of the check.

    `hold_s`: so long wait notices that are not urgent, so that a chat with shops in several chunks gets one message.
    `may_wait`: the chats that may have a waiting notice; None: all.
    """

    watch: WatchPolicy
    look: DayQuery
    now: datetime
    is_late: bool = False
    hold_s: int = 0
    may_wait: set[int] | None = None
    decider: Decider = field(init=False)
    due_at: dict[Choice, int] = field(default_factory=dict)
    now_ms: int = field(init=False)

    def __post_init__(self) -> None:
        self.decider = Decider(self.watch, self.look)
        self.now_ms = epoch_ms(self.now)

    def due_for(self, choice: Choice) -> int:
        """When a chat with this `choice` may hear news that can wait, in epoch ms."""
        if choice not in self.due_at:
            chosen = preferences.read(*choice)
            at = due(self.now, self.watch.zone, chosen.hours(self.watch.quiet_hours), chosen.digest_at)
            self.due_at[choice] = epoch_ms(at)
        return self.due_at[choice]

    def verdicts(self) -> Verdicts:
        """Empty verdicts of the day and the edition."""
        return Verdicts(self.look.day, self.watch.edition.name, self.is_late)


async def decide_now(
    conn: AsyncConnection, policy: WatchPolicy, shop_id: int, now: datetime, *, answering: int | None = None
) -> Notice | None:
    """Decide on the newest score of a shop for all followers at once; the notice for the chat `answering`, else None.

    The returned notice is not stored and counts as told: the caller tells the news in the reply. All other chats get
    stored notices. Call after `scores.record`, in the same transaction.
    """
    session = Session(policy, day_query(policy, policy.today(now), now), now)
    told, verdicts, _ = await _judged(conn, session, shop_id, shop_id)
    answer = [one for one in told if one.chat_id == answering]
    verdicts.judged += [Judged(one.chat_id, one.shop_id, one.outcome, None) for one in answer]
    await _address(conn, session, [one for one in told if one.chat_id != answering], verdicts)
    await write(conn, verdicts, session.now_ms)
    if answering is None or not answer:
        return None
    items = tuple(one.item._replace(shop_id=shop_id) for one in answer)
    is_urgent = any(one.is_urgent for one in answer)
    return Notice(answering, session.look.day, policy.edition.name, items, session.now_ms, is_urgent)


async def decide_for(conn: AsyncConnection, session: Session, first: int, last: int) -> Counter[Reason]:
    """Decide for the followers of the shops numbered `first` to `last`; the number of outcomes of each kind."""
    told, verdicts, counts = await _judged(conn, session, first, last)
    await _address(conn, session, told, verdicts)
    await write(conn, verdicts, session.now_ms)
    return counts


async def remind(conn: AsyncConnection, session: Session) -> Counter[Reason]:
    """Make notices of the day's dates in kept checks; the number of outcomes of each kind."""
    found = await due_followers.take_milestones(conn, session.look.day, session.now_ms)
    chosen = await preferences.choices(conn, [row.chat_id for row in found])
    told = [
        Told(
            row.chat_id,
            chosen.get(row.chat_id, (None, None)),
            0,
            Item(Reason(row.reason), 0, row.criterion, happens_on=row.happens_on),
        )
        for row in found
    ]
    verdicts = session.verdicts()
    await _address(conn, session, told, verdicts)
    await write(conn, verdicts, session.now_ms)
    return Counter(one.item.reason for one in told)


async def _judged(
    conn: AsyncConnection, session: Session, first: int, last: int
) -> tuple[list[Told], Verdicts, Counter[Reason]]:
    """Items for the followers of the shops, by chat; verdicts with the states of the others; outcomes of each kind."""
    rows = (await conn.execute(session.look.query, {"first": first, "last": last})).all()
    decided = await _decided(conn, session, rows)
    verdicts = session.verdicts()
    verdicts.outcomes = {one.outcome.number: one.outcome for one in decided}.values()
    told = []
    for row, (_, outcome, is_urgent, *_) in zip(rows, decided, strict=True):
        if outcome.item is None and outcome.state is None:
            continue
        chat_id, shop_id, quiet_hours, digest_at = row[WHO]
        if outcome.item is not None:
            told.append(Told(chat_id, (quiet_hours, digest_at), shop_id, outcome.item, outcome.number, is_urgent))
        else:
            verdicts.judged.append(Judged(chat_id, shop_id, outcome.number, None))
    return sorted(told, key=CHAT_OF), verdicts, Counter([one.reason for one in decided])


async def _decided(conn: AsyncConnection, session: Session, rows: Sequence[Row[Any]]) -> list[Decided]:
    """The decisions; rows that want an outlook, or whose fall may be older than their newest row, are decided again."""
    decider = session.decider
    decided = [decider.judge(row) for row in rows]
    asked = {place: rows[place].shop_id for place, one in enumerate(decided) if one.wants_outlook}
    if asked:
        recent = await due_followers.recent(conn, session.look, set(asked.values()))
        for place, shop_id in asked.items():
            decided[place] = decider.judge(rows[place], recent.get(shop_id, ()))
    falls = {rows[place].shop_id: one.fall for place, one in enumerate(decided) if one.fall}
    longer = await due_followers.fell_before(conn, falls)
    if longer:
        past = await due_followers.recent(conn, session.look, longer, look_back(session.look.day))
        for place, row in enumerate(rows):
            if row.shop_id in longer:
                decided[place] = decider.judge(row, past.get(row.shop_id, ()))
    return decided


async def _address(conn: AsyncConnection, session: Session, told: Sequence[Told], verdicts: Verdicts) -> None:
    """Give each item a notice: one a chat, two when only a part may wait; a waiting notice is used again."""
    chats = {one.chat_id for one in told}
    held = await notices.waiting(conn, chats if session.may_wait is None else chats & session.may_wait)
    parts = [part for _, group in groupby(told, key=CHAT_OF) for part in _split(session, list(group))]
    numbers = await bulk.numbers(conn, schema.notices, len(parts))
    unsaid: set[tuple[int, int]] = set()
    for number, part in zip(numbers, parts, strict=True):
        notice_id, before = number, held.get(part.chat_id)
        if before:
            unsaid.update((before.id, one.shop_id) for one in part.told)
        if before and not part.is_urgent and before.due_at <= part.due_at:
            notice_id = before.id
        else:
            verdicts.made.append(Made(notice_id, part.chat_id, part.is_urgent, part.due_at))
        for one in part.told:
            if one.shop_id:
                verdicts.judged.append(Judged(one.chat_id, one.shop_id, one.outcome, notice_id))
            else:
                verdicts.ahead.append((notice_id, one.item))
    await notices.unsay(conn, unsaid)
    if session.may_wait is not None:
        session.may_wait |= chats


def look_back(day: date) -> list[date]:
    """The days on which a fall may have begun, up to the day."""
    return [day - timedelta(back) for back in range(LOOK_BACK_DAYS)]


CHAT_OF = attrgetter("chat_id")


class Part(NamedTuple):
    """The items of a notice. `due_at`: epoch ms."""

    chat_id: int
    is_urgent: bool
    due_at: int
    told: Sequence[Told]


def _split(session: Session, told: Sequence[Told]) -> Sequence[Part]:
    """A single part, or two when some items are urgent and the rest has to wait."""
    chat_id, choice, _, _, _, is_urgent = told[0]
    now_ms, due_at = session.now_ms, session.due_for(choice)
    if not is_urgent and (len(told) == 1 or not any(one.is_urgent for one in told)):
        return (Part(chat_id, False, max(due_at, now_ms + session.hold_s * 1000), told),)
    urgent = [one for one in told if one.is_urgent]
    rest = [one for one in told if not one.is_urgent]
    if due_at <= now_ms or not rest:
        return (Part(chat_id, True, now_ms, told),)
    return Part(chat_id, True, now_ms, urgent), Part(chat_id, False, due_at, rest)
