"""Shops, followers and days of scores, made with the functions of the program; and the news that followed.

await world.follow("A", chat=1)
await world.day(0, A="3.9")                 # a feed's rows of the day
assert await world.check(0) == {}           # the day's check; news of each chat: (shop, reason)
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.views.render import Rendered, mark
from bot.warnings.author import Author
from bot.warnings.policy import WatchPolicy
from bot.warnings.sweep import Sweep
from rules.edition import Edition, Fact
from rules.lines import hundredths
from rules.reasons import Reason
from rules.sources import Source
from storage import follows, notices, schema, score_files, scores, shops, staged_shops
from storage.notices import Notice
from storage.outbox import Lane
from storage.score_files import Incoming, Stored
from storage.scores import Score
from storage.sending import LeasedMessage
from tests.packaged import CATALOGUE, FIVE_POINTS

ZONE = ZoneInfo("Asia/Shanghai")
START = date(2022, 10, 10)
NIGHT = (time(22), time(8))
Told = dict[int, list[tuple[str, str]]]


def instant(day: int, at: str = "09:30") -> datetime:
    """The instant of a local time, `day` days after the first day; UTC."""
    return datetime.combine(START + timedelta(day), time.fromisoformat(at), ZONE).astimezone(UTC)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


class World:
    """A world in a database. `watch` may be replaced; shops are named by id."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.watch = WatchPolicy(FIVE_POINTS, ZONE, None)
        self.seen = 0

    @property
    def edition(self) -> Edition:
        return self.watch.edition

    def quiet(self, hours: tuple[time, time] | None = NIGHT) -> None:
        """The operator's quiet hours."""
        self.watch = replace(self.watch, quiet_hours=hours)

    async def shop(self, ref: str) -> int:
        """The number of the shop, registered if need be."""
        async with self.engine.begin() as conn:
            known = await shops.by_ref(conn, ref)
            return known.id if known else (await shops.add(conn, ref, ref, 1))[1].id

    async def follow(self, ref: str, chat: int, since: datetime | None = None) -> int:
        """The chat follows the shop from the evening before the first day on; the shop's number."""
        shop_id = await self.shop(ref)
        async with self.engine.begin() as conn:
            await follows.start(conn, shop_id, chat, ms(since or instant(-1, "20:00")))
        return shop_id

    async def follow_as(self, shop_id: int, chat: int) -> None:
        """The chat follows the shop numbered `shop_id`."""
        async with self.engine.begin() as conn:
            await follows.start(conn, shop_id, chat, ms(instant(-1, "20:00")))

    async def day(
        self, day: int, came: str = "06:00", closures: Mapping[str, int] | None = None, **given: str
    ) -> Stored:
        """Store a feed's file with scores of the day, received at the time `came`."""
        counts = closures or {}
        on = START + timedelta(day)
        rows = [
            (ref, on, 0, None if score == "-" else hundredths(Decimal(score)), counts.get(ref))
            for ref, score in given.items()
        ]
        return await self.file(rows, instant(day, came))

    async def file(self, rows: list[score_files.Row], came: datetime) -> Stored:
        """Store a feed's file with `rows`, received at `came`."""
        incoming = Incoming.of(self.edition, ms(came))
        stored = Stored()
        async with self.engine.begin() as conn:
            await score_files.begin(conn)
            last = await score_files.stage(conn, rows, 0)
            await staged_shops.unknown(conn)
            stored.registered = await staged_shops.register(conn, {}, incoming.now_ms)
            for part in score_files.portions(last):
                await score_files.store(conn, incoming, part, stored)
        return stored

    async def comes(self, shop_id: int, day: int, fact: Fact, points: str | None, at: str = "06:00") -> None:
        """Store a feed's score of the day, of any edition's fact; None: no score."""
        score = None if points is None else Decimal(points)
        row = Score(shop_id, fact.id, START + timedelta(day), score, fact.scale, Source.FEED)
        async with self.engine.begin() as conn:
            await scores.record(conn, row, ms(instant(day, at)))

    async def check(self, day: int, at: str = "09:30", **more: object) -> Told:
        """Run the daily check of the day at the time `at`, and send what is due; the news of each chat."""
        await self.sweep(START + timedelta(day), instant(day, at), **more)
        await self.sent(instant(day, at))
        return await self.news()

    async def sent(self, now: datetime) -> None:
        """Mark due messages as sent."""
        box = schema.outbox
        async with self.engine.begin() as conn:
            await conn.execute(
                update(box).where(box.c.due_at <= ms(now), box.c.state == "waiting").values(state="sent")
            )

    async def delivered(self, now: datetime) -> dict[int, list[str]]:
        """Send what is due, in words and with numbers, as the delivery does; the new messages of each chat."""
        author, box, found = Author(self.watch.catalogue or CATALOGUE, ZONE), schema.outbox, defaultdict(list)
        due = select(box).where(box.c.due_at <= ms(now), box.c.state == "waiting", box.c.notice_id.is_not(None))
        async with self.engine.begin() as conn:
            for row in (await conn.execute(due.order_by(box.c.due_at, box.c.id))).all():
                letter = LeasedMessage(row.id, row.chat_id, Lane.WARNING, row.method, {}, True, None, False, 1, None)
                said = await author(conn, replace(letter, notice_id=row.notice_id), now)
                its = update(box).where(box.c.id == row.id)
                await conn.execute(its.values(state="sent" if said else "dropped", tries=1))
                if said:
                    found[row.chat_id].append(Rendered(mark(str(said.payload["text"]), row.id, False)).plain)
        return dict(found)

    async def sweep(self, day: date, now: datetime, **more: object) -> dict[Reason, int]:
        """The check of `day`, run at `now`; the counts."""
        return dict(await Sweep(self.engine, self.watch, day, now, **more).run())

    async def news(self) -> Told:
        """The new notices of each chat, as (shop or criterion, reason)."""
        told: Told = defaultdict(list)
        found = await self.new_notices()
        async with self.engine.begin() as conn:
            known = await shops.by_ids(conn, [item.shop_id for notice in found for item in notice.items])
        for notice in found:
            for item in notice.items:
                shop = known.get(item.shop_id)
                name = (shop.name or shop.ref or "?") if shop else item.criterion
                told[notice.chat_id].append((name, item.reason.value))
        return {chat: sorted(items) for chat, items in told.items()}

    async def new_notices(self) -> list[Notice]:
        """The notices made since the last call."""
        async with self.engine.begin() as conn:
            query = select(schema.notices.c.id).where(schema.notices.c.id > self.seen).order_by(schema.notices.c.id)
            ids = list((await conn.execute(query)).scalars())
            self.seen = max([self.seen, *ids])
            found = await notices.load(conn, ids)
        return [found[number] for number in ids]

    async def all_notices(self) -> list[Notice]:
        """All notices."""
        self.seen = 0
        return await self.new_notices()

    async def letters(self) -> list[tuple[int, int, int]]:
        """Chat, notice and due instant of each notice in the outbox, in the order of sending."""
        box = schema.outbox
        query = select(box.c.chat_id, box.c.notice_id, box.c.due_at).where(box.c.notice_id.is_not(None))
        async with self.engine.begin() as conn:
            rows = (await conn.execute(query.order_by(box.c.lane, box.c.due_at, box.c.id))).all()
        return [tuple(row) for row in rows]

    async def count(self, table: str) -> int:
        async with self.engine.begin() as conn:
            return (await conn.execute(select(func.count()).select_from(schema.metadata.tables[table]))).scalar() or 0
