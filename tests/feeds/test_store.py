"""An imported file of scores: told at once or by the daily check, or held until somebody says yes."""

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.hold import Hold, Why
from bot.feeds.reach import Reach, Told
from bot.feeds.store import Imported, Terms, import_file
from bot.warnings.schedule import Schedule
from rules.edition import Edition
from rules.reasons import Reason
from rules.requirements import Effect
from storage.score_files import Incoming
from tests.databases import registered
from tests.packaged import CATALOGUE, FIVE_POINTS, HUNDRED_POINTS
from tests.warnings.test_schedule import SetClock
from tests.warnings.world import START, World, instant, ms


async def given(world: World, text: str, **terms: bool) -> Imported:
    """The outcome of importing `text` on the evening of the first day, before the check."""
    file = ScoreFile(text.encode(), world.edition.scores, START, BY_OPERATOR)
    incoming = Incoming.of(world.edition, ms(instant(0, "20:00")))
    return await import_file(world.engine, file, incoming, Terms(world.watch, **terms))


async def test_an_imported_closing_is_told_at_once_and_only_once(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.follow("A", chat=1)
    await world.follow("B", chat=2)
    await given(world, f"shop_id,day,score\nA,{START},3.4\nB,{START},3.7\n")
    assert await world.news() == {1: [("A", "closing")]}
    await given(world, f"shop_id,day,score\nA,{START},3.4\nB,{START},3.7\n")
    assert await world.news() == {}


async def test_a_bad_row_is_left_and_the_others_are_stored_and_told(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.follow("A", chat=1)
    await world.follow("B", chat=2)
    done = await given(world, f"shop_id,day,score\nA,{START},3.4\nB,{START},33\n")
    assert (done.hold, done.stored.new, await world.count("scores")) == (None, 1, 1)
    assert await world.news() == {1: [("A", "closing")]}


def scores(edition: Edition, score: str, shops: int) -> str:
    """A file with the same score for several shops."""
    return f"shop_id,day,{edition.main_score.id}\n" + "".join(f"S{n},{START},{score}\n" for n in range(shops))


async def shops(world: World, known: int) -> None:
    for number in range(known):
        await world.follow(f"S{number}", chat=number + 1)


SCALES = pytest.mark.parametrize("edition", CATALOGUE.editions, ids=lambda edition: edition.name)


@SCALES
async def test_a_file_that_closes_more_than_a_fifth_is_held_until_somebody_says_yes(
    engine: AsyncEngine, edition: Edition
) -> None:
    world = World(engine)
    world.watch = replace(world.watch, edition=edition)
    await shops(world, 14)
    closing = str(edition.line(Effect.CLOSING).limit - 1)
    done = await given(world, scores(edition, closing, 3))
    assert done.hold == Hold(Why.CLOSINGS, 3, 14, ("S0", "S1", "S2"))
    assert (done.stored, await world.news(), await world.count("scores")) == (None, {}, 0)
    sure = await given(world, scores(edition, closing, 3), is_sure=True)
    assert (sure.hold, sure.stored.new, len(await world.news())) == (None, 3, 3)


@pytest.mark.parametrize(("known", "closed"), [(15, 3), (2, 2)], ids=["a fifth is not more", "two are few"])
async def test_few_closings_are_not_held(engine: AsyncEngine, known: int, closed: int) -> None:
    world = World(engine)
    await shops(world, known)
    done = await given(world, scores(world.edition, "3.4", closed))
    assert done.hold is None
    assert len(await world.news()) == closed


async def test_closings_of_several_files_of_a_day_count_together_and_anew_after_a_yes(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 10)
    files = [of_day(world.edition, 0, **{f"S{number}": "3.4"}) for number in range(4)]
    assert [(await given(world, file)).hold for file in files[:2]] == [None, None]
    assert (await given(world, files[2])).hold == Hold(Why.CLOSINGS, 1, 10, ("S2",), earlier=2)
    assert (await given(world, files[2], is_sure=True)).hold is None
    assert (await given(world, files[3])).hold is None


async def test_of_a_day_only_shops_that_are_still_below_count(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 10)
    for number in range(2):
        assert (await given(world, of_day(world.edition, 0, **{f"S{number}": "3.4"}))).hold is None
    assert (await given(world, of_day(world.edition, 0, S0="3.3", S1="4.5", S2="3.4"))).hold is None, "S1 rises with it"
    assert (await given(world, of_day(world.edition, 0, S0="3.2", S2="3.3"))).hold is None, "nobody falls"
    again = await given(world, of_day(world.edition, 0, S1="3.4", S3="3.6"), dry_run=True)
    assert again.hold == Hold(Why.CLOSINGS, 1, 10, ("S1",), earlier=2)
    assert (await given(world, of_day(world.edition, 0, S0="4.5"))).hold is None
    assert (await given(world, of_day(world.edition, 0, S3="3.4"))).hold is None, "S0 rose before"


@SCALES
@pytest.mark.parametrize("odd", ["a fraction of 1", "another scale"])
async def test_scores_that_look_like_another_scale_are_held(engine: AsyncEngine, edition: Edition, odd: str) -> None:
    world = World(engine)
    world.watch = replace(world.watch, edition=edition)
    score = "0.85" if odd == "a fraction of 1" else str(edition.main_score.highest / 20 - Decimal("0.2"))
    await shops(world, 2)
    done = await given(world, scores(edition, score, 2))
    assert done.hold == Hold(Why.SCALE, 2, 2, ("S0", "S1"), edition.main_score)
    assert await world.count("scores") == 0
    assert (await given(world, scores(edition, score, 2), is_sure=True)).stored.new == 2
    assert (await given(world, scores(edition, score, 2))).stored.new == 0


def of_day(edition: Edition, day: int, **given: str) -> str:
    """A file with scores of a day, by shop."""
    on = START + timedelta(day)
    return f"shop_id,day,{edition.main_score.id}\n" + "".join(f"{ref},{on},{score}\n" for ref, score in given.items())


ODD = pytest.mark.parametrize(
    ("edition", "odd", "usual"),
    [
        pytest.param(FIVE_POINTS, "0.85", "4.5", id="a share of 1 among 5 points"),
        pytest.param(HUNDRED_POINTS, "0.85", "85", id="a share of 1 among 100 points"),
        pytest.param(HUNDRED_POINTS, "4.8", "85", id="5 points among 100"),
        pytest.param(HUNDRED_POINTS, "5", "85", id="the most of 5 points"),
        pytest.param(HUNDRED_POINTS, "0", "85", id="0, which may be no score"),
    ],
)


@ODD
async def test_a_single_score_of_another_scale_holds_the_file_before_anybody_is_alarmed(
    engine: AsyncEngine, edition: Edition, odd: str, usual: str
) -> None:
    world = World(engine)
    world.watch = replace(world.watch, edition=edition)
    await shops(world, 20)
    file = of_day(edition, 0, **{f"S{number}": usual for number in range(19)}, S19=odd)
    done = await given(world, file)
    assert done.hold == Hold(Why.SCALE, 1, 20, ("S19",), edition.main_score)
    assert (done.stored, await world.news(), await world.count("scores")) == (None, {}, 0)
    await given(world, file, is_sure=True)
    assert await world.news() == {20: [("S19", "closing")]}


async def test_a_shop_whose_low_score_was_said_yes_to_holds_no_later_file(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 20)
    await given(world, of_day(world.edition, -1, S0="0.9", S1="4.5"), is_sure=True)
    assert (await given(world, of_day(world.edition, 0, S0="0.85", S1="4.5"))).hold is None
    assert (await given(world, of_day(world.edition, 0, S0="0.85", S1="0.9"))).hold.count == 1


async def test_a_low_score_of_another_scale_before_says_nothing(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 3)
    await given(world, of_day(FIVE_POINTS, -1, S0="4.8"))
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    assert (await given(world, of_day(HUNDRED_POINTS, 0, S0="4.8", S1="85", S2="90"))).hold.count == 1


async def test_an_odd_score_of_an_older_day_holds_the_file_once(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 20)
    files = of_day(world.edition, -1, S0="0.9") + of_day(world.edition, 0, S0="4.5").partition("\n")[2]
    assert (await given(world, files)).hold.count == 1
    await given(world, files, is_sure=True)
    assert (await given(world, files)).hold is None


@pytest.mark.parametrize(
    ("edition", "low"),
    [(FIVE_POINTS, "1.01"), (FIVE_POINTS, "3.4"), (HUNDRED_POINTS, "42"), (HUNDRED_POINTS, "5.01")],
)
async def test_a_low_score_of_the_scale_is_told_and_not_held(engine: AsyncEngine, edition: Edition, low: str) -> None:
    world = World(engine)
    world.watch = replace(world.watch, edition=edition)
    await shops(world, 20)
    assert (await given(world, of_day(edition, 0, S0=low))).hold is None
    assert await world.news() == {1: [("S0", "closing")]}


async def test_a_dry_run_says_that_the_file_would_be_held(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 3)
    done = await given(world, scores(world.edition, "3.4", 3), dry_run=True)
    assert (done.hold.count, done.stored.new, await world.count("scores")) == (3, 3, 0)


async def checked(world: World) -> None:
    """The check of the first day is done."""
    schedule = Schedule(world.engine, world.watch, SetClock(instant(0)), time(9, 30), owner="test")
    assert await schedule.step() is not None


async def test_after_the_check_all_that_arrives_is_judged_and_told_once(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 3)
    await checked(world)
    file = f"shop_id,day,score\nS0,{START},3.7\nS1,{START},4.5\nS2,{START},3.4\n"
    await given(world, file)
    assert await world.news() == {1: [("S0", "warning")], 3: [("S2", "closing")]}
    await given(world, file)
    assert await world.news() == {}
    assert await world.check(0, "20:30") == {}


async def test_what_arrives_after_the_check_waits_for_quiet_hours_only(engine: AsyncEngine) -> None:
    world = World(engine)
    world.quiet((time(19), time(8)))
    await shops(world, 2)
    await checked(world)
    await given(world, f"shop_id,day,score\nS0,{START},3.7\nS1,{START},3.4\n")
    due = {chat: at for chat, _, at in await world.letters()}
    assert due[1] == ms(instant(1, "08:00"))
    assert due[2] <= ms(instant(0, "20:00"))


async def test_only_the_shops_that_arrived_are_judged(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 3)
    await checked(world)
    await world.day(0, S1="3.7")  # stored, and told to nobody yet
    await given(world, f"shop_id,day,score\nS0,{START},3.7\nS2,{START},3.7\n")
    assert await world.news() == {1: [("S0", "warning")], 3: [("S2", "warning")]}


async def names(world: World) -> dict[str, str | None]:
    """The operator's shops by id."""
    async with world.engine.begin() as conn:
        return await registered(conn)


NAMED = f"shop_id,店铺名称,day,score\nA,花店,{START},3.4\nB,{'长' * 41},{START},4.2\nC,茶  店,{START},4.3\n"


async def test_an_unknown_shop_is_named_and_not_registered(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.shop("C")
    done = await given(world, NAMED)
    assert (done.left_out, done.unknown.scores, done.hold) == (("A", "B"), 2, None)
    assert (done.stored.new, done.stored.registered, done.scores) == (1, 0, 1)
    assert await names(world) == {"C": "C"}


async def test_with_a_word_unknown_shops_are_registered_by_the_names_of_the_file(engine: AsyncEngine) -> None:
    world = World(engine)
    dry = await given(world, NAMED, registers=True, dry_run=True)
    assert (dry.unknown.refs, dry.left_out, dry.stored.new, await names(world)) == (("A", "B", "C"), (), 3, {})
    done = await given(world, NAMED, registers=True)
    assert (done.stored.new, done.stored.registered, done.unnamed) == (3, 3, 1)
    assert await names(world) == {"A": "花店", "B": None, "C": "茶 店"}, "a name of 41 characters is none"


async def test_a_shop_without_a_name_gets_that_of_the_file_and_a_named_one_keeps_its_own(engine: AsyncEngine) -> None:
    world = World(engine)
    await given(world, f"shop_id,day,score\nA,{START},4.2\n", registers=True)
    await world.shop("C")
    await given(world, NAMED)
    assert await names(world) == {"A": None, "C": "C"}
    await given(world, NAMED, registers=True)
    assert await names(world) == {"A": "花店", "B": None, "C": "C"}


async def test_two_lines_that_contradict_each_other_are_both_left(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 3)
    file = f"shop_id,day,score\nS0,{START},3.4\nS1,{START},4.2\nS2,{START},4.3\nS0,{START},4.4\n"
    done = await given(world, file)
    assert (done.scores, done.stored.new, await world.news()) == (2, 2, {})


async def test_a_file_of_which_most_lines_are_set_aside_is_held_until_somebody_says_yes(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 20)
    half = f"shop_id,day,score\nS0,{START},3.4\nS1,x,4.2\n"
    most = half + f"S2,{START},9\n"
    assert (await given(world, half, dry_run=True)).hold is None
    done = await given(world, most)
    assert (done.hold, done.stored) == (Hold(Why.SET_ASIDE, 2, 3, ()), None)
    assert (await world.count("scores"), await world.news()) == (0, {})
    assert (await given(world, most, is_sure=True)).stored.new == 1
    assert await world.news() == {1: [("S0", "closing")]}


async def test_rows_of_unknown_shops_are_not_counted_as_set_aside(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.shop("S0")
    assert (await given(world, of_day(world.edition, 0, S0="4.2", S1="4.3", S2="4.4"))).hold is None


async def test_odd_scores_of_unknown_shops_hold_nothing_that_is_stored(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.shop("S0")
    done = await given(world, of_day(world.edition, 0, S0="4.2", S1="0.9"))
    assert (done.hold, done.odd.shops, done.stored.new) == (None, ("S1",), 1)
    registered = await given(world, of_day(world.edition, 0, S0="4.2", S1="0.9"), registers=True)
    assert (registered.hold.count, await world.count("shops")) == (1, 1)


async def test_a_file_of_unknown_shops_alone_is_asked_about_before_anybody_registers_them(engine: AsyncEngine) -> None:
    world = World(engine)
    world.watch = replace(world.watch, edition=HUNDRED_POINTS)
    done = await given(world, of_day(HUNDRED_POINTS, 0, S0="4.8", S1="4.7"))
    assert (done.hold.why, done.hold.count, done.stored, done.left_out) == (Why.SCALE, 2, None, ("S0", "S1"))


async def test_a_dry_run_names_whom_it_would_tell_what_and_tells_nobody(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 4)
    for chat in (1, 50):
        await world.follow("S0", chat)
    await world.shop("X")
    await world.shop("Y")
    file = of_day(world.edition, 0, S0="3.4", S1="3.7", S2="4.5", S3="3.6", X="3.4", Y="4.5")
    told = (Told("S0", Reason.CLOSING, 2), Told("S1", Reason.WARNING, 1), Told("S3", Reason.WARNING, 1))
    would = await given(world, file, dry_run=True)
    assert would.reach == Reach(2, 2, 0, is_checked=False, first=told, unfollowed=1, alone=("X",))
    assert [await world.count(table) for table in ("notices", "outbox", "scores", "newest")] == [0, 0, 0, 0]
    done = await given(world, file)
    assert (done.reach, done.closings_told) == (would.reach, 2)
    assert await world.check(1) == {
        1: [("S0", "closing")],
        50: [("S0", "closing")],
        2: [("S1", "warning")],
        4: [("S3", "warning")],
    }
    assert (await given(world, file, dry_run=True)).reach == Reach(unfollowed=1, alone=("X",))


async def test_a_dry_run_after_the_check_says_that_all_of_it_is_told_at_once(engine: AsyncEngine) -> None:
    world = World(engine)
    await shops(world, 1)
    await checked(world)
    would = await given(world, of_day(world.edition, 0, S0="3.7"), dry_run=True)
    assert (would.reach.later, would.reach.is_checked) == (1, True)


async def test_a_dry_run_counts_a_message_that_waits_and_would_grow(engine: AsyncEngine) -> None:
    world = World(engine)
    world.quiet((time(19), time(8)))
    await world.follow("A", chat=1)
    await world.follow("B", chat=1)
    await checked(world)
    await given(world, of_day(world.edition, 0, A="3.7"))
    would = await given(world, of_day(world.edition, 0, B="3.7"), dry_run=True)
    assert (would.reach.later, would.reach.first) == (1, (Told("B", Reason.WARNING, 1),))
    assert await world.news() == {1: [("A", "warning")]}


async def test_a_dry_run_counts_the_messages_that_it_would_correct(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.follow("A", chat=1)
    await given(world, of_day(world.edition, 0, A="3.4"))
    await world.sent(instant(0, "20:00"))
    would = await given(world, of_day(world.edition, 0, A="4.4"), dry_run=True)
    assert (would.reach.corrected, would.reach.at_once) == (1, 0)
    assert would.reach.first == (Told("A", Reason.CORRECTED, 1),)
    assert (await given(world, of_day(world.edition, 0, A="4.4"))).corrections_told == 1


async def test_a_file_too_large_to_rehearse_says_so(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(engine)
    await shops(world, 2)
    monkeypatch.setattr("bot.feeds.reach.MOST_SCORES", 1)
    assert (await given(world, of_day(world.edition, 0, S0="4.2"), dry_run=True)).reach == Reach()
    assert (await given(world, of_day(world.edition, 0, S0="4.2", S1="4.2"), dry_run=True)).reach is None
