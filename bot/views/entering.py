"""What a score still needs for the shop to enter, and the edition's advice on it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from bot.views.render import words
from rules.assessment import Assessment
from rules.edition import Fact
from rules.kinds import KINDS, Kind
from rules.lines import limits
from rules.report import Status
from rules.requirements import Criterion, all_hold, waits_on
from storage.notices import Item


def entry(now: Assessment, fact: str) -> Decimal | None:
    """The points needed to enter; None while an untold choice decides, or where they are not enough by themselves."""
    asked = _asked_for(now, fact)
    bounds = {limit: one.kind for one in asked for limit in limits(one, now.facts)}
    highest = max(bounds, default=None)
    is_enough = highest is not None and bounds[highest] is not Kind.ABOVE
    return highest if is_enough and _deciding(now, fact) is None else None


def _asked_for(now: Assessment, fact: str) -> list[Criterion]:
    """The criteria that ask for a higher score, without those that don't apply."""
    asking = (one for one in now.edition.criteria if fact in one.facts and KINDS[one.kind].rises)
    return [one for one in asking if all_hold(one.applies_when, now.facts, now.on) is not False]


def _deciding(now: Assessment, fact: str) -> Fact | None:
    """The untold choice on which the points needed to enter depend; None for none."""
    asked = _asked_for(now, fact)
    names = (one.limit_by.fact for one in asked if one.limit_by and len(set(limits(one, now.facts))) > 1)
    general = (limit for one in asked if not one.applies_when for limit in limits(one, now.facts))
    of_all = max(general, default=Decimal(0))
    more = (one for one in asked if max(limits(one, now.facts)) > of_all)
    conditions = (name for one in more for name in waits_on(one.applies_when, now.facts))
    return next((now.edition.fact(name) for name in (*names, *conditions)), None)


def mends(now: Assessment, item: Item) -> Iterator[str]:
    """The edition's advice for what the score does not meet of admission; none where admission is no concern.

    While an untold choice decides how far: the points that may be needed.
    """
    if not item.reason.row.mends:
        return
    open_ones = {one.id for one in now.entry.findings if one.status in (Status.UNMET, Status.UNKNOWN)}
    lacking = [one for one in _asked_for(now, item.fact) if one.id in open_ones]
    choice = _deciding(now, item.fact) if lacking else None
    if choice is not None:
        fact, bounds = now.edition.fact(item.fact), _possible(now, item.fact, choice)
        yield words("scores/entry_open", fact=fact, choice=choice, limits=bounds)
        return
    yield from dict.fromkeys(now.edition.filled(one.mend) for one in lacking if one.mend)


def _possible(now: Assessment, fact: str, choice: Fact) -> list[Decimal]:
    """The points needed to enter for any option of the choice, the lowest first."""
    found = set()
    for option in choice.options:
        chosen = replace(now, facts={**now.facts, choice.id: option.value})
        found.add(max(limit for one in _asked_for(chosen, fact) for limit in limits(one, chosen.facts)))
    return sorted(found)
