"""The loop of everything beside the conversation that runs as long as the process."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.clock import Clock

Step = Callable[[], Awaitable[float]]
"""Does the next piece of work; the seconds until there may be more to do (0: at once)."""

log = structlog.get_logger(__name__)


async def repeat(
    step: Step, stop: asyncio.Event, clock: Clock, *, failed: str, again_s: float, wake: asyncio.Event | None = None
) -> None:
    """Run `step` again and again until `stop` is set; the step under way is finished. `wake`, set, ends a wait early.

    A step that fails is logged as `failed` and comes again after `again_s` seconds: all state is in the database, and
    the step's commits stay.
    """
    while not stop.is_set():
        if wake is not None:
            wake.clear()
        try:
            wait_s = await step()
        except Exception as error:
            log.error(failed, error=type(error).__name__)
            wait_s = again_s
        if wait_s > 0:
            await clock.wait(stop if wake is None else wake, wait_s)
