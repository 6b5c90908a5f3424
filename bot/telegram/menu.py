"""Commands and descriptions of the bot that Telegram shows around the chat, from `messages/<locale>/menu.toml`."""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any

from bot.views.render import MESSAGES

Call = tuple[str, dict[str, object]]
"""Method and payload."""


def calls(operators: Collection[int], former: Collection[int] = ()) -> Iterator[Call]:
    """Each call that sets the commands and the descriptions; every call is safe to repeat, and needs none before it.

    `operators`: chats that see the operators' commands too; `former`: chats that see them no more.
    """
    yield "setMyCommands", {"commands": _listed("commands")}
    yield "setMyDescription", {"description": _menu()["description"]}
    yield "setMyShortDescription", {"short_description": _menu()["short_description"]}
    for chat_id in sorted(operators):
        yield of_operator(chat_id)
    for chat_id in sorted(set(former) - set(operators)):
        yield "deleteMyCommands", {"scope": _of_chat(chat_id)}


def of_operator(chat_id: int) -> Call:
    """The call that shows an operator's chat the operators' commands, before those of all chats."""
    return "setMyCommands", {"commands": _listed("operators", "commands"), "scope": _of_chat(chat_id)}


def _of_chat(chat_id: int) -> dict[str, object]:
    return {"type": "chat", "chat_id": chat_id}


def _listed(*tables: str) -> list[dict[str, str]]:
    return [{"command": name, "description": says} for table in tables for name, says in _menu()[table].items()]


@cache
def _menu() -> Mapping[str, Any]:
    return tomllib.loads((MESSAGES / "zh-Hans" / "menu.toml").read_text("utf-8"))
