"""The one place that wires: settings in, a running bot out."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from random import Random

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.error import TelegramError

from bot import turn
from bot.botapi import Api, Connections
from bot.clock import SystemClock
from bot.delivery.lanes import Rates
from bot.delivery.sender import Sender
from bot.desk import Desk
from bot.intake.polling import Poller
from bot.marking import mark
from bot.menu import calls as menu_calls
from bot.settings import Settings
from bot.worker import Worker
from rules.catalogue import Catalogue
from rules.model import Edition
from storage import engine as database

CONNECTIONS = 300
log = structlog.get_logger(__name__)


async def serve(settings: Settings, token: str, root: str, catalogue: Catalogue, edition: Edition) -> None:
    """Run the bot until SIGINT or SIGTERM. Raises what makes running impossible (no database, a refused token)."""
    connections = Connections(CONNECTIONS)
    engine = database.create(settings.database_url)
    try:
        await database.migrate(engine)
        await connections.open()
        desk = Desk(catalogue, edition, settings.zone, settings.messages_per_minute)
        await _run(settings, Api(token, root, connections), engine, desk)
    finally:
        await connections.close()
        await engine.dispose()


async def _run(settings: Settings, api: Api, engine: AsyncEngine, desk: Desk) -> None:
    clock, stop = SystemClock(), asyncio.Event()
    rates = Rates(per_second=settings.send_rate_per_s)
    is_alone = database.is_embedded(settings.database_url)
    sender = Sender(api, engine, clock, mark=mark, owner=_owner(), rates=rates, is_alone=is_alone)
    worker = Worker(engine, partial(turn.handle, desk), sender, clock)
    poller = Poller(api, engine, clock, random=Random(), on_arrival=worker.wake)  # noqa: S311  (spreads retries, guards nothing)
    _stop_on_signals(lambda: (stop.set(), worker.wake(), sender.wake()))
    log.info("running", edition=desk.edition.name)
    async with asyncio.TaskGroup() as group:
        group.create_task(_introduce(api))
        for part in (sender, worker, poller):
            group.create_task(part.run(stop))


async def _introduce(api: Api) -> None:
    """Set the menu and the descriptions. A failure is not worth stopping for: the next start tries again."""
    for method, payload in menu_calls():
        try:
            await api.call(method, payload)
        except TelegramError as error:
            log.warning("menu not set", method=method, error=type(error).__name__)


def _stop_on_signals(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def _owner() -> str:
    """This process, in leases and logs."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"
