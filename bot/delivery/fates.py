"""What becomes of a message in the outbox after a failed call: a function for each fate of `bot.delivery.channel`."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import patience
from bot.delivery.channel import Failure, Fate
from storage import chats, sending, unfound
from storage.sending import LeasedMessage, Methods

MOST_RINGS: Final = 3
"""So often may a chat be said to have moved in a ring; then the message is set aside."""

MOST_REFUSALS: Final = 10
"""After so many refusals no plainer form is sent any more: a message has fewer parts."""

RING_WAIT_S: Final = 60.0
LONGEST_WHY: Final = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Failed:
    """A message after a failed call, in the transaction of `conn`. `may_give_up`: the server is not in trouble."""

    conn: AsyncConnection
    methods: Methods
    message: LeasedMessage
    failure: Failure
    now_ms: int
    may_give_up: bool

    @property
    def number(self) -> int:
        return self.message.id

    @property
    def chat_id(self) -> int:
        return self.message.chat_id

    @property
    def why(self) -> str:
        return self.failure.why

    @property
    def may_have_arrived(self) -> bool:
        """Whether another call would be a repeat, if this one took effect."""
        return self.methods.marks_repeats(self.message.method)

    def until_ms(self, wait_s: float) -> int:
        """The instant after a wait."""
        return self.now_ms + int(wait_s * 1000)


async def store(failed: Failed) -> None:
    """Store what becomes of the message. Raises the database's errors."""
    await _BY_FATE[failed.failure.fate](failed)


async def _paused(one: Failed) -> None:
    await sending.retry(one.conn, one.number, one.why)
    await chats.pause(one.conn, one.chat_id, one.until_ms(one.failure.wait_s), one.now_ms)


async def _unreached(one: Failed) -> None:
    await sending.retry(one.conn, one.number, one.why, is_reached=False)
    await chats.pause(one.conn, one.chat_id, one.until_ms(one.failure.wait_s), one.now_ms, chats.UNANSWERED)


async def _unknown(one: Failed) -> None:
    """The message waits, for long at its end; the chat never for long, for its other messages may be answered."""
    if _is_over(one):
        await _give_up(one, unsure=one.may_have_arrived)
        return
    wait_s = max(one.failure.wait_s, patience.wait_s(one.message, one.now_ms))
    is_long = wait_s > patience.LONG_S and one.may_give_up  # a server that is well again is not waited for
    due_at = one.until_ms(wait_s) if is_long else None
    await sending.retry(one.conn, one.number, one.why, unsure=one.may_have_arrived, due_at=due_at)
    until_ms = one.until_ms(min(wait_s, patience.LONG_S))
    await chats.pause(one.conn, one.chat_id, until_ms, one.now_ms, chats.UNANSWERED)


async def _again(one: Failed) -> None:
    if _is_over(one):
        await _give_up(one)
    else:
        await _refused(one, one.failure.wait_s)


async def _refused(one: Failed, wait_s: float) -> None:
    """Refused in a way that is counted: this chat alone waits."""
    await sending.retry(one.conn, one.number, one.why, is_refused=True)
    await chats.pause(one.conn, one.chat_id, one.until_ms(wait_s), one.now_ms)


async def _plainer(one: Failed) -> None:
    if one.failure.plainer is None or one.message.refusals >= MOST_REFUSALS:
        await _set_aside(one)
        return
    method, payload = one.failure.plainer
    await sending.resend_plainer(one.conn, one.number, method, payload, one.why)


async def _gone(one: Failed) -> None:
    await sending.retry(one.conn, one.number, one.why)
    await chats.block(one.conn, one.chat_id, one.why, one.now_ms)


async def _unfound(one: Failed) -> None:
    """The chat is blocked, unless many fare so at once."""
    await sending.retry(one.conn, one.number, one.why)
    count = await unfound.note(one.conn, one.chat_id, one.why, one.now_ms)
    if count and _is_over(one):
        await _give_up(one)
    if count > 1:
        log.error("many chats are not known to the server: none is blocked, all are tried again later", count=count)


async def _moved(one: Failed) -> None:
    """Once more, to the new id; moves in a ring are followed no further."""
    if await chats.move(one.conn, one.chat_id, one.failure.new_id, one.now_ms):
        await sending.retry(one.conn, one.number, one.why)
    elif one.message.refusals + 1 < MOST_RINGS:
        await _refused(one, RING_WAIT_S)
    else:
        why = f"moved in a ring: {one.why}"[:LONGEST_WHY]
        await sending.mark_dead(one.conn, one.number, why, one.now_ms)


async def _as_new(one: Failed) -> None:
    await sending.resend_as_new(one.conn, one.number, one.methods.new_message)


async def _dropped(one: Failed) -> None:
    await sending.drop(one.conn, one.number, one.now_ms)


async def _set_aside(one: Failed) -> None:
    await sending.mark_dead(one.conn, one.number, one.why, one.now_ms)


async def _broken(one: Failed) -> None:
    await sending.mark_dead(one.conn, one.number, one.why, one.now_ms, unsure=one.may_have_arrived)


def _is_over(one: Failed) -> bool:
    return one.may_give_up and patience.is_over(one.message, one.now_ms)


async def _give_up(one: Failed, *, unsure: bool = False) -> None:
    """Set the message aside with its age."""
    hours = patience.age_s(one.message, one.now_ms) / patience.HOUR_S
    why = f"given up after {hours:.0f} h: {one.why}"[:LONGEST_WHY]
    await sending.mark_dead(one.conn, one.number, why, one.now_ms, unsure=unsure)


async def _done(one: Failed) -> None:
    """There was nothing to do."""
    await sending.sent(one.conn, [(one.number, None)], one.now_ms)


_BY_FATE: Final[Mapping[Fate, Callable[[Failed], Awaitable[None]]]] = {
    Fate.DONE: _done,
    Fate.PAUSED: _paused,
    Fate.UNREACHED: _unreached,
    Fate.UNKNOWN: _unknown,
    Fate.AGAIN: _again,
    Fate.PLAINER: _plainer,
    Fate.GONE: _gone,
    Fate.UNFOUND: _unfound,
    Fate.MOVED: _moved,
    Fate.AS_NEW: _as_new,
    Fate.DROPPED: _dropped,
    Fate.REJECTED: _set_aside,
    Fate.BROKEN: _broken,
}
