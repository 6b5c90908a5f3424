"""An announcement as merchants read it, and its progress as the operator sees it."""

from bot.views.render import Rendered, render
from storage.announcements import Announcement, Progress


def wording(text: str) -> Rendered:
    """The announcement as merchants read it; the preview is the same."""
    return render("operators/announcement", text=text)


def key_of(number: int) -> str:
    """The name of the operator's message that shows how far it is."""
    return f"announcement:{number}"


def progress_view(one: Announcement, done: Progress, state: str) -> Rendered:
    """How far it is, with the button that stops it."""
    return render("operators/announcement_progress", one=one, done=done, state=state)
