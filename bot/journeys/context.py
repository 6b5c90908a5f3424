"""What every journey needs at hand, made once by `compose`: the catalogue, the readers of questions, the zone.

Many merchants ask the same, and in many wordings: what a short text asks, and the answer to a reading, are kept in
memory for the next who asks.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.views.answer import answer
from bot.views.other_edition import EditionOffers
from bot.views.render import Rendered
from bot.warnings.policy import WatchPolicy
from rules.edition import Catalogue, Edition
from rules.reading import Reading

if TYPE_CHECKING:
    from rules.understanding import Understanding

Readers = dict[str, "Understanding"]
"""By the name of the edition."""

SHORT: Final = 40
"""Characters of a text that others may well have written to the letter."""

READINGS_KEPT: Final = 1000
ANSWERS_KEPT: Final = 200


@dataclass(frozen=True)
class Context:
    """`edition` is the one that answers; a check under way keeps the edition that it began with.

    `invite_key` signs the operators' links; `quiet_hours` hold for chats that chose none; `admins` are chat ids;
    `readers` are built on first use.
    """

    catalogue: Catalogue
    edition: Edition
    zone: ZoneInfo
    messages_per_minute: int
    invite_key: bytes = b""
    quiet_hours: tuple[time, time] | None = None
    daily_check_at: time = time(9, 30)
    admins: frozenset[int] = frozenset()
    readers: "Readers" = field(default_factory=dict)

    def reader(self, edition: Edition) -> "Understanding":
        """The reader of questions under this edition, built on first use."""
        from rules.understanding import Understanding  # noqa: PLC0415

        if edition.name not in self.readers:
            self.readers[edition.name] = Understanding(edition)
        return self.readers[edition.name]

    def read(self, text: str, before: Reading | None = None) -> Reading:
        """What this text asks, by the edition that answers. `before`: see `Understanding.read`."""
        return self._read(text, before) if len(text) <= SHORT else self.reader(self.edition).read(text, before)

    @cached_property
    def _read(self) -> Callable[[str, Reading | None], Reading]:
        return lru_cache(READINGS_KEPT)(self.reader(self.edition).read)

    def answer(self, edition: Edition, reading: Reading) -> Rendered:
        """The reply to a question that was read under this edition."""
        return self._answer(edition.name, reading)

    @cached_property
    def _answer(self) -> Callable[[str, Reading], Rendered]:
        return lru_cache(ANSWERS_KEPT)(lambda name, reading: answer(self.catalogue.edition(name), reading, self.offers))

    @cached_property
    def policy(self) -> WatchPolicy:
        """How scores are watched: by the edition that answers."""
        return WatchPolicy(self.edition, self.zone, self.quiet_hours)

    def edition_named(self, name: str) -> Edition | None:
        """The edition of this name, None when the catalogue has none."""
        return self.catalogue.edition(name) if self.catalogue.has(name) else None

    @property
    def offers(self) -> EditionOffers:
        """The editions as a message sees them."""
        return EditionOffers(self.catalogue, self.edition)

    def today(self, now: datetime) -> date:
        """The merchant's day at this instant."""
        return now.astimezone(self.zone).date()
