"""Where a shop stands by the known scores, as the values for the messages about scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.absence import absent_for
from rules.edition import Clause, Edition, Fact
from rules.kinds import FactType
from rules.lines import Assessment, AtLine, assess, at_lines, concerns, distance, may_be_below, next_line
from rules.requirements import Facts, is_barred
from storage.scores import Score
from storage.shops import Shop


@dataclass(frozen=True)
class ScoreShown:
    """A score of a shop beside the score's lines. `value`: None where the shop has no score, beside no line.

    `days_old`: age of `day` in days; `day` None for a supposed score.
    """

    fact: Fact
    value: Decimal | None
    lines: tuple[AtLine, ...]
    day: date | None = None
    days_old: int = 0


@dataclass(frozen=True)
class StandingView:
    """`now`: the certain effect and the possible worse. `clauses`: of the line that holds, and of the next line.

    `choices`, `unscored`: the untold choices and scores that decide whether something graver follows. `unwritten`:
    scores that the shop has not, while the text does not say what follows.
    `is_barred`: the system has closed the access so often that no opening is left.
    """

    shop: Shop | None
    now: Assessment
    choices: tuple[Fact, ...]
    unscored: tuple[Fact, ...]
    unwritten: tuple[Fact, ...]
    scores: tuple[ScoreShown, ...]
    clauses: tuple[Clause, ...]
    in_alliance: bool | None
    is_barred: bool

    @property
    def level(self) -> str:
        """The gravest certain level: "unknown", "clear", "no_entry", "early", "warning", "closing"."""
        return self.now.level.name.lower()

    @property
    def at_worst(self) -> str:
        """The gravest level possible by the told scores, whatever the untold choices are."""
        return self.now.at_worst.name.lower()

    @property
    def rank(self) -> tuple[int, Decimal]:
        """A sort key, the worst standing first."""
        room = [line.gap for shown in self.scores for line in shown.lines if line.below is False]
        return -self.now.at_worst, min(room, default=Decimal(1_000))


def standing_of(edition: Edition, shop: Shop, latest: Mapping[str, Score], today: date) -> StandingView:
    """The standing by the newest score of each kind; a score on another edition's scale is left out."""
    facts = {fact.id: fact for fact in edition.scores}
    known = {name: row for name, row in latest.items() if name in facts and row.scale == facts[name].scale}
    given: Facts = {**shop.choices, **{name: row.points for name, row in known.items()}}
    shown = tuple(_shown(edition, facts[name], row, given, today) for name, row in known.items())
    return _view(edition, shop, given, shown, today)


def _shown(edition: Edition, fact: Fact, row: Score, given: Facts, today: date) -> ScoreShown:
    lines = () if row.points is None else at_lines(edition, fact.id, row.points, given)
    return ScoreShown(fact, row.points, lines, row.day, (today - row.day).days)


def standing_at(edition: Edition, fact: str, value: Decimal | None, shop: Shop | None, today: date) -> StandingView:
    """The standing at a supposed score, None for "no score"; nothing is looked up."""
    given: Facts = {**(shop.choices if shop else {}), fact: value}
    lines = () if value is None else at_lines(edition, fact, value, given)
    shown = ScoreShown(edition.fact(fact), value, lines)
    return _view(edition, shop, given, (shown,), today)


def _view(
    edition: Edition, shop: Shop | None, given: Facts, shown: tuple[ScoreShown, ...], today: date
) -> StandingView:
    in_alliance = shop.in_alliance if shop else None
    now = assess(edition, given, today, in_alliance)
    is_out = in_alliance is not True and is_barred(edition.chances, shop.closures if shop else None)
    cited = [edition.chances.clause] if is_out and edition.chances else _cited(edition, given, today, in_alliance)
    clauses = tuple(edition.clause(name) for name in dict.fromkeys(cited))
    untold = [edition.fact(name) for name in now.untold]
    choices = tuple(fact for fact in untold if fact.type is FactType.CHOICE)
    open_scores = [fact for fact in untold if fact.type is FactType.SCORE]
    asked = _open_by_absence(edition, given)
    unscored = tuple(dict.fromkeys((*(fact for fact in open_scores if fact.id not in given), *asked)))
    unwritten = () if asked else tuple(fact for fact in open_scores if fact.id in given)
    return StandingView(shop, now, choices, unscored, unwritten, shown, clauses, in_alliance, is_out)


def _open_by_absence(edition: Edition, given: Facts) -> list[Fact]:
    """Where a score is known to be absent: the untold scores that have to be absent too for something to follow."""
    absences = (absent_for(edition, line) for line in edition.lines if given.get(line.fact, "") is None)
    return [edition.fact(fact) for absent in absences for fact in absent if fact not in given]


def _cited(edition: Edition, given: Facts, today: date, in_alliance: bool | None) -> list[str]:
    """The ids of the clauses of the gravest line that holds for the shop, and of the next line down."""
    below = [line for line in may_be_below(edition, given, today) if distance(line, given) is not None]
    holding = [line for line in below if concerns(line, in_alliance)] or below
    following = next_line(edition, given, in_alliance)
    return [line.clause for line in (*holding[:1], *(following or ())[:1])]
