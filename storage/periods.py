"""How long things are kept, in days: the one place from which the daily job, /privacy and docs/privacy.md have it."""

from dataclasses import dataclass
from typing import Final

from storage.unanswered import KEPT

DAY_MS: Final = 86_400_000


@dataclass(frozen=True)
class Periods:
    """Days.

    talk             a conversation that has gone quiet, of a chat that agreed to keeping (a check under way is in it)
    talk_unagreed    the same of a chat that did not agree
    repeat_keys      the number of an update: Telegram repeats one for 24 hours, and may draw new numbers after a week
                     without updates, so that a key that is kept longer could hide a new update
    failed           an update that could not be handled, and operators' files: for a person to look at
    sent             that a message was sent, and its number: later ones edit it
    notices          what was told of a shop or a check, and what became of it
    scores           scores by day: a year, and some weeks to compare with
    checks           finished checks, counted from when they were made
    invites          an operator's link, counted from when it expires
    blocked          everything of a chat that has blocked the bot
    unanswered       a question that was not understood, masked, without its chat
    audit            what operators did
    """

    talk: int = 30
    talk_unagreed: int = 1
    repeat_keys: int = 3
    failed: int = 14
    sent: int = 30
    notices: int = 90
    scores: int = 400
    checks: int = 400
    invites: int = 30
    blocked: int = 180
    unanswered: int = KEPT.days
    audit: int = 400


PERIODS: Final = Periods()
