"""What Telegram tells of the bot's webhook: `getWebhookInfo`, as the few things that the bot looks at (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from bot.telegram.parts import instant, number, text

LONGEST_ERROR: Final = 200
RECENT_S: Final = 600.0
"""Telegram tells of its last failed call for ever. One that is older, with updates waiting now, says nothing."""


@dataclass(frozen=True)
class WebhookInfo:
    """`url` "": no webhook is set. `pending`: updates not taken yet, None when Telegram does not say.

    `error`: why Telegram's last failed call of the webhook failed, at `error_at` (aware, UTC; None: never).
    """

    url: str = ""
    pending: int | None = None
    error: str = ""
    error_at: datetime | None = None

    @property
    def host(self) -> str:
        """The host of the webhook, without the path, which may be a secret."""
        try:
            return urlsplit(self.url).hostname or "an unreadable address"
        except ValueError:
            return "an unreadable address"

    def trouble(self, now: datetime) -> str:
        """Why updates wait at Telegram, "" when Telegram names no reason."""
        age_s = (now - self.error_at).total_seconds() if self.error_at else RECENT_S
        if not self.pending or age_s >= RECENT_S:
            return ""
        why = self.error or "no reason given"
        return f"{waiting(self.pending)}, whose last call failed {max(0.0, age_s):.0f} s ago: {why}"


def waiting(count: int) -> str:
    """The words for so many updates."""
    return f"{count} update{'s wait' if count != 1 else ' waits'} at Telegram"


def read_info(raw: object) -> WebhookInfo | None:
    """The answer of `getWebhookInfo`; a part that can't be read is as good as absent. None: no such answer."""
    if not isinstance(raw, Mapping):
        return None
    pending = number(raw, "pending_update_count")
    error = " ".join("".join(c if c.isprintable() else " " for c in text(raw, "last_error_message")).split())
    found = instant(raw, "last_error_date")
    at = found or (datetime.fromtimestamp(0, UTC) if error else None)
    known = pending if pending is not None and pending >= 0 else None
    return WebhookInfo(text(raw, "url"), known, error[:LONGEST_ERROR], at)
