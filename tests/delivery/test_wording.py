"""Words of a notice: made on sending, but for one that goes in the plainer form that its row holds."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.clock import SystemClock
from bot.delivery.wording import worded
from storage.outbox import Lane, Message
from storage.sending import LeasedMessage, leased
from tests.databases import on_one_engine


async def author(_conn: AsyncConnection, message: LeasedMessage, _now: datetime) -> LeasedMessage | None:
    return replace(message, payload={"text": "made now"})


@on_one_engine
async def test_a_notice_in_a_plainer_form_keeps_that_form(engine: AsyncEngine) -> None:
    fresh = leased(1, Message(7, Lane.WARNING, "sendMessage", {}, notice_id=1), 1)
    refused = replace(fresh, refusals=1)
    plainer = replace(refused, payload={"text": "plain"})
    async with engine.begin() as conn:
        found = await worded(conn, author, [fresh, refused, plainer], SystemClock())
    assert [one.payload["text"] for one in found] == ["made now", "made now", "plain"]
