"""A report as the values for the result's template: worst first, findings with the same cause together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.views.other_edition import Offer
from bot.views.render import Rendered, render, words
from rules.assessment import Assessment
from rules.edition import Clause, Edition, Fact
from rules.lines import AtLine
from rules.milestones import milestones
from rules.report import Finding, Report, Status
from rules.requirements import Criterion

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


def result(now: Assessment, at: str, beside: Offer | None = None) -> Rendered:
    """The message with the report. `at`: the `address` of the check; `beside`: another edition to offer."""
    edition, report = now.edition, now.entry
    groups = tuple(_groups(edition, report))
    return render(
        "check/result",
        edition=edition,
        report=report,
        standing=report.standing,
        untold=tuple(edition.fact(fact).label for fact in _untold(now)),
        behind=_behind(now),
        unmet=tuple(group.label for group in groups if group.status == Status.UNMET),
        missing=tuple(edition.fact(fact).label for fact in report.missing),
        unsettled=tuple(group.label for group in groups if group.status == Status.UNKNOWN),
        distances=tuple(_distances(now)),
        closures=now.closures,
        chances=edition.chances,
        last_chance=now.would_bar,
        groups=groups,
        ahead=milestones(now),
        at=at,
        beside=beside,
    )


def because(edition: Edition, finding: Finding) -> str:
    """The words for why the criterion has the finding's status."""
    return words("check/because", fact=edition.fact(finding.fact), finding=finding)


def _untold(now: Assessment) -> tuple[str, ...]:
    """The untold facts behind an open standing of a shop in the alliance; else none."""
    is_open = now.in_alliance and now.standing is None
    return now.untold if is_open else ()


def _behind(now: Assessment) -> Clause | None:
    """The provision by which today's scores touch the shop's access; None when untouched, or the shop is not in."""
    at = now.acting if now.standing else None
    return now.edition.clause(at.line.clause) if at else None


def _distances(now: Assessment) -> Iterator[tuple[Fact, Decimal, tuple[AtLine, ...]]]:
    """Each told score that has lines, with those lines."""
    for fact in now.edition.scores:
        score, lines = now.facts.get(fact.id), now.lines_of(fact.id)
        if isinstance(score, Decimal) and lines:
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
