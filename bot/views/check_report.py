"""A report as the values for the result's template: worst first, findings with the same cause together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from bot.conversation.presses import Press
from bot.views.check_question import ALONE, About
from bot.views.instead import Instead
from bot.views.other_edition import Offer, OfferReason
from bot.views.render import Rendered, render, words
from rules.absence import closing_absence
from rules.assessment import Assessment
from rules.case import Known
from rules.edition import Clause, Edition, Fact
from rules.kinds import Because, FactType
from rules.lines import AtLine
from rules.milestones import milestones
from rules.report import Finding, Status, Verdict
from rules.requirements import IN_ALLIANCE, Criterion

NOTHING_KNOWN: Final[Mapping[str, Known]] = MappingProxyType({})
ORDER = (Status.UNMET, Status.UNKNOWN, Status.EXEMPT, Status.MET)


@dataclass(frozen=True)
class Group:
    """Findings decided in the same way by a fact: said once, each clause quoted. `given`: the oldest answer behind."""

    status: str
    label: str
    because: str
    given: Known | None
    clauses: tuple[Clause, ...]
    readings: tuple[str, ...]
    mend: str
    clears_on: date | None


@dataclass(frozen=True)
class Replaced:
    """A score of `day` answered in the check in place of the score `before`. `press`: takes the answer back."""

    fact: Fact
    day: date
    before: Decimal | None
    now: Decimal | None
    press: Press | None


def result(
    now: Assessment,
    at: str,
    beside: Offer | None = None,
    *,
    of: About = ALONE,
    given: Mapping[str, Known] = NOTHING_KNOWN,
    again: Press | None = None,
    is_followed: bool = False,
    replaced: Sequence[Replaced] = (),
    instead: Instead | None = None,
    entering: Instead | None = None,
) -> Rendered:
    """The message with the report.

    `at`: the `address` of the check; `beside`: another edition to offer; `given`: the day of each answer; `again`: the
    button that asks all again; `is_followed`: the chat hears of the shop's scores already; `replaced`: scores
    told before of the same day; `instead`, `entering`: what the edition in force says of chances, and of entering.
    """
    edition, report = now.edition, now.entry
    groups = tuple(_groups(now, given))
    is_out = now.in_alliance is not True and report.verdict is Verdict.BARRED
    return render(
        "check/result",
        now=now,
        today=now.on,
        edition=edition,
        report=report,
        about=of,
        given=given,
        inside=edition.fact(IN_ALLIANCE),
        open=Open.of(now),
        behind=_behind(now),
        unmet=tuple(group.label for group in groups if group.status == Status.UNMET),
        missing=tuple(edition.fact(fact).label for fact in report.missing),
        unsettled=tuple(group.label for group in groups if group.status == Status.UNKNOWN),
        distances=tuple(_distances(now)),
        groups=groups,
        ahead=() if is_out else milestones(now),
        at=at,
        replaced=replaced,
        instead=instead if now.is_barred or now.would_bar else None,
        entering=entering if report.verdict is Verdict.ELIGIBLE else None,
        again=again,
        beside=beside,
        can_be_watched=not (is_out or is_followed or (beside and beside.why is OfferReason.PREVIEW)),
    )


def because(edition: Edition, finding: Finding) -> str:
    """The words for why the criterion has the finding's status; what there is none of has its first fact's name."""
    is_none = finding.because is Because.THERE_IS_NONE
    name = edition.criterion(finding.id).facts[0] if is_none else finding.fact
    return words("check/because", fact=edition.fact(name), finding=finding)


@dataclass(frozen=True)
class Open:
    """What leaves open the effect on the access of a shop that is in: the labels of the facts that nobody told, and of
    those of which the text does not say what follows without one. `absent`: the scores whose absence closes it."""

    untold: tuple[str, ...]
    unwritten: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def of(cls, now: Assessment) -> "Open":
        """What leaves it open; nothing for a shop that is cleared, or not in."""
        facts = [now.edition.fact(name) for name in now.untold] if now.in_alliance and not now.is_clear else []
        untold = tuple(fact.label for fact in facts if fact.id not in now.facts)
        unwritten = tuple(fact.label for fact in facts if fact.id in now.facts)
        return cls(untold, unwritten, tuple(fact.label for fact in closing_absence(now)))


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


def _groups(now: Assessment, given: Mapping[str, Known]) -> Iterator[Group]:
    alike: dict[tuple[object, ...], list[Finding]] = {}
    read: set[str] = set()
    shown = (finding for finding in now.entry.findings if not _is_of_another_kind(now.edition, finding))
    for finding in sorted(shown, key=lambda finding: ORDER.index(finding.status)):
        alike.setdefault((finding.status, finding.fact, finding.because, finding.limit), []).append(finding)
    for findings in alike.values():
        group = _group(now, tuple(findings), read, given)
        read.update(group.readings)
        yield group


def _is_of_another_kind(edition: Edition, finding: Finding) -> bool:
    """Whether the criterion is for other kinds of shops, and so nothing that this one has to read."""
    return finding.because is Because.NOT_APPLICABLE and edition.fact(finding.fact).type is FactType.CHOICE


def _group(now: Assessment, findings: tuple[Finding, ...], read: set[str], given: Mapping[str, Known]) -> Group:
    """The group of alike findings; a reading already in `read` is not said twice."""
    edition = now.edition
    criteria = [edition.criterion(finding.id) for finding in findings]
    clauses = tuple(edition.clause(clause) for clause in dict.fromkeys(_cited(findings, criteria)))
    decides = findings[0].status is not Status.MET
    return Group(
        status=findings[0].status.value,
        label=criteria[0].label,
        because=because(edition, findings[0]),
        given=min((given[fact] for fact in _seen(findings, criteria) if fact in given), key=_DAY, default=None),
        clauses=clauses,
        readings=tuple(c.reading for c in clauses if c.reading and decides and c.reading not in read),
        mend=edition.filled(criteria[0].mend) if _can_be_mended(now, findings[0]) else "",
        clears_on=None if now.verdict is Verdict.BARRED else findings[0].clears_on,
    )


_DAY = attrgetter("on")


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
