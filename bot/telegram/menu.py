"""Commands and descriptions of the bot that Telegram shows around the chat, from `messages/<locale>/menu.toml`."""

import tomllib
from collections.abc import Iterator

from bot.views.render import MESSAGES


def calls() -> Iterator[tuple[str, dict[str, object]]]:
    """Method and payload of each call that sets the commands and the descriptions; every call is safe to repeat."""
    with (MESSAGES / "zh-Hans" / "menu.toml").open("rb") as file:
        menu = tomllib.load(file)
    commands = [{"command": name, "description": says} for name, says in menu["commands"].items()]
    yield "setMyCommands", {"commands": commands}
    yield "setMyDescription", {"description": menu["description"]}
    yield "setMyShortDescription", {"short_description": menu["short_description"]}
