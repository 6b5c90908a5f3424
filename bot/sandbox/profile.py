"""Methods about the bot itself: who it is, its commands and descriptions."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.refusals import Json, bad
from bot.sandbox.state import World
from bot.sandbox.wire import Params, structure

LIMITS = {"description": 512, "short_description": 120}


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
    world.profile["commands"] = commands
    world.feed.publish("profile", None)
    return True


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
