"""Where a shop stands by what is known, as the values for the messages about scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rules.assessment import Assessment, assess
from rules.case import Case, Known
from rules.edition import Clause, Edition, Fact
from rules.kinds import FactType
from rules.lines import AtLine
from rules.requirements import Facts
from rules.sources import Source
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
    """`now`: the judgement. `clauses`: of the line that holds, and of the next line.

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


def standing_of(edition: Edition, shop: Shop, case: Case, today: date) -> StandingView:
    """The standing by what is known of the shop; a score on another edition's scale is left out."""
    return _view(shop, assess(edition, case, today), case)


def standing_at(edition: Edition, shop: Shop | None, case: Case, supposed: Facts, today: date) -> StandingView:
    """The standing at supposed scores (None: no score) in place of all kept; the case holds what else is known."""
    given = case.without(score.id for score in edition.scores)
    told = {
        name: Known(value, today, Source.MERCHANT, scale=edition.fact(name).scale) for name, value in supposed.items()
    }
    return _view(shop, assess(edition, given.with_known(told), today), Case())


def _view(shop: Shop | None, now: Assessment, case: Case) -> StandingView:
    edition = now.edition
    is_out = now.in_alliance is not True and now.is_barred
    cited = [edition.chances.clause] if is_out and edition.chances else _cited(now)
    clauses = tuple(edition.clause(name) for name in dict.fromkeys(cited))
    untold = [edition.fact(name) for name in now.untold]
    choices = tuple(fact for fact in untold if fact.type is FactType.CHOICE)
    open_scores = [fact for fact in untold if fact.type is FactType.SCORE]
    unscored = tuple(fact for fact in open_scores if fact.id not in now.facts)
    unwritten = tuple(fact for fact in open_scores if fact.id in now.facts)
    shown = tuple(_shown(now, case))
    return StandingView(shop, now, choices, unscored, unwritten, shown, clauses, now.in_alliance, is_out)


def _shown(now: Assessment, case: Case) -> Iterator[ScoreShown]:
    """Each score told, also that the shop has none, with the day where kept."""
    for fact in now.edition.scores:
        if fact.id not in now.facts:
            continue
        value, known = now.facts[fact.id], case.known.get(fact.id)
        day, points = known.on if known else None, value if isinstance(value, Decimal) else None
        lines = () if points is None else now.lines_of(fact.id)
        yield ScoreShown(fact, points, lines, day, (now.on - day).days if day else 0)


def _cited(now: Assessment) -> list[str]:
    """The ids of the clauses of the gravest line that holds for the shop, and of the next line down."""
    holding = now.below or tuple(at for at in now.lines if at.may_be_below)
    following = (now.next_line,) if now.next_line else ()
    return [at.line.clause for at in (*holding[:1], *following) if at.score is not None]
