"""What operators do to a shop and its followers, the same in the chat and on the command line.

Whoever no longer hears of a shop is told so in one message. Each deed is safe to repeat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.journeys.turn import Turn
from bot.telegram.messages import say
from bot.views.render import render
from storage import audit, follows, invites, outbox, personal, withdrawals
from storage.outbox import Lane
from storage.shops import Shop


class Parting(StrEnum):
    """Why a chat no longer hears of a shop."""

    REMOVED = "removed"
    UNBOUND = "unbound"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True)
class Doing:
    """Who does it and when. `operator`: the operator's chat, None for the command line; `name`: who runs the bot, ""
    for no name; `now_ms`: epoch ms."""

    conn: AsyncConnection
    operator: int | None
    name: str
    now_ms: int

    async def note(self, action: str, subject: object) -> None:
        """Write the deed down."""
        await audit.record(self.conn, self.operator, action, str(subject), self.now_ms)


def doing(turn: Turn) -> Doing:
    """The operator of the chat does it now."""
    return Doing(turn.conn, turn.chat_id, turn.context.operator, turn.now_ms)


async def remove(deed: Doing, shop: Shop) -> int:
    """The count of followers told; the shop is gone with all that was known of the shop."""
    followers, _ = await _closed(deed, shop)
    await _part(deed, shop, followers, Parting.REMOVED)
    await personal.forget_shop(deed.conn, shop.id)
    await deed.note("shop.remove", f"{shop.ref} followers={len(followers)}")
    return len(followers)


async def unbind(deed: Doing, shop: Shop, chat_id: int) -> bool:
    """Whether the chat followed the shop; from now on the chat hears nothing of the shop."""
    if await follows.of(deed.conn, shop.id, chat_id) is None:
        return False
    await _part(deed, shop, [chat_id], Parting.UNBOUND)
    await deed.note("shop.unbind", f"{shop.ref} {chat_id}")
    return True


async def hand_over(deed: Doing, shop: Shop) -> tuple[int, int]:
    """How many followers no longer follow the shop, and how many open links were taken back."""
    followers, revoked = await _closed(deed, shop)
    await _part(deed, shop, followers, Parting.HANDED_OVER)
    await deed.note("shop.hand_over", f"{shop.ref} followers={len(followers)}")
    return len(followers), revoked


async def withdraw(deed: Doing, notice: int) -> bool:
    """Whether the notice waited; it is never sent then."""
    if not await withdrawals.withdraw(deed.conn, notice, deed.now_ms):
        return False
    await deed.note("notice.withdraw", notice)
    return True


async def revoke(deed: Doing, invitation: str) -> bool:
    """Whether the link was open; nobody can use it then."""
    if not await invites.revoke(deed.conn, invitation, deed.now_ms):
        return False
    await deed.note("invite.revoke", invitation)
    return True


async def _closed(deed: Doing, shop: Shop) -> tuple[list[int], int]:
    """The followers, and how many links were open; the links are closed first, so that nobody follows meanwhile."""
    revoked = await invites.close_all(deed.conn, shop.id, deed.now_ms)
    return [one.chat_id for one in await follows.of_shop(deed.conn, shop.id)], revoked


async def _part(deed: Doing, shop: Shop, chat_ids: Sequence[int], why: Parting) -> None:
    for chat_id in chat_ids:
        await follows.stop(deed.conn, shop.id, chat_id)  # first: a check under way has its notices written by then
        await invites.close_for(deed.conn, shop.id, chat_id, deed.now_ms)
    await withdrawals.unsay_shop(deed.conn, shop.id, chat_ids, deed.now_ms)
    said = render("shops/parted", shop=shop, why=why.value, operator=deed.name)
    messages = [one for chat_id in chat_ids for one in say(chat_id, said, numbered=True, lane=Lane.WARNING)]
    await outbox.enqueue(deed.conn, messages, deed.now_ms)
