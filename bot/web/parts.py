"""The parts of the bot used by the HTTP side, put together by `Ingress`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook
from bot.warnings.policy import WatchPolicy
from bot.web.observer import Observer

Keep = Callable[[bytes], Awaitable[None]]
"""Takes the body of an update; returns once the update is on disk. Raises NotJsonError."""


@dataclass(frozen=True)
class Hook:
    """The webhook: path, secret told by Telegram, and `keep` for the bodies."""

    path: str
    secret: bytes
    keep: Keep


@dataclass(frozen=True)
class Parts:
    """`ingest_keys` empty: the ingest is off. `hook` None: updates are polled. `wake` starts the delivery.

    `admins`: the chats asked about rows that are held. `rule_list`: where rule notices are read, "" for nowhere.
    `intake` None: nothing brings updates.
    """

    engine: AsyncEngine
    clock: Clock
    observer: Observer
    watch: WatchPolicy
    ingest_keys: tuple[bytes, ...]
    wake: Callable[[], None]
    hook: Hook | None = None
    admins: frozenset[int] = frozenset()
    rule_list: str = ""
    daily_check_at: time = time(9, 30)
    intake: Poller | Webhook | None = None
