"""Scores told together: the edition that judges them, and the buttons that carry them.

The edition is the chat's where all the scores are likely there, else another: `Catalogue.of_scores`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from bot.conversation.presses import Press, ToldScores
from bot.conversation.statement import Statement
from bot.journeys.consent import Agree
from bot.journeys.shops import ShopPress
from bot.journeys.turn import Turn
from rules.answers import Doubt
from rules.case import Known, edition_of
from rules.edition import Edition, Scores, is_share
from rules.sources import Source
from storage import cases
from storage.shops import Shop

OLDEST_DAYS = 365
"""How far back a score may be told."""


LONGEST_ID = 10**9
"""A number of a shop as long as any will be, for measuring buttons."""


class _Score(Press):
    """`day`: None for today. `points`: None for "the shop has no score". `page`: of the shops it may be of."""

    day: date | None
    fact: str
    points: Decimal | None
    page: int = 0

    @property
    def scores(self) -> Scores:
        """The score by fact."""
        return {self.fact: self.points}


class ConfirmScore(_Score, verb="sq"):
    """A score out of an answer or a result: shall the bot keep the score? The message above stays."""


class ConfirmOtherDay(_Score, verb="sy"):
    """The score in question is of `day`."""


class ConfirmScoresOfDay(Press, verb="sz"):
    """The scores in question are of `day`. `page`: of the shops that they may be of."""

    day: date
    told: ToldScores
    page: int = 0

    @property
    def scores(self) -> Scores:
        """The scores by fact."""
        return dict(self.told.scores)


class KeepScore(ShopPress, verb="s", keeps=True):
    """Keep the score. `shop` 0: the chat's own. `points`: None for "the shop has no score"."""

    day: date | None
    fact: str
    points: Decimal | None

    @property
    def scores(self) -> Scores:
        """The score by fact."""
        return {self.fact: self.points}


class _ScoresOfShop(ShopPress):
    """`shop` 0: the chat's own."""

    day: date
    told: ToldScores

    @property
    def scores(self) -> Scores:
        """The scores by fact."""
        return dict(self.told.scores)


class KeepScores(_ScoresOfShop, verb="ss", keeps=True):
    """Keep the scores."""


class AskScale(_ScoresOfShop, verb="sx"):
    """The scores are of the shop, which has fresh numbers of another scale: are they no slip?"""


Confirming = ConfirmScore | ConfirmOtherDay | ConfirmScoresOfDay


@dataclass(frozen=True)
class Told:
    """Scores told of a day, by fact, with the edition that judges."""

    edition: Edition
    scores: Scores
    day: date


def told_by(turn: Turn, pressed: Confirming | KeepScore | KeepScores | AskScale) -> Told | None:
    """The scores of a button; None for scores that no shop can have, and for a day ahead or too long ago."""
    edition, day = judging(turn, pressed.scores), pressed.day or turn.today
    return Told(edition, pressed.scores, day) if edition and day <= turn.today and is_recent(turn, day) else None


async def of_shop(turn: Turn, told: Told, possible: Sequence[Shop]) -> Told:
    """The same; where only absences are told, by the edition that then judges the only possible shop."""
    if len(possible) != 1 or any(value is not None for value in told.scores.values()):
        return told
    absent = {name: Known(None, told.day, Source.MERCHANT) for name in told.scores}
    case = (await cases.of_shop(turn.conn, possible[0])).newest_with(absent)
    edition = edition_of(turn.context.catalogue, case, turn.context.edition)
    return replace(told, edition=edition) if edition.may_have(told.scores) else told


async def at_odds(turn: Turn, shop: Shop | None, told: Told) -> Mapping[str, Known]:
    """The fresh numbers of the shop on another scale than the numbers told.

    None where no number is told, and where the shop has numbers of two scales already: what is told may mend that.
    """
    if shop is None or all(value is None for value in told.scores.values()):
        return {}
    case = await cases.of_shop(turn.conn, shop)
    is_mixed = case.at_odds(edition_of(turn.context.catalogue, case, turn.context.edition))
    return {} if is_mixed else case.at_odds(told.edition, told.day)


def judging(turn: Turn, told: Scores) -> Edition | None:
    """The edition that judges the scores; None when no shop can have them."""
    edition = turn.context.catalogue.of_scores(told, turn.context.edition) if told else None
    return edition if edition and can_have(edition, told) else None


def points_meant(turn: Turn, statement: Statement) -> Told | None:
    """The points that the shares or percentages of the statement may mean; None without any, or where none can be."""
    shares = {fact for fact, value in statement.scores.items() if value is not None and is_share(value)}
    if not shares and statement.doubt is not Doubt.SHARE:
        return None
    meant = {fact: value * 100 if value and fact in shares else value for fact, value in statement.scores.items()}
    edition = judging(turn, meant)
    return Told(edition, meant, statement.day) if edition else None


def can_have(edition: Edition, told: Scores) -> bool:
    """Whether all numbers are possible on the edition's scales."""
    known = {fact.id: fact for fact in edition.scores}
    return all(name in known and (value is None or known[name].can_be(value)) for name, value in told.items())


def is_recent(turn: Turn, day: date) -> bool:
    """Whether a score of the day may still be told."""
    return turn.today - day <= timedelta(OLDEST_DAYS)


def fitting(told: Told) -> list[Told]:
    """The scores as one confirmation can hold them: together, or each for itself where a button would be too long."""
    together = KeepScores(LONGEST_ID, told.day, ToldScores(tuple(told.scores.items())))
    if len(told.scores) == 1 or Agree(together).fitting():
        return [told]
    return [Told(told.edition, {fact: value}, told.day) for fact, value in told.scores.items()]


def keep_press(shop: Shop | None, told: Told) -> KeepScore | KeepScores:
    """The button that keeps the scores; without a shop: as of the chat's own."""
    number = shop.id if shop else 0
    if len(told.scores) > 1:
        return KeepScores(number, told.day, ToldScores(tuple(told.scores.items())))
    ((fact, points),) = told.scores.items()
    return KeepScore(number, told.day, fact, points)


def question(told: Told, day: date | None = None, page: int = 0) -> Press:
    """The button for the question about these scores, by the edition that judges them; `day`: another day."""
    if len(told.scores) > 1:
        return ConfirmScoresOfDay(day or told.day, ToldScores(tuple(told.scores.items())), page)
    ((fact, points),) = told.scores.items()
    return ConfirmOtherDay(day, fact, points, page) if day else ConfirmScore(told.day, fact, points, page)


def scale_press(shop: Shop, told: Told) -> AskScale:
    """The button that asks about the scale before the scores of the shop are kept."""
    return AskScale(shop.id, told.day, ToldScores(tuple(told.scores.items())))
