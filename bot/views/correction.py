"""A correction as the values for the template: what was said in which message, what is right, and what holds now.

`notices/correction.html.j2` gets a `CorrectionView` as `correction`, `edition`, `today` and `instead`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.views.instead import Instead
from bot.views.notice import MARK_LENGTH
from bot.views.render import LONGEST_MESSAGE, Rendered, render, shown_length
from bot.views.standing import StandingView
from rules.absence import absent_for
from rules.assessment import Assessment
from rules.claims import Claim
from rules.edition import Clause, Edition, Fact
from rules.lines import AtLine, Level
from rules.reasons import Reason
from rules.requirements import Line
from storage.corrections import Said
from storage.notices import Item, Notice
from storage.shops import Shop

ROOM: Final = (10, 5, 2, 1)
"""Statements that are taken back in full; fewer where a message would be too long for Telegram."""


@dataclass(frozen=True)
class Taken:
    """A statement taken back. `wrong`: as told, with the `line` named there. `fact`: the score, None of a closing.

    `has_closed`: the system closed the access, though not as often as said.
    """

    shop: Shop
    item: Item
    wrong: Said
    fact: Fact | None
    line: Line | None
    has_closed: bool


@dataclass(frozen=True)
class Holding:
    """What holds of a shop now. `is_counted`: a count of closings was corrected; `has_closed`: see `Taken`.

    `clauses`: what the edition says of a shop without the scores that this one has not.
    """

    standing: StandingView
    is_counted: bool
    has_closed: bool
    clauses: tuple[Clause, ...]

    @property
    def below(self) -> AtLine | None:
        """The gravest line that a score is certainly below; None while a choice decides."""
        below = next(iter(self.standing.now.below), None)
        is_said = below is not None and below.below and below.score is not None and not self.standing.choices
        return below if is_said and not self.standing.is_barred else None

    @property
    def is_last(self) -> bool:
        """Whether the next opening is the last one, or the next closing the last one."""
        return self.is_counted and self.standing.now.would_bar


@dataclass(frozen=True)
class CorrectionView:
    """`day`: of the correction. `more`: the number of further statements. `editions`: those that judged."""

    day: date
    taken: tuple[Taken, ...]
    more: int
    holding: tuple[Holding, ...]
    editions: tuple[Edition, ...]


def render_correction(
    edition: Edition,
    notice: Notice,
    said: Mapping[Item, Said],
    standings: Mapping[int, StandingView],
    *,
    today: date,
    instead: Callable[[Edition], Instead | None],
) -> Rendered:
    """The message. `edition`: of what was said. `standings`: each shop's of today, by the edition of its scores.

    `instead`: what the edition in force says of chances, by edition.
    """
    items = [item for item in notice.items if item.shop_id in standings and item in said]
    taken = [_taken(edition, standings[item.shop_id], item, said[item]) for item in items]
    for most in ROOM:
        view = _view(edition, notice.day, taken, standings, most)
        rendered = render("notices/correction", correction=view, edition=edition, today=today, instead=instead)
        if shown_length(rendered.html) <= LONGEST_MESSAGE - MARK_LENGTH:
            break
    return rendered


def _view(
    edition: Edition, day: date, taken: list[Taken], standings: Mapping[int, StandingView], most: int
) -> CorrectionView:
    shown = dict.fromkeys(one.item.shop_id for one in taken[:most])
    holding = tuple(_holding(standings[number], taken) for number in shown)
    editions = tuple({one.name: one for one in (edition, *(each.standing.edition for each in holding))}.values())
    return CorrectionView(day, tuple(taken[:most]), len(taken[most:]), holding, editions)


def _taken(edition: Edition, standing: StandingView, item: Item, said: Said) -> Taken:
    assert standing.shop is not None  # noqa: S101  (of a kept shop)
    fact = next((fact for fact in edition.facts if fact.id == item.fact), None)
    line = next((line for line in edition.lines if line.id == said.item.line), None)
    level = Level(said.item.level_before or 0)
    before = said.item.closures_before
    claim = Claim(Reason.CLOSED, closures=said.item.closures, level_before=level, closures_before=before)
    return Taken(standing.shop, item, said, fact, line, fact is None and claim.has_closed(item.closures))


def _holding(standing: StandingView, taken: list[Taken]) -> Holding:
    counted = [one for one in taken if one.shop == standing.shop and one.fact is None]
    return Holding(
        standing,
        is_counted=bool(counted) and bool(standing.now.closures),
        has_closed=any(one.has_closed for one in counted),
        clauses=_of_absence(standing.now),
    )


def _of_absence(now: Assessment) -> tuple[Clause, ...]:
    """What the edition says of shops without a score, where this shop is known to have none."""
    lines = (at.line for at in now.concerning if at.score is None)
    absent = {name for name, value in now.facts.items() if value is None}
    cited = (line.clause for line in lines if absent.intersection(absent_for(now.edition, line)))
    return tuple(now.edition.clause(name) for name in dict.fromkeys(cited))
