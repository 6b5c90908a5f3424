"""What is told and is no fact of the edition, yet is the answer: stars, refusals, the score of a part, a breach."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from bot.views.lead.access import beside_lines, closing_scores
from bot.views.lead.values import Say
from rules.lines import Level
from rules.requirements import IN_ALLIANCE
from rules.said import Aside, Ask
from rules.told_case import ToldCase

JOINED, STILL_NEW, OPERATING = "joined_on", "still_new", "operating_normally"
COUNTED: Final = (Aside.REFUSED, Aside.WARNED, Aside.BREACHES, Aside.OWN_CLOSING)
"""Counts of something else than closings by the system."""


def asides(told: ToldCase) -> Iterator[Say]:
    """The saying that answers alone; none where what is told decides."""
    for aside, applies in WHEN.items():
        if aside in told.said.asides and applies(told):
            yield Say(aside.value, {"scored": told.scored, "limit": told.edition.figures.get("penalty_days")})
            return
    if _is_part_alone(told):
        judged = [fact.label for fact in told.edition.scores if fact.id in closing_scores(told.edition)]
        yield Say(Aside.PART_SCORE.value, {"judged": judged})
    elif _is_shop_alone(told):
        is_open = told.ends.get(OPERATING, (None, None))[0]
        yield Say(Aside.SHOP_CLOSED.value, {"is_open": is_open, "of_access": _asks_of_access(told)})
    elif told.edition.chances and not told.scored and not told.ends.keys() - {IN_ALLIANCE}:
        uncounted = [aside.value for aside in COUNTED if aside in told.said.asides]
        yield from (Say("not_counted", {"what": uncounted}),) if uncounted else ()


def still_new(told: ToldCase) -> Iterator[Say]:
    """Whether a shop of the days told is still a new one; nothing where the edition has no such days."""
    limit = told.edition.figures.get("exempt_days")
    ends = told.ends.get(JOINED, (None, None))
    if limit is None or STILL_NEW not in told.said.points or told.scored:
        return
    most, least = (((told.on - day).days if isinstance(day, date) else None) for day in ends)
    if most is not None and least is not None:
        verdict = "yes" if most <= limit else "no" if least > limit else "depends"
        yield Say(STILL_NEW, {"verdict": verdict, "days": most if most == least else None, "limit": limit})


def _is_part_alone(told: ToldCase) -> bool:
    """Whether the only score told is one that this edition does not judge."""
    parts = {one.fact for one in told.said.told if one.fact.endswith("_score")} - {
        fact.id for fact in told.edition.facts
    }
    return bool(parts) and not told.scored


def _is_shop_alone(told: ToldCase) -> bool:
    """Whether nothing but a closing of the shop, which is none of the alliance, is told."""
    return Aside.SHOP_CLOSED in told.said.asides and not told.ends.keys() - {OPERATING, IN_ALLIANCE}


def _asks_of_access(told: ToldCase) -> bool:
    """Whether it is asked what becomes of the access, not whether the shop may enter."""
    return Ask.CLOSE in told.said.asks and Ask.ENTER not in told.said.asks


def _is_clear(told: ToldCase) -> bool:
    """Whether the scores told close nothing, and closing is asked about."""
    told_ones = [fact for fact in closing_scores(told.edition) if fact in told.scored]
    asked = Ask.CLOSE in told.said.asks
    return asked and all(beside_lines(told, fact).worst < Level.CLOSING for fact in told_ones)


def _without_score(told: ToldCase) -> bool:
    return not told.scored


def _is_all_told(told: ToldCase) -> bool:
    """Whether nothing but the clean span is told, and the edition counts the days of a penalty."""
    return not told.ends and "penalty_days" in told.edition.figures


WHEN: Final[Mapping[Aside, Callable[[ToldCase], bool]]] = {
    Aside.EFFECTIVE: lambda _: True,
    Aside.UNWRITTEN: lambda told: not told.ends,
    Aside.GRAVE_BREACH: lambda told: Ask.CLOSE in told.said.asks,
    Aside.STARS: _without_score,
    Aside.MINOR_BREACH: _is_clear,
    Aside.RULE_BREACH: lambda told: bool(told.scored) and _is_clear(told),
    Aside.TWO_ENOUGH: lambda told: not told.ends,
    Aside.CLEAN_SPAN: _is_all_told,
}
"""When what is told beside the facts answers alone."""
