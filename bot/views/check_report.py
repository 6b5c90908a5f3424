"""A report as the values for the result's template: worst first, findings with the same cause together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.other_edition import Offer
from bot.views.render import Rendered, render, words
from rules.edition import Clause, Edition, Fact
from rules.lines import AtLine, acting, at_lines, open_access
from rules.milestones import milestones
from rules.report import Finding, Report, Status
from rules.requirements import Criterion, Facts

ORDER = (Status.UNMET, Status.UNKNOWN, Status.EXEMPT, Status.MET)


@dataclass(frozen=True)
class Group:
    """Findings decided in the same way by a fact: said once, each clause quoted."""

    status: str
    label: str
    because: str
    clauses: tuple[Clause, ...]
    readings: tuple[str, ...]
    mend: str
    clears_on: date | None


def result(edition: Edition, report: Report, facts: Facts, at: str, beside: Offer | None = None) -> Rendered:
    """The message with the report. `at`: the `address` of the check; `beside`: another edition to offer."""
    closures, groups = _closures(edition, facts), tuple(_groups(edition, report))
    return render(
        "check/result",
        edition=edition,
        report=report,
        standing=report.standing,
        untold=tuple(edition.fact(fact).label for fact in open_access(edition, facts, report.on)),
        behind=_behind(edition, facts, report),
        unmet=tuple(group.label for group in groups if group.status == Status.UNMET),
        missing=tuple(edition.fact(fact).label for fact in report.missing),
        unsettled=tuple(group.label for group in groups if group.status == Status.UNKNOWN),
        distances=tuple(_distances(edition, facts)),
        closures=closures,
        chances=edition.chances,
        last_chance=edition.chances is not None and closures == edition.chances.limit - 1,
        groups=groups,
        ahead=milestones(edition, facts, report),
        at=at,
        beside=beside,
    )


def because(edition: Edition, finding: Finding) -> str:
    """The words for why the criterion has the finding's status."""
    return words("check/because", fact=edition.fact(finding.fact), finding=finding)


def _closures(edition: Edition, facts: Facts) -> int | None:
    """How often the system closed the access, None when not told or when the edition does not count."""
    told = facts.get(edition.chances.fact) if edition.chances else None
    return told if isinstance(told, int) else None


def _behind(edition: Edition, facts: Facts, report: Report) -> Clause | None:
    """The provision by which today's scores touch the shop's access; None when untouched, or the shop is not in."""
    line = acting(edition, facts, report.on) if report.standing else None
    return edition.clause(line.clause) if line else None


def _distances(edition: Edition, facts: Facts) -> Iterator[tuple[Fact, Decimal, tuple[AtLine, ...]]]:
    """Each told score that has lines, with those lines."""
    for fact in edition.scores:
        score = facts.get(fact.id)
        if isinstance(score, Decimal) and (lines := at_lines(edition, fact.id, score, facts)):
            yield fact, score, lines


def _groups(edition: Edition, report: Report) -> Iterator[Group]:
    alike: dict[tuple[object, ...], list[Finding]] = {}
    read: set[str] = set()
    for finding in sorted(report.findings, key=lambda finding: ORDER.index(finding.status)):
        alike.setdefault((finding.status, finding.fact, finding.because, finding.limit), []).append(finding)
    for findings in alike.values():
        group = _group(edition, tuple(findings), read)
        read.update(group.readings)
        yield group


def _group(edition: Edition, findings: tuple[Finding, ...], read: set[str]) -> Group:
    """The group of alike findings; a reading already in `read` is not said twice."""
    criteria = [edition.criterion(finding.id) for finding in findings]
    clauses = tuple(edition.clause(clause) for clause in dict.fromkeys(_cited(findings, criteria)))
    decides = findings[0].status is not Status.MET
    return Group(
        status=findings[0].status.value,
        label=criteria[0].label,
        because=because(edition, findings[0]),
        clauses=clauses,
        readings=tuple(c.reading for c in clauses if c.reading and decides and c.reading not in read),
        mend=edition.filled(criteria[0].mend) if findings[0].status is Status.UNMET else "",
        clears_on=findings[0].clears_on,
    )


def _cited(findings: tuple[Finding, ...], criteria: list[Criterion]) -> Iterator[str]:
    for finding, criterion in zip(findings, criteria, strict=True):
        yield finding.clause
        if finding.final and criterion.final_clause:
            yield criterion.final_clause
