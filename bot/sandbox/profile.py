"""Methods about the bot itself: who it is, its commands, names, descriptions and menu button."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.refusals import Json, bad
from bot.sandbox.state import World
from bot.sandbox.wire import Params, integer, structure

LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, params: Params) -> Json:  # noqa: ARG001  (the signature of every method)
    """getMe."""
    able = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**world.user, **able, "can_connect_to_business": False, "has_main_web_app": False}


def get_chat(world: World, params: Params) -> Json:
    """getChat: ChatFullInfo."""
    chat = world.chat(params.get("chat_id"))
    return {**chat.public, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}


def set_commands(world: World, params: Params) -> bool:
    """setMyCommands."""
    commands = structure(params, "commands", list) or []
    if len(commands) > 100:
        raise bad("too many commands specified")
    for command in commands:
        _check_command(command)
    world.profile[_key(params, "commands")] = commands
    world.feed.publish("profile", None)
    return True


def get_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands."""
    found: list[Json] = world.profile.get(_key(params, "commands"), [])
    return found


def commands_for(world: World, chat_id: int | None) -> list[Json]:
    """The commands that a person sees in this chat's menu: the most special list that is set."""
    keys = [f"commands/{name}" for name in (chat_id, "all_private_chats", "default")]
    return next((world.profile[key] for key in keys if world.profile.get(key)), [])


def setter(what: str) -> Callable[[World, Params], bool]:
    """setMyName, setMyDescription, setMyShortDescription."""

    def set_it(world: World, params: Params) -> bool:
        text = str(params.get(what) or "")
        if len(text) > LIMITS[what]:
            raise bad(f"bot {what.replace('_', ' ')} is too long")
        world.profile[what] = text
        world.feed.publish("profile", None)
        return True

    return set_it


def getter(what: str) -> Callable[[World, Params], Json]:
    """getMyName, getMyDescription, getMyShortDescription."""

    def get_it(world: World, params: Params) -> Json:  # noqa: ARG001  (the signature of every method)
        return {what: world.profile.get(what) or (world.user["first_name"] if what == "name" else "")}

    return get_it


def set_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton."""
    world.profile[f"menu/{integer(params, 'chat_id') or ''}"] = structure(params, "menu_button", dict)
    return True


def get_menu_button(world: World, params: Params) -> Json:
    """getChatMenuButton."""
    found: Json | None = world.profile.get(f"menu/{integer(params, 'chat_id') or ''}")
    return found or {"type": "default"}


def _key(params: Params, what: str) -> str:
    scope = structure(params, "scope", dict) or {}
    return f"{what}/{scope.get('chat_id') or scope.get('type') or 'default'}"


def _check_command(command: Any) -> None:
    name = command.get("command") if isinstance(command, dict) else None
    about = command.get("description") if isinstance(command, dict) else None
    if not isinstance(name, str) or not 1 <= len(name.removeprefix("/")) <= 32:
        raise bad("BOT_COMMAND_INVALID")
    if not name.removeprefix("/").replace("_", "").isalnum() or not name.isascii() or name != name.lower():
        raise bad("BOT_COMMAND_INVALID")
    if not isinstance(about, str) or not 1 <= len(about) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
