"""Days ahead that a kept check already knows of: time alone changes what holds on them.

They are told only while the check is the merchant's newest; a new check brings its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.edition import Edition
from rules.kinds import KINDS, Because, FigureKind
from rules.reasons import Reason
from rules.report import Report, Status
from rules.requirements import IN_ALLIANCE, Facts, first_day_without

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Milestone:
    """What to tell on a day. `happens_on`: the day that it is about; `criterion` "" when it is about the verdict."""

    on: date
    reason: Reason
    happens_on: date
    criterion: str = ""


def milestones(edition: Edition, facts: Facts, report: Report) -> tuple[Milestone, ...]:
    """The days after `report.on`, in order, each thing once though several criteria may hang on it.

    An exemption's `happens_on` is the first day without it. On the day on which the verdict turns eligible, that is
    told and not what ends with it; a shop that is in has no such day. Days that the report leaves open, and whatever
    a merchant must act for, make none.
    """
    eligible_on = None if facts.get(IN_ALLIANCE) is True else report.earliest_on
    ahead = [*_exemptions(edition, facts, report), *_clearings(edition, report, eligible_on)]
    if eligible_on:
        ahead.append(Milestone(eligible_on, Reason.NOW_ELIGIBLE, eligible_on))
    once = {(m.on, m.reason): m for m in reversed(ahead) if m.on > report.on}
    return tuple(sorted(once.values(), key=lambda m: (m.on, m.reason)))


def _exemptions(edition: Edition, facts: Facts, report: Report) -> Iterator[Milestone]:
    """The end of each exemption in force: some days before, and on its first day without."""
    for finding in report.findings:
        exempt = edition.criterion(finding.id).exempt if finding.because is Because.EXEMPT else None
        if exempt and (ends := first_day_without(exempt.conditions, facts)):
            yield Milestone(ends - timedelta(SOON_DAYS), Reason.EXEMPTION_ENDS_SOON, ends, finding.id)
            yield Milestone(ends, Reason.EXEMPTION_ENDED, ends, finding.id)


def _clearings(edition: Edition, report: Report, eligible_on: date | None) -> Iterator[Milestone]:
    """The day on which each unmet criterion is met by time alone, but for the day that makes the shop eligible."""
    for finding in report.findings:
        if finding.status is Status.UNMET and finding.clears_on and finding.clears_on != eligible_on:
            counted = KINDS[edition.criterion(finding.id).kind].days_since
            is_penalty = counted is FigureKind.DAYS_SINCE_PENALTY
            reason = Reason.PENALTY_AGED_OUT if is_penalty else Reason.WAIT_OVER
            yield Milestone(finding.clears_on, reason, finding.clears_on, finding.id)
