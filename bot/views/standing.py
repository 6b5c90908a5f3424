"""Where a shop stands by the scores known of it, as the values that the messages about scores show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.line import LineView, line_views
from rules.chances import is_barred
from rules.edition import Clause, Edition, Fact, Facts, FactType
from rules.lines import concerns
from rules.outlook import WhatIf, next_line, what_if
from storage.scores import Score, scale_of
from storage.shops import Shop


@dataclass(frozen=True)
class ScoreShown:
    """One score of a shop. `day`, `days_old`: whose it is and how old; None for a made-up one."""

    fact: Fact
    value: Decimal
    lines: tuple[LineView, ...]
    day: date | None = None
    days_old: int = 0


@dataclass(frozen=True)
class StandingView:
    """`level`: "clear", "no_entry", "early", "warning", "closing". `clauses`: what holds there, and what comes next.

    `is_barred`: the system has closed the access so often that it never comes back.
    """

    shop: Shop | None
    level: str
    scores: tuple[ScoreShown, ...]
    clauses: tuple[Clause, ...]
    in_alliance: bool | None
    gravity: int
    is_barred: bool

    @property
    def rank(self) -> tuple[int, Decimal]:
        """What sorts the worst first."""
        room = [line.gap for shown in self.scores for line in shown.lines if not line.below]
        return -self.gravity, min(room, default=Decimal(1_000))


def score_facts(edition: Edition) -> tuple[Fact, ...]:
    """The scores that the edition knows of, the one that all call 体验分 first."""
    return tuple(fact for fact in edition.facts if fact.type is FactType.SCORE)


def standing_of(edition: Edition, shop: Shop, latest: Mapping[str, Score], today: date) -> StandingView:
    """The standing by the newest score of each kind; one given on another edition's scale is left out."""
    facts = {fact.id: fact for fact in score_facts(edition)}
    known = {name: row for name, row in latest.items() if name in facts and row.scale == scale_of(facts[name])}
    given: Facts = {**shop.choices, **{name: row.points for name, row in known.items()}}
    shown = [
        ScoreShown(
            facts[name], row.points, line_views(edition, name, row.points, given), row.day, (today - row.day).days
        )
        for name, row in known.items()
    ]
    return _view(edition, shop, given, tuple(shown), today)


def standing_at(edition: Edition, fact: str, value: Decimal, shop: Shop | None, today: date) -> StandingView:
    """What would hold at this score; nothing is looked up."""
    given: Facts = {**(shop.choices if shop else {}), fact: value}
    shown = ScoreShown(edition.fact(fact), value, line_views(edition, fact, value, given))
    return _view(edition, shop, given, (shown,), today)


def _view(
    edition: Edition, shop: Shop | None, given: Facts, shown: tuple[ScoreShown, ...], today: date
) -> StandingView:
    in_alliance = shop.in_alliance if shop else None
    seen = what_if(edition, given, today, in_alliance)
    is_out = in_alliance is not True and is_barred(edition, shop.closures if shop else None)
    cited = [edition.chances.clause] if is_out and edition.chances else _cited(seen, in_alliance)
    clauses = tuple(edition.clause(name) for name in dict.fromkeys(cited))
    return StandingView(shop, seen.level.name.lower(), shown, clauses, in_alliance, int(seen.level), is_out)


def _cited(seen: WhatIf, in_alliance: bool | None) -> list[str]:
    """The clause that holds, the gravest one that concerns the shop, and that of the next line down."""
    holding = [gap.line for gap in seen.below if concerns(gap.line, in_alliance)] or [gap.line for gap in seen.below]
    following = next_line(seen, in_alliance)
    return [line.clause for line in (*holding[:1], *([following.line] if following else []))]
