"""What could not be handled or sent, as operators see it, and the buttons that try it again."""

from typing import Final

from bot.journeys.entries import OperatorPress, press
from bot.journeys.operators import instant, note
from bot.journeys.turn import Reply, Turn
from bot.views.render import Rendered, render
from storage import inbox, outbox

MOST_LISTED: Final = 8


class ShowDead(OperatorPress, verb="adm|d"):
    """What could not be handled or sent."""


class HandleAgain(OperatorPress, verb="adm|ru"):
    """The update of this number is to be handled again."""

    number: int


class SendAgain(HandleAgain, verb="adm|rm"):
    """The message of this number is to be sent again."""


@press(ShowDead)
async def show_dead(turn: Turn, _: ShowDead) -> Reply:
    """The dead updates and messages, the newest first."""
    return turn.amend(await _dead(turn))


@press(HandleAgain, SendAgain)
async def try_again(turn: Turn, pressed: HandleAgain | SendAgain) -> Reply | None:
    """The update waits to be handled, the message to be sent; None for one that is not dead."""
    kind, store = ("message", outbox) if isinstance(pressed, SendAgain) else ("update", inbox)
    if not await store.requeue(turn.conn, pressed.number, turn.now_ms):
        return None
    await note(turn, f"{kind}.requeue", pressed.number)
    return turn.amend(await _dead(turn, requeued=1))


async def _dead(turn: Turn, *, requeued: int = 0) -> Rendered:
    updates = await inbox.dead(turn.conn, MOST_LISTED)
    letters = await outbox.dead(turn.conn, MOST_LISTED)
    return render(
        "operators/dead",
        requeued=requeued,
        updates=[{**vars(one), "at": instant(turn, one.received_at)} for one in updates],
        letters=[{**vars(one), "at": instant(turn, one.created_at)} for one in letters],
        limit=MOST_LISTED,
        more=MOST_LISTED in (len(updates), len(letters)),
    )
