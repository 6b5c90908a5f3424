"""A finished check as messages: the result on one screen, and criterion by criterion."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from bot.conversation.presses import Press
from bot.views.check_groups import Group, groups
from bot.views.check_question import ALONE, About
from bot.views.instead import Instead
from bot.views.other_edition import Offer, OfferReason
from bot.views.render import Rendered, render
from rules.absence import closing_absence
from rules.assessment import Assessment
from rules.case import Known
from rules.edition import Clause, Edition, Fact
from rules.interview import ahead
from rules.kinds import Because, Kind
from rules.lines import AtLine, ahead_of, crossed
from rules.milestones import milestones
from rules.report import Finding, Status, Verdict
from rules.requirements import IN_ALLIANCE

MOST_LINES = 8
"""Of a result, where it can be: the question for consent may stand below."""
LONGEST_OPEN = 66
"""Characters of the deciding provision that are not folded: three lines of a phone."""


@dataclass(frozen=True)
class Replaced:
    """A score of `day` answered in the check in place of the score `before`. `press`: takes the answer back."""

    fact: Fact
    day: date
    before: Decimal | None
    now: Decimal | None
    press: Press | None


@dataclass(frozen=True)
class Beside:
    """What a result says beside the judgement.

    `of`: the shop of the check; `given`: the day of each answer; `offer`: another edition to name; `is_followed`: the
    chat hears of the shop's scores already; `replaced`: scores told before of the same day; `instead`, `entering`: what
    the edition in force says of chances, and of entering.
    """

    of: About = ALONE
    given: Mapping[str, Known] = field(default_factory=dict)
    offer: Offer | None = None
    is_followed: bool = False
    replaced: Sequence[Replaced] = ()
    instead: Instead | None = None
    entering: Instead | None = None


NOTHING_BESIDE: Final = Beside()


def result(now: Assessment, at: str, beside: Beside = NOTHING_BESIDE, again: Press | None = None) -> Rendered:
    """The verdict on one screen, the worst first; what has no room is counted, and stands in the `details`.

    `at`: the `address` of the check; `again`: the button that asks all again.
    """
    shown = tuple(groups(now, beside.given))
    values, failing = _values(now, at, beside, shown), tuple(_failing(now, shown))
    for most in range(max(len(failing), 1), 0, -1):
        rendered = render("check/result", **values, again=again, failing=failing, most=most)
        if len(rendered.plain.splitlines()) <= MOST_LINES:
            break
    return rendered


def details(now: Assessment, at: str, beside: Beside = NOTHING_BESIDE) -> Rendered:
    """The result criterion by criterion, each provision quoted."""
    return render("check/details", **_values(now, at, beside, tuple(groups(now, beside.given))))


def _values(now: Assessment, at: str, beside: Beside, shown: tuple[Group, ...]) -> dict[str, object]:
    """What both messages are made of."""
    edition, report, decisive = now.edition, now.entry, _decisive(now)
    is_out = now.in_alliance is not True and report.verdict is Verdict.BARRED
    is_preview = beside.offer is not None and beside.offer.why is OfferReason.PREVIEW
    return {
        "now": now,
        "today": now.on,
        "edition": edition,
        "report": report,
        "about": beside.of,
        "given": beside.given,
        "inside": edition.fact(IN_ALLIANCE),
        "open": Open.of(now),
        "decisive": decisive,
        "is_long": decisive is not None and len(decisive.text) > LONGEST_OPEN,
        "scores": tuple(_scores(now)),
        "groups": shown,
        "ahead": () if is_out else milestones(now),
        "at": at,
        "replaced": beside.replaced,
        "instead": beside.instead if now.is_barred or now.would_bar else None,
        "entering": beside.entering if report.verdict is Verdict.ELIGIBLE else None,
        "beside": beside.offer,
        "can_be_watched": not (is_out or beside.is_followed or is_preview),
    }


@dataclass(frozen=True)
class Open:
    """What is open: the labels of facts.

    Of the effect on the access of a shop that is in: `untold` that nobody told, `unwritten` of which the text does not
    say what follows without one; `absent`: the scores whose absence closes it. Of entering: `asked` that nobody told
    yet, `first` of them, `silent` of which the text does not say what follows; `is_gated`: more is asked once something
    else is so.
    """

    untold: tuple[str, ...]
    unwritten: tuple[str, ...]
    absent: tuple[str, ...]
    asked: tuple[str, ...]
    first: Fact | None
    silent: tuple[str, ...]
    is_gated: bool

    @classmethod
    def of(cls, now: Assessment) -> "Open":
        """What is open; nothing of the access for a shop that is cleared, or not in."""
        facts = [now.edition.fact(name) for name in now.untold] if now.in_alliance and not now.is_clear else []
        opens = [finding for finding in now.entry.findings if finding.status is Status.UNKNOWN]
        waits = {name for finding in opens for name in finding.waits}
        asked = [now.edition.fact(name) for name in ahead(now.edition, now.facts, now.on) if name in waits]
        silent = {finding.fact for finding in opens if finding.because is Because.TEXT_IS_SILENT}
        return cls(
            untold=tuple(fact.label for fact in facts if fact.id not in now.facts),
            unwritten=tuple(fact.label for fact in facts if fact.id in now.facts),
            absent=tuple(fact.label for fact in closing_absence(now)),
            asked=tuple(fact.label for fact in asked),
            first=next(iter(asked), None),
            silent=tuple(fact.label for fact in now.edition.facts if fact.id in silent),
            is_gated=len(asked) < len(waits),
        )


def _failing(now: Assessment, shown: Sequence[Group]) -> Iterator[Group]:
    """What the result lists: of a barred shop what bars it, else all unmet.

    Of one that is in what clears it, but for what its scores do: they stand beside their lines.
    """
    beside_lines = {one.fact.id for one in _scores(now)}
    clearing = {one.id for one in now.clearing if beside_lines.isdisjoint(one.facts)}
    for group in shown:
        is_told = group.is_final if now.verdict is Verdict.BARRED else group.status == Status.UNMET
        if clearing.intersection(group.criteria) if now.in_alliance else is_told:
            yield group


def _decisive(now: Assessment) -> Clause | None:
    """The provision behind the verdict: of a shop that is in, what touches its access; None when nothing does."""
    edition, at = now.edition, now.acting if now.standing else None
    if at:
        return edition.clause(at.line.clause)
    if now.in_alliance:
        return next((edition.clause(one.clearing_clause) for one in now.clearing if one.clearing_clause), None)
    finding = _deciding(now)
    final = edition.criterion(finding.id).final_clause if finding.final else None
    return edition.clause(final or finding.clause)


def _deciding(now: Assessment) -> Finding:
    """The finding behind the verdict on entering: the first that bars, is unmet or open, else of the main score."""
    order = (Status.UNMET, Status.UNKNOWN, Status.MET, Status.EXEMPT)
    main = now.edition.main_score.id
    return min(
        now.entry.findings,
        key=lambda one: (not one.final, order.index(one.status), one.status is Status.MET and one.fact != main),
    )


@dataclass(frozen=True)
class ScoreInCheck:
    """A told score with its lines, and the one line to name: the gravest below which it is, else the next one down.

    `strict`: the lines that only a higher score passes; `above`: of each, by id, the score that is just not enough.
    """

    fact: Fact
    score: Decimal
    lines: tuple[AtLine, ...]
    strict: tuple[AtLine, ...]
    nearest: AtLine | None
    above: Mapping[str, Decimal]


def _scores(now: Assessment) -> Iterator[ScoreInCheck]:
    """Each told score that has lines."""
    for fact in now.edition.scores:
        score, lines = now.facts.get(fact.id), now.lines_of(fact.id)
        if isinstance(score, Decimal) and lines:
            above = dict(_above(now.edition, lines))
            strict = tuple(at for at in lines if at.line.id in above)
            usual = tuple(at for at in lines if at not in strict)
            yield ScoreInCheck(fact, score, usual, strict, _nearest(now, fact), above)


def _nearest(now: Assessment, fact: Fact) -> AtLine | None:
    told = [at for at in now.concerning if at.line.fact == fact.id]
    return crossed(told) or ahead_of(told)


def _above(edition: Edition, lines: Sequence[AtLine]) -> Iterator[tuple[str, Decimal]]:
    limits = {(one.facts[0], one.limit) for one in edition.criteria if one.kind is Kind.ABOVE}
    for at in lines:
        just_under = at.limit - Decimal(1).scaleb(-edition.fact(at.line.fact).decimals)
        if at.below is not None and (at.line.fact, just_under) in limits:
            yield at.line.id, just_under
