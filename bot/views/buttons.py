"""Buttons under a message, and what Telegram wants of them."""

from typing import NamedTuple

from bot.conversation.presses import LONGEST_DATA


class Button(NamedTuple):
    """`data` is what comes back on a press (64 bytes at most), or an address to open."""

    label: str
    data: str


Row = tuple[Button, ...]


def markup(rows: tuple[Row, ...]) -> dict[str, object]:
    """The rows as Telegram's InlineKeyboardMarkup; no rows take the buttons of a message away."""
    return {"inline_keyboard": [[_one(button) for button in row] for row in rows]}


def _one(button: Button) -> dict[str, str]:
    if button.data.startswith("https://"):
        return {"text": button.label, "url": button.data}
    if len(button.data.encode()) > LONGEST_DATA:
        raise ValueError(f"button data over {LONGEST_DATA} bytes: {button.data}")
    return {"text": button.label, "callback_data": button.data}
