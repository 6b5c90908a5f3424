"""What the bot says of itself: the welcome, the help, the edition it answers by."""

from bot.examples import examples
from bot.journeys.acknowledge import done
from bot.outcome import Outcome, Turn
from bot.render import Rendered, render
from bot.say import say


def plain(turn: Turn, name: str) -> Outcome:
    """A message that needs no values: the welcome, the help, a kind line about what can't be read."""
    return _said(turn, render(name, edition=turn.desk.edition, examples=examples(turn.desk.edition)))


def _said(turn: Turn, rendered: Rendered) -> Outcome:
    return Outcome.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))
