"""Telegram as a channel of the delivery: limits, properties of methods, and a leased message as a call."""

from dataclasses import replace
from typing import Any, Final, Protocol

from bot.delivery.channel import CallResult, Failure, Fate, Limits
from bot.telegram import answers
from bot.telegram.api import Api
from bot.telegram.errors import BadRequest
from bot.telegram.failures import failure_of
from bot.telegram.plainer import words_alone
from bot.telegram.styles import has_styles, may_be_the_style, without_styles
from storage.sending import LeasedMessage, Methods

LIMITS: Final = Limits(
    per_second=29.0, chat_interval_s=1.05, group_per_minute=20, burst=3, counted=("send", "forward", "copy")
)
"""A little less than what Telegram tolerates. Edits and deletions follow a merchant's tap and are not counted."""

METHODS: Final = Methods(
    channel="telegram", new_message="sendMessage", repeatable=("edit", "delete", "answer", "pin", "unpin", "set")
)


PROBE_S: Final = 10.0
"""How long the answer to a probe may take."""


PLAIN_AFTER: Final = 2
"""A notice refused so often is sent without buttons and markup."""


class Mark(Protocol):
    """The text with the message's number and, if `repeat`, the word for a repeat; `compose` hands in the template."""

    def __call__(self, text: str, number: int, repeat: bool) -> str: ...


class TelegramChannel:
    """Calls of a bot. `mark` puts number and repeat into words.

    Styles of buttons are left out for good once the server took a message only without.
    """

    methods = METHODS

    def __init__(self, api: Api, mark: Mark, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._api = api
        self._mark = mark
        self._takes_styles = True

    async def send(self, message: LeasedMessage) -> CallResult:
        """The result of the message's call; errors are classified in `failures`."""
        message = worded_plainly(message)
        payload = payload_of(message, self._mark)
        if payload is None:
            fate = Fate.AS_NEW if message.method == "editMessageText" else Fate.DROPPED
            return CallResult(message, failure=Failure(fate, "what it edits is not known"))
        try:
            answer = await self._called(message.method, payload)
        except Exception as error:
            return CallResult(message, failure=failure_of(error, message))
        return CallResult(message, message_id=answers.message_id(answer))

    async def probe(self) -> bool:
        """Whether Telegram answers, and knows the bot."""
        try:
            await self._api.me(PROBE_S)
        except Exception:
            return False
        return True

    async def _called(self, method: str, payload: dict[str, Any]) -> Any:
        """The result; of a call refused for its styles, which took no effect, the result without them."""
        if has_styles(payload) and not self._takes_styles:
            payload = without_styles(payload)
        try:
            return await self._api.call(method, payload)
        except BadRequest as refused:
            if not (has_styles(payload) and may_be_the_style(refused)):
                raise
        answer = await self._api.call(method, without_styles(payload))
        self._takes_styles = False
        return answer


def worded_plainly(message: LeasedMessage) -> LeasedMessage:
    """The message; of a notice, which is put into words at each try, the words alone once it was refused twice."""
    if message.notice_id is None or message.refusals < PLAIN_AFTER:
        return message
    form = words_alone(message.method, message.payload)
    return replace(message, payload=dict(form.payload)) if form else message


def payload_of(message: LeasedMessage, mark: Mark) -> dict[str, Any] | None:
    """The payload of the message's call; None for an edit when the Telegram id of the edited message is not known."""
    payload = dict(message.payload)
    if message.edits:
        if message.target is None:
            return None
        payload["message_id"] = message.target
    if message.method != "answerCallbackQuery":
        payload["chat_id"] = message.chat_id
    if (message.numbered or message.unsure) and message.in_order:
        for name in ("text", "caption"):
            if name in payload:
                payload[name] = mark(payload[name], message.id, message.unsure)
    return payload
