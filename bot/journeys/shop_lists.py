"""A list of shops with names that an operator has sent: registered, or not."""

from bot.journeys.admin import note
from bot.journeys.entries import OperatorPress, press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage import shop_names, uploads


class AnswerShopList(OperatorPress, verb="opd|l"):
    """Whether the shops of the file with this number are to be registered."""

    number: int
    is_wanted: bool


@press(AnswerShopList)
async def answer(turn: Turn, pressed: AnswerShopList) -> Reply | None:
    """What was registered and renamed, or that nothing was; None when answered before, and for another's file."""
    content = await shop_names.waiting(turn.conn, pressed.number, turn.chat_id)
    names = None if content is None else shop_names.from_bytes(content)
    if names is None or not await uploads.answer(turn.conn, pressed.number, turn.chat_id, is_wanted=False):
        return None
    if not pressed.is_wanted:
        return turn.amend(render("operators/deed_list_done", done=None))
    done = await shop_names.store(turn.conn, names, turn.now_ms)
    await note(turn, "shops.import", f"new={len(done.new)} renamed={len(done.renamed)}")
    return turn.amend(render("operators/deed_list_done", done=done))
