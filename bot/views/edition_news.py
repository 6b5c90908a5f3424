"""A change of the edition as messages: the operator's report, and a merchant's news of shops and check."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.conversation.reassess import CHATS, CONCERNED, Place, Reassessment
from bot.views.check_question import StartCheck
from bot.views.other_edition import difference, see_check
from bot.views.render import Rendered, render
from rules.assessment import Assessment
from rules.difference import Shift, carried, reports, shifts
from rules.edition import Clause, Edition
from rules.lines import LEVEL_OF
from rules.report import Finding, Report
from rules.requirements import Effect, Facts, Line
from storage.edition_changes import EditionChange, Followed, Subject

MOST_SHIFTS = 3
MOST_SHOPS = 5
"""What one message on a phone can hold; the rest is counted."""


@dataclass(frozen=True)
class Side:
    """An edition's half of a change: the name of a status or level, and the provisions behind the name."""

    edition: Edition
    status: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class ChangeView:
    """A change under both editions. `of`: the label of a criterion, a followed shop, None for the access."""

    of: str | Followed | None
    before: Side
    after: Side


def report(reassessment: Reassessment, change: EditionChange) -> Rendered:
    """The operator's report, with the button to tell the merchants."""
    kinds = [_kind(name, number) for name, number in sorted(change.counts.items()) if " > " in name]
    return render(
        "editions/change_report",
        before=change.before,
        after=reassessment.after,
        chats=change.counts[CHATS],
        concerned=change.counts[CONCERNED],
        kinds=kinds,
        number=change.number,
    )


def _kind(name: str, number: int) -> tuple[str, str, str, int]:
    """The name of a count, "verdict eligible > barred", in parts: subject, from, to; and the number."""
    what, _, change = name.partition(" ")
    before, _, after = change.partition(" > ")
    return what, before, after, number


def news(reassessment: Reassessment, subject: Subject, old: Edition) -> Rendered | None:
    """The changes for the chat's shops and check, with both provisions; None when nothing changes any more."""
    new = reassessment.after
    both = _reports(reassessment, subject, old)
    changed = shifts(*both) if both else ()
    shops = list(reassessment.shop_changes(subject, old))
    has_changed = both is not None and (both[0].verdict, both[0].standing) != (both[1].verdict, both[1].standing)
    if not has_changed and not shops:
        return None
    return render(
        "editions/changed",
        old=old,
        new=new,
        today=reassessment.on,
        before=both[0] if both and has_changed else None,
        after=both[1] if both and has_changed else None,
        access=_access(reassessment, subject, old, *both) if both and has_changed else None,
        changes=[_criterion(old, new, shift) for shift in changed[:MOST_SHIFTS]] if has_changed else [],
        more=max(0, len(changed) - MOST_SHIFTS) if has_changed else 0,
        shops=[ChangeView(one.shop, _standing(one.before), _standing(one.after)) for one in shops[:MOST_SHOPS]],
        more_shops=max(0, len(shops) - MOST_SHOPS),
        check=_check(new, subject),
        has_check=subject.answers is not None,
        difference=difference(old),
        has_lost_scores=has_changed and _has_lost_scores(reassessment, subject),
    )


def _reports(reassessment: Reassessment, subject: Subject, old: Edition) -> tuple[Report, Report] | None:
    if subject.edition is None or not reassessment.catalogue.has(subject.edition):
        return None
    told_by, facts = reassessment.facts(subject)
    return reports(facts, told_by, old, reassessment.after, reassessment.on)


def _access(
    reassessment: Reassessment, subject: Subject, old: Edition, before: Report, after: Report
) -> ChangeView | None:
    """The effect of today's scores on the shop's access under both editions, with provisions; None when equal."""
    if before.standing == after.standing:
        return None
    told_by, facts = reassessment.facts(subject)
    was, now = (
        Side(edition, report.standing or "unknown", _behind(edition, _acting(edition, facts, told_by, report.on)))
        for edition, report in ((old, before), (reassessment.after, after))
    )
    return ChangeView(None, was, now)


def _acting(edition: Edition, facts: Facts, told_by: Edition, on: date) -> Line | None:
    at = Assessment(edition, carried(facts, told_by, edition), on).acting
    return at.line if at else None


def _criterion(old: Edition, new: Edition, shift: Shift) -> ChangeView:
    finding, edition = (shift.after, new) if shift.after else (shift.before, old)
    label = edition.criterion(finding.id).label if finding else ""
    return ChangeView(label, _side(old, shift.before), _side(new, shift.after))


def _side(edition: Edition, finding: Finding | None) -> Side:
    if finding is None:
        return Side(edition, "", ())
    return Side(edition, finding.status.value, (edition.clause(finding.clause),))


def _has_lost_scores(reassessment: Reassessment, subject: Subject) -> bool:
    """Whether the check has a score that the new edition can't judge."""
    told_by, facts = reassessment.facts(subject)
    kept = carried(facts, told_by, reassessment.after)
    return any(isinstance(facts.get(score.id), Decimal) and score.id not in kept for score in told_by.scores)


def _standing(place: Place) -> Side:
    """The effect of the shop's scores by the edition that judges them, or that it is barred."""
    edition = place.edition
    if place.name == "barred" and edition.chances:
        return Side(edition, place.name, (edition.clause(edition.chances.clause),))
    at = next((line for line in edition.lines if LEVEL_OF[line.effect].name.lower() == place.name), None)
    return Side(edition, place.name, _behind(edition, at))


def _behind(edition: Edition, holding: Line | None) -> tuple[Clause, ...]:
    """The provision of the holding line; without a holding line, of the line with the closing."""
    line = holding or edition.line(Effect.CLOSING)
    return (edition.clause(line.clause),) if line else ()


def _check(new: Edition, subject: Subject) -> Press:
    """The button under the news: the kept check by the new edition, or a first check."""
    if subject.answers is None:
        return StartCheck()
    return see_check(new, CheckUnderway.model_validate_json(subject.answers).id)
