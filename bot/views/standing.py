"""Where a shop stands by what is known, as the values for the messages about scores."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.check_groups import because
from rules.absence import absent_for
from rules.assessment import Assessment, assess
from rules.case import Case, Known
from rules.edition import Clause, Edition, Fact, Scores
from rules.kinds import Because, FactType
from rules.lines import AtLine, ahead_of, crossed, limits
from rules.report import Status
from rules.requirements import Effect, FactValue, Line
from rules.sources import Source
from storage.cases import CLOSURES
from storage.shops import Shop


@dataclass(frozen=True)
class ScoreShown:
    """A score of a shop beside the lines that mean something for it. `value`: None for no score, beside no line.

    `days_old`: age of `day` in days; `day` None for a supposed score. `without`: of an absent score, each line whose
    effect follows where all of some scores are absent, with those scores. `instead`: the score by which admission then
    goes, with the points to be reached.
    """

    fact: Fact
    value: Decimal | None
    lines: tuple[AtLine, ...]
    day: date | None = None
    days_old: int = 0
    without: tuple[tuple[Line, tuple[Fact, ...]], ...] = ()
    instead: tuple[Fact, tuple[Decimal, ...]] | None = None

    @property
    def crossed(self) -> AtLine | None:
        """The gravest line that the score is below, the bot's own after all of the platform's; None below none."""
        return crossed(self.lines)

    @property
    def ahead(self) -> AtLine | None:
        """The platform's nearest line that the score is not below; None without one."""
        return ahead_of(self.lines)

    @property
    def open(self) -> tuple[AtLine, ...]:
        """The lines whose side depends on an untold choice, without the bot's own for kinds of shops."""
        return tuple(line for line in self.lines if line.choice and not (line.own and line.is_of_untold_kind))


@dataclass(frozen=True)
class StandingView:
    """`now`: the judgement. `clauses`: of the line that holds, and of the next line.

    `choices`, `unscored`: the untold choices and scores that decide whether something graver follows, or whether the
    scores of a shop outside are enough for entering; `others`: other untold facts that decide so. `asks`: the
    choices among these that the merchant was never asked for. `unwritten`: scores that the shop has not, while the
    text does not say what follows. `decides`: criteria on scores, other than the entry lines, that keep a shop outside
    from entering, with why. `closed`: the known count of closings by the system, with the day of the record; None where
    none is known, or there was none.
    """

    shop: Shop | None
    now: Assessment
    choices: tuple[Fact, ...]
    asks: tuple[Fact, ...]
    unscored: tuple[Fact, ...]
    unwritten: tuple[Fact, ...]
    others: tuple[Fact, ...]
    decides: tuple[tuple[str, str], ...]
    scores: tuple[ScoreShown, ...]
    clauses: tuple[Clause, ...]
    closed: Known | None

    @property
    def edition(self) -> Edition:
        """The edition that judges."""
        return self.now.edition

    @property
    def in_alliance(self) -> bool | None:
        """Whether the shop has the access now, None if not told."""
        return self.now.in_alliance

    @property
    def is_barred(self) -> bool:
        """Whether no opening is left, for a shop that is not known to be in."""
        return self.now.is_out_for_good

    @property
    def is_judged(self) -> bool:
        """Whether anything is said by the edition."""
        return bool(self.scores) or self.now.closures is not None

    @property
    def level(self) -> str:
        """The gravest certain level: "unknown", "clear", "no_entry", "early", "warning", "closing"."""
        return self.now.level.name.lower()

    @property
    def admits(self) -> bool | None:
        """Whether the scores of a shop outside are enough for entering; None for a shop that is, or may be, in."""
        return self.now.scores_admit if self.in_alliance is False and not self.is_barred else None

    @property
    def at_worst(self) -> str:
        """The gravest level possible by the told scores, whatever the untold choices are."""
        return self.now.at_worst.name.lower()

    @property
    def by_kind(self) -> bool:
        """Whether an untold choice leaves the access open only by lines for shops of a kind; other facts may too."""
        by_choice = [at for at in self.now.open_lines if at.choice]
        return self.in_alliance is not False and bool(by_choice) and all(at.is_of_untold_kind for at in by_choice)

    @property
    def if_outside(self) -> AtLine | None:
        """The entry line on the main score, which counts if the shop is outside; None where it is known, or open."""
        fact = self.edition.main_score.id
        its = (at for at in self.now.lines if at.line.fact == fact and at.effect is Effect.NO_ENTRY)
        found = next((at for at in its if at.below is not None and at.score is not None), None)
        return found if self.in_alliance is None else None

    @property
    def rank(self) -> tuple[bool, int, Decimal]:
        """A sort key, the worst standing first, one without scores last."""
        room = [shown.ahead.gap for shown in self.scores if shown.ahead]
        return not self.scores, -self.now.at_worst, min(room, default=Decimal(1_000))


def standing_of(edition: Edition, shop: Shop, case: Case, today: date) -> StandingView:
    """The standing by what is known of the shop; a score on another edition's scale is left out."""
    return _view(shop, assess(edition, case, today), case)


def standing_at(edition: Edition, shop: Shop | None, case: Case, supposed: Scores, today: date) -> StandingView:
    """The standing at supposed scores in place of the same scores kept; the case holds what else is known."""
    told = {name: _supposed(edition.fact(name), value, today) for name, value in supposed.items()}
    return _view(shop, assess(edition, case.with_known(told), today), case.without(told))


def _supposed(fact: Fact, value: FactValue, today: date) -> Known:
    return Known(value, today, Source.MERCHANT, scale=fact.scale)


def _view(shop: Shop | None, now: Assessment, case: Case) -> StandingView:
    edition = now.edition
    cited = [edition.chances.clause] if now.is_out_for_good and edition.chances else _cited(now)
    untold = [edition.fact(name) for name in _untold(now)]
    choices = tuple(fact for fact in untold if fact.type is FactType.CHOICE)
    scores = [fact for fact in untold if fact.type is FactType.SCORE]
    return StandingView(
        shop,
        now,
        choices,
        asks=tuple(fact for fact in choices if fact.id not in case.known),
        unscored=tuple(fact for fact in scores if fact.id not in now.facts),
        unwritten=tuple(fact for fact in scores if fact.id in now.facts),
        others=tuple(fact for fact in untold if fact not in choices and fact not in scores),
        decides=tuple(_deciding(now)) if now.in_alliance is False and not now.is_out_for_good else (),
        scores=tuple(_shown(now, case)),
        clauses=tuple(edition.clause(name) for name in dict.fromkeys(cited)),
        closed=closed if (closed := case.known.get(CLOSURES)) and closed.value else None,
    )


def _untold(now: Assessment) -> tuple[str, ...]:
    """The facts that leave the effect open: of the access, or for a shop outside of entering by its scores."""
    if now.in_alliance is not False:
        return now.untold
    is_open = [finding for finding in now.on_scores if finding.status is Status.UNKNOWN]
    absent = (one.fact for one in is_open if one.because is Because.TEXT_IS_SILENT)
    return tuple(dict.fromkeys((*(name for one in is_open for name in one.waits), *absent)))


def _deciding(now: Assessment) -> Iterator[tuple[str, str]]:
    """The unmet criteria on scores that no entry line shows, by name, with why."""
    shown = {(at.line.fact, at.limit) for at in now.lines if at.effect is Effect.NO_ENTRY}
    for finding in now.on_scores:
        if finding.status is Status.UNMET and (finding.fact, finding.limit) not in shown:
            yield now.edition.criterion(finding.id).label, because(now.edition, finding)


def _shown(now: Assessment, case: Case) -> Iterator[ScoreShown]:
    """Each score that the shop has, or is known not to have, with the day where kept."""
    for fact in now.edition.scores:
        if fact.id not in now.facts:
            continue
        value, known = now.facts[fact.id], case.known.get(fact.id)
        points = value if isinstance(value, Decimal) else None
        day = known.on if known else None
        age = (now.on - day).days if day else 0
        if points is not None:
            yield ScoreShown(fact, points, _concerning(now, fact), day, age)
        else:
            yield ScoreShown(fact, None, (), day, age, tuple(_without(now, fact)), _instead(now, fact))


def _concerning(now: Assessment, fact: Fact) -> tuple[AtLine, ...]:
    return tuple(at for at in now.lines_of(fact.id) if at in now.concerning)


def _without(now: Assessment, fact: Fact) -> Iterator[tuple[Line, tuple[Fact, ...]]]:
    """The lines whose effect follows for a shop in the alliance where this score and some others are all absent."""
    for at in now.concerning:
        absent = absent_for(now.edition, at.line)
        if absent[:1] == (fact.id,) and now.in_alliance is not False:
            yield at.line, tuple(now.edition.fact(name) for name in absent)


def _instead(now: Assessment, fact: Fact) -> tuple[Fact, tuple[Decimal, ...]] | None:
    """The score by which admission goes without this one, with the limits that may count, the highest first."""
    for criterion in now.edition.criteria:
        if criterion.facts == (fact.id,) and criterion.fallback and now.in_alliance is not True:
            bounds = tuple(sorted(set(limits(criterion, now.facts)), reverse=True))
            return now.edition.fact(criterion.fallback), bounds
    return None


def _cited(now: Assessment) -> list[str]:
    """The ids of the clauses of the gravest line that holds for the shop, and of the next line down; of a shop
    outside whose scores are not known to be enough, of the criteria on scores that are not met. Of an absent score, of
    the line that speaks of its absence."""
    if now.in_alliance is False and now.scores_admit is not True:
        return [one.clause for one in now.on_scores if one.status in (Status.UNMET, Status.UNKNOWN)]
    absent = [at.line.clause for at in now.concerning if _is_absent(now, at)]
    holding = now.below or tuple(at for at in now.lines if at.may_be_below)
    following = (now.next_line,) if now.next_line else ()
    return [*(at.line.clause for at in (*holding[:1], *following) if at.score is not None), *absent]


def _is_absent(now: Assessment, at: AtLine) -> bool:
    """Whether a score is known to be absent, with which the effect of the line may follow."""
    return any(name in now.facts and now.facts[name] is None for name in absent_for(now.edition, at.line))
