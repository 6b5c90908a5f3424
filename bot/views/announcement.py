"""An announcement for merchants, and the progress of an announcement for the operator."""

from bot.views.render import Rendered, render
from storage.announcements import Announcement, Progress


def wording(text: str) -> Rendered:
    """The announcement for merchants; the preview is the same."""
    return render("operators/announcement", text=text)


def key_of(number: int) -> str:
    """The key of the operator's message with the progress."""
    return f"announcement:{number}"


def progress_view(one: Announcement, done: Progress, state: str) -> Rendered:
    """How many chats have the announcement, with the button to stop."""
    return render("operators/announcement_progress", one=one, done=done, state=state)
