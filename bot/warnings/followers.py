"""Decides for a chunk of followers inside one transaction; writes states, notices and outbox rows.

The day's check and a score told in the chat both use `decide_for` or `decide_now`; a repetition tells nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.logs import chat_name
from bot.loop import in_parts
from bot.warnings.corrections import correct, forget_told
from bot.warnings.decide import Decided, Decider, Recent
from bot.warnings.policy import WatchPolicy, day_query, due
from bot.warnings.set_aside import Place, SetAside
from rules.reasons import Reason
from rules.watch import WORSE_WITHIN_DAYS
from storage import corrections, notices, preferences, schema
from storage.daily_check import due_followers, scales, switches
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
    """An item for a chat: of a shop, or (shop 0) of a day in the chat's kept check.

    `is_again`: of a day that was judged before, by another score.
    """

    chat_id: int
    choice: Choice
    shop_id: int
    item: Item
    outcome: int = 0
    is_urgent: bool = False
    is_again: bool = False


@dataclass
class Session:
    """A run over followers: query, instant and the decisions so far. `is_late`: after the hour of the check.

    `hold_s`: so long wait notices that are not urgent, so that a chat with shops in several chunks gets one message.
    `may_wait`: the chats that may have a waiting notice; None: all. `aside`, `dates_aside`: the shops
    that could not be decided on, and the chats whose days ahead could not be told.
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
    aside: SetAside = field(default_factory=lambda: SetAside(Place.SHOP), init=False)
    dates_aside: SetAside = field(default_factory=lambda: SetAside(Place.MILESTONE), init=False)

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


async def session_of(
    conn: AsyncConnection,
    watch: WatchPolicy,
    day: date,
    now: datetime,
    *,
    is_late: bool = False,
    only_arrived: bool = False,
) -> Session:
    """A run by the policy's edition, which knows since when that edition judges. `only_arrived`: see `DayQuery`."""
    look = day_query(watch, day, now, await switches.since(conn, watch.scale, watch.edition.name))
    return Session(watch, replace(look, only_arrived=only_arrived), now, is_late)


async def decide_now(
    conn: AsyncConnection,
    policy: WatchPolicy,
    shop_id: int,
    now: datetime,
    *,
    answering: int | None = None,
    corrected: date | None = None,
) -> Notice | None:
    """Decide on the newest score of a shop for all followers at once; the notice for the chat `answering`, else None.

    The edition is that of the score's scale, whose name the notice has. `corrected`: the day of which another score was
    told before: what was said by that one does not count as told.

    The returned notice is not stored and counts as told: the caller tells the news in the reply. All other chats get
    stored notices, and what was told by a score that is no more is corrected. Call after `scores.record`, or after a
    score was taken back, in the same transaction.
    """
    watch = policy.of_scale(await scales.of_shop(conn, shop_id, policy.edition.main_score.id))
    await correct(conn, policy, [shop_id], now)
    if corrected is not None:
        await forget_told(conn, watch, shop_id, corrected, now)
    session = await session_of(conn, watch, watch.today(now), now)
    told, verdicts, _ = await _judged(conn, session, shop_id, shop_id)
    answer = [one for one in told if one.chat_id == answering]
    verdicts.judged += [Judged(one.chat_id, one.shop_id, one.outcome, None) for one in answer]
    await _address(conn, session, [one for one in told if one.chat_id != answering], verdicts)
    await write(conn, verdicts, session.now_ms)
    if answering is None or not answer:
        return None
    items = tuple(one.item._replace(shop_id=shop_id) for one in answer)
    is_urgent = any(one.is_urgent for one in answer)
    return Notice(answering, session.look.day, watch.edition.name, items, session.now_ms, is_urgent)


async def decide_for(conn: AsyncConnection, session: Session, first: int, last: int) -> Counter[Reason]:
    """Decide for the followers of the shops numbered `first` to `last`; the number of outcomes of each kind.

    A shop that can't be decided on is set aside, and the others are decided on.
    """

    async def decide(shop_ids: Sequence[int]) -> Counter[Reason]:
        async with conn.begin_nested():
            told, verdicts, counts = await _judged(conn, session, shop_ids[0], shop_ids[-1])
            await _address(conn, session, told, verdicts)
            await write(conn, verdicts, session.now_ms)
            return counts

    return sum(await in_parts(range(first, last + 1), decide, session.aside), Counter[Reason]())


async def remind(conn: AsyncConnection, session: Session) -> Counter[Reason]:
    """Make notices of the day's dates in kept checks; the number of outcomes of each kind.

    A date that can't be told of is set aside.
    """
    found = await due_followers.take_milestones(conn, session.look.day, session.now_ms)
    chosen = await preferences.choices(conn, [row.chat_id for row in found])

    async def make(rows: Sequence[Row[Any]]) -> Counter[Reason]:
        async with conn.begin_nested():
            told = [_ahead(row, chosen.get(row.chat_id, (None, None))) for row in rows]
            verdicts = session.verdicts()
            await _address(conn, session, told, verdicts)
            await write(conn, verdicts, session.now_ms)
            return Counter(one.item.reason for one in told)

    made = await in_parts(found, make, lambda row, error: session.dates_aside(chat_name(row.chat_id), error))
    return sum(made, Counter[Reason]())


def _ahead(row: Row[Any], choice: Choice) -> Told:
    """The item of a day ahead. Raises ValueError for a row of an unknown reason."""
    return Told(row.chat_id, choice, 0, Item(Reason(row.reason), 0, row.criterion, happens_on=row.happens_on))


async def _judged(
    conn: AsyncConnection, session: Session, first: int, last: int
) -> tuple[list[Told], Verdicts, Counter[Reason]]:
    """Items for the followers of the shops, by chat; verdicts with the states of the others; outcomes of each kind."""
    rows = (await conn.execute(session.look.query, {"first": first, "last": last})).all()
    decided = await _decided(conn, session, rows)
    verdicts = session.verdicts()
    verdicts.outcomes = {one.outcome.number: one.outcome for one in decided}.values()
    told = []
    for row, one in zip(rows, decided, strict=True):
        outcome = one.outcome
        if outcome.item is None and outcome.state is None:
            continue
        chat_id, shop_id, quiet_hours, digest_at = row[WHO]
        if outcome.item is not None:
            choice = (quiet_hours, digest_at)
            told.append(Told(chat_id, choice, shop_id, outcome.item, outcome.number, one.is_urgent, one.is_again))
        else:
            verdicts.judged.append(Judged(chat_id, shop_id, outcome.number, None))
    return sorted(told, key=CHAT_OF), verdicts, Counter([one.reason for one in decided])


async def _decided(conn: AsyncConnection, session: Session, rows: Sequence[Row[Any]]) -> list[Decided]:
    """The decisions; rows that want an outlook, or whose fall may be older than their newest row, are decided again."""
    decider = session.decider
    decided = [decider.judge(row) for row in rows]
    asked = {place: rows[place].shop_id for place, one in enumerate(decided) if one.wants_outlook}
    recent: Mapping[int, Recent] = {}
    if asked:
        recent = await due_followers.recent(conn, session.look, set(asked.values()))
        for place, shop_id in asked.items():
            decided[place] = decider.judge(rows[place], recent.get(shop_id, ()))
    used: dict[int, Recent] = {place: recent.get(shop_id, ()) for place, shop_id in asked.items()}
    falls = {rows[place].shop_id: one.fall for place, one in enumerate(decided) if one.fall}
    longer = await due_followers.fell_before(conn, falls)
    if longer:
        past = await due_followers.recent(conn, session.look, longer, look_back(session.look.day))
        for place, row in enumerate(rows):
            if row.shop_id in longer:
                used[place] = past.get(row.shop_id, ())
                decided[place] = decider.judge(row, used[place])
    await _compared(conn, session, rows, decided, used)
    await _recalled(conn, session, rows, decided, used)
    return decided


async def _compared(
    conn: AsyncConnection,
    session: Session,
    rows: Sequence[Row[Any]],
    decided: list[Decided],
    recent: Mapping[int, Recent],
) -> None:
    """Decide again, in place, where the news may only be that another edition judges; `recent`: by place."""
    asked = {place: rows[place].shop_id for place, one in enumerate(decided) if one.wants_before}
    if asked:
        before = await switches.scores_before(conn, session.look, set(asked.values()))
        for place, shop_id in asked.items():
            known = tuple(sorted(before.get(shop_id, {}).items()))
            decided[place] = session.decider.judge(rows[place], recent.get(place, ()), known)


async def _recalled(
    conn: AsyncConnection,
    session: Session,
    rows: Sequence[Row[Any]],
    decided: list[Decided],
    recent: Mapping[int, Recent],
) -> None:
    """Decide again, in place, where this edition told the same before another one judged; `recent`: by place."""
    asked = [place for place, one in enumerate(decided) if one.wants_told]
    if asked:
        shop_ids, since = {rows[place].shop_id for place in asked}, session.look.day - timedelta(WORSE_WITHIN_DAYS)
        told = await corrections.lines_told(conn, shop_ids, session.watch.edition.name, since)
        for place in asked:
            if line := told.get((rows[place].chat_id, rows[place].shop_id)):
                decided[place] = session.decider.judge(rows[place], recent.get(place, ()), told_line=line)


async def _address(conn: AsyncConnection, session: Session, told: Sequence[Told], verdicts: Verdicts) -> None:
    """Give each item a notice: one a chat, two when only a part may wait; a waiting notice is used again."""
    chats = {one.chat_id for one in told}
    held = await notices.waiting(conn, chats if session.may_wait is None else chats & session.may_wait)
    parts = [part for _, group in groupby(told, key=CHAT_OF) for part in _split(session, list(group))]
    numbers = await bulk.numbers(conn, schema.notices, len(parts))
    replaced = await _replaced(conn, session, told)
    unsaid: set[tuple[int, int]] = set()
    for number, part in zip(numbers, parts, strict=True):
        notice_id, waiting = number, held.get(part.chat_id, ())
        unsaid.update((each.id, one.shop_id) for each in waiting for one in part.told)
        before = next((each for each in waiting if each.edition == verdicts.edition), None)
        corrects = max((replaced.get((one.chat_id, one.shop_id), 0) for one in part.told), default=0) or None
        if before and not part.is_urgent and before.due_at <= part.due_at and corrects is None:
            notice_id = before.id
        else:
            verdicts.made.append(Made(notice_id, part.chat_id, part.is_urgent, part.due_at, corrects))
        for one in part.told:
            if one.shop_id:
                verdicts.judged.append(Judged(one.chat_id, one.shop_id, one.outcome, notice_id))
            else:
                verdicts.ahead.append((notice_id, one.item))
    await notices.unsay(conn, unsaid)
    if session.may_wait is not None:
        session.may_wait |= chats


async def _replaced(conn: AsyncConnection, session: Session, told: Sequence[Told]) -> dict[tuple[int, int], int]:
    """By chat and shop, the notice about the same day that graver news replaces."""
    again = {(one.chat_id, one.shop_id): one.item for one in told if one.is_again}
    said = await corrections.said_of(conn, {shop_id for _, shop_id in again}, session.now_ms) if again else []
    words = corrections.last_words(one for one in said if one.is_told)
    found = {key: words.get((*key, item.fact, item.score_day)) for key, item in again.items()}
    return {key: one.notice_id for key, one in found.items() if one is not None}


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
    chat_id, choice, is_urgent = told[0].chat_id, told[0].choice, told[0].is_urgent
    now_ms, due_at = session.now_ms, session.due_for(choice)
    if not is_urgent and (len(told) == 1 or not any(one.is_urgent for one in told)):
        return (Part(chat_id, False, max(due_at, now_ms + session.hold_s * 1000), told),)
    urgent = [one for one in told if one.is_urgent]
    rest = [one for one in told if not one.is_urgent]
    if due_at <= now_ms or not rest:
        return (Part(chat_id, True, now_ms, told),)
    return Part(chat_id, True, now_ms, urgent), Part(chat_id, False, due_at, rest)
