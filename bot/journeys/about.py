"""Who stands behind the bot, in our own words: it is not the platform's, and nobody sits at the other end."""

from enum import StrEnum

from bot.conversation.presses import Press
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn


class Who(StrEnum):
    """What is asked: for a person, whether the bot is official, or who made and runs it."""

    PERSON = "person"
    OFFICIAL = "official"
    MAKER = "maker"


class TellAbout(Press, verb="about"):
    """Who runs the bot, and what it can do."""

    asked: Who


@press(TellAbout)
async def tell(turn: Turn, pressed: TellAbout) -> Reply:
    """The answer, with the operator's name where the operator gave one."""
    return turn.say(turn.render("frame/about", asked=pressed.asked.value, operator=turn.context.operator))
