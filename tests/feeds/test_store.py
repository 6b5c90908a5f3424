"""An imported file of scores: closings are told at once, warnings by the daily check."""

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds.file import BY_OPERATOR, ScoreFile
from bot.feeds.store import Imported, import_file
from storage.score_files import Incoming
from tests.warnings.world import START, World, instant, ms


async def given(world: World, text: str) -> Imported:
    """The outcome of importing `text` on the evening of the first day."""
    file = ScoreFile(text.encode(), world.edition.scores, START, BY_OPERATOR)
    incoming = Incoming.of(world.edition, ms(instant(0, "20:00")))
    return await import_file(world.engine, file, incoming, watch=world.watch)


async def test_an_imported_closing_is_told_at_once_and_only_once(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.follow("A", chat=1)
    await world.follow("B", chat=2)
    await given(world, f"shop_id,day,score\nA,{START},3.4\nB,{START},3.7\n")
    assert await world.news() == {1: [("A", "closing")]}
    await given(world, f"shop_id,day,score\nA,{START},3.4\nB,{START},3.7\n")
    assert await world.news() == {}


async def test_a_file_with_a_bad_row_tells_nothing(engine: AsyncEngine) -> None:
    world = World(engine)
    await world.follow("A", chat=1)
    done = await given(world, f"shop_id,day,score\nA,{START},3.4\nA,{START},33\n")
    assert done.stored is None
    assert await world.news() == {}
