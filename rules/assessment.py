"""The judgement of a shop: edition × case × day → what holds of the access and of entering, and what is still open.

The only judge: whatever is said of a shop, in an answer, a check or a warning, is a view of an Assessment. Three values
throughout: an untold fact leaves open what depends on it, and what is open is never good news.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from rules.case import Case, Known
from rules.edition import Edition
from rules.evaluate import evaluate, judge
from rules.lines import STANDINGS, AtLine, Level, at_lines, concerns, level_among, touches
from rules.report import Finding, Report, Standing, Status, Verdict
from rules.requirements import IN_ALLIANCE, Criterion, Effect, Facts, is_barred, next_chance


def assess(edition: Edition, case: Case, on: date) -> "Assessment":
    """The judgement of the case by the edition on the day."""
    return Assessment(edition, case.facts(edition), on, case.at_odds(edition))


@dataclass(frozen=True)
class Assessment:
    """`facts`: what the edition can judge of the case, an untold fact missing, a known absence None.

    `at_odds`: fresh numbers of another scale, which the edition can't judge: nothing is clear beside them.
    """

    edition: Edition
    facts: Facts
    on: date
    at_odds: Mapping[str, Known] = field(default_factory=dict)

    @cached_property
    def _complete(self) -> Facts:
        """The facts with the absences that follow from them."""
        return self.edition.completed(self.facts, self.on)

    def of_product(self, criterion: Criterion) -> Status:
        """Whether a product with these facts meets one of the edition's criteria of products."""
        return judge(criterion, self._complete, self.on).status

    # ── The access ──────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def lines(self) -> tuple[AtLine, ...]:
        """Every line of the edition beside the shop's score, the gravest first."""
        return at_lines(self.edition, self._complete, self.on)

    def lines_of(self, fact: str) -> tuple[AtLine, ...]:
        """The lines on one score, in the edition's order."""
        at = {one.line.id: one for one in self.lines}
        return tuple(at[line.id] for line in self.edition.lines if line.fact == fact and line.id in at)

    @property
    def in_alliance(self) -> bool | None:
        """Whether the shop has the access now; None: not told, and then counted as in, for silence must not hide."""
        told = self.facts.get(IN_ALLIANCE)
        return told if isinstance(told, bool) else None

    @cached_property
    def concerning(self) -> tuple[AtLine, ...]:
        """The lines that mean something for the shop: outside the entry lines, inside all others."""
        return tuple(at for at in self.lines if concerns(at.line, self.in_alliance))

    @cached_property
    def level(self) -> Level:
        """The gravest certain effect; UNKNOWN while none is certain and something may follow from what is open."""
        certain = level_among(self.concerning)
        return Level.UNKNOWN if certain is Level.CLEAR and (self.untold or self.at_odds) else certain

    @cached_property
    def at_worst(self) -> Level:
        """The gravest effect possible by the scores told, whatever the untold choices are; of no presumed kind."""
        presumed = (at for at in self.concerning if at.below is not False and not at.is_of_untold_kind)
        return max((*(at.level for at in presumed if at.score is not None), self.level, Level.CLEAR))

    @cached_property
    def kinds_open(self) -> tuple[AtLine, ...]:
        """The lines for kinds of shops that leave the access open, where nothing else does: most shops are of none."""
        return self.open_lines if all(at.is_of_untold_kind for at in self.open_lines) else ()

    @cached_property
    def open_lines(self) -> tuple[AtLine, ...]:
        """The lines of an effect graver than the certain one that depend on what is not known."""
        certain = level_among(self.concerning)
        return tuple(at for at in self.concerning if at.below is None and at.level > certain)

    @cached_property
    def untold(self) -> tuple[str, ...]:
        """The facts on which an effect graver than the certain one depends, of the gravest effect first."""
        return tuple(dict.fromkeys(at.depends_on for at in self.open_lines))

    @property
    def is_clear(self) -> bool:
        """Whether every line that may touch the access is known and not crossed, and nothing else clears the shop: the
        only ground for an all-clear."""
        return self.standing_if_in is Standing.SAFE and not self.clearing

    @cached_property
    def clearing(self) -> tuple[Criterion, ...]:
        """The criteria by which the shop, if it is in, is cleared because it does not meet them any more."""
        if self.in_alliance is False:
            return ()
        both = zip(self.edition.criteria, self.entry.findings, strict=True)
        return tuple(one for one, found in both if one.clearing_clause and found.status is Status.UNMET)

    @property
    def standing(self) -> Standing | None:
        """What today's scores do to the access of a shop that is known to be in; None when open, or not in."""
        return self.standing_if_in if self.in_alliance else None

    @cached_property
    def standing_if_in(self) -> Standing | None:
        """The standing if the shop is in: the worst certain effect, SAFE only when no line may touch the access."""
        touching = [at for at in self.lines if touches(at.line)]
        if not any(at.effect is Effect.CLOSING for at in touching):
            return None
        certain = level_among(touching)
        is_open = bool(self.at_odds) or any(at.below is None and at.level > certain for at in touching)
        return None if certain is Level.CLEAR and is_open else STANDINGS.get(certain)

    @cached_property
    def acting(self) -> AtLine | None:
        """The platform's gravest line with a certain effect on a shop in the alliance; None below no line."""
        return next((at for at in self.lines if at.below and not at.own and touches(at.line)), None)

    @cached_property
    def below(self) -> tuple[AtLine, ...]:
        """The lines that concern the shop with an effect that follows, or would by an untold choice, gravest first.

        A score that was never told is below no line: nothing can be told of it yet.
        """
        return tuple(at for at in self.concerning if at.may_be_below)

    @cached_property
    def next_line(self) -> AtLine | None:
        """The nearest line at or below a score of the shop; None at the last line, and while no score is known."""
        ahead = [at for at in self.concerning if at.distance is not None and at.distance >= 0]
        return min(ahead, key=lambda at: at.gap, default=None)

    # ── Chances ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def closures(self) -> int | None:
        """How often the system closed the access; None when not told, or when the edition doesn't count."""
        told = self.facts.get(self.edition.chances.fact) if self.edition.chances else None
        return told if isinstance(told, int) else None

    @property
    def is_barred(self) -> bool:
        """Whether the access never comes back once gone: closed as often as the edition allows."""
        return is_barred(self.edition.chances, self.closures)

    @property
    def is_out_for_good(self) -> bool:
        """Whether no opening is left for the shop, which is not known to be in."""
        return self.is_barred and self.in_alliance is not True

    @property
    def next_chance(self) -> int | None:
        """The number of the next opening: 2 after one closing. None when unknown, not limited, or used up."""
        return next_chance(self.edition.chances, self.closures)

    @property
    def would_bar(self) -> bool:
        """Whether one more closing by the system would be the last one."""
        return self.edition.chances is not None and self.closures == self.edition.chances.limit - 1

    # ── Entry ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def entry(self) -> Report:
        """The check of admission: the verdict, a finding for each criterion, the first eligible day.

        Nobody is eligible by a score that a number of another scale contradicts.
        """
        report = evaluate(self.edition, self.facts, self.on)
        is_open = bool(self.at_odds) and report.verdict is Verdict.ELIGIBLE
        verdict = Verdict.UNDETERMINED if is_open else report.verdict
        return report.model_copy(update={"standing": self.standing, "verdict": verdict})

    @cached_property
    def on_scores(self) -> tuple[Finding, ...]:
        """The findings of admission by criteria that test a score."""
        scores = {fact.id for fact in self.edition.scores}
        criteria = (criterion for criterion in self.edition.criteria if not scores.isdisjoint(criterion.facts))
        return tuple(judge(criterion, self._complete, self.on) for criterion in criteria)

    @property
    def scores_admit(self) -> bool | None:
        """Whether the scores are enough for entering, by every criterion on a score; None while one is open."""
        found = {finding.status for finding in self.on_scores}
        if Status.UNMET in found:
            return False
        return None if Status.UNKNOWN in found or self.at_odds or not found else True

    @property
    def verdict(self) -> Verdict:
        """The verdict about (re)admission."""
        return self.entry.verdict

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The untold facts that would change what is said of the shop, the most useful first."""
        access = self.untold if self.in_alliance is not False else ()
        return tuple(dict.fromkeys((*access, *_entry_open(self))))


def _entry_open(assessment: Assessment) -> Iterable[str]:
    return assessment.entry.missing if assessment.in_alliance is not True else ()
