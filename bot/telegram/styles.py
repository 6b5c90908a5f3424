"""Styles of buttons, which a server of an older Bot API refuses together with the message."""

from collections.abc import Mapping
from typing import Any, Final

from bot.telegram.errors import BadRequest

_ABOUT_BUTTONS: Final = ("button style", "inline keyboard button", "inlinekeyboardbutton")


def has_styles(payload: Mapping[str, Any]) -> bool:
    """Whether a button of the call has a style."""
    return any("style" in button for row in _rows(payload) for button in row)


def without_styles(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The same call, its buttons as usual ones."""
    rows = [
        [{name: value for name, value in button.items() if name != "style"} for button in row] for row in _rows(payload)
    ]
    return {**payload, "reply_markup": {**payload["reply_markup"], "inline_keyboard": rows}}


def may_be_the_style(error: BadRequest) -> bool:
    """Whether the refusal speaks of the buttons: nothing was sent."""
    return any(words in str(error).lower() for words in _ABOUT_BUTTONS)


def _rows(payload: Mapping[str, Any]) -> Any:
    return payload.get("reply_markup", {}).get("inline_keyboard", ())
