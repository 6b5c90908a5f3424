"""What was wrong is not sent, or is corrected once, by the number of the message, where it was told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from bot.feeds.kept import Given
from bot.feeds.store import store_rows
from bot.warnings.followers import decide_now
from rules.lines import Level, hundredths
from rules.sources import Source
from storage import follows, notices, schema, scores, shops
from storage.score_files import Incoming
from storage.scores import Score
from tests.databases import on_one_engine
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.warnings.world import START, World, instant, ms


async def imported(
    world: World, day: int, at: str, closures: Mapping[str, int] | None = None, of: int | None = None, **given: str
) -> None:
    """A feed's rows of the day `of` (else `day`), through the way of every feed."""
    on, counts = START + timedelta(day if of is None else of), closures or {}
    rows = [(ref, on, 0, hundredths(Decimal(score)), counts.get(ref)) for ref, score in given.items()]
    async with world.engine.begin() as conn:
        await store_rows(
            conn, Given(rows, len(rows), ()), Incoming.of(world.edition, ms(instant(day, at))), world.watch
        )


async def checked(world: World, day: int, at: str = "09:30") -> dict[int, list[str]]:
    """The day's check, and the words of what is due."""
    await world.sweep(START + timedelta(day), instant(day, at))
    return await world.delivered(instant(day, at))


async def level(world: World, chat: int = 1) -> Level:
    async with world.engine.begin() as conn:
        (follow,) = await follows.of_chat(conn, chat)
    assert follow.state is not None
    return follow.state.level


CLOSED_FOOT = "最终以抖店后台为准 · 2022-10-10 版 · 来源：商家帮助文章"


async def test_a_closing_that_was_none_is_corrected_at_once_and_once(world: World) -> None:
    world.quiet()
    await world.follow("A", 1)
    await world.follow("A", 2)
    await imported(world, 0, "06:00", A="3.40")
    (said,) = (await world.delivered(instant(0, "06:00")))[1]
    assert said.startswith("⛔ A：体验分 3.4，低于清退线 3.5") and said.endswith("№1")
    await imported(world, 0, "23:00", A="4.10")
    told = await world.delivered(instant(0, "23:00"))
    assert told[1] == [
        "✏️ 更正 №1：A 2022-10-10 的体验分是 4.1，不是 3.4\n"
        "那条说低于清退线，不算数了。\n"
        "现在：体验分 4.1，✅ 这个分数不触发警告或关闭。\n"
        "只看分数；违规达到清退标准也会被关闭。\n"
        f"{CLOSED_FOOT}\n№3"
    ]
    assert len(told[2]) == 1
    await imported(world, 0, "23:10", A="4.10")
    await imported(world, 0, "23:20", A="4.20")
    assert await checked(world, 0, "23:30") == {}
    assert await level(world) is Level.CLEAR
    await imported(world, 1, "06:00", A="4.20")
    assert await checked(world, 1) == {}
    await imported(world, 2, "06:00", A="3.40")
    assert [text.partition("\n")[0] for text in (await checked(world, 2))[1]] == ["⛔ A：体验分 3.4，低于清退线 3.5"]


async def test_a_second_correction_corrects_the_first(world: World) -> None:
    await world.follow("A", 1)
    await imported(world, 0, "06:00", A="3.40")
    await world.delivered(instant(0, "06:00"))
    await imported(world, 0, "10:00", A="3.70")
    first = (await world.delivered(instant(0, "10:00")))[1]
    assert [text.split("\n")[0] for text in first] == ["✏️ 更正 №1：A 2022-10-10 的体验分是 3.7，不是 3.4"]
    assert "现在：体验分 3.7，低于警告线 3.8。" in first[0]
    assert await level(world) is Level.WARNING
    await imported(world, 0, "11:00", A="4.10")
    second = (await world.delivered(instant(0, "11:00")))[1]
    assert [text.split("\n")[:2] for text in second] == [
        ["✏️ 更正 №2：A 2022-10-10 的体验分是 4.1，不是 3.7", "那条更正也不算数了。"]
    ]
    await imported(world, 0, "12:00", A="3.30")
    third = (await world.delivered(instant(0, "12:00")))[1]
    assert [(lines[0], lines[3]) for text in third for lines in [text.split("\n")]] == [
        ("⛔ A：体验分 3.3，低于清退线 3.5", "为什么：今天的分数，从哪天起低于还不知道。更正 №3：那条说体验分 4.1。")
    ]


async def test_a_warning_that_waits_for_the_morning_is_dropped_once_corrected(world: World) -> None:
    world.quiet()
    await world.follow("A", 1)
    await imported(world, 0, "22:50", A="3.70")
    assert await checked(world, 0, "23:00") == {}
    await imported(world, 0, "23:50", A="4.10")
    assert await world.delivered(instant(1, "08:00")) == {}
    assert await level(world) is Level.CLEAR
    await imported(world, 1, "09:00", A="3.70")
    assert [text.split("\n")[0] for text in (await checked(world, 1))[1]] == ["⚠️ A：体验分 3.7，低于警告线 3.8"]


async def test_a_warning_that_waits_becomes_what_now_holds(world: World) -> None:
    world.quiet()
    shop_id = await world.follow("A", 1)
    await imported(world, 0, "22:50", A="3.70")
    await checked(world, 0, "23:00")
    await imported(world, 0, "23:50", A="3.65")
    said = (await world.delivered(instant(1, "08:00")))[1]
    assert said[0].startswith("⚠️ A：体验分 3.65，低于警告线 3.8")
    (notice,) = await world.all_notices()
    assert [item.points for item in notice.items] == [Decimal("3.65")]
    assert shop_id == notice.items[0].shop_id


@on_one_engine
async def test_a_warning_that_waits_is_dropped_when_the_shop_is_not_in(world: World) -> None:
    world.quiet()
    shop_id = await world.follow("A", 1)
    await imported(world, 0, "22:50", A="4.05")
    await imported(world, 0, "22:55", A="3.70")
    await checked(world, 0, "23:00")
    async with world.engine.begin() as conn:
        await shops.set_in_alliance(conn, shop_id, False)
    said = (await world.delivered(instant(1, "08:00")))[1]
    assert said[0].startswith("🔸 A：体验分 3.7，低于")


async def test_a_worse_correction_is_a_warning_that_says_what_it_replaces(world: World) -> None:
    await world.follow("A", 1)
    await imported(world, 0, "06:00", A="3.70")
    await checked(world, 0)
    await imported(world, 0, "10:00", A="3.40")
    (said,) = (await world.delivered(instant(0, "10:00")))[1]
    assert said.startswith("⛔ A：体验分 3.4，低于清退线 3.5\n")
    assert "更正 №1：那条说体验分 3.7。\n" in said


async def test_a_correction_of_a_warning_waits_for_the_morning_and_goes_if_right_again(world: World) -> None:
    world.quiet()
    await world.follow("A", 1)
    await imported(world, 0, "06:00", A="3.70")
    await checked(world, 0)
    await imported(world, 0, "23:00", A="4.10")
    assert await world.delivered(instant(0, "23:00")) == {}
    async with world.engine.begin() as conn:
        await notices.postpone(conn, 1, ms(instant(1, "07:00")))
    assert [due for _, _, due in await world.letters()][-1] == ms(instant(1, "07:00"))
    await imported(world, 0, "23:30", A="3.70")
    assert await world.delivered(instant(1, "08:00")) == {}
    await imported(world, 1, "08:30", of=0, A="4.10")
    assert [text.split("\n")[0] for text in (await world.delivered(instant(1, "08:30")))[1]] == [
        "✏️ 更正 №1：A 2022-10-10 的体验分是 4.1，不是 3.7"
    ]


@on_one_engine
async def test_the_same_line_by_another_score_needs_no_correction(world: World) -> None:
    await world.follow("A", 1)
    await imported(world, 0, "06:00", A="3.70")
    await checked(world, 0)
    await imported(world, 0, "10:00", A="3.65")
    assert await world.delivered(instant(0, "10:00")) == {}


async def test_a_closing_counted_by_mistake_is_corrected(world: World) -> None:
    await world.follow("A", 1)
    await imported(world, 0, "06:00", {"A": 0}, A="4.50")
    await imported(world, 1, "06:00", {"A": 1}, A="4.50")
    (said,) = (await world.delivered(instant(1, "06:00")))[1]
    assert said.startswith("⛔ A：精选联盟权限被系统关闭了")
    await imported(world, 1, "07:00", {"A": 0}, A="4.50")
    (said,) = (await world.delivered(instant(1, "07:00")))[1]
    assert said.split("\n")[:2] == ["✏️ 更正 №1：A 被系统关闭的次数是 0，不是 1", "那条说“权限被系统关闭了”，不算数了。"]
    assert await checked(world, 1) == {}
    await imported(world, 2, "06:00", {"A": 1}, A="4.50")
    (said,) = (await world.delivered(instant(2, "06:00")))[1]
    assert said.startswith("⛔ A：精选联盟权限被系统关闭了")


async def test_a_score_told_anew_or_withdrawn_is_corrected_to_the_other_followers(world: World) -> None:
    async with world.engine.begin() as conn:
        shop = await shops.own(conn, 1, 1)
        for chat in (1, 2):
            await follows.start(conn, shop.id, chat, ms(instant(-1)))

    async def tells(points: str, at: str) -> None:
        score = Score(shop.id, "score", START, Decimal(points), "0-5", Source.MERCHANT)
        async with world.engine.begin() as conn:
            await scores.record(conn, score, ms(instant(0, at)))
            await decide_now(conn, world.watch, shop.id, instant(0, at), answering=1)

    await tells("3.40", "10:00")
    assert set(await world.delivered(instant(0, "10:00"))) == {2}
    await tells("3.90", "10:05")
    told = await world.delivered(instant(0, "10:05"))
    assert [text.split("\n")[0] for text in told[2]] == ["✏️ 更正 №1：我的店铺 2022-10-10 的体验分是 3.9，不是 3.4"]
    await tells("3.45", "10:10")
    await world.delivered(instant(0, "10:10"))
    async with world.engine.begin() as conn:
        for table in (schema.scores, schema.newest):
            await conn.execute(table.delete())
        await decide_now(conn, world.watch, shop.id, instant(0, "10:15"), answering=1)
    told = await world.delivered(instant(0, "10:15"))
    assert [text.split("\n")[0] for text in told[2]] == ["✏️ 更正 №3：我的店铺 2022-10-10 没有体验分，不是 3.45"]


@on_one_engine
async def test_a_slip_mended_in_the_chat_is_no_recovery(world: World) -> None:
    async with world.engine.begin() as conn:
        shop = await shops.own(conn, 1, 1)
        await follows.start(conn, shop.id, 1, ms(instant(-1)))
        for points, before in (("3.40", None), ("4.30", START)):
            await scores.record(
                conn, Score(shop.id, "score", START, Decimal(points), "0-5", Source.MERCHANT), ms(instant(0))
            )
            told = await decide_now(conn, world.watch, shop.id, instant(0), answering=1, corrected=before)
            assert (told is None) is (points == "4.30")
    assert await level(world) is Level.CLEAR
    for day in (1, 2):
        assert await checked(world, day) == {}


@on_one_engine
async def test_nobody_who_turned_it_off_hears_of_a_correction(world: World) -> None:
    shop_id = await world.follow("A", 1)
    await imported(world, 0, "06:00", A="3.40")
    await world.delivered(instant(0, "06:00"))
    async with world.engine.begin() as conn:
        await follows.turn(conn, shop_id, 1, is_on=False)
    await imported(world, 0, "10:00", A="4.10")
    assert await world.delivered(instant(0, "10:00")) == {}


@on_one_engine
async def test_a_score_that_was_said_to_be_missing_is_corrected(world: World) -> None:
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    shop_id = await world.follow("A", 1)
    async with world.engine.begin() as conn:
        for name in ("score", "growth_score"):
            row = Score(shop_id, name, START, None, HUNDRED_POINTS.fact(name).scale, Source.FEED)
            await scores.record(conn, row, ms(instant(0)))
    (said,) = (await checked(world, 0))[1]
    assert said.startswith("⛔ A：")
    async with world.engine.begin() as conn:
        row = Score(shop_id, "score", START, Decimal(85), "0-100", Source.FEED)
        await scores.record(conn, row, ms(instant(0, "10:00")))
        await decide_now(conn, world.watch, shop_id, instant(0, "10:00"))
    told = (await world.delivered(instant(0, "10:00")))[1]
    assert [text.split("\n")[0] for text in told] == ["✏️ 更正 №1：A 2022-10-10 的体验分是 85，不是没有分数"]
    assert "现在：体验分 85，❓ 暂无成长期体验分，还不知道商品体验分。" in told[0]


LAST = "重新开通要用第 3 次机会，也是最后一次"


async def counted(world: World, *counts: int) -> str:
    """What the follower hears last of the counts of closings, a day each but for the last, an hour later."""
    await world.follow("A", 1)
    said: list[str] = []
    for number, count in enumerate(counts):
        day, at = min(number, len(counts) - 2), "07:00" if number == len(counts) - 1 else "06:00"
        await imported(world, day, at, {"A": count}, A="4.10")
        said += (await world.delivered(instant(day, at))).get(1, [])
    return said[-1]


async def test_a_count_that_was_too_high_still_closed_the_shop_once_more(world: World) -> None:
    lines = (await counted(world, 1, 3, 2)).splitlines()
    assert lines[:2] == ["✏️ 更正 №1：A 被系统关闭的次数是 2，不是 3", "那条的次数说错了。"]
    assert f"现在：已被系统关闭 2 次，{LAST}；体验分 4.1，能不能重新开通，可以用 /check 查一遍。" in lines
    assert not any("✅" in line for line in lines)
    assert await checked(world, 1) == {}, "it was told"
    await imported(world, 2, "06:00", {"A": 3}, A="4.10")
    (said,) = (await world.delivered(instant(2, "06:00")))[1]
    assert "影响：永久不能再申请开通。\n还有多少：这是第 3 次，也是最后一次。" in said


@on_one_engine
async def test_a_closing_that_was_none_leaves_the_count_that_holds(world: World) -> None:
    lines = (await counted(world, 1, 2, 1)).splitlines()
    assert lines[:2] == [
        "✏️ 更正 №1：A 被系统关闭的次数是 1，不是 2",
        "那条说“权限被系统关闭了”，不算数了。",
    ]
    assert "现在：已被系统关闭 1 次（最多 3 次）；体验分 4.1，✅ 这个分数不触发警告或关闭。" in lines


@on_one_engine
async def test_before_the_last_closing_a_correction_says_what_one_more_would_do(world: World) -> None:
    said = await counted(world, 2, 3, 2)
    assert "那条说“权限被系统关闭了”，不算数了。" in said
    assert "现在：已被系统关闭 2 次，再被关闭一次就永久不能再申请开通；体验分 4.1" in said


@on_one_engine
async def test_a_barred_shop_hears_no_all_clear_in_a_correction(world: World) -> None:
    said = await counted(world, 2, 4, 3)
    assert "那条的次数说错了。" in said
    assert "现在：🚫 已被系统关闭 3 次，永久不能再开通。" in said
    assert "✅" not in said


@on_one_engine
async def test_a_closing_that_waits_is_told_with_the_count_that_holds(world: World) -> None:
    await world.follow("A", 1)
    await imported(world, 0, "06:00", {"A": 1}, A="4.10")
    await world.delivered(instant(0, "06:00"))
    await imported(world, 1, "06:00", {"A": 3}, A="4.10")
    await imported(world, 1, "06:01", {"A": 2}, A="4.10")
    (said,) = (await world.delivered(instant(1, "06:01")))[1]
    assert said.startswith("⛔ A：精选联盟权限被系统关闭了")
    assert "这是第 2 次；重新开通要用第 3 次机会，也是最后一次。" in said
    await imported(world, 2, "06:00", {"A": 3}, A="4.10")
    assert "这是第 3 次" in (await world.delivered(instant(2, "06:00")))[1][0]


@on_one_engine
async def test_a_correction_to_another_scale_judges_by_the_edition_of_that_scale(world: World) -> None:
    world.watch = replace(world.watch, catalogue=CATALOGUE)
    shop_id = await world.follow("A", 1)
    await world.comes(shop_id, 0, FIVE_POINTS.main_score, "3.65")
    assert (await checked(world, 0))[1][0].startswith("⚠️ A：体验分 3.65")
    async with world.engine.begin() as conn:
        for name, points in (("score", "85"), ("product_score", "80")):
            row = Score(shop_id, name, START, Decimal(points), "0-100", Source.FEED)
            await scores.record(conn, row, ms(instant(0, "10:00")))
        await decide_now(conn, world.watch, shop_id, instant(0, "10:00"))
    (said,) = (await world.delivered(instant(0, "10:00")))[1]
    assert said.startswith("✏️ 更正 №1：A 2022-10-10 的体验分是 85，不是 3.65\n那条说低于警告线，不算数了。")
    now = "现在：体验分 85、商品体验分 80，✅ 这个分数不触发警告或关闭 · 按 2026-07-29 版（100 分制）。"
    assert now in said
    assert "2022-10-10 版 ·" in said and "2026-07-29 版 ·" in said


@on_one_engine
async def test_a_score_that_turns_into_none_says_what_the_edition_has_for_that(world: World) -> None:
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    shop_id = await world.follow("A", 1)
    await world.comes(shop_id, 0, HUNDRED_POINTS.main_score, "69")
    assert (await checked(world, 0))[1][0].startswith("⛔ A：体验分 69")
    async with world.engine.begin() as conn:
        row = Score(shop_id, "score", START, None, "0-100", Source.FEED)
        await scores.record(conn, row, ms(instant(0, "10:00")))
        await decide_now(conn, world.watch, shop_id, instant(0, "10:00"))
    (said,) = (await world.delivered(instant(0, "10:00")))[1]
    assert said.startswith("✏️ 更正 №1：A 2022-10-10 没有体验分，不是 69\n那条说低于清退线，不算数了。")
    assert "现在：❓ 暂无体验分" in said
    assert "▫️ 要点：所有商家：" in said and "没有体验分的沉睡店铺也算" in said
    assert "✅" not in said


@on_one_engine
async def test_a_count_corrected_twice_ends_where_it_began(world: World) -> None:
    await counted(world, 1, 3, 2)
    await imported(world, 1, "08:00", {"A": 1}, A="4.10")
    (said,) = (await world.delivered(instant(1, "08:00")))[1]
    assert said.splitlines()[:2] == ["✏️ 更正 №2：A 被系统关闭的次数是 1，不是 2", "那条更正也不算数了。"]
    assert "现在：已被系统关闭 1 次（最多 3 次）；" in said
    await imported(world, 2, "06:00", {"A": 2}, A="4.10")
    assert "这是第 2 次" in (await world.delivered(instant(2, "06:00")))[1][0]


@on_one_engine
async def test_the_last_chance_of_an_edition_that_is_over_stands_beside_what_is_in_force(world: World) -> None:
    await world.follow("A", 1)
    for at, count in (("06:00", 1), ("07:00", 3), ("08:00", 2)):
        await imported(world, 1500, at, {"A": count}, A="4.10")
        said = (await world.delivered(instant(1500, at))).get(1, [""])[0]
    assert LAST in said
    assert "现行 2026-07-29 版（100 分制）：不再限制次数" in said
