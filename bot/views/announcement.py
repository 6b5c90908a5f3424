"""An announcement for merchants, and the progress of an announcement for the operator."""

from bot.views.render import Rendered, render
from storage.announcements import Announcement, Progress
from storage.audiences import Audience
from storage.shops import Shop


def wording(text: str) -> Rendered:
    """The announcement for merchants; the preview is the same."""
    return render("operators/announcement", text=text)


def wording_of(one: Announcement, shop: Shop | None, operator: str) -> Rendered:
    """The same; a message about one shop names the shop and `operator`, who runs the bot, "" for no name."""
    if one.audience is Audience.SHOP and shop is not None:
        return render("operators/announcement_of_shop", text=one.text, shop=shop, operator=operator)
    return wording(one.text)


def key_of(number: int) -> str:
    """The key of the operator's message with the progress."""
    return f"announcement:{number}"


def progress_view(one: Announcement, done: Progress, state: str) -> Rendered:
    """How many chats have the announcement, with the button to stop."""
    return render("operators/announcement_progress", one=one, done=done, state=state)
