"""One update on its way through a journey, and what it comes to: the conversation afterwards and what is said."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import Dialogue
from bot.conversation.presses import Press, parse
from bot.journeys.context import Context
from bot.telegram.messages import edit, say
from bot.telegram.updates import Incoming, What
from bot.views.examples import examples
from bot.views.render import Rendered, render
from storage.instants import epoch_ms
from storage.outbox import Lane, Message

OLD = "old"
"""The toast of a button that means nothing any more."""


@dataclass(frozen=True)
class Reply:
    """What an update comes to. The router answers a press before the messages, with `toast`, a line of `frame/toast`.

    `is_forgotten`: nothing is to be remembered of this chat, not even the conversation.
    """

    dialogue: Dialogue
    messages: tuple[Message, ...] = ()
    toast: str = ""
    is_forgotten: bool = False

    def remembering(self, dialogue: Dialogue) -> "Reply":
        """The same said, with this conversation afterwards."""
        return replace(self, dialogue=dialogue)

    def then(self, messages: Iterable[Message]) -> "Reply":
        """The same, and these messages after it."""
        return replace(self, messages=(*self.messages, *messages))


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

    @property
    def is_operator(self) -> bool:
        """Whether this chat is one of those in ADMIN_CHAT_IDS."""
        return self.chat_id in self.context.admins

    @cached_property
    def press(self) -> Press | None:
        """The button that was pressed; None for one that the bot does not know, and when none was pressed."""
        return parse(self.incoming.data) if self.incoming.what is What.PRESS else None

    def reply(self, *messages: Message, toast: str = "") -> Reply:
        """These messages, the conversation as it was."""
        return Reply(self.dialogue, messages, toast)

    def say(self, rendered: Rendered, *, numbered: bool = False, key: str | None = None) -> Reply:
        """A new message; see `bot.telegram.messages.say`."""
        return self.reply(*say(self.chat_id, rendered, numbered=numbered, key=key))

    def say_plain(self, name: str) -> Reply:
        """A message that needs no values: the welcome, the help, a kind line about what can't be read."""
        return self.say(render(name, edition=self.context.edition, examples=examples(self.context.edition)))

    def amend(self, rendered: Rendered) -> Reply:
        """The message whose button was pressed shows this instead, wherever it stands and whatever came after it.

        Without such a message (too old, or typed) it is said anew.
        """
        if self.incoming.message_id is None or not self.incoming.callback_id:
            return self.say(rendered)
        first, *more = edit(self.chat_id, rendered, key="")
        payload = {"reply_markup": {"inline_keyboard": []}, **first.payload, "message_id": self.incoming.message_id}
        return self.reply(Message(self.chat_id, Lane.REPLY, "editMessageText", payload), *more)
