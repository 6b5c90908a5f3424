"""The loop of everything beside the conversation that runs as long as the process, and work on many things at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from bot.clock import Clock
from storage.database.blame import is_of_a_row

Step = Callable[[], Awaitable[float]]
"""Does the next piece of work; the seconds until there may be more to do (0: at once)."""

MOST_ASIDE: Final = 20
"""So many of many may fail by themselves."""

Item = TypeVar("Item")
Done = TypeVar("Done")
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


async def in_parts(
    items: Sequence[Item], work: Callable[[Sequence[Item]], Awaitable[Done]], aside: Callable[[Item, Exception], None]
) -> list[Done]:
    """What `work` gives for all items together; where it fails, for each half, until what fails is set aside alone.

    `work` leaves nothing behind where it fails: it runs in a transaction or a savepoint of its own. Raised are an error
    of the database, which would meet every item, and the error of one item more than MOST_ASIDE: no single item is at
    fault then.
    """
    done: list[Done] = []
    left, failed = [items] if items else [], 0
    while left:
        part = left.pop()
        try:
            done.append(await work(part))
        except Exception as error:
            if not is_of_a_row(error) or failed == MOST_ASIDE:
                raise
            if len(part) > 1:
                left += [part[len(part) // 2 :], part[: len(part) // 2]]
                continue
            failed += 1
            aside(part[0], error)
    return done
