"""The queue of updates of a bot, and getUpdates over the queue.

An offset confirms all updates below, as with Telegram. Two rules for pushed updates with repeated or
falling ids: an offset right above a delivered update confirms through that delivery, and an
offset beyond the newest update's id + 1 is taken as no offset (ids were chosen anew).
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bot.sandbox.signals import Signal
from bot.sandbox.wire import POLLED_TWICE, Json, Params, Refusal, integer, structure

_LEFT_OUT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONGEST_POLL_S = 50
_OWN_ID = re.compile(r'"update_id"\s*:\s*(\d{1,18})\b')


class Verbatim(str):
    """JSON text, put into a reply unchanged."""

    __slots__ = ()


@dataclass(slots=True, eq=False)
class Update:
    """A waiting update; `body` is the JSON text as sent, `chat_id` None for a pushed one."""

    update_id: int
    body: str
    chat_id: int | None
    handed_out: bool = False


class UpdateQueue:
    """Updates in order of arrival."""

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self.pending: deque[Update] = deque()
        self.signal = Signal()
        self.allowed: frozenset[str] = frozenset()
        self.waiting = False
        self._turn = 0
        self._stopped = ""
        self._tail = first_id - 1

    def push(self, kind: str, content: Json, chat_id: int | None) -> int | None:
        """The id of the update, queued; None when the bot did not ask for `kind`."""
        if kind not in self.allowed if self.allowed else kind in _LEFT_OUT_BY_DEFAULT:
            return None
        update_id = self.next_id
        self._add(Update(update_id, json.dumps({"update_id": update_id, kind: content}), chat_id))
        return update_id

    def push_raw(self, body: str) -> int:
        """The id that will confirm `body`, queued unchanged, well-formed or not."""
        update_id = _own_id(body)
        self._add(Update(self.next_id if update_id is None else update_id, body, None))
        return self._tail

    def _add(self, update: Update) -> None:
        self.next_id = max(self.next_id, update.update_id + 1)
        self._tail = update.update_id
        self.pending.append(update)
        self.signal.fire()

    def allow(self, params: Params) -> None:
        """Take over `allowed_updates` of the call, if any."""
        kinds = structure(params, "allowed_updates", list)
        if kinds is not None:
            self.allowed = frozenset(map(str, kinds))

    def confirm(self, offset: int) -> None:
        """Forget the updates confirmed by `offset`; a negative `offset` keeps the newest -offset updates."""
        if offset < 0:
            self._drop(len(self.pending) + offset)
        elif exact := self._delivered(offset - 1):
            self._drop(exact)
        elif offset <= self._tail + 1 and any(update.update_id < offset for update in self.pending):
            self.pending = deque(update for update in self.pending if update.update_id >= offset)

    def _delivered(self, update_id: int) -> int:
        position = 0
        for count, update in enumerate(self.pending, start=1):
            if not update.handed_out:
                break
            if update.update_id == update_id:
                position = count
        return position

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self.pending.popleft()

    def interrupt(self, refusal: str = "") -> None:
        """End a waiting long poll now: empty, or refused with 409 and `refusal`."""
        self._stopped = refusal or "interrupted"
        self.signal.fire()

    async def poll(self, params: Params) -> Verbatim:
        """getUpdates. Raises Refusal(409) when a later poll or a webhook takes over."""
        self._turn += 1
        self._stopped = ""
        self.signal.fire()
        self.allow(params)
        self.confirm(integer(params, "offset") or 0)
        timeout_s = min(max(integer(params, "timeout") or 0, 0), LONGEST_POLL_S)
        limit = min(max(integer(params, "limit") or 100, 1), 100)
        self.waiting = True
        try:
            return await self.signal.until(self._look(self._turn, limit), timeout_s) or Verbatim("[]")
        finally:
            self.waiting = False

    def _look(self, turn: int, limit: int) -> Callable[[], Verbatim]:
        def look() -> Verbatim:
            if turn != self._turn:
                raise Refusal(409, POLLED_TWICE)
            if self._stopped == "interrupted":
                return Verbatim("[]")
            if self._stopped:
                raise Refusal(409, self._stopped)
            return self._batch(limit)

        return look

    def _batch(self, limit: int) -> Verbatim:
        batch = list(islice(self.pending, limit))
        for update in batch:
            update.handed_out = True
        return Verbatim(f"[{','.join(update.body for update in batch)}]" if batch else "")


def _own_id(body: str) -> int | None:
    try:
        parsed: Any = json.loads(body)
    except (ValueError, RecursionError):  # JSON all the same, perhaps, with a part that Python does not read
        found = _OWN_ID.search(body)
        return int(found[1]) if found else None
    found = parsed.get("update_id") if isinstance(parsed, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None
