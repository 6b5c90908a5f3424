"""Telegram's real sending limits, off until a control call turns them on.

30 messages a second in all, 1 a second in a chat, 20 a minute in a group or channel.
"""

from collections import defaultdict, deque
from math import ceil

from bot.sandbox.refusals import too_many

OVERALL = (30, 1.0)
PER_CHAT = (1, 1.0)
PER_GROUP = (20, 60.0)


class Budget:
    """Counts messages in sliding windows. `now` is in seconds of any steady clock."""

    def __init__(self) -> None:
        self._sent: dict[int | str, deque[float]] = defaultdict(deque)

    def spend(self, chat_id: int, is_group: bool, now: float) -> None:
        """Count one message. Raises Refusal(429), and counts nothing, when a window is full."""
        windows: list[tuple[int | str, int, float]] = [("all", *OVERALL), (chat_id, *PER_CHAT)]
        if is_group:
            windows.append((f"group {chat_id}", *PER_GROUP))
        wait = max(self._wait(key, most, span, now) for key, most, span in windows)
        if wait > 0:
            raise too_many(ceil(wait))
        for key, _, _ in windows:
            self._sent[key].append(now)

    def _wait(self, key: int | str, most: int, span: float, now: float) -> float:
        sent = self._sent[key]
        while sent and sent[0] <= now - span:
            sent.popleft()
        return sent[0] + span - now if len(sent) >= most else 0.0
