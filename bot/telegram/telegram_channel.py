"""Telegram as a channel of the delivery: its limits, what its methods do, and a leased message as a call."""

from typing import Final

from bot.delivery.call_result import CallResult, Failure, Fate
from bot.delivery.channel import Limits
from bot.telegram.api import Api
from bot.telegram.calls import Mark, payload_of
from bot.telegram.failures import classify
from storage.sending import LeasedMessage, Methods

LIMITS: Final = Limits(
    per_second=29.0, chat_interval_s=1.05, group_per_minute=20, burst=3, counted=("send", "forward", "copy")
)
"""A little less than what Telegram tolerates. Edits and deletions follow a merchant's tap and are not counted."""

METHODS: Final = Methods(
    channel="telegram", new_message="sendMessage", repeatable=("edit", "delete", "answer", "pin", "unpin", "set")
)


class TelegramChannel:
    """Calls of one bot. `mark` puts number and repeat into words."""

    methods = METHODS

    def __init__(self, api: Api, mark: Mark, limits: Limits = LIMITS) -> None:
        self.limits = limits
        self._api = api
        self._mark = mark

    async def send(self, message: LeasedMessage) -> CallResult:
        """Make the call; what an error means is decided in `failures`."""
        payload = payload_of(message, self._mark)
        if payload is None:
            fate = Fate.AS_NEW if message.method == "editMessageText" else Fate.DROPPED
            return CallResult(message, failure=Failure(fate, "what it edits is not known"))
        try:
            answer = await self._api.call(message.method, payload)
        except Exception as error:
            return CallResult(message, failure=classify(error, message.method, message.tries))
        return CallResult(message, message_id=answer.get("message_id") if isinstance(answer, dict) else None)
