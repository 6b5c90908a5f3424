"""What the HTTP side needs of the bot, put together by `compose`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.clock import Clock
from bot.warnings.policy import WatchPolicy
from bot.web.observer import Observer

Keep = Callable[[bytes], Awaitable[None]]
"""Keeps the body of an update; returns when it is on disk. Raises NotJsonError."""


@dataclass(frozen=True)
class Hook:
    """Where Telegram brings updates: the path, the secret that it says, and who keeps what it brings."""

    path: str
    secret: bytes
    keep: Keep


@dataclass(frozen=True)
class Parts:
    """`ingest_keys`: none, the ingest is off. `hook` None: updates are polled. `wake`: there is something to send."""

    engine: AsyncEngine
    clock: Clock
    observer: Observer
    watch: WatchPolicy
    ingest_keys: tuple[bytes, ...]
    wake: Callable[[], None]
    hook: Hook | None = None
