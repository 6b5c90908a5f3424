"""What was told by mistake, taken back: a score, a closing, an opening, a choice of the settings."""

from datetime import date
from decimal import Decimal

from bot.journeys.consequences import consequences
from bot.journeys.entries import press
from bot.journeys.shops import ShopPress, of_chat
from bot.journeys.turn import Reply, Turn
from rules.sources import Source
from storage import score_undo
from storage.scores import Score

NO_SCORE = "-"
"""In a button: the shop had no score."""


class TakeBackScore(ShopPress, verb="us"):
    """Take back the score told of `day`; `before`: the score before, to come back; None: there was none."""

    day: date
    fact: str
    points: Decimal | None
    before: str | None = None

    @classmethod
    def of(cls, row: Score, before: Score | None) -> "TakeBackScore":
        """The button for a row put in place of `before`."""
        old = None if before is None else NO_SCORE if before.points is None else str(before.points)
        return cls(row.shop_id, row.day, row.fact, row.points, old)


@press(TakeBackScore)
async def take_back_score(turn: Turn, pressed: TakeBackScore) -> Reply | None:
    """What holds without the score; a kind line when the score is another by now; None for another chat's shop."""
    shop = await of_chat(turn, pressed.shop)
    told = await score_undo.of_day(turn.conn, shop.id, pressed.fact, pressed.day) if shop else None
    if shop is None:
        return None
    before = _before(turn, pressed)
    is_same = told is not None and told.points == pressed.points and told.source is Source.MERCHANT
    is_gone = is_same and told is not None and await score_undo.take_back(turn.conn, told, before, turn.now_ms)
    after = await consequences(turn, shop, is_changed=is_gone)
    facts = {fact.id: fact for edition in turn.context.editions for fact in edition.scores}
    values = {"pressed": pressed, "fact": facts.get(pressed.fact), "before": before, "is_gone": is_gone}
    return turn.amend(turn.render("scores/taken_back", standing=after.standing, news=after.news, **values))


def _before(turn: Turn, pressed: TakeBackScore) -> Score | None:
    """The score to come back, on the scale on which the score is likely."""
    if pressed.before is None:
        return None
    points = None if pressed.before == NO_SCORE else Decimal(pressed.before)
    edition = turn.context.catalogue.of_scores({pressed.fact: points}, turn.context.edition)
    scale = edition.fact(pressed.fact).scale if edition else ""
    return Score(pressed.shop, pressed.fact, pressed.day, points, scale, Source.MERCHANT)
