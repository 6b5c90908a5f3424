"""What every journey needs at hand, made once by `compose`: the catalogue, the readers of questions, the zone."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.shelf import Shelf
from rules.catalogue import Catalogue
from rules.model import Edition

if TYPE_CHECKING:
    from rules.understanding import Understanding


@dataclass(frozen=True)
class Desk:
    """`edition` is the one that answers; a check under way keeps the edition that it began with.

    `invite_key` signs the operators' links; `quiet_hours` hold for chats that chose none; `admins` are chat ids.
    """

    catalogue: Catalogue
    edition: Edition
    zone: ZoneInfo
    messages_per_minute: int
    invite_key: bytes = b""
    quiet_hours: tuple[time, time] | None = None
    daily_check_at: time = time(9, 30)
    admins: frozenset[int] = frozenset()
    _readers: "dict[str, Understanding]" = field(default_factory=dict)

    def reader(self, edition: Edition) -> "Understanding":
        """The reader of questions under this edition, built on first use."""
        from rules.understanding import Understanding  # noqa: PLC0415

        if edition.name not in self._readers:
            self._readers[edition.name] = Understanding(edition)
        return self._readers[edition.name]

    @property
    def shelf(self) -> Shelf:
        """The editions as a message sees them."""
        return Shelf(self.catalogue, self.edition)

    def today(self, now: datetime) -> date:
        """The merchant's day at this instant."""
        return now.astimezone(self.zone).date()
