"""The table of Bot API methods, and the methods about the bot's profile and about the way of updates."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import media, message_methods
from bot.sandbox.push import MOST_CONNECTIONS
from bot.sandbox.state import Chat, World
from bot.sandbox.update_queue import Verbatim
from bot.sandbox.wire import Json, Params, Refusal, bad, flag, integer, structure

Method = Callable[[World, Params], Any]
_WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
LIMITS = {"description": 512, "short_description": 120}


@dataclass(frozen=True, slots=True)
class Described:
    """A result with a description beside, as of setWebhook."""

    result: bool
    description: str


async def get_updates(world: World, params: Params) -> Verbatim:
    """getUpdates. Raises Refusal(409) when a webhook is set."""
    if world.webhook.url:
        raise Refusal(409, _WEBHOOK_IS_SET)
    _seen(world)
    return await world.updates.poll(params)


def set_webhook(world: World, params: Params) -> Described:
    """setWebhook. Takes http addresses too, as a self-hosted server does and Telegram does not."""
    url, secret = str(params.get("url") or ""), str(params.get("secret_token") or "")
    if not url:
        return delete_webhook(world, params)
    if not url.startswith(("https://", "http://")):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    world.updates.allow(params)
    _drop_pending(world, params)
    world.updates.interrupt("Conflict: terminated by setWebhook request")
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


def get_me(world: World, params: Params) -> Json:  # noqa: ARG001  (the signature of every method)
    """getMe."""
    able = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**world.user, **able, "can_connect_to_business": False, "has_main_web_app": False}


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = structure(params, "commands", list) or []
    if len(commands) > 100:
        raise bad("too many commands specified")
    for command in commands:
        _check_command(command)
    return _keep_commands(world, params, commands)


def delete_commands(world: World, params: Params) -> bool:
    """deleteMyCommands."""
    return _keep_commands(world, params, [])


def get_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands: those of this very scope."""
    return _scope(world, params).commands


def _keep_commands(world: World, params: Params, commands: list[Json]) -> bool:
    kept = _scope(world, params)
    kept.commands = commands
    if isinstance(kept, Chat):
        world.feed.publish("chat", kept.id, chat=kept.summary())
    else:
        world.feed.publish("profile", None)
    return True


def _scope(world: World, params: Params) -> Chat | World:
    """The chat of a scope, or the world for all chats. Raises Refusal for an unknown chat, and for other scopes."""
    scope = structure(params, "scope", dict) or {"type": "default"}
    if scope.get("type") == "chat":
        return world.chat(scope.get("chat_id"))
    if scope.get("type") != "default":
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return world


def setter(what: str) -> Callable[[World, Params], bool]:
    """setMyDescription, setMyShortDescription."""

    def set_it(world: World, params: Params) -> bool:
        text = str(params.get(what) or "")
        if len(text) > LIMITS[what]:
            raise bad(f"bot {what.replace('_', ' ')} is too long")
        world.profile[what] = text
        world.feed.publish("profile", None)
        return True

    return set_it


def _check_command(command: Any) -> None:
    name = command.get("command") if isinstance(command, dict) else None
    about = command.get("description") if isinstance(command, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.removeprefix("/")) <= 32:
        raise bad("BOT_COMMAND_INVALID")
    if not name.removeprefix("/").replace("_", "").isalnum() or not name.isascii() or name != name.lower():
        raise bad("BOT_COMMAND_INVALID")
    if not isinstance(about, str) or not 1 <= len(about) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


NAMED: dict[str, Method] = {
    "sendMessage": message_methods.send_message,
    "editMessageText": message_methods.edit_text,
    "deleteMessage": message_methods.delete_message,
    "answerCallbackQuery": message_methods.answer_query,
    "sendChatAction": message_methods.chat_action,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "getFile": media.get_file,
    "getMe": get_me,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyDescription": setter("description"),
    "setMyShortDescription": setter("short_description"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
NAMES = {name.lower(): name for name in (*NAMED, "getUpdates")}
