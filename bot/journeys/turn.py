"""What one update comes to: the conversation afterwards and what is said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import Dialogue
from bot.journeys.context import Context
from bot.telegram.updates import Incoming
from storage.instants import epoch_ms
from storage.outbox import Message


@dataclass(frozen=True)
class Turn:
    """One update with all that its handling may look at. `conn` is inside the transaction of this update."""

    context: Context
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
        return self.context.today(self.now)

    @property
    def now_ms(self) -> int:
        """This instant as the storage holds it: milliseconds since 1970, UTC."""
        return epoch_ms(self.now)


@dataclass(frozen=True)
class Reply:
    """`is_forgotten`: nothing is to be remembered of this chat, not even the conversation."""

    dialogue: Dialogue
    messages: tuple[Message, ...] = ()
    is_forgotten: bool = False

    @classmethod
    def of(cls, dialogue: Dialogue, messages: Iterable[Message]) -> "Reply":
        return cls(dialogue, tuple(messages))
