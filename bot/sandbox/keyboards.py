"""Reply markups: accepted as by Telegram, refused in Telegram's words."""

import json
from typing import Any

from bot.sandbox.wire import Json, Params, bad, structure

CALLBACK_DATA_BYTES = 64
COPIED_CHARACTERS = 256
BAD_STYLE = "can't parse inline keyboard button: Invalid button style specified"
STYLES = ("danger", "success", "primary")
MOST_BUTTONS = 100
_ACTIONS = ("callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text",
            "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "pay", "callback_game")  # fmt: skip


def inline_keyboard(params: Params) -> Json | None:
    """The inline keyboard of a call in the form of a Message, or None. Raises Refusal.

    Reply keyboards, the removal of a keyboard and forced replies are accepted and not kept, as in a Message.
    """
    markup = structure(params, "reply_markup", dict)
    rows = (markup or {}).get("inline_keyboard")
    if not rows:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('can\'t parse inline keyboard: Field "inline_keyboard" must be an Array of Arrays')
    kept = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, kept)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return {"inline_keyboard": kept} if kept else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("inline keyboard button text is empty")
    if not any(action in button for action in _ACTIONS):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data, url = button.get("callback_data"), button.get("url")
    if data is not None and not (isinstance(data, str) and 1 <= _bytes(data) <= CALLBACK_DATA_BYTES):
        raise bad("BUTTON_DATA_INVALID")
    if button.get("style", STYLES[0]) not in STYLES:
        raise bad(BAD_STYLE)
    if "copy_text" in button and not 1 <= len(_copied(button["copy_text"])) <= COPIED_CHARACTERS:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    if url is not None and not str(url).startswith(("http://", "https://", "tg://")):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    return button


def _copied(wanted: Any) -> str:
    return str(wanted.get("text") or "") if isinstance(wanted, dict) else ""


def has_styles(params: Params) -> bool:
    """Whether a button of the call has a style, also in a markup that can't be parsed."""
    markup = params.get("reply_markup")
    return '"style"' in (markup if isinstance(markup, str) else json.dumps(markup, default=str))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def find_button(keyboard: Json | None, wanted: str) -> Json | None:
    """The button with `wanted` as text or callback data, or None."""
    rows = (keyboard or {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    return next((b for b in buttons if wanted in (b.get("callback_data"), b["text"])), None)
