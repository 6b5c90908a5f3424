"""The table of Bot API methods, and the few about how updates reach the bot."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import media, message_methods, profile
from bot.sandbox.push import MOST_CONNECTIONS
from bot.sandbox.refusals import WEBHOOK_IS_SET, WEBHOOK_WAS_SET, Json, Refusal, bad
from bot.sandbox.state import World
from bot.sandbox.update_queue import Verbatim
from bot.sandbox.wire import Params, flag, integer

Method = Callable[[World, Params], Any]
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


@dataclass(frozen=True, slots=True)
class Described:
    """A result that comes with a description, as setWebhook's does."""

    result: bool
    description: str


async def get_updates(world: World, params: Params) -> Verbatim:
    """getUpdates. Raises Refusal(409) when a webhook is set."""
    if world.webhook.url:
        raise Refusal(409, WEBHOOK_IS_SET)
    _seen(world)
    return await world.updates.poll(params)


def set_webhook(world: World, params: Params) -> Described:
    """setWebhook. Unlike Telegram it takes http addresses too, as a self-hosted server does."""
    url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
    if not url:
        return delete_webhook(world, params)
    if not url.startswith(("https://", "http://")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    world.updates.allow(params)
    _drop_pending(world, params)
    world.updates.interrupt(WEBHOOK_WAS_SET)
    most = min(max(integer(params, "max_connections") or MOST_CONNECTIONS, 1), 100)
    world.webhook.start(url, secret, most)
    _seen(world)
    return Described(True, "Webhook was set")


def delete_webhook(world: World, params: Params) -> Described:
    """deleteWebhook."""
    was_set = bool(world.webhook.url)
    world.webhook.stop()
    _drop_pending(world, params)
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


def webhook_info(world: World, params: Params) -> Json:  # noqa: ARG001  (the signature of every method)
    """getWebhookInfo."""
    return world.webhook.info()


def _drop_pending(world: World, params: Params) -> None:
    if flag(params, "drop_pending_updates"):
        world.updates.pending.clear()


def _seen(world: World) -> None:
    is_first = world.last_poll is None
    world.last_poll = time.monotonic()
    if is_first:
        world.feed.publish("bot", None)


NAMED: dict[str, Method] = {
    "sendMessage": message_methods.send_message,
    "editMessageText": message_methods.edit_text,
    "deleteMessage": message_methods.delete_message,
    "answerCallbackQuery": message_methods.answer_query,
    "sendChatAction": message_methods.chat_action,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "getFile": media.get_file,
    "getMe": profile.get_me,
    "setMyCommands": profile.set_commands,
    "setMyDescription": profile.setter("description"),
    "setMyShortDescription": profile.setter("short_description"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
NAMES = {name.lower(): name for name in (*NAMED, "getUpdates")}
