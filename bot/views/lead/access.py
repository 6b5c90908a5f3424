"""What the scores told do to the access: closed, warned, or neither, at both ends of what was told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.views.lead.entry import conditions
from bot.views.lead.goods import cleared_below
from bot.views.lead.values import Access, Say, Score
from rules.edition import Edition
from rules.lines import AtLine, Level, touches
from rules.requirements import Effect
from rules.said import Aside, Ask, Said, Told
from rules.side import Side
from rules.told_case import ToldCase

COUNTS_IN: Final = "counts_in"
"""The point of a question whether a number counts as enough: 刚好4分算不算."""
STAYS: Final = "stays"
"""The point of a question whether the shop stays in, of which "yes" is the good answer."""
PARTS: Final = ("product_score", "logistics_score", "service_score")
"""The scores of parts, of which an edition may judge some."""


def access(told: ToldCase, scored: Sequence[str], asked: Ask) -> Iterator[Say]:
    """The answer to "will the access be closed, will a warning come"; the gravest score first."""
    gravest, *others = ranked(told, scored)
    values: dict[str, object] = {"at": gravest, "others": others, "asked": asked.value, "missing": untold_scores(told)}
    values["stays"] = STAYS in told.said.points
    values["dip"] = _dip(told, gravest)
    values["parts"] = [one.fact for one in told.said.told if one.fact in PARTS and one.fact not in told.ends]
    yield Say("access", {**values, "minor": Aside.MINOR_BREACH in told.said.asides})


def _dip(told: ToldCase, at: Access) -> Decimal | None:
    """The lowest score of before below the line of closing that the newest one is not below; None for none."""
    if at.closing is None or at.level is Level.CLOSING or at.choice:
        return None
    found = [value for value in told.said.earlier if value < at.closing and told.edition.is_likely_score(value)]
    return min(found, default=None) if at.score.label == told.edition.main_score.label else None


def unbinding(told: ToldCase) -> Iterator[Say]:
    """Whether goods are unbound at the scores told; nothing for a shop that is closed already."""
    if told.scored and told.worst.in_alliance is not False and not told.said.of("closures"):
        gravest = ranked(told, told.scored)[0]
        had_dip = _dip(told, gravest) is not None
        yield from access(told, told.scored, Ask.CLOSE) if had_dip else (Say("unbinding", {"at": gravest}),)


def holds(told: ToldCase, scored: Sequence[str], *, inside: bool, todo: bool) -> Iterator[Say]:
    """What holds at the scores for a shop inside, and for one outside."""
    entering = next((found for found in conditions(told) if found.fact.id == scored[0]), None)
    values = {
        "at": ranked(told, scored)[0],
        "entry": entering,
        "inside": inside,
        "todo": todo,
        "missing": untold_scores(told),
        "counts": COUNTS_IN in told.said.points,
    }
    yield Say("holds", values)


def absent(told: ToldCase, asked: Ask) -> Say:
    """Whether the access is closed to a shop without a score, or a warning comes."""
    closing = [at for at in told.worst.lines_of(told.edition.main_score.id) if at.effect is Effect.CLOSING]
    values = {"closes": any(at.line.also_if for at in closing), "grows": bool(told.said.of("growth_score"))}
    return Say("absent", {**values, "asked": asked.value})


def side_by_side(told: ToldCase) -> list[tuple[Access, bool]]:
    """Each compared score beside the lines, and whether it is enough to enter; empty off the edition's scale."""
    main, values = told.edition.main_score.id, told.said.compared
    if not all(told.edition.is_likely_score(value) for value in values):
        return []
    each = [replace(told, said=Said(told=(Told(fact=main, number=value, is_supposed=True),))) for value in values]
    entries = [next((one.status for one in conditions(alone) if one.fact.id == main), "") for alone in each]
    return [(beside_lines(alone, main), enters == "met") for alone, enters in zip(each, entries, strict=True)]


def ranked(told: ToldCase, scored: Iterable[str]) -> list[Access]:
    """The scores beside the lines, the gravest certain effect first, then the gravest possible."""
    return sorted((beside_lines(told, fact) for fact in scored), key=lambda at: (-at.level, -at.worst))


def beside_lines(told: ToldCase, fact: str) -> Access:
    """The score beside the platform's lines that touch the access."""
    worst, best = _touching(told.worst.lines_of(fact)), _touching(told.best.lines_of(fact))
    of_kinds = [at for at in told.worst.lines_of(fact) if touches(at.line) and at.is_of_untold_kind]
    by_effect = {at.effect: at for at in worst}
    closing, warning = by_effect.get(Effect.CLOSING), by_effect.get(Effect.WARNING)
    return Access(
        score=_score(told, fact),
        level=max((at.level for at in best if at.below), default=Level.CLEAR),
        worst=max((at.level for at in worst if at.below is not False), default=Level.CLEAR),
        closing=closing.limit if closing else None,
        warning=warning.limit if warning else None,
        limits=closing.limits if closing else (),
        choice=next((at.choice.label for at in worst if at.choice), ""),
        clause=closing.line.clause if closing else "",
        stricter=tuple(sorted({limit for at in of_kinds for limit in at.limits})),
        goods=tuple(reversed(cleared_below(told, fact))),
    )


def _touching(lines: Iterable[AtLine]) -> list[AtLine]:
    return [at for at in lines if touches(at.line) and not at.own and not at.is_of_untold_kind]


def _score(told: ToldCase, fact: str) -> Score:
    one = told.told(fact)
    value = one.number if one and one.number is not None else told.worst.facts[fact]
    side = one.side if one else Side.AT
    known_on, label = told.known_on(fact), told.edition.fact(fact).label
    is_supposed, is_of_today = fact in told.supposed, known_on == told.today
    return Score(label, value, side.value, is_supposed, known_on, is_of_today, one)  # type: ignore[arg-type]


def untold_scores(told: ToldCase) -> list[str]:
    """The names of the scores that may close the access and are not known."""
    missing = closing_scores(told.edition) - told.worst.facts.keys()
    return [fact.label for fact in told.edition.scores if fact.id in missing]


def closing_scores(edition: Edition) -> set[str]:
    """The scores with a line of closing."""
    return {line.fact for line in edition.lines if line.effect is Effect.CLOSING}
