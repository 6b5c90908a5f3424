"""`alliance-bot shops`: what operators do to a shop and its followers; each deed is written down.

What can't be undone is shown first, and done with --yes.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.commands import Refusal
from bot.commands.catalogue import editions, settings
from bot.commands.open_database import in_transaction, with_database
from bot.commands.register_shops import as_id, as_name, link, username_of
from bot.journeys import shop_deeds
from bot.journeys.shop_deeds import Doing
from bot.settings import Settings
from bot.views.announcement import wording_of
from bot.views.operator_values import instant
from storage import announcements, at_stake, audiences, audit, invites, shops
from storage.announcements import LONGEST, SHOWN, Announcement
from storage.at_stake import AtStake
from storage.audiences import Audience
from storage.instants import epoch_ms
from storage.invites import Invitation
from storage.shops import Shop

TO_DO_IT: Final = "nothing was done; to do it: --yes"


def _doing(conn: AsyncConnection, chosen: Settings) -> Doing:
    return Doing(conn, None, chosen.operator_name, epoch_ms(datetime.now(UTC)))


async def _shop(conn: AsyncConnection, ref: str) -> Shop:
    """The shop of the id. Raises Refusal."""
    shop = await shops.by_ref(conn, ref)
    if shop is None:
        raise Refusal(f"{ref}: not registered; alliance-bot shops list names all")
    return shop


def rename(ref: str, name: str) -> str:
    """A line to print, after a registered shop has the name. Raises Refusal."""
    chosen, ref, name = settings(), as_id(ref), as_name(name)

    async def work(conn: AsyncConnection) -> str:
        shop = await _shop(conn, ref)
        if shop.name == name:
            return f"{ref}: is {name} already"
        await shops.rename(conn, shop.id, name)
        await _doing(conn, chosen).note("shop.rename", ref)
        return f"{ref}: renamed from {shop.name or 'no name'} to {name}"

    return in_transaction(chosen, work)


def remove(ref: str, *, is_sure: bool) -> list[str]:
    """What goes with the shop, and, when sure, that it is gone. Raises Refusal."""
    chosen, ref = settings(), as_id(ref)

    async def work(conn: AsyncConnection) -> list[str]:
        deed, shop = _doing(conn, chosen), await _shop(conn, ref)
        goes = _goes(shop, await at_stake.of_shop(conn, shop.id, deed.now_ms))
        if not is_sure:
            return [*goes, TO_DO_IT]
        told = await shop_deeds.remove(deed, shop)
        return [*goes, f"{ref}: removed; followers told: {told}"]

    return in_transaction(chosen, work)


def hand_over(ref: str, *, is_sure: bool) -> list[str]:
    """What ends, and, when sure, the link for the other merchant; nothing ends while no link can be made.

    Raises Refusal.
    """
    chosen, ref = settings(), as_id(ref)

    async def work(engine: AsyncEngine) -> list[str]:
        async with engine.begin() as conn:
            shop = await _shop(conn, ref)
            stake = await at_stake.of_shop(conn, shop.id, epoch_ms(datetime.now(UTC)))
        ends = f"{ref}  {shop.name or '(no name)'}: {stake.followers} followers lose its warnings, open links: "
        lines = [f"{ends}{stake.invitations}, notices waiting: {stake.waiting}"]
        if not is_sure:
            return [*lines, TO_DO_IT]
        username = await username_of(chosen)
        async with engine.begin() as conn:
            shop = await _shop(conn, ref)  # the network was asked in between
            told, revoked = await shop_deeds.hand_over(_doing(conn, chosen), shop)
            address = await link(conn, chosen, username, shop)
        return [f"{ref}: {told} followers unbound and told, {revoked} links revoked; for the other merchant:", address]

    return with_database(chosen, work)


def _goes(shop: Shop, stake: AtStake) -> list[str]:
    scores = f"{stake.days} days from {stake.first} to {stake.last}" if stake.days else "none"
    return [
        f"{shop.ref}  {shop.name or '(no name)'}",
        f"  scores: {scores}",
        f"  followers: {stake.followers}",
        f"  notices waiting: {stake.waiting}",
        f"  open links: {stake.invitations}",
    ]


def unbind(ref: str, chat_id: int) -> bool:
    """Whether the chat followed the shop, and does no longer. Raises Refusal."""
    chosen, ref = settings(), as_id(ref)

    async def work(conn: AsyncConnection) -> bool:
        return await shop_deeds.unbind(_doing(conn, chosen), await _shop(conn, ref), chat_id)

    return in_transaction(chosen, work)


def invitations(ref: str | None) -> list[dict[str, Any]]:
    """The links made, the newest first, without their addresses; of one shop or of all. Raises Refusal."""
    chosen = settings()
    wanted = as_id(ref) if ref else None

    async def work(conn: AsyncConnection) -> list[Invitation]:
        return await invites.listed(conn, (await _shop(conn, wanted)).id if wanted else None)

    return [_listed(chosen, one) for one in in_transaction(chosen, work)]


def _listed(chosen: Settings, one: Invitation) -> dict[str, Any]:
    def at(at_ms: int | None) -> str | None:
        found = instant(at_ms, chosen.zone)
        return found.isoformat(timespec="seconds") if found else None

    return {
        "invitation": one.id,
        "shop": one.ref,
        "name": one.name,
        "state": one.state(epoch_ms(datetime.now(UTC))).value,
        "made": at(one.made_at),
        "until": at(one.expires_at),
        "used_by": one.used_by,
        "used": at(one.used_at),
        "revoked": at(one.revoked_at),
    }


def revoke(invitation: str) -> bool:
    """Whether the link was open, and is taken back. Raises Refusal."""
    chosen = settings()
    return in_transaction(chosen, lambda conn: shop_deeds.revoke(_doing(conn, chosen), invitation))


def withdraw(notice: int) -> bool:
    """Whether the notice waited, and is never sent. Raises Refusal."""
    chosen = settings()
    return in_transaction(chosen, lambda conn: shop_deeds.withdraw(_doing(conn, chosen), notice))


def write(ref: str, text: str, *, is_sure: bool) -> dict[str, Any]:
    """Words and reach of a message to the shop's followers, which the running bot sends when `is_sure`.

    Raises Refusal.
    """
    chosen, ref, text = settings(), as_id(ref), text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise Refusal(f"TEXT: got {len(text)} characters; wants 1 to {LONGEST}")
    judging = editions(chosen)

    async def work(conn: AsyncConnection) -> dict[str, Any]:
        shop, now_ms = await _shop(conn, ref), epoch_ms(datetime.now(UTC))
        said = wording_of(Announcement(0, None, Audience.SHOP, text, SHOWN, shop.id), shop, chosen.operator_name)
        reach = await audiences.reach(conn, judging, Audience.SHOP, shop.id)
        number = None
        if is_sure and reach:
            number = await announcements.begin(conn, None, Audience.SHOP, now_ms, text, shop.id)
            await announcements.confirm(conn, number, judging, now_ms)
            await audit.record(conn, None, "announcement.send", f"{number} shop {shop.id}", now_ms)
        away = await audiences.away(conn, shop.id)
        return {"announcement": number, "shop": ref, "chats": reach, "skipped": away, "reads": said.plain}

    return in_transaction(chosen, work)
