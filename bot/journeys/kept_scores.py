"""Told scores written down: rows that replace those of the day, unless the platform's are as new."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.journeys.shops import follow
from bot.journeys.told_scores import Told
from bot.journeys.turn import Turn
from bot.journeys.undo import TakeBackScore
from rules.sources import SOURCES, Source
from storage import score_undo, scores
from storage.scores import Recorded, Score
from storage.shops import Shop


@dataclass(frozen=True)
class Kept:
    """Rows in the order told, each with the row of the day before, and what became of it."""

    told: Told
    rows: Sequence[Score]
    before: Sequence[Score | None]
    recorded: Sequence[Recorded]

    @property
    def changed(self) -> list[Score]:
        """The rows that say something new."""
        return [row for row, what in zip(self.rows, self.recorded, strict=True) if what is not Recorded.SAME]

    @property
    def undo(self) -> list[TakeBackScore]:
        """A button for each row that replaced another, or nothing."""
        both = zip(self.rows, self.before, strict=True)
        found = (TakeBackScore.of(row, old) for row, old in both if row != old)
        return [each for each in found if each.fitting()]

    @property
    def what(self) -> Recorded:
        """What became of all of them: a correction before a new row, and that before none."""
        return next(each for each in (Recorded.CORRECTED, Recorded.NEW, Recorded.SAME) if each in self.recorded)


async def keep_scores(turn: Turn, shop: Shop, told: Told) -> Kept | Score:
    """The scores of the shop, kept, and the shop followed; or the platform's row that must not be replaced."""
    rows = [
        Score(shop.id, fact, told.day, points, told.edition.fact(fact).scale, Source.MERCHANT)
        for fact, points in told.scores.items()
    ]
    before = [await score_undo.of_day(turn.conn, shop.id, row.fact, row.day) for row in rows]
    if official := await _official(turn, shop, told, before):
        return official
    recorded = [await scores.record(turn.conn, row, turn.now_ms) for row in rows]
    await follow(turn, shop)
    return Kept(told, rows, before, recorded)


async def _official(turn: Turn, shop: Shop, told: Told, of_day: Sequence[Score | None]) -> Score | None:
    """A row of the platform that the told scores must not replace: of the same day, or newer."""
    latest = (await scores.latest(turn.conn, shop.id)).values()
    newer = (row for row in latest if row.fact in told.scores and told.day <= row.day)
    return next((row for row in (*of_day, *newer) if row and SOURCES[row.source].is_official), None)
