"""The findings of a check for a reader: those decided alike together, the worst first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from bot.views.render import words
from rules.assessment import Assessment
from rules.case import Known
from rules.edition import Clause, Edition
from rules.kinds import Because, FactType
from rules.report import Finding, Status, Verdict
from rules.requirements import Criterion

ORDER = (Status.UNMET, Status.UNKNOWN, Status.EXEMPT, Status.MET)
_DAY = attrgetter("on")


@dataclass(frozen=True)
class Group:
    """Findings decided in the same way by a fact: said once, each clause quoted.

    `criteria`: their ids. `subject`: what they are about. `why`: that, with why it has its status. `is_final`: unmet
    for good. `given`: the oldest answer behind.
    """

    criteria: tuple[str, ...]
    status: str
    subject: str
    why: str
    is_final: bool
    given: Known | None
    clauses: tuple[Clause, ...]
    readings: tuple[str, ...]
    mend: str
    clears_on: date | None


def because(edition: Edition, finding: Finding) -> str:
    """The words for why the criterion has the finding's status, behind the name of what it is about."""
    return _words("because", edition, finding)


def said(edition: Edition, finding: Finding) -> str:
    """What the criterion is about, and why it has the finding's status."""
    return _words("finding", edition, finding)


def groups(now: Assessment, given: Mapping[str, Known]) -> Iterator[Group]:
    """The findings that the shop has to read, unmet ones first, and of those the ones that are unmet for good."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    read: set[str] = set()
    shown = (finding for finding in now.entry.findings if not _is_of_another_kind(now.edition, finding))
    for finding in sorted(shown, key=lambda finding: (ORDER.index(finding.status), not finding.final)):
        limit = None if finding.because is Because.TEXT_IS_SILENT else finding.limit
        alike.setdefault((finding.status, finding.fact, finding.because, limit), []).append(finding)
    for findings in alike.values():
        group = _group(now, tuple(findings), read, given)
        read.update(group.readings)
        yield group


def _words(name: str, edition: Edition, finding: Finding) -> str:
    """Words of a finding; what there is none of has its criterion's first fact's name."""
    criterion, is_none = edition.criterion(finding.id), finding.because is Because.THERE_IS_NONE
    fact = edition.fact(criterion.facts[0] if is_none else finding.fact)
    return words(f"check/{name}", fact=fact, label=criterion.label, finding=finding)


def _is_of_another_kind(edition: Edition, finding: Finding) -> bool:
    """Whether the criterion is for other kinds of shops, and so nothing that this one has to read."""
    return finding.because is Because.NOT_APPLICABLE and edition.fact(finding.fact).type is FactType.CHOICE


def _group(now: Assessment, findings: tuple[Finding, ...], read: set[str], given: Mapping[str, Known]) -> Group:
    """The group of alike findings; a reading already in `read` is not said twice."""
    edition, first = now.edition, findings[0]
    criteria = [edition.criterion(finding.id) for finding in findings]
    clauses = tuple(edition.clause(clause) for clause in dict.fromkeys(_cited(findings, criteria)))
    decides = first.status is not Status.MET
    return Group(
        criteria=tuple(criterion.id for criterion in criteria),
        status=first.status.value,
        subject=_words("subject", edition, first),
        why=said(edition, first),
        is_final=any(finding.final for finding in findings),
        given=min((given[fact] for fact in _seen(findings, criteria) if fact in given), key=_DAY, default=None),
        clauses=clauses,
        readings=tuple(c.reading for c in clauses if c.reading and decides and c.reading not in read),
        mend=edition.filled(criteria[0].mend) if _can_be_mended(now, first) else "",
        clears_on=None if now.verdict is Verdict.BARRED else first.clears_on,
    )


def _seen(findings: tuple[Finding, ...], criteria: list[Criterion]) -> set[str]:
    """The facts behind the findings: all of a criterion that is met, else the deciding one."""
    met = {fact for criterion in criteria for fact in criterion.facts if findings[0].status is Status.MET}
    return {findings[0].fact} | met


def _can_be_mended(now: Assessment, finding: Finding) -> bool:
    """Whether the edition's advice about entering is of use: to a shop that is not barred, nor in with this score."""
    is_score = any(line.fact == finding.fact for line in now.edition.lines)
    return finding.status is Status.UNMET and now.verdict is not Verdict.BARRED and not (now.in_alliance and is_score)


def _cited(findings: tuple[Finding, ...], criteria: list[Criterion]) -> Iterator[str]:
    for finding, criterion in zip(findings, criteria, strict=True):
        yield finding.clause
        if finding.final and criterion.final_clause:
            yield criterion.final_clause
