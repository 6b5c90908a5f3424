"""The number of a message and the word that it is a repeat, as they stand in its text."""

from markupsafe import Markup

from bot.views.render import render


def mark(text: str, number: int, repeat: bool) -> str:
    """The HTML text with its number; a repeat says first that it is one."""
    return render("frame/mark", text=Markup(text), number=number, repeat=repeat).html  # noqa: S704  (our own HTML)
