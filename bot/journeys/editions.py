"""The editions: the answering edition, the differences of another, and the order to tell merchants of a change."""

from bot.conversation.reassess import CONCERNED
from bot.journeys.entries import OperatorPress, command, press
from bot.journeys.turn import Reply, Turn
from bot.views.edition_difference import compared
from bot.views.other_edition import ShowRules, difference
from bot.views.render import Rendered, render
from storage import edition_changes


class TellConcerned(OperatorPress, verb="an"):
    """Tell the merchants concerned by the change with this number."""

    number: int


@command("rules")
async def show(turn: Turn) -> Reply:
    """The answering edition and the sources known for the text."""
    return turn.say(_answering(turn))


@press(ShowRules)
async def show_or_compare(turn: Turn, pressed: ShowRules) -> Reply | None:
    """The answering edition, or the differences of the edition in the press; None for an unknown edition."""
    if pressed.edition is None:
        return await show(turn)
    answering, other = turn.context.edition, turn.context.edition_named(pressed.edition)
    if other is None:
        return None
    old, new = sorted((answering, other), key=lambda edition: edition.age)
    return turn.say(render("editions/difference", changes=compared(old, new), other=other, answering=answering))


@press(TellConcerned)
async def tell_concerned(turn: Turn, pressed: TellConcerned) -> Reply | None:
    """How many merchants will be told of the newest change; None for an older change, and for a change told before."""
    change = await edition_changes.last(turn.conn)
    if change is None or change.number != pressed.number:
        return None
    if not await edition_changes.confirm(turn.conn, change.number, turn.now_ms):
        return None
    return turn.amend(render("editions/change_confirmed", concerned=change.counts[CONCERNED]))


def _answering(turn: Turn) -> Rendered:
    edition, catalogue = turn.context.edition, turn.context.catalogue
    others = [other for other in catalogue.editions if other.name != edition.name]
    return turn.render(
        "editions/rules",
        others=[(other, compared(edition, other), difference(other)) for other in others],
        history=catalogue.history,
    )
