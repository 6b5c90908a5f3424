"""The one message of a check: edited in place, sent anew at the bottom when it has scrolled away."""

from bot.conversation import check_moves
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_result import last_kept, result_of
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, remove
from bot.views.check_question import address, question
from bot.views.render import Rendered, render

TYPED_BEFORE_MOVING = 3
"""After so many typed answers the message has scrolled away: it is sent anew at the bottom."""


async def after_move(turn: Turn, check: CheckUnderway, *, keeps: bool = True) -> Reply:
    """The check after a move: its next question, or its result, which is kept."""
    edition = turn.context.catalogue.edition(check.edition)
    if not check.finished:
        return shown(turn, check, question(check, edition, turn.today))
    return shown(turn, check, await result_of(turn, check, edition, keeps=keeps))


async def go_back(turn: Turn, check: CheckUnderway) -> Reply:
    """The question before; a toast at the first one."""
    if not check.asked and not check.is_changing:
        return turn.reply(toast="first")
    return await after_move(turn, check_moves.back(check))


def shown(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's one message with these words."""
    if check.typed < TYPED_BEFORE_MOVING:
        return turn.reply(*edit(turn.chat_id, rendered, check.key)).remembering(turn.dialogue.holding(check))
    return moved_down(turn, check, rendered)


def moved_down(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message taken away where it was and sent anew below."""
    moved = check.model_copy(update={"key": f"check:{new_id(turn)}", "typed": 0})
    said = turn.say(rendered, key=moved.key)
    return turn.reply(remove(turn.chat_id, check.key), *said.messages).remembering(turn.dialogue.holding(moved))


async def cancelled(turn: Turn, *, was_underway: bool) -> Rendered:
    """That the check is given up, and whether a result is kept from before."""
    return render("check/cancelled", was_underway=was_underway, has_kept=await last_kept(turn) is not None)


def progress(turn: Turn, check: CheckUnderway) -> dict[str, object]:
    """How far the check is, and the address of its buttons, as templates take them."""
    number, total = check_moves.progress(check, turn.context.catalogue.edition(check.edition), turn.today)
    return {"number": number, "total": total, "at": address(check)}


def new_id(turn: Turn) -> str:
    """A name that no other check of this bot has: the number of the update that began it."""
    return f"{turn.incoming.update_id:x}"
