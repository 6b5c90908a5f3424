"""`alliance-bot doctor`: version, settings, catalogue, database, notices, the Bot API: a line each, with the mend."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from bot import VERSION
from bot.commands import Refusal
from bot.commands.catalogue import edition, opened
from bot.commands.catalogue import settings as load_settings
from bot.commands.open_database import database_at, plainly, refuse_nothing
from bot.proxies import PORTS, Proxy
from bot.setting_names import Stray, strays
from bot.settings import Settings, bot_id_in
from rules.checked import in_use, overdue
from rules.edition import Catalogue, Edition
from storage import belonging, revival
from storage.database import engine, writing


@dataclass(frozen=True)
class Diagnosis:
    """A line about a part of the bot: `told` is the state of the part, or the fault and the mend."""

    what: str
    is_well: bool
    told: str

    @property
    def line(self) -> str:
        return f"{'ok  ' if self.is_well else 'BAD '} {self.what}: {self.told}"


def diagnose() -> Iterator[Diagnosis]:
    """A diagnosis of each part; after bad settings no other."""
    yield Diagnosis("program", True, f"alliance-bot {VERSION}")
    try:
        settings = load_settings()
    except Refusal as refusal:
        yield Diagnosis("settings", False, f"{refusal} (in the environment or .env)")
        return
    unread = strays()
    yield Diagnosis("settings", True, _settings(settings) + _not_read(unread))
    yield from (Diagnosis("settings", False, str(stray)) for stray in unread if stray.meant)
    yield Diagnosis("operators", True, _operators(settings))
    yield _catalogue(settings)
    yield from asyncio.run(_database(settings))
    if settings.rule_notices:
        yield asyncio.run(_rule_notices(settings))
    yield from asyncio.run(_way_to_the_bot_api(settings))


def _settings(settings: Settings) -> str:
    where = "the sandbox (TELEGRAM_BOT_TOKEN is empty)" if settings.is_sandbox else settings.telegram_api_base_url
    return f"talks to {where}; zone {settings.timezone}, daily check at {settings.daily_check_at:%H:%M}"


def _not_read(unread: list[Stray]) -> str:
    names = ", ".join(stray.name for stray in unread if not stray.meant)
    return f"; nobody reads these names in .env: {names}" if names else ""


def _operators(settings: Settings) -> str:
    if settings.admin_chat_ids:
        return f"{len(settings.admin_chat_ids)} in ADMIN_CHAT_IDS"
    return "none: ADMIN_CHAT_IDS is empty, so nobody gets /admin, score files in chat, alarms and news of the rules"


def _catalogue(settings: Settings) -> Diagnosis:
    try:
        catalogue, answers = opened(settings), edition(settings, None)
    except Refusal as refusal:
        return Diagnosis("catalogue", False, str(refusal))
    told = f"{len(catalogue.editions)} editions, {answers.name} answers"
    newer = [other.name for other in catalogue.newer_than(answers)]
    today = datetime.now(settings.zone).date()
    over = answers.held_until is not None and answers.held_until < today
    ended = f"; as far as known it held until {answers.held_until}" if over else ""
    more = f"; newer in the catalogue: {', '.join(newer)}" if newer else ""
    return Diagnosis("catalogue", True, told + ended + more + _not_compared(catalogue, answers, today))


def _not_compared(catalogue: Catalogue, answers: Edition, today: date) -> str:
    """What to compare with its source again, empty when all was compared of late; nothing is wrong with the bot."""
    return "".join(
        f"; {text.name} was last compared with its source on {text.checked}, {(today - text.checked).days} days ago: "
        f"compare it with {text.source_url or 'its source'} and write the day into `checked`"
        for text in overdue(in_use(catalogue, answers, today), today)
    )


async def _database(settings: Settings) -> list[Diagnosis]:
    """The database, and what it says of chats that get nothing."""
    url = settings.database_url
    try:
        refuse_nothing(settings)
        async with database_at(url) as opened, opened.begin() as conn:
            is_newest, version = await conn.run_sync(engine.is_newest), await conn.run_sync(engine.version)
            if not is_newest:
                told = f"schema at {version or 'nothing'}, wants {engine.HEAD}; run: alliance-bot db upgrade"
                return [Diagnosis("database", False, told)]
            await writing.attempt(conn)
            owner = await belonging.owner(conn)
            belonging.refuse_another(owner, bot_id_in(settings.token))
            muted = await revival.muted(conn, datetime.now(settings.zone).date())
    except Refusal as refusal:
        return [Diagnosis("database", False, str(refusal))]
    except engine.UnfitError as error:
        return [Diagnosis("database", False, str(error))]
    except (SQLAlchemyError, OSError) as error:
        return [Diagnosis("database", False, f"{plainly(error)}; look at DATABASE_URL")]
    where = f" at {engine.file_of(url).absolute()}" if engine.is_embedded(url) else ""
    whose = Diagnosis("database", True, f"{opened.dialect.name}{where}, schema at {version}, {_whose(owner)}")
    return [whose, _chats(muted)]


def _chats(muted: revival.Muted) -> Diagnosis:
    told = f"{muted.chats} that block the bot, or that Telegram does not know, get nothing"
    if muted.closings == 0:
        return Diagnosis("chats", True, told)
    missed = (
        f"{told}; of the last {revival.OF_USE.days} days {muted.closings} closings reached nobody there: call them,"
    )
    return Diagnosis("chats", False, f"{missed} or try once more with: alliance-bot admin revive --all")


def _whose(owner: belonging.Owner | None) -> str:
    if owner is None:
        return "of no bot yet"
    return "of the sandbox" if owner.bot_id == belonging.SANDBOX else f"of bot {owner.bot_id}"


async def _rule_notices(settings: Settings) -> Diagnosis:
    from bot.jobs.rule_list import UnreadableError  # noqa: PLC0415
    from bot.jobs.rule_watch import list_at  # noqa: PLC0415

    try:
        proxy = settings.usual_proxy(settings.rule_notices)
        listed = await list_at(settings.rule_notices, proxy, settings.own_ca)
    except UnreadableError as error:
        return Diagnosis("rule notices", False, f"{error}; look at RULE_NOTICES")
    bad = f"; not read: {listed.bad[0]}" if listed.bad else ""
    newest = f"the newest of {listed.newest}" if listed.newest else "none has a day"
    return Diagnosis("rule notices", not listed.bad, f"{len(listed.notices)} in the list, {newest}{bad}")


async def _way_to_the_bot_api(settings: Settings) -> list[Diagnosis]:
    """The proxy, if one is set, and the Bot API through it."""
    if settings.is_sandbox:
        return [Diagnosis("Bot API", True, "sandbox, started by: alliance-bot run")]
    root = settings.telegram_api_base_url
    proxy = settings.bot_api_proxy(root)
    if proxy is not None:
        return [await _proxy(proxy, settings), *await _bot_api(settings, proxy)]
    spared = settings.model_copy(update={"no_proxy": ""}).usual_proxy(root)
    exempt = (
        [] if spared is None else [Diagnosis("proxy", True, f"none: NO_PROXY exempts {root} from {spared.setting}")]
    )
    return [*exempt, *await _bot_api(settings, None)]


async def _proxy(proxy: Proxy, settings: Settings) -> Diagnosis:
    from bot.telegram.proxy import ProxyError, tunnel  # noqa: PLC0415
    from bot.telegram.session import trusting  # noqa: PLC0415

    root, told = urlsplit(settings.telegram_api_base_url), f"{proxy} (from {proxy.setting})"
    host, port = root.hostname or "", root.port or PORTS[root.scheme]
    try:
        (await tunnel(proxy, host, port, trusting(settings.own_ca))).abort()
    except ProxyError as error:
        return Diagnosis("proxy", False, f"{told}: {error}; look at {proxy.setting}")
    return Diagnosis("proxy", True, f"{told} answers and reaches {host}:{port}")


async def _bot_api(settings: Settings, proxy: Proxy | None) -> list[Diagnosis]:
    from bot.commands import doctor_updates  # noqa: PLC0415
    from bot.telegram.api import Api  # noqa: PLC0415
    from bot.telegram.errors import InvalidToken, TelegramError  # noqa: PLC0415
    from bot.telegram.session import Session  # noqa: PLC0415

    root = settings.telegram_api_base_url
    try:
        async with Session(1, proxy=proxy, ca=settings.own_ca) as session:
            api = Api(settings.token, root, session)
            me, updates = await api.me(), await doctor_updates.updates(settings, api)
    except InvalidToken:
        return [Diagnosis("Bot API", False, "the token was refused; look at TELEGRAM_BOT_TOKEN, @BotFather has it")]
    except TelegramError as error:
        return [Diagnosis("Bot API", False, f"{error.message}; {_mend(error.message, proxy)}")]
    way = "" if proxy is None else ", through the proxy"
    return [
        Diagnosis("Bot API", True, f"@{me.username} at {root}{way}"),
        Diagnosis("updates", *updates),
        *[Diagnosis("running bot", False, told) for told in await doctor_updates.running(settings)],
    ]


def _mend(why: str, proxy: Proxy | None) -> str:
    if "cert" in why.lower():
        return "put the certificate of the server's authority into SSL_CERT_FILE, and look at TELEGRAM_API_BASE_URL"
    if proxy is not None:
        return f"look at {proxy.setting} and TELEGRAM_API_BASE_URL"
    return "look at TELEGRAM_API_BASE_URL and the network; where Telegram is blocked, set TELEGRAM_PROXY"
