"""A list of shops with names that an operator sends in the chat: shown, and registered after a yes."""

import asyncio
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.feeds import shop_list_file
from bot.feeds.file import BY_CHAT
from bot.feeds.header import column_names, read_header
from bot.feeds.shop_list_file import ShopList
from bot.telegram.messages import say
from bot.views.render import render
from bot.warnings.policy import WatchPolicy
from rules.edition import Edition
from storage import outbox, shop_names, uploads
from storage.uploads import Upload

SHOWN: Final = 5
"""So many lines of each kind are shown."""


async def offered(engine: AsyncEngine, upload: Upload, raw: bytes, policy: WatchPolicy, now_ms: int) -> bool:
    """Whether the file, which is no file of scores, is a list of shops; the operator is asked whether to register it.

    A file with a column of scores is never taken for a list of shops.
    """
    found = await asyncio.to_thread(shop_list_file.read, raw, BY_CHAT)
    if found.refusal or _has_scores(found, policy.edition) or not (found.names or found.aside):
        return False
    async with engine.begin() as conn:
        would = await shop_names.compare(conn, found.names)
        changes = len(would.new) + len(would.renamed)
        values = {"would": would, "changes": changes, "found": found, "shown": SHOWN}
        shown = render("operators/deed_list_preview", upload=upload.id, **values)
        if changes:
            await uploads.show(conn, upload.id, shop_names.as_bytes(found.names))
        else:
            await uploads.end(conn, upload.id)
        await outbox.enqueue(conn, list(say(upload.chat_id, shown)), now_ms)
    return True


def _has_scores(found: ShopList, edition: Edition) -> bool:
    header = read_header(0, [[name] for name in found.header], column_names(edition.scores))
    return any(fact.id in header.places for fact in edition.scores)
