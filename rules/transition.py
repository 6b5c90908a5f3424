"""What a new edition does to a shop whose facts were told under an old one: its verdict then and now, and why."""

from dataclasses import dataclass
from datetime import date

from rules.difference import carried
from rules.edition import Edition
from rules.evaluate import evaluate, judged, verdict_of
from rules.lines import standing
from rules.report import Finding, Report, Standing, Status, Verdict
from rules.requirements import Facts

GRAVITY = (Status.UNMET, Status.UNKNOWN, None)


@dataclass(frozen=True)
class Judgement:
    """What an edition says of a shop today. `standing`: None when it is not in, or cannot be told."""

    verdict: Verdict
    standing: Standing | None


@dataclass(frozen=True)
class Shift:
    """One criterion in two editions; None where the edition has none of this id."""

    before: Finding | None
    after: Finding | None

    @property
    def was(self) -> Status | None:
        """In which way it stood in the way; None if it did not."""
        return _hinders(self.before)

    @property
    def now(self) -> Status | None:
        """In which way it stands in the way; None if it does not."""
        return _hinders(self.after)


def judgement(edition: Edition, facts: Facts, on: date) -> Judgement:
    """The verdict and the standing alone: a quarter of the work of a whole report."""
    return Judgement(verdict_of(edition, judged(edition, facts, on)), standing(edition, facts, on))


def under(facts: Facts, told_by: Edition, edition: Edition) -> Facts:
    """The facts told under one edition as far as another takes them."""
    return facts if told_by.name == edition.name else carried(facts, told_by, edition)


def reports(facts: Facts, told_by: Edition, old: Edition, new: Edition, on: date) -> tuple[Report, Report]:
    """The reports of one day under both editions."""
    before, after = (evaluate(edition, under(facts, told_by, edition), on) for edition in (old, new))
    return before, after


def shifts(before: Report, after: Report) -> tuple[Shift, ...]:
    """The criteria that stand in the way now and did not, or did and do not, or in another way; the gravest first."""
    was = {finding.id: finding for finding in before.findings}
    now = {finding.id: finding for finding in after.findings}
    found = [Shift(was.get(name), now.get(name)) for name in dict.fromkeys((*now, *was))]
    changed = [shift for shift in found if shift.was is not shift.now]
    return tuple(sorted(changed, key=lambda shift: min(map(GRAVITY.index, (shift.was, shift.now)))))


def _hinders(finding: Finding | None) -> Status | None:
    return finding.status if finding and finding.status in (Status.UNMET, Status.UNKNOWN) else None
