"""Days ahead known from a kept check: time alone changes the result on them.

A milestone is told only while the check is the merchant's newest; a new check brings other milestones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.assessment import Assessment
from rules.edition import Edition
from rules.kinds import KINDS, Because, FigureKind
from rules.reasons import Reason
from rules.report import Report, Status
from rules.requirements import Facts, first_day_without

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Milestone:
    """News of a day. `on`: when to tell. `happens_on`: the day of the event. `criterion`: "" for the verdict."""

    on: date
    reason: Reason
    happens_on: date
    criterion: str = ""


def milestones(now: Assessment) -> tuple[Milestone, ...]:
    """The milestones after the day of the assessment, in order, each once though several criteria may share a fact.

    An exemption's `happens_on` is the first day without the exemption. The day of an eligible verdict tells of the
    verdict alone; a shop in the alliance has no such day. A day left open by the report makes no milestone, nor does
    anything for which a merchant must act.
    """
    edition, facts, report = now.edition, now.facts, now.entry
    eligible_on = None if now.in_alliance else report.earliest_on
    ahead = [*_exemptions(edition, facts, report), *_clearings(edition, report, eligible_on)]
    if eligible_on:
        ahead.append(Milestone(eligible_on, Reason.NOW_ELIGIBLE, eligible_on))
    once = {(m.on, m.reason): m for m in reversed(ahead) if m.on > report.on}
    return tuple(sorted(once.values(), key=lambda m: (m.on, m.reason)))


def _exemptions(edition: Edition, facts: Facts, report: Report) -> Iterator[Milestone]:
    """The end of each exemption in force: some days before, and on the first day without."""
    for finding in report.findings:
        exempt = edition.criterion(finding.id).exempt if finding.because is Because.EXEMPT else None
        if exempt and (ends := first_day_without(exempt.conditions, facts)):
            yield Milestone(ends - timedelta(SOON_DAYS), Reason.EXEMPTION_ENDS_SOON, ends, finding.id)
            yield Milestone(ends, Reason.EXEMPTION_ENDED, ends, finding.id)


def _clearings(edition: Edition, report: Report, eligible_on: date | None) -> Iterator[Milestone]:
    """The day on which time alone meets each unmet criterion, but for the day of the eligible verdict."""
    for finding in report.findings:
        if finding.status is Status.UNMET and finding.clears_on and finding.clears_on != eligible_on:
            counted = KINDS[edition.criterion(finding.id).kind].days_since
            is_penalty = counted is FigureKind.DAYS_SINCE_PENALTY
            reason = Reason.PENALTY_AGED_OUT if is_penalty else Reason.WAIT_OVER
            yield Milestone(finding.clears_on, reason, finding.clears_on, finding.id)
