"""What a merchant tells unasked: a score, a closing, an opening. Nothing is kept before a button says so."""

from bot.conversation.presses import Press
from bot.conversation.statement import Kind, Statement, may_tell, statement_in
from bot.journeys import closings, scores, shops
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn
from bot.views.render import render
from storage.shops import Shop


class DropStatement(Press, verb="no"):
    """What was told is not to be kept."""


async def confirm(turn: Turn) -> Reply | None:
    """The question whether what the text tells is to be kept; None when it tells nothing, so that it is a question."""
    shop, statement = await _statement(turn)
    if statement is None:
        return None
    if statement.kind in (Kind.SCORE, Kind.WHAT_IF):
        return await scores.confirm(turn, statement, shop)
    return await closings.confirm(turn, statement, shop)


@press(DropStatement)
async def drop(turn: Turn, _: DropStatement) -> Reply:
    """Not to be kept."""
    return turn.amend(render("scores/dropped"))


async def _statement(turn: Turn) -> tuple[Shop | None, Statement | None]:
    """What the text tells, and the shop that it names."""
    edition, text = turn.context.edition, turn.incoming.text
    if not may_tell(text):
        return None, None
    if statement := statement_in(edition, text, turn.today):
        return None, statement
    shop, rest = await shops.named_in(turn, text)
    return shop, statement_in(edition, rest, turn.today) if shop else None
