"""An update on the way through a journey, and the reply: the messages and the conversation afterwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property, partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import Dialogue, Given, Heard
from bot.conversation.presses import Press, parse
from bot.journeys.context import Context
from bot.telegram.messages import edit, say
from bot.telegram.updates import Incoming, What
from bot.views.examples import examples
from bot.views.instead import instead_of
from bot.views.render import Rendered, render
from rules.sources import Source
from storage.cases import Telling
from storage.instants import epoch_ms
from storage.outbox import Lane, Message

OLD = "old"
"""The toast of a button that means nothing any more."""
LONGEST_BEHIND = timedelta(366)
"""How long after it was written a message is handled at most; an earlier date is of a clock that is wrong."""

SAME = "same"
"""The toast of a press that changes nothing."""


@dataclass(frozen=True)
class Reply:
    """The messages for an update, and the conversation afterwards. `toast`: for a press, a kind of `frame/toast`.

    `is_forgotten`: nothing is to be remembered of the chat, not even the conversation. `taken`: what the message was
    taken as, by the fields of `Heard`, for a correction of it.
    """

    dialogue: Dialogue
    messages: tuple[Message, ...] = ()
    toast: str = ""
    is_forgotten: bool = False
    taken: Mapping[str, object] = field(default_factory=dict)

    def remembering(self, dialogue: Dialogue) -> "Reply":
        """The same messages, with `dialogue` afterwards."""
        return replace(self, dialogue=dialogue)

    def then(self, messages: Iterable[Message]) -> "Reply":
        """The same reply, with `messages` added at the end."""
        return replace(self, messages=(*self.messages, *messages))


@dataclass(frozen=True)
class Turn:
    """An update with everything for the handling. `conn` is inside the transaction of the update."""

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
        """The merchant's day, by which everything is judged."""
        return self.context.today(self.now)

    @cached_property
    def written_at(self) -> datetime:
        """When the message was written; now for a press, and for a date that is ahead or cannot be."""
        return self._believed(self.incoming.written_at)

    @property
    def sent_at(self) -> datetime:
        """When the message was written, or corrected; now as for `written_at`."""
        return self._believed(self.incoming.sent_at)

    def _believed(self, at: datetime | None) -> datetime:
        return at if at and timedelta() <= self.now - at <= LONGEST_BEHIND else self.now

    @cached_property
    def heard(self) -> Heard | None:
        """What a corrected message was before; None for any other, and one that the chat does not remember."""
        return self.dialogue.heard_as(self.incoming.message_id) if self.incoming.edited else None

    @cached_property
    def written_on(self) -> date:
        """The merchant's day on which the message was written, corrected or not: 今天 of its words."""
        return self.heard.on if self.heard else self.context.today(self.written_at)

    @property
    def now_ms(self) -> int:
        """The instant of the update in milliseconds since 1970, UTC, as the storage holds instants."""
        return epoch_ms(self.now)

    def telling(self, day: date, source: Source = Source.MERCHANT) -> Telling:
        """What the merchant tells now, of the day."""
        return Telling(source, day, self.now_ms)

    @property
    def given(self) -> Given:
        """An answer of the merchant's in a check, now, of the day of its words."""
        return Given(on=self.written_on, source=Source.ANSWER, at=self.now)

    @property
    def is_operator(self) -> bool:
        """Whether the chat is in ADMIN_CHAT_IDS."""
        return self.chat_id in self.context.admins

    @cached_property
    def press(self) -> Press | None:
        """The pressed button; None for a button unknown to the bot, and when none was pressed."""
        return parse(self.incoming.data) if self.incoming.what is What.PRESS else None

    def meaning(self, wished: Press | str) -> "Turn":
        """The turn as if the button had been pressed, or the command typed, instead of what was written."""
        if isinstance(wished, Press):
            return replace(self, incoming=replace(self.incoming, what=What.PRESS, data=str(wished)))
        return replace(self, incoming=replace(self.incoming, what=What.COMMAND, command=wished, text=""))

    def reply(self, *messages: Message, toast: str = "") -> Reply:
        """The messages, with the conversation as before."""
        return Reply(self.dialogue, messages, toast)

    def render(self, name: str, **values: object) -> Rendered:
        """The message of a template; among the values `edition`, the answering one unless given, and `today`.

        `instead` gives for an edition that is over what the one in force says of chances, or of entering.
        """
        instead = partial(instead_of, self.context.catalogue, self.today)
        return render(name, **{"edition": self.context.edition, "today": self.today, "instead": instead, **values})

    def say(self, rendered: Rendered, *, numbered: bool = False, key: str | None = None, toast: str = "") -> Reply:
        """A new message; see `bot.telegram.messages.say`."""
        return self.reply(*say(self.chat_id, rendered, numbered=numbered, key=key), toast=toast)

    def say_plain(self, name: str) -> Reply:
        """A message without values of a merchant: the welcome, the help, a kind line about something unreadable."""
        values = {"operator": self.context.operator, "is_operator": self.is_operator}
        return self.say(self.render(name, examples=examples(self.context.edition), **values))

    def amend(self, rendered: Rendered, toast: str = "") -> Reply:
        """The message above the pressed button, with `rendered` instead, wherever the message stands by now.

        Without such a message (too old, or typed) `rendered` is said anew.
        """
        if self.incoming.message_id is None or not self.incoming.callback_id:
            return self.say(rendered)
        first, *more = edit(self.chat_id, rendered, key="")
        payload = {"reply_markup": {"inline_keyboard": []}, **first.payload, "message_id": self.incoming.message_id}
        return self.reply(Message(self.chat_id, Lane.REPLY, "editMessageText", payload), *more, toast=toast)
