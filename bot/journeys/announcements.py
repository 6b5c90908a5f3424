"""An announcement, to many or about one shop: the text, a preview as merchants will see the text, buttons to send and
to stop."""

from dataclasses import replace
from typing import Final

from bot.journeys.admin import note
from bot.journeys.entries import OperatorPress, press
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, say
from bot.views.announcement import key_of, progress_view, wording_of
from bot.views.render import Rendered, render
from storage import announcements, audiences, shops
from storage.announcements import CONFIRMED, LONGEST, Announcement
from storage.audiences import MANY, Audience
from storage.shops import Shop

MOST_RECENT: Final = 3


class NewAnnouncement(OperatorPress, verb="ann"):
    """A new announcement."""


class ChooseAudience(OperatorPress, verb="ann|to"):
    """The audience of a new announcement."""

    audience: Audience


class WriteToFollowers(OperatorPress, verb="opd|w"):
    """A message to the followers of the operator's shop with this number."""

    shop: int


class AnnouncementPress(OperatorPress):
    """A button of the announcement with this number."""

    number: int


class SendAnnouncement(AnnouncementPress, verb="ann|go"):
    """Send the announcement."""


class StopAnnouncement(AnnouncementPress, verb="ann|stop"):
    """Send the announcement to nobody else."""


class ShowProgress(AnnouncementPress, verb="ann|s"):
    """Show how many chats have the announcement."""


class DropAnnouncement(AnnouncementPress, verb="ann|x"):
    """Never send the announcement."""


@press(NewAnnouncement)
async def begin(turn: Turn, _: NewAnnouncement) -> Reply:
    """Whom to?"""
    reached = await audiences.reaches(turn.conn, turn.context.policy.editions)
    recent = await announcements.listed(turn.conn, MOST_RECENT)
    return turn.amend(render("operators/announcement_new", audiences=list(reached.items()), recent=recent))


@press(ChooseAudience)
async def choose_audience(turn: Turn, pressed: ChooseAudience) -> Reply | None:
    """The text, please; None for the followers of a shop that is not said."""
    if pressed.audience not in MANY:
        return None
    number = await announcements.begin(turn.conn, turn.chat_id, pressed.audience, turn.now_ms)
    return turn.amend(_ask_for_text(number, pressed.audience))


@press(WriteToFollowers)
async def write_to_followers(turn: Turn, pressed: WriteToFollowers) -> Reply | None:
    """The text, please, or that nobody would read it; None for a shop that is gone."""
    shop = await shops.by_id(turn.conn, pressed.shop)
    if shop is None or not shop.ref:
        return None
    if not await _reach(turn, Audience.SHOP, shop.id):
        away = await audiences.away(turn.conn, shop.id)
        return turn.amend(render("operators/announcement_nobody", shop=shop, away=away))
    number = await announcements.begin(turn.conn, turn.chat_id, Audience.SHOP, turn.now_ms, of_shop=shop.id)
    nameless = turn.dialogue.model_copy(update={"naming": None})  # the next text is the message
    return turn.amend(_ask_for_text(number, Audience.SHOP, shop)).remembering(nameless)


async def _reach(turn: Turn, audience: Audience, of_shop: int | None) -> int:
    return await audiences.reach(turn.conn, turn.context.policy.editions, audience, of_shop)


async def write(turn: Turn) -> Reply | None:
    """A preview of the operator's text; None when no text is awaited."""
    draft = await announcements.draft_of(turn.conn, turn.chat_id, turn.now_ms)
    if draft is None:
        return None
    shop = await shops.by_id(turn.conn, draft.of_shop) if draft.of_shop else None
    if len(turn.incoming.text) > LONGEST:
        return turn.say(_ask_for_text(draft.id, draft.audience, shop, too_long=True))
    await announcements.write(turn.conn, draft.id, turn.incoming.text)
    reach = await _reach(turn, draft.audience, draft.of_shop)
    away = await audiences.away(turn.conn, draft.of_shop) if draft.of_shop else 0
    control = render("operators/announcement_preview", one=draft, reach=reach, away=away)
    written = replace(draft, text=turn.incoming.text)
    preview = turn.say(wording_of(written, shop, turn.context.operator), numbered=True)
    shown = preview.then(say(turn.chat_id, control, key=key_of(draft.id)))
    return replace(shown, taken={"draft": draft.id})


def _ask_for_text(number: int, audience: Audience, shop: Shop | None = None, *, too_long: bool = False) -> Rendered:
    values = {"number": number, "audience": audience.value, "shop": shop, "longest": LONGEST, "too_long": too_long}
    return render("operators/announcement_text", **values)


@press(SendAnnouncement)
async def send(turn: Turn, pressed: SendAnnouncement) -> Reply | None:
    """The progress of an announcement now on the way; None when the announcement was sent or dropped before."""
    one = await _own(turn, pressed.number)
    if one is None or await announcements.confirm(turn.conn, one.id, turn.context.policy.editions, turn.now_ms) is None:
        return None
    of_shop = f" {one.of_shop}" if one.of_shop else ""
    await note(turn, "announcement.send", f"{one.id} {one.audience}{of_shop}")
    return await show(turn, pressed)


@press(StopAnnouncement)
async def stop(turn: Turn, pressed: StopAnnouncement) -> Reply | None:
    """The progress at the stop; None when the announcement is not under way."""
    if not await announcements.stop(turn.conn, pressed.number, turn.now_ms):
        return None
    await note(turn, "announcement.stop", pressed.number)
    return await show(turn, pressed)


@press(DropAnnouncement)
async def drop(turn: Turn, pressed: DropAnnouncement) -> Reply | None:
    """A line instead of the preview; None when the announcement was sent."""
    one = await _own(turn, pressed.number)
    if one is None or not await announcements.drop(turn.conn, one.id):
        return None
    return turn.amend(render("operators/announcement_dropped", one=one))


@press(ShowProgress)
async def show(turn: Turn, pressed: AnnouncementPress) -> Reply | None:
    """The progress, in the message with the buttons; None for an announcement never confirmed."""
    one = await announcements.by_id(turn.conn, pressed.number)
    if one is None or one.state not in CONFIRMED:
        return None
    view = progress_view(one, await announcements.progress(turn.conn, one.id), one.state)
    if one.operator == turn.chat_id:
        return turn.reply(*edit(turn.chat_id, view, key_of(one.id)))
    return turn.amend(view)


async def _own(turn: Turn, number: int) -> Announcement | None:
    """The announcement with this number; None when another operator wrote the text."""
    one = await announcements.by_id(turn.conn, number)
    return one if one and one.operator == turn.chat_id else None
