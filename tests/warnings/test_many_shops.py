"""Warnings and corrections of 57 shops of one merchant, whatever they are called, are messages that Telegram takes."""

from bot.sandbox.formatting import message_text
from storage import shops
from tests.databases import on_one_engine
from tests.faults.test_many_shops import BIDI, FLAGS, NAMES
from tests.warnings.test_corrections import imported
from tests.warnings.world import World, instant

REFS = tuple(f"44637{number:04}" for number in range(57))


def taken(texts: list[str]) -> None:
    """Each is of a length that Telegram takes, and shows no mark of direction and no half of a flag."""
    for text in texts:
        words, _ = message_text({"text": text})
        assert not BIDI.search(words)
        assert not any(len(flags) % 2 for flags in FLAGS.findall(words))


async def follows_all(world: World) -> None:
    for number, ref in enumerate(REFS):
        shop = await world.follow(ref, 1)
        async with world.engine.begin() as conn:
            await shops.rename(conn, shop, NAMES[number % len(NAMES)])


@on_one_engine
async def test_a_warning_of_57_shops_and_its_correction(world: World) -> None:
    await follows_all(world)
    await imported(world, 0, "06:00", **dict.fromkeys(REFS, "3.70"))
    await world.sweep(instant(0).date(), instant(0))
    said = (await world.delivered(instant(0)))[1]
    await imported(world, 0, "12:00", **dict.fromkeys(REFS, "4.40"))
    corrected = (await world.delivered(instant(0, "12:00")))[1]
    assert said
    assert "更正" in corrected[0]
    taken([*said, *corrected])


@on_one_engine
async def test_57_shops_that_may_be_closed(world: World) -> None:
    await follows_all(world)
    await world.day(0, **dict.fromkeys(REFS, "3.40"))
    await world.sweep(instant(0).date(), instant(0))
    taken((await world.delivered(instant(0)))[1])
