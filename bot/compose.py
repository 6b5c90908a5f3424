"""The one place that wires: settings in, a running bot out."""

import asyncio
import gc
import os
import socket
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot import logs
from bot.clock import SystemClock
from bot.conversation.links import invite_key
from bot.delivery.inbox_worker import Worker
from bot.delivery.lanes import Rates
from bot.delivery.sender import Sender
from bot.feeds.uploads import Uploads
from bot.jobs.announcements import Announcer
from bot.jobs.edition_switch import Switcher
from bot.jobs.restored_copy import begin_again, doubted_day
from bot.jobs.retention import Retention
from bot.journeys import router
from bot.journeys.context import Context, Readers
from bot.settings import Settings
from bot.telegram.api import Api
from bot.telegram.files import FilesApi
from bot.telegram.menu import calls as menu_calls
from bot.telegram.session import Session
from bot.views.marking import mark
from bot.warnings.author import Author
from bot.warnings.policy import WatchPolicy
from bot.warnings.schedule import Schedule
from bot.web.ingress import Ingress
from bot.web.observer import ObservedApi, Observer
from rules.catalogue.load import Catalogue
from rules.edition import Edition
from storage.database import engine as database

CONNECTIONS = 300
WARM = 5
"""Answers that are made beforehand: the templates are compiled then."""

POLLING_S = 0.2
"""By then the first poll is on its way."""

ANSWER_FIRST_S = 0.3
"""What the first poll brought is answered in this time; what nobody waits for begins then."""

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
) -> None:
    """Run the bot until `stop` is set, with its HTTP side on `sock` if there is one.

    `readers`: those of this catalogue that are built already.
    Raises what makes running impossible (no database, a refused token or webhook).
    """
    logs.name_chats_by(token)
    engine = database.create(settings.database_url)
    try:
        await database.migrate(engine)
        async with Session(CONNECTIONS) as session:
            context = _context(settings, token, catalogue, edition, readers)
            await _run(settings, FilesApi(token, root, session), engine, context, stop, sock=sock)
    finally:
        await engine.dispose()


def _context(
    settings: Settings, token: str, catalogue: Catalogue, edition: Edition, readers: Readers | None = None
) -> Context:
    return Context(
        catalogue,
        edition,
        settings.zone,
        settings.messages_per_minute,
        invite_key=invite_key(token),
        quiet_hours=settings.quiet_hours,
        daily_check_at=settings.daily_check_at,
        admins=settings.admin_chat_ids,
        readers={} if readers is None else readers,
    )


async def _run(
    settings: Settings,
    api: FilesApi,
    engine: AsyncEngine,
    context: Context,
    stop: asyncio.Event,
    *,
    sock: socket.socket | None,
) -> None:
    clock = SystemClock()
    observer = Observer(clock)
    seen = ObservedApi(api, observer)
    is_alone = database.is_embedded(settings.database_url)
    rates = Rates(per_second=settings.send_rate_per_s)
    author = Author(context.catalogue, context.zone, await doubted_day(engine, context, clock.now()))
    sender = Sender(seen, engine, clock, mark=mark, owner=_owner(), rates=rates, is_alone=is_alone, author=author)
    worker = Worker(engine, observer.handling(partial(router.handle, context)), sender, clock)
    watch = WatchPolicy(context.edition, context.zone, context.quiet_hours)
    await begin_again(engine, worker, clock)
    front = Ingress(
        settings,
        engine,
        watch,
        clock,
        observer,
        api=seen,
        receive=observer.receiving(worker.receive),
        wake=sender.wake,
        sock=sock,
    )
    uploads = Uploads(engine, api, watch, context.daily_check_at, clock=clock, wake=sender.wake)
    schedule = Schedule(
        engine,
        watch,
        clock,
        context.daily_check_at,
        owner=_owner(),
        admins=context.admins,
        wake=sender.wake,
        swept=observer.sweep_done,
    )
    switcher = Switcher(engine, context, clock, sender.wake)
    retention = Retention(engine, clock, context.zone, _owner())
    announcer = Announcer(engine, clock, sender.wake)
    _settle(context)
    log.info("running", edition=context.edition.name)
    async with asyncio.TaskGroup() as group:
        for part in (sender, worker, front.intake, front):
            group.create_task(part.run(stop))
        introducing = group.create_task(_introduce(api))
        group.create_task(_let_go(stop, introducing, worker, sender))
        await clock.wait(observer.has_polled, POLLING_S)
        await clock.wait(stop, ANSWER_FIRST_S)
        for later in (schedule, uploads, switcher, retention, announcer):
            group.create_task(later.run(stop))


def _settle(context: Context) -> None:
    """Make what the first question needs, and end looking through it.

    All that is there by then lives as long as the process, and a collection of garbage would take 0.1 s to find that.
    """
    reader = context.reader(context.edition)
    for topic in context.edition.topics[:WARM]:
        context.answer(context.edition, reader.topic(topic.id))
    gc.collect()
    gc.freeze()
    gc.enable()


async def _let_go(stop: asyncio.Event, introducing: asyncio.Task[None], *parts: Worker | Sender) -> None:
    """When told to stop, end what would wait for an answer or for work."""
    await stop.wait()
    introducing.cancel()
    for part in parts:
        part.wake()


async def _introduce(api: Api) -> None:
    """Set the menu and the descriptions. A failure is not worth stopping for: the next start tries again."""
    for method, payload in menu_calls():
        try:
            await api.call(method, payload)
        except TelegramError as error:
            log.warning("menu not set", method=method, error=type(error).__name__)


def _owner() -> str:
    """This process, in leases and logs."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"
