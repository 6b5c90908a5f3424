"""The things that every journey needs, made once by `compose`: the catalogue, the readers of questions, the zone.

Many merchants ask the same, and in many wordings: readings of short texts and answers to readings are kept in memory
for the next merchant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from bot.views.answer import answer
from bot.views.answer_values import EMPTY, NO_SHOP, OfShops
from bot.views.other_edition import EditionOffers
from bot.views.render import Rendered
from bot.warnings.policy import WatchPolicy
from rules.case import Case
from rules.edition import Catalogue, Edition
from rules.memory import Memory
from rules.reading import Reading

if TYPE_CHECKING:
    from rules.understanding import Understanding

Readers = dict[str, "Understanding"]
"""By the name of the edition."""

SHORT: Final = 40
"""Characters of a text that others may well have written to the letter."""

READINGS_KEPT: Final = 1000
ANSWERS_KEPT: Final = 200


@dataclass
class Me:
    """The bot's own account. `username`: "" until the Bot API has told it."""

    username: str = ""


def no_id() -> str:
    """Where no links are made."""
    raise RuntimeError("no source of new ids")


@dataclass(frozen=True)
class Context:
    """`edition` answers: the chat's choice, else the operator's `setting`; a check under way keeps its edition.

    `invite_key` signs the operators' links, and `new_id` gives each its id; `quiet_hours` hold for chats without a
    choice; `admins` are chat ids; `operator`: who runs the bot, "" for no name; `readers` are built on first use;
    `by_choice` holds the contexts of chats with a choice, by setting and choice.
    """

    catalogue: Catalogue
    setting: Edition
    zone: ZoneInfo
    messages_per_minute: int
    invite_key: bytes = b""
    new_id: Callable[[], str] = no_id
    me: Me = field(default_factory=Me)
    quiet_hours: tuple[time, time] | None = None
    daily_check_at: time = time(9, 30)
    admins: frozenset[int] = frozenset()
    operator: str = ""
    readers: "Readers" = field(default_factory=dict)
    chosen: Edition | None = None
    by_choice: dict[tuple[str, str], "Context"] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        """The edition that answers the chat."""
        return self.chosen or self.setting

    @property
    def editions(self) -> tuple[Edition, ...]:
        """All editions, the one that answers the chat first."""
        return (self.edition, *(other for other in self.catalogue.editions if other.name != self.edition.name))

    def of_edition(self, name: str | None) -> "Context":
        """The context of a chat that chose the edition; None, or an edition that is gone: as the operator set."""
        chosen = self.edition_named(name) if name else None
        if chosen == self.chosen:
            return self
        key = self.setting.name, chosen.name if chosen else ""
        if key not in self.by_choice:
            self.by_choice[key] = replace(self, chosen=chosen)
        return self.by_choice[key]

    def reader(self, edition: Edition) -> "Understanding":
        """The reader of questions under the edition, built on first use."""
        from rules.understanding import Understanding  # noqa: PLC0415

        if edition.name not in self.readers:
            self.readers[edition.name] = Understanding(edition, catalogue=self.catalogue)
        return self.readers[edition.name]

    def follow(self, before: Memory, text: str) -> tuple[Reading, Memory]:
        """The reading of a chat's next message by the answering edition, and the memory after it."""
        return self._followed(before, text) if len(text) <= SHORT else self._follow(before, text)

    def _follow(self, before: Memory, text: str) -> tuple[Reading, Memory]:
        from rules.understanding.dialogue import follow  # noqa: PLC0415

        return follow(self.reader(self.edition), before, text)

    @cached_property
    def _followed(self) -> Callable[[Memory, str], tuple[Reading, Memory]]:
        return lru_cache(READINGS_KEPT)(self._follow)

    def answer(
        self, edition: Edition, reading: Reading, today: date, case: Case = EMPTY, of_shops: OfShops = NO_SHOP
    ) -> Rendered:
        """The reply on the day to a reading made under the edition. `case`: of the shop that is judged."""
        if case.known or of_shops is not NO_SHOP:
            return answer(edition, reading, self.offers, today=today, case=case, of_shops=of_shops)
        return self._answer(edition.name, reading, today)

    @cached_property
    def _answer(self) -> Callable[[str, Reading, date], Rendered]:
        return lru_cache(ANSWERS_KEPT)(
            lambda name, reading, today: answer(self.catalogue.edition(name), reading, self.offers, today=today)
        )

    @cached_property
    def policy(self) -> WatchPolicy:
        """How scores are watched: by the operator's edition, for the followers of a shop are many."""
        return WatchPolicy(self.setting, self.zone, self.quiet_hours, self.catalogue, admins=self.admins)

    def edition_named(self, name: str) -> Edition | None:
        """The edition by name, None when the catalogue has no such edition."""
        return self.catalogue.edition(name) if self.catalogue.has(name) else None

    @property
    def offers(self) -> EditionOffers:
        """The editions to be named beside another in a message."""
        return EditionOffers(self.catalogue, self.edition)

    def today(self, now: datetime) -> date:
        """The merchant's day at an instant."""
        return now.astimezone(self.zone).date()
