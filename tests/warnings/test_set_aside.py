"""What was set aside is told to the operators once a day, by all processes together."""

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.warnings.set_aside import AGAIN_MS, SHOWN, Place, SetAside
from storage.schema import outbox

ADMINS = (901, 900)


def of(*names: object) -> SetAside:
    """These were set aside."""
    found = SetAside(Place.SHOP)
    for name in names:
        found(name, ValueError())
    return found


async def texts(engine: AsyncEngine, chat: int = ADMINS[0]) -> list[str]:
    async with engine.connect() as conn:
        query = select(outbox.c.payload).where(outbox.c.chat_id == chat).order_by(outbox.c.id)
        return [json.loads(one)["text"] for one in (await conn.execute(query)).scalars()]


async def test_each_operator_is_told_once_a_day_of_the_same(engine: AsyncEngine):
    await of(4, 5).tell(engine, ADMINS, 0)
    await of(5).tell(engine, ADMINS, AGAIN_MS - 1)
    assert len(await texts(engine)) == len(await texts(engine, ADMINS[1])) == 1
    await of(5).tell(engine, ADMINS, AGAIN_MS)
    assert len(await texts(engine)) == 2


async def test_what_is_new_is_told_alone(engine: AsyncEngine):
    await of(4).tell(engine, ADMINS, 0)
    await of(4, 6).tell(engine, ADMINS, 1)
    first, second = await texts(engine)
    assert "<code>4</code>" in first and "<code>4</code>" not in second and "<code>6</code>" in second


async def test_many_are_counted_and_some_named(engine: AsyncEngine):
    await of(*range(SHOWN + 3)).tell(engine, ADMINS, 0)
    (said,) = await texts(engine)
    assert said.count("<code>") == SHOWN + 1  # the word of the log is the last
    assert f"有 {SHOWN + 3} 项没能处理" in said and "还有 3 项" in said


async def test_nothing_and_nobody_is_no_message(engine: AsyncEngine):
    await of().tell(engine, ADMINS, 0)
    await of(4).tell(engine, (), 0)
    assert await texts(engine) == []
