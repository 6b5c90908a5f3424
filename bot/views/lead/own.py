"""What becomes of the access of the merchant's own shop, from all that is known of it, when the question tells nothing.

The answer is 会, 不会, 不能判断 with what is missing, or that the access is closed already and what opening it needs.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.views.lead.entry import entry
from bot.views.lead.values import Say
from rules.absence import absent_for
from rules.assessment import Assessment
from rules.edition import Fact
from rules.kinds import FactType
from rules.lines import AtLine, level_among, touches
from rules.requirements import IN_ALLIANCE, Effect
from rules.said import Ask
from rules.told_case import ToldCase

ON_ACCESS: Final = (Ask.CLOSE, Ask.WARN)
CLOSURES: Final = "closures"
"""The count of closings, which an edition need not count."""


@dataclass(frozen=True)
class OwnScore:
    """A score of the shop beside its lines. `value`: None for a known absence, of which `absent` names the scores.

    `known_on`: the day that it is of, `is_of_today`: and that is today. `early`: the bot's own line, where below it.
    """

    label: str
    value: Decimal | None
    known_on: date | None
    is_of_today: bool
    closing: AtLine
    warning: AtLine | None
    early: AtLine | None
    absent: tuple[str, ...]


@dataclass(frozen=True)
class OpenAccess:
    """What leaves the effect on the access open, as names: never told, a choice to be told, and what no rule says.

    `instead`: scores that the shop has instead of the unwritten one, without a rule for them.
    """

    untold: tuple[str, ...]
    choices: tuple[str, ...]
    unwritten: tuple[str, ...]
    instead: tuple[str, ...]


def own(told: ToldCase, asks: Sequence[Ask]) -> Iterator[Say]:
    """What to say of the access of the shop; nothing for another question, and where nothing is known of a shop."""
    first = next((ask for ask in asks if ask in (Ask.ENTER, Ask.LEFT, *ON_ACCESS)), None)
    if not told.said.own or told.ends or not told.case.known:
        return
    if first in ON_ACCESS or (first is Ask.ENTER and _is_in_by_scores_alone(told)):
        yield from _access(told, first if first in ON_ACCESS else Ask.CLOSE)
    elif first is Ask.LEFT and told.edition.chances and told.worst.closures is None:
        yield Say("own_left", {"limit": told.edition.chances.limit})


def _is_in_by_scores_alone(told: ToldCase) -> bool:
    """Whether the shop is in, and nothing but scores is known of it."""
    scores = {fact.id for fact in told.edition.scores}
    return told.worst.in_alliance is True and bool(told.scored) and not told.spoken - scores - {IN_ALLIANCE}


def _access(told: ToldCase, asked: Ask) -> Iterator[Say]:
    now = told.worst
    if now.in_alliance is False or now.is_out_for_good:
        yield from _outside(told)
    elif now.at_odds and now.standing_if_in is None and not now.clearing:
        yield Say("at_odds", {"now": now})
    else:
        yield _inside(told, asked)


def _outside(told: ToldCase) -> Iterator[Say]:
    """That there is no access to close, then what opening it needs."""
    known = told.case.known.get(CLOSURES)
    count, found = known.value if known else None, tuple(entry(told))
    needed = [told.edition.fact(name) for name in told.worst.entry.missing]
    needs = [fact.label for fact in sorted(needed, key=lambda fact: fact.type is not FactType.SCORE)]
    yield Say("own_out", {"count": count or 0, "needs": () if found else needs})
    for one in found:
        yield Say("own_entry", {**one.values, "again": bool(count)})


def _inside(told: ToldCase, asked: Ask) -> Say:
    now = told.worst
    scores = [one for fact in now.edition.scores if (one := _score(told, fact))]
    closed = [one for one in scores if one.closing.below]
    values = {
        "asked": asked.value,
        "standing": now.standing_if_in.value if now.standing_if_in else "",
        "has_warning": any(line.effect is Effect.WARNING for line in now.edition.lines),
        "has_closing": any(line.effect is Effect.CLOSING for line in now.edition.lines),
        "closed": closed,
        "warned": [one for one in scores if one.warning and one.warning.below and not one.closing.below],
        "above": [one for one in scores if one.value is not None and one.closing.below is False],
        "by_choice": [one for one in scores if one.value is not None and one.closing.below is None],
        "open": _open(now),
        "kinds": [(now.edition.fact(one.line.fact), one) for one in now.kinds_open if touches(one.line)],
        "is_assumed": now.in_alliance is None,
    }
    cleared = () if closed else now.clearing
    backing = (*(one.closing.line.clause for one in closed), *(one.clearing_clause for one in cleared))
    return Say("own", {**values, "cleared": [one.label for one in cleared], "backing": backing})


def _score(told: ToldCase, fact: Fact) -> OwnScore | None:
    """The score beside its lines; None for one without a line of closing, and one not known that closes nothing."""
    now, known = told.worst, told.case.known.get(fact.id)
    at = {one.effect: one for one in now.lines_of(fact.id) if not one.is_of_untold_kind}
    closing, early = at.get(Effect.CLOSING), at.get(Effect.EARLY)
    if closing is None or (fact.id not in now.facts and not closing.below):
        return None
    names = tuple(now.edition.fact(name).label for name in absent_for(now.edition, closing.line))
    return OwnScore(
        fact.label,
        closing.score,
        known.on if known else None,
        bool(known and known.on == told.today),
        closing,
        at.get(Effect.WARNING),
        early if early and early.below else None,
        names,
    )


def _open(now: Assessment) -> OpenAccess:
    touching = [at for at in now.lines if touches(at.line)]
    certain = level_among(touching)
    lines = [at for at in touching if at.below is None and at.level > certain]
    facts = [now.edition.fact(name) for name in dict.fromkeys(at.depends_on for at in lines)]
    return OpenAccess(
        tuple(fact.label for fact in facts if fact.id not in now.facts and fact.type is not FactType.CHOICE),
        tuple(fact.label for fact in facts if fact.id not in now.facts and fact.type is FactType.CHOICE),
        tuple(fact.label for fact in facts if fact.id in now.facts),
        tuple(now.edition.fact(name).label for name in _had_instead(now, lines)),
    )


def _had_instead(now: Assessment, lines: Iterable[AtLine]) -> Iterator[str]:
    """The scores that the shop has where the effect of the line follows from the absence of all."""
    names = dict.fromkeys(name for at in lines for name in absent_for(now.edition, at.line))
    return (name for name in names if now.facts.get(name) is not None)
