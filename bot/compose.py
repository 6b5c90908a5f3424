"""The one place that wires: settings in, a running bot out."""

import asyncio
import gc
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import VERSION, logs, own_database
from bot.clock import Clock, SystemClock, milliseconds
from bot.conversation import links
from bot.conversation.functions import function_in
from bot.conversation.links import invite_key
from bot.delivery.channel import Limits
from bot.delivery.inbox_worker import Worker
from bot.delivery.sender import Sender
from bot.feeds.chat_uploads import Uploads
from bot.jobs.announcer import Announcer
from bot.jobs.daily_tables import DailyTables
from bot.jobs.dead_messages import DeadMessagesWatch
from bot.jobs.deletion import Retention
from bot.jobs.edition_rollout import EditionChanges
from bot.jobs.restored_copy import begin_again, doubted_day
from bot.jobs.risk_lists import RiskLists
from bot.jobs.rule_watch import RuleWatch
from bot.jobs.undelivered import UndeliveredWatch
from bot.jobs.unfound import UnfoundWatch
from bot.jobs.unheard import UnheardWatch
from bot.journeys import router
from bot.journeys.context import Context, Me, Readers
from bot.resources import at_most
from bot.settings import Settings
from bot.telegram import menu
from bot.telegram.addressed import Addressed
from bot.telegram.api import Api
from bot.telegram.introduction import introduce, username
from bot.telegram.menu import Call
from bot.telegram.session import Session
from bot.telegram.telegram_channel import LIMITS, TelegramChannel
from bot.views.export_sheet import export_words
from bot.views.render import mark
from bot.warnings.author import Author
from bot.warnings.schedule import Schedule
from bot.web.ingress import Ingress
from bot.web.observer import ObservedApi, Observer
from rules import vocabulary
from rules.edition import Catalogue, Edition
from rules.understanding import tables
from storage import audit
from storage.database import engine as database

CONNECTIONS = 300
POLLING_S = 0.2
"""By then the first poll is on its way."""

ANSWER_FIRST_S = 0.3
"""What the first poll brought is answered in this time; what nobody waits for begins then."""

NAME_AGAIN_S = 30.0
"""How soon the bot's name is asked for again after a failure: without it no link can be made."""

log = structlog.get_logger(__name__)


async def serve(  # noqa: PLR0917  (wiring takes what it wires)
    settings: Settings,
    token: str,
    root: str,
    catalogue: Catalogue,
    edition: Edition,
    stop: asyncio.Event,
    *,
    sock: socket.socket | None = None,
    readers: Readers | None = None,
    limits: Limits = LIMITS,
) -> None:
    """Run the bot until `stop` is set, with its HTTP side on `sock` if there is one.

    `readers`: those of this catalogue that are built already. `limits`: what the Bot API server takes.
    Raises what makes running impossible (no database, a refused token or webhook).
    """
    logs.name_chats_by(token)
    engine = database.create(settings.database_url)
    try:
        await own_database.make_ready(engine, settings.database_url, token, root, milliseconds(SystemClock()))
        proxy = settings.bot_api_proxy(root)
        if proxy is not None:
            log.info("through a proxy", proxy=str(proxy), setting=proxy.setting)
        async with Session(at_most(CONNECTIONS, one_of=4), proxy=proxy, ca=settings.own_ca) as session:
            context = _context(settings, token, catalogue, edition, readers)
            api = Api(token, root, session)
            parts = await _wired(settings, api, engine, context, limits, sock=sock)
            _make_ready(context)
            log.info("running", version=VERSION, edition=edition.name)
            await _run(parts, api, stop)
    finally:
        await engine.dispose()


def _context(
    settings: Settings, token: str, catalogue: Catalogue, edition: Edition, readers: Readers | None
) -> Context:
    return Context(
        catalogue,
        edition,
        settings.zone,
        settings.messages_per_minute,
        invite_key=invite_key(token),
        new_id=partial(secrets.token_urlsafe, links.ID_BYTES),
        quiet_hours=settings.quiet_hours,
        daily_check_at=settings.daily_check_at,
        admins=settings.admin_chat_ids,
        operator=settings.operator_name,
        readers={} if readers is None else readers,
    )


class Part(Protocol):
    """Something that runs until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None: ...


@dataclass(frozen=True)
class _Parts:
    """`menu`: gives the calls that set it; `me`: to be told the bot's name; `jobs`: what no merchant waits for."""

    clock: Clock
    observer: Observer
    sender: Sender
    worker: Worker
    ingress: Ingress
    menu: Callable[[], Awaitable[tuple[Call, ...]]]
    me: Me
    jobs: tuple[Part, ...]


async def _wired(
    settings: Settings,
    api: Api,
    engine: AsyncEngine,
    context: Context,
    limits: Limits,
    *,
    sock: socket.socket | None,
) -> _Parts:
    """updates → ingress → worker → context's journeys → sender → Telegram, and the jobs beside them."""
    clock, policy = SystemClock(), context.policy
    owner = f"{socket.gethostname()[:40]}:{os.getpid()}"
    observer = Observer(clock)
    seen = ObservedApi(api, observer)

    channel = TelegramChannel(seen, mark, replace(limits, per_second=settings.send_rate_per_s))
    author = Author(context.catalogue, context.zone, await doubted_day(engine, context, clock.now()))
    is_alone = database.is_embedded(settings.database_url)
    sender = Sender(channel, engine, clock, owner=owner, is_alone=is_alone, author=author)
    wake = sender.wake

    handle = observer.handling(partial(router.handle, context))
    worker = Worker(engine, handle, sender.reservations, clock, apology=router.apology)
    await begin_again(engine, worker, channel.methods, clock)
    receive = observer.receiving(worker.receive)
    takes = Addressed(clock, context.admins, lambda: context.me.username).takes
    ingress = Ingress(
        settings, engine, policy, clock, observer, api=seen, receive=receive, wake=wake, sock=sock, takes=takes
    )

    at, admins, swept, listed = context.daily_check_at, context.admins, observer.sweep_done, settings.rule_notices
    jobs = (
        Schedule(engine, policy, clock, at, owner=owner, admins=admins, wake=wake, swept=swept),
        DailyTables(engine, context, clock, wake),
        RiskLists(engine, context, clock, wake),
        Uploads(engine, api, policy, at, clock=clock, wake=wake),
        EditionChanges(engine, context, clock, wake),
        Retention(engine, clock, context.zone, owner, admins=admins),
        Announcer(engine, clock, wake, context.operator, admins=admins),
        UndeliveredWatch(engine, context, clock, wake),
        DeadMessagesWatch(engine, context, clock, wake),
        UnfoundWatch(engine, context, clock, wake),
        UnheardWatch(engine, context, clock, wake),
        RuleWatch(engine, context, clock, listed, owner, wake, settings.usual_proxy(listed), settings.own_ca),
    )
    return _Parts(clock, observer, sender, worker, ingress, partial(_menu, engine, admins), context.me, jobs)


async def _menu(engine: AsyncEngine, admins: frozenset[int]) -> tuple[Call, ...]:
    """The calls that set the menu; who once acted as an operator and is none any more no longer sees that menu.

    Without the database nobody is known to have been one.
    """
    try:
        async with engine.connect() as conn:
            return tuple(menu.calls(admins, await audit.operators(conn)))
    except SQLAlchemyError as error:
        log.warning("former operators not known", error=type(error).__name__)
        return tuple(menu.calls(admins))


async def _run(parts: _Parts, api: Api, stop: asyncio.Event) -> None:
    """All of it until `stop` is set, the jobs when the first merchants are answered."""
    sender, worker, ingress = parts.sender, parts.worker, parts.ingress
    async with asyncio.TaskGroup() as group:
        for part in (ingress.intake, sender, worker, ingress):
            group.create_task(part.run(stop))
        introducing = group.create_task(_introduce(api, parts, stop))
        group.create_task(_let_go(stop, introducing, worker, sender))
        await parts.clock.wait(parts.observer.has_polled, POLLING_S)
        await parts.clock.wait(stop, ANSWER_FIRST_S)
        await asyncio.to_thread(_read_the_rest, parts.ingress.is_served)
        for job in parts.jobs:
            group.create_task(job.run(stop))


def _make_ready(context: Context) -> None:
    """Build what the first text needs, phrases, the reader, the templates of an answer, and keep collections off it.

    Without `freeze` each full collection of garbage takes 0.1 s to find that all of that lives on.
    """
    edition = context.edition
    function_in(edition.topics[0].title)
    context.answer(edition, context.reader(edition).topic(edition.topics[0].id), context.today(SystemClock().now()))
    gc.freeze()
    gc.enable()


def _read_the_rest(is_served: bool) -> None:
    """Read what is needed later from the disk now: when the program is replaced there, this process goes on as begun.

    What is left: the font of a picture, and the program that reads a workbook in a process of its own.
    """
    import_module("rules.understanding.dialogue")
    tables.load_all()
    vocabulary.words()
    export_words()
    if is_served:
        import_module("bot.web.metrics")


async def _let_go(stop: asyncio.Event, introducing: asyncio.Task[None], *parts: Worker | Sender) -> None:
    """When told to stop, end what would wait for an answer or for work."""
    await stop.wait()
    introducing.cancel()
    for part in parts:
        part.wake()


async def _introduce(api: Api, parts: _Parts, stop: asyncio.Event) -> None:
    """Set the menu and the descriptions, and ask for the bot's name until it is known."""
    await introduce(api, await parts.menu())
    while not (name := await username(api)):
        await parts.clock.wait(stop, NAME_AGAIN_S)
    parts.me.username = name
