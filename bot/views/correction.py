"""A correction as the values for the template: what was said in which message, what is right, and what holds now.

`notices/correction.html.j2` gets a `CorrectionView` as `correction`, `edition` and `today`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.views.render import Rendered, render
from rules.assessment import Assessment
from rules.edition import Edition, Fact
from rules.lines import AtLine
from rules.requirements import Line
from storage.corrections import Said
from storage.notices import Item, Notice
from storage.shops import Shop

MOST: Final = 10


@dataclass(frozen=True)
class Taken:
    """A statement taken back. `wrong`: as told, with the `line` named there. `fact`: the score, None of a closing."""

    shop: Shop
    item: Item
    wrong: Said
    fact: Fact | None
    line: Line | None


@dataclass(frozen=True)
class Holding:
    """What holds of a shop now: the `score` that decides, and the gravest line below, None below none.

    `untold`: the scores and choices still needed for an all-clear.
    """

    shop: Shop
    fact: Fact | None
    score: Decimal | None
    below: AtLine | None
    is_clear: bool
    untold: tuple[Fact, ...]


@dataclass(frozen=True)
class CorrectionView:
    """`day`: of the correction. `more`: the number of further statements."""

    day: date
    taken: tuple[Taken, ...]
    more: int
    holding: tuple[Holding, ...]


def render_correction(
    edition: Edition,
    notice: Notice,
    said: Mapping[Item, Said],
    shops: Mapping[int, Shop],
    *,
    now: Mapping[int, Assessment],
    today: date,
) -> Rendered:
    """The message. `now`: each shop's judgement of today."""
    items = [item for item in notice.items if item.shop_id in shops and item in said]
    taken = [_taken(edition, shops[item.shop_id], item, said[item]) for item in items]
    shown = dict.fromkeys(item.shop_id for item in items[:MOST])
    holding = [holding_of(shops[number], now[number]) for number in shown]
    view = CorrectionView(notice.day, tuple(taken[:MOST]), len(taken[MOST:]), tuple(holding))
    return render("notices/correction", correction=view, edition=edition, today=today)


def _taken(edition: Edition, shop: Shop, item: Item, said: Said) -> Taken:
    fact = next((fact for fact in edition.facts if fact.id == item.fact), None)
    line = next((line for line in edition.lines if line.id == said.item.line), None)
    return Taken(shop, item, said, fact, line)


def holding_of(shop: Shop, now: Assessment) -> Holding:
    """What holds of the shop."""
    below = next(iter(now.below), None)
    scored = _scored(now.edition.scores, now)
    fact = now.edition.fact(below.line.fact) if below else next(iter(scored), None)
    score = now.facts.get(fact.id) if fact else None
    untold = {at.depends_on for at in now.concerning if at.below is None}
    return Holding(
        shop,
        fact,
        score if isinstance(score, Decimal) else None,
        below,
        now.is_clear,
        tuple(one for one in now.edition.facts if one.id in untold),
    )


def _scored(scores: Sequence[Fact], now: Assessment) -> list[Fact]:
    return [one for one in scores if isinstance(now.facts.get(one.id), Decimal)]
