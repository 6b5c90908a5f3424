"""What one update comes to: the conversation afterwards and what is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import Desk
from bot.dialogue import Dialogue
from bot.incoming import Incoming
from storage.outbox import Message


@dataclass(frozen=True)
class Turn:
    """One update with all that its handling may look at. `conn` is inside the transaction of this update."""

    desk: Desk
    incoming: Incoming
    dialogue: Dialogue
    now: datetime
    conn: AsyncConnection

    @property
    def chat_id(self) -> int:
        return self.incoming.chat_id

    @property
    def today(self) -> date:
        """The merchant's day."""
        return self.desk.today(self.now)

    @property
    def now_ms(self) -> int:
        """This instant as the storage holds it: milliseconds since 1970, UTC."""
        return int(self.now.timestamp() * 1000)


@dataclass(frozen=True)
class Outcome:
    """`is_forgotten`: nothing is to be remembered of this chat, not even the conversation."""

    dialogue: Dialogue
    messages: tuple[Message, ...] = ()
    is_forgotten: bool = False

    @classmethod
    def of(cls, dialogue: Dialogue, messages: Iterable[Message]) -> "Outcome":
        return cls(dialogue, tuple(messages))
