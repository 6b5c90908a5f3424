"""`alliance-bot shops`: shops of the operator, and one-time links from a shop to a merchant."""

import secrets
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.commands import Refusal
from bot.commands.catalogue import settings
from bot.commands.open_database import in_transaction, with_database
from bot.conversation import links
from bot.conversation.links import invite_key
from bot.feeds.cells import ID_LENGTH, BadCell, read_id
from bot.feeds.names import LONGEST_NAME
from bot.settings import Settings, bot_id_in
from bot.telegram.api import Api
from bot.telegram.errors import InvalidToken, TelegramError
from bot.telegram.session import Session
from storage import audit, belonging, invites, shops
from storage.instants import epoch_ms
from storage.shops import Added, Shop


def add(ref: str, name: str) -> str:
    """A line to print, after the shop is registered or renamed. Raises Refusal."""
    ref, name = as_id(ref), as_name(name)
    added, shop, before = in_transaction(settings(), lambda conn: _add(conn, ref, name))
    if added is Added.NEW:
        return f"{shop.ref}: added as {name}"
    return (
        f"{shop.ref}: renamed from {before} to {name}" if added is Added.RENAMED else f"{shop.ref}: is {name} already"
    )


async def _add(conn: AsyncConnection, ref: str, name: str) -> tuple[Added, Shop, str]:
    known = await shops.by_ref(conn, ref)
    now_ms = epoch_ms(datetime.now(UTC))
    added, shop = await shops.add(conn, ref, name, now_ms)
    if added is not Added.SAME:
        await audit.record(conn, None, "shop.add" if added is Added.NEW else "shop.rename", ref, now_ms)
    return added, shop, (known.name if known else None) or "no name"


def invite(ref: str) -> str:
    """A link, valid for a week, from the shop to the first person to open the link. Raises Refusal."""
    chosen, ref = settings(), as_id(ref)
    return with_database(chosen, lambda engine: _invite(engine, chosen, ref))


async def _invite(engine: AsyncEngine, chosen: Settings, ref: str) -> str:
    async with engine.begin() as conn:
        await _refuse_another_bot(conn, chosen)
        shop = await shops.by_ref(conn, ref)
    if shop is None:
        raise Refusal(f"{ref}: not registered; first: alliance-bot shops add {ref} --name NAME")
    username = await username_of(chosen)
    async with engine.begin() as conn:
        return await link(conn, chosen, username, shop)


async def link(conn: AsyncConnection, chosen: Settings, username: str, shop: Shop) -> str:
    """A new link to the shop, written down. Raises OtherBotError."""
    await _refuse_another_bot(conn, chosen)
    now = datetime.now(UTC)
    invite_id, expires_at = secrets.token_urlsafe(links.ID_BYTES), now.replace(microsecond=0) + links.VALID
    await invites.make(conn, invite_id, shop.id, expires_at, now)
    await audit.record(conn, None, "invite.make", str(shop.ref), epoch_ms(now))
    return links.address(username, links.make(invite_key(chosen.token), invite_id, expires_at))


async def _refuse_another_bot(conn: AsyncConnection, chosen: Settings) -> None:
    """Raises OtherBotError, also without a token: a link of another bot opens nothing."""
    belonging.refuse_another(await belonging.owner(conn), bot_id_in(chosen.token))


async def username_of(chosen: Settings) -> str:
    """The bot's username, from the Bot API; from the sandbox while `alliance-bot run` runs. Raises Refusal."""
    root = chosen.http_root if chosen.is_sandbox else chosen.telegram_api_base_url
    try:
        async with Session(1, proxy=chosen.bot_api_proxy(root), ca=chosen.own_ca) as session:
            name = (await Api(chosen.token, root, session).me()).username
    except InvalidToken:
        raise Refusal("TELEGRAM_BOT_TOKEN: Telegram refused it; @BotFather has the right one") from None
    except TelegramError as error:
        hint = "start it with: alliance-bot run" if chosen.is_sandbox else "look at TELEGRAM_API_BASE_URL"
        raise Refusal(f"the bot's name can't be asked at {root}: {error.message}; {hint}") from None
    if not name:
        raise Refusal(f"the bot's name can't be asked at {root}: it has none; look at TELEGRAM_API_BASE_URL")
    return name


def as_id(ref: str) -> str:
    """The shop's id at the platform. Raises Refusal."""
    try:
        return read_id(ref)
    except BadCell:
        wants = f"1 to {ID_LENGTH} characters without spaces, not a formula"
        raise Refusal(f"SHOP_ID: got {ref[:ID_LENGTH]!r}; wants {wants}") from None


def as_name(name: str) -> str:
    """The name to keep. Raises Refusal."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refusal(f"--name: wants 1 to {LONGEST_NAME} printable characters")
    return name
