"""What is typed: an announcement, an answer of a check, something told of a shop, or a question."""

from bot.journeys import announcements, ask, check, statements
from bot.journeys.entries import entry
from bot.journeys.turn import Reply, Turn
from bot.telegram.updates import What


@entry(What.TEXT)
async def read(turn: Turn) -> Reply:
    """Plain text answers the open question of a check when it can be read so; otherwise it is a question."""
    if written := await announcements.write(turn):
        return written
    underway = turn.dialogue.open_check
    if underway is None:
        return await statements.confirm(turn) or await ask.answer_text(turn)
    if taken := await check.answer_typed(turn, underway):
        return taken
    stated = await statements.confirm(turn)
    return check.go_on_after(turn, underway, stated) if stated else check.interrupted(turn, underway)
