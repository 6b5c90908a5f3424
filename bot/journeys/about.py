"""What the bot says of itself: the welcome, the help, the edition it answers by."""

from bot.journeys.acknowledge import done
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.examples import examples
from bot.views.render import Rendered, render


def plain(turn: Turn, name: str) -> Reply:
    """A message that needs no values: the welcome, the help, a kind line about what can't be read."""
    return _said(turn, render(name, edition=turn.context.edition, examples=examples(turn.context.edition)))


def _said(turn: Turn, rendered: Rendered) -> Reply:
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))
