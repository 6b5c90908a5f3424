"""The operator's shops: where each stands, since when, who follows, what was told and did not arrive."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, event, insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from rules.lines import Level
from rules.sources import Source
from storage import chats, shop_list, shop_notices, shop_page, shop_ranks, shops
from storage import scores as kept
from storage.daily_check.standings import BARRED
from storage.invites import State
from storage.notice_evidence import Fate
from storage.schema import facts, follows, invites, notice_items, notices, outbox, scores
from storage.scores import Score
from storage.shop_ranks import Judging, Which
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.warnings.world import START, World, instant, ms

NOW = instant(0, "20:00")


@pytest.fixture
def world(engine: AsyncEngine) -> World:
    """An empty world, on each engine."""
    return World(engine)


def judging(day: int = 0, at: datetime | None = None) -> Judging:
    return Judging(CATALOGUE, FIVE_POINTS, START + timedelta(day), ms(at or instant(day, "20:00")))


async def seen(world: World, which: Which, by: Judging | None = None) -> list[tuple[str | None, int]]:
    """Name and level of each such shop."""
    async with world.engine.begin() as conn:
        found = await shop_list.every(conn, by or judging(), which)
    return [(one.shop.name, one.level) for one in found]


async def only(world: World, name: str, by: Judging | None = None) -> shop_list.Listed:
    async with world.engine.begin() as conn:
        found = await shop_list.every(conn, by or judging(), Which.ALL)
    return next(one for one in found if one.shop.name == name)


async def told(
    world: World, shop_id: int, chat: int, state: str, day: int = 0, reason: str = "warning", done: int | None = None
) -> int:
    """A notice about the shop to the chat, which came to `state`; its number."""
    at = ms(instant(day))
    notice = {"chat_id": chat, "day": START + timedelta(day), "edition": "2022-10-10", "is_urgent": False}
    async with world.engine.begin() as conn:
        made = insert(notices).values(**notice, is_late=False, made_at=at, due_at=at).returning(notices.c.id)
        number = int((await conn.execute(made)).scalar_one())
        item = {"notice_id": number, "shop_id": shop_id, "subject": "", "reason": reason, "line": reason}
        await conn.execute(insert(notice_items).values(**item, fact="score", hundredths=370))
        letter = {"chat_id": chat, "lane": 1, "method": "sendMessage", "numbered": True, "in_order": True}
        its = {"key": f"notice:{number}", "notice_id": number, "state": state, "due_at": at, "created_at": at}
        await conn.execute(insert(outbox).values(**letter, **its, done_at=done))
    return number


async def test_those_at_risk_are_listed_worst_first_and_no_other(world: World) -> None:
    for ref in ("甲", "乙", "丙", "丁", "戊", "己"):
        await world.shop(ref)
    await world.day(0, 甲="3.7", 乙="3.4", 丙="3.2", 丁="4.5", 戊="3.9", 己="3.9")
    async with world.engine.begin() as conn:
        outside = await shops.by_ref(conn, "戊")
        assert outside
        await shops.set_in_alliance(conn, outside.id, False)
    assert await seen(world, Which.RISK) == [
        ("丙", Level.CLOSING),
        ("乙", Level.CLOSING),
        ("甲", Level.WARNING),
        ("戊", Level.NO_ENTRY),
    ]


async def test_a_shop_exactly_on_a_line_is_not_at_risk(world: World) -> None:
    for ref in ("甲", "乙"):
        await world.shop(ref)
    await world.day(0, 甲="3.8", 乙="3.5")
    assert await seen(world, Which.RISK) == [("乙", Level.WARNING)]


async def test_a_shop_closed_for_good_stands_first_whatever_its_score(world: World) -> None:
    for ref in ("甲", "乙"):
        await world.shop(ref)
    await world.day(0, 甲="3.4", 乙="4.8", closures={"乙": 3})
    assert await seen(world, Which.RISK) == [("乙", BARRED), ("甲", Level.CLOSING)]


async def test_scores_of_two_scales_are_judged_each_by_its_edition_and_stand_in_one_order(world: World) -> None:
    numbers = {ref: await world.shop(ref) for ref in ("五分", "百分", "百分好")}
    await world.day(0, 五分="3.4")
    main = HUNDRED_POINTS.main_score
    for ref, points in (("百分", "30"), ("百分好", "99")):
        await world.comes(numbers[ref], 0, main, points)
    found = await seen(world, Which.RISK)
    assert ("百分好", Level.CLOSING) not in found
    assert [name for name, level in found if level == Level.CLOSING] == ["百分", "五分"]


async def test_merchants_own_shops_are_not_among_them(world: World) -> None:
    async with world.engine.begin() as conn:
        own = await shops.own(conn, 5, 1, "自己的店")
    await world.comes(own.id, 0, FIVE_POINTS.main_score, "3.0")
    async with world.engine.begin() as conn:
        assert await shop_list.found(conn, "自己") == []
        assert await shop_list.of_numbers(conn, judging(), [own.id]) == []
        assert (await shop_ranks.counts(conn, judging())).all == 0
    assert await seen(world, Which.ALL) == []


async def test_every_level_is_as_the_one_judge_says(world: World) -> None:
    steps = [Decimal(300 + 5 * step) / 100 for step in range(41)]
    for number in range(len(steps)):
        await world.shop(f"店{number}")
    await world.day(0, **{f"店{number}": str(points) for number, points in enumerate(steps)})
    async with world.engine.begin() as conn:
        found = await shop_list.every(conn, judging(), Which.ALL)
    assert len(found) == len(steps)
    assert {one.shop.name: one.level for one in found} == {one.shop.name: int(one.now.level) for one in found}


async def test_what_has_no_fresh_score_is_counted_and_is_no_good_news(world: World) -> None:
    for ref in ("新", "旧", "从来没有"):
        await world.shop(ref)
    await world.day(-5, 旧="4.5")
    await world.day(0, 新="4.5")
    async with world.engine.begin() as conn:
        counts = await shop_ranks.counts(conn, judging())
    assert (counts.all, counts.at_risk, counts.no_fresh, counts.unknown) == (3, 0, 2, 0)
    assert not (await only(world, "旧")).is_fresh
    assert await seen(world, Which.UNKNOWN) == []


async def test_a_second_score_that_is_too_old_leaves_nothing_fresh(world: World) -> None:
    by = Judging(CATALOGUE, HUNDRED_POINTS, START, ms(NOW))
    number, product = await world.shop("百分"), HUNDRED_POINTS.fact("product_score")
    await world.comes(number, 0, HUNDRED_POINTS.main_score, "99")
    await world.comes(number, -9, product, "99")
    assert not (await only(world, "百分", by)).is_fresh
    await world.comes(number, 0, product, "99")
    assert (await only(world, "百分", by)).is_fresh


async def test_an_old_score_of_another_scale_is_forgiven(world: World) -> None:
    by = Judging(CATALOGUE, HUNDRED_POINTS, START, ms(NOW))
    number = await world.shop("百分")
    old = HUNDRED_POINTS.fact("product_score").model_copy(update={"highest": Decimal(5)})
    await world.comes(number, -9, old, "4")
    await world.comes(number, 0, HUNDRED_POINTS.main_score, "99")
    assert (await only(world, "百分", by)).is_fresh


async def test_a_shop_with_a_score_untold_is_not_determined_until_it_is_told(world: World) -> None:
    by = Judging(CATALOGUE, HUNDRED_POINTS, START, ms(NOW))
    number = await world.shop("百分")
    await world.comes(number, 0, HUNDRED_POINTS.main_score, "99")
    assert await seen(world, Which.UNKNOWN, by) == [("百分", Level.UNKNOWN)]
    async with world.engine.begin() as conn:
        assert (await shop_ranks.counts(conn, by)).unknown == 1
    await world.comes(number, 0, HUNDRED_POINTS.fact("product_score"), "99")
    assert await seen(world, Which.UNKNOWN, by) == []
    assert await seen(world, Which.ALL, by) == [("百分", Level.CLEAR)]


@pytest.mark.parametrize(
    ("days", "day", "or_earlier"),
    [
        ({-3: "3.9", -2: "3.7", -1: "3.6", 0: "3.6"}, -2, False),
        ({-3: "3.7", -2: "3.8", -1: "3.7", 0: "3.7"}, -1, False),
        ({-5: "3.9", -4: "3.7", 0: "3.7"}, -4, False),
        ({-3: "3.7", 0: "3.7"}, -3, True),
        ({-2: "3.9", -1: "-", 0: "3.7"}, 0, False),
        ({-2: "3.7", -1: "3.6", 0: "3.4"}, 0, False),
    ],
    ids=["after a day above", "on the line is above", "over days without a row", "never above", "no score", "closing"],
)
async def test_since_is_the_first_day_below_the_line_that_holds(
    world: World, days: dict[int, str], day: int, or_earlier: bool
) -> None:
    await world.shop("甲")
    for on, score in days.items():
        await world.day(on, 甲=score)
    since = (await only(world, "甲")).since
    assert since
    assert (since.day, since.or_earlier) == (START + timedelta(day), or_earlier)


async def test_a_shop_above_all_lines_has_no_day_since(world: World) -> None:
    await world.shop("甲")
    await world.day(0, 甲="4.6")
    assert (await only(world, "甲")).since is None


async def test_followers_who_cannot_hear_are_told_apart(world: World) -> None:
    number = await world.follow("甲", 1)
    for chat in (2, 3):
        await world.follow_as(number, chat)
    await world.day(0, 甲="3.7")
    async with world.engine.begin() as conn:
        await chats.block(conn, 2, "blocked", 1)
        await conn.execute(update(follows).where(follows.c.chat_id == 3).values(is_on=False))
    assert (await only(world, "甲")).followers == shop_list.Followers(3, 1)
    async with world.engine.begin() as conn:
        found = await shop_page.followers(conn, number)
    assert [(one.chat_id, one.is_on, one.is_blocked) for one in found] == [
        (1, True, False),
        (2, True, True),
        (3, False, False),
    ]


async def test_of_each_chat_the_newest_notice_counts_and_what_did_not_arrive_is_named(world: World) -> None:
    number = await world.follow("甲", 1)
    await world.follow_as(number, 2)
    await world.day(0, 甲="3.7")
    await told(world, number, 1, "dead", -2)
    await told(world, number, 1, "sent", -1, done=77)
    last = await told(world, number, 2, "muted", -1)
    one = await only(world, "甲")
    assert [(each.chat_id, each.fate) for each in one.told] == [(2, Fate.MUTED), (1, Fate.SENT)]
    assert [each.notice_id for each in one.undelivered] == [last]
    assert one.told[1].at == 77
    async with world.engine.begin() as conn:
        newest = await shop_notices.of_shop(conn, number, ms(NOW), 2)
    assert [each.notice_id for each in newest] == [last, last - 1]


async def test_a_notice_about_another_shop_is_not_this_ones(world: World) -> None:
    first, second = await world.follow("甲", 1), await world.follow("乙", 1)
    await world.day(0, 甲="3.7", 乙="3.7")
    early = await told(world, first, 1, "sent", -2)
    await told(world, second, 1, "dead", -1)
    one = await only(world, "甲")
    assert [(each.notice_id, each.fate) for each in one.told] == [(early, Fate.SENT)]


async def test_a_notice_about_two_shops_gives_way_to_a_newer_one_about_one_of_them(world: World) -> None:
    first, second = await world.follow("甲", 1), await world.follow("乙", 1)
    await world.day(0, 甲="3.7", 乙="3.7")
    both = await told(world, first, 1, "sent", -2)
    item = {"notice_id": both, "shop_id": second, "subject": "", "reason": "warning", "line": "warning"}
    async with world.engine.begin() as conn:
        await conn.execute(insert(notice_items).values(**item, fact="score", hundredths=370))
    newer = await told(world, second, 1, "dead", -1)
    assert [each.notice_id for each in (await only(world, "甲")).told] == [both]
    assert [each.notice_id for each in (await only(world, "乙")).told] == [newer]


@pytest.mark.parametrize(("back", "is_told"), [(-2, False), (-1, True)])
async def test_what_was_told_before_the_fall_does_not_tell_of_it(world: World, back: int, is_told: bool) -> None:
    number = await world.follow("甲", 1)
    for on, score in {-2: "3.9", -1: "3.7", 0: "3.7"}.items():
        await world.day(on, 甲=score)
    assert not (await only(world, "甲")).is_told
    await told(world, number, 1, "sent", back, "warning")
    assert (await only(world, "甲")).is_told is is_told


@pytest.mark.parametrize(
    ("state", "reason", "is_told"),
    [
        ("sent", "warning", True),
        ("waiting", "warning", True),
        ("sent", "corrected", False),
        ("recalled", "warning", False),
        ("muted", "warning", False),
        ("dead", "warning", False),
    ],
)
async def test_only_what_tells_of_the_fall_and_reaches_the_chat_counts(
    world: World, state: str, reason: str, is_told: bool
) -> None:
    number = await world.follow("甲", 1)
    await world.day(0, 甲="3.7")
    await told(world, number, 1, state, 0, reason)
    assert (await only(world, "甲")).is_told is is_told


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("女装", ["花语女装", "ＡＢＣ 女装"]),
        ("abc女", ["ＡＢＣ 女装"]),
        ("ａＢｃ", ["ＡＢＣ 女装"]),
        ("7120002", ["ＡＢＣ 女装"]),
        ("７１２０", ["花语女装", "ＡＢＣ 女装", "童装"]),
        ("100%", []),
        ("_", []),
        ("", []),
        ("  ", []),
    ],
)
async def test_a_shop_is_found_by_a_part_of_name_or_id(world: World, typed: str, names: list[str]) -> None:
    async with world.engine.begin() as conn:
        for ref, name in (("7120001", "花语女装"), ("7120002", "ＡＢＣ 女装"), ("7120003", "童装")):
            await shops.add(conn, ref, name, 1)
        found = await shop_list.of_numbers(conn, judging(), await shop_list.found(conn, typed))
    assert [one.shop.name for one in found] == names


async def test_what_was_told_of_one_shop_and_cannot_be_read_hides_no_other(world: World) -> None:
    broken = await world.shop("坏")
    await world.shop("好")
    await world.day(0, 坏="3.4", 好="3.4")
    row = {"shop_id": broken, "fact": "category", "source": "merchant", "day": START, "told_at": 1}
    async with world.engine.begin() as conn:
        await conn.execute(insert(facts).values(**row, value="no JSON"))
    assert len(await seen(world, Which.RISK)) == 2


async def test_links_are_counted_by_what_became_of_them(world: World) -> None:
    number = await world.shop("甲")
    rows = [
        {"expires_at": 100, "used_by": None, "revoked_at": None},
        {"expires_at": 50, "used_by": None, "revoked_at": None},
        {"expires_at": 50, "used_by": 7, "revoked_at": None},
        {"expires_at": 100, "used_by": None, "revoked_at": 20},
    ]
    async with world.engine.begin() as conn:
        await conn.execute(insert(invites), [{"id": f"i{at}", "shop_id": number, **row} for at, row in enumerate(rows)])
        found = await shop_page.invitations(conn, number, 50)
    assert found == dict.fromkeys(State, 1)


async def test_the_history_names_days_without_a_score_and_other_scales(world: World) -> None:
    number = await world.shop("甲")
    await world.day(-2, 甲="3.9")
    await world.day(-1, 甲="-")
    await world.comes(number, 0, HUNDRED_POINTS.main_score, "85")
    async with world.engine.begin() as conn:
        found = await shop_page.history(conn, number, ["score"], START, 2)
    assert [(one.day, one.points, one.scale) for one in found] == [
        (START, Decimal(85), "0-100"),
        (START - timedelta(1), None, "0-5"),
    ]


async def queries(world: World) -> int:
    """How many statements the list of those at risk takes."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(world.engine.sync_engine, "before_cursor_execute", note)
    await seen(world, Which.RISK)
    event.remove(world.engine.sync_engine, "before_cursor_execute", note)
    return len(asked)


async def test_the_list_takes_the_same_queries_for_ten_shops_as_for_sixty(world: World) -> None:
    counts = []
    for first, last in ((0, 10), (10, 60)):
        async with world.engine.begin() as conn:
            for number in range(first, last):
                _, shop = await shops.add(conn, f"ref{number}", f"店{number}", 1)
                await kept.record(conn, Score(shop.id, "score", START, Decimal("3.7"), "0-5", Source.FEED), ms(NOW))
        counts.append(await queries(world))
        assert len(await seen(world, Which.RISK)) == last
    assert counts[0] == counts[1]


async def test_pages_hold_every_shop_once(world: World) -> None:
    for number in range(5):
        await world.shop(f"店{number}")
    await world.day(0, **{f"店{number}": "3.7" for number in range(5)})
    async with world.engine.begin() as conn:
        pages = [await shop_list.page(conn, judging(), Which.RISK, first, 2) for first in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({one.shop.id for page in pages for one in page}) == 5


async def test_a_score_of_a_day_that_was_deleted_is_no_day_since(world: World) -> None:
    await world.shop("甲")
    await world.day(0, 甲="3.7")
    async with world.engine.begin() as conn:
        await conn.execute(delete(scores))
    assert (await only(world, "甲")).since is None
