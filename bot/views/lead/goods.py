"""What becomes of a product at the score and rates told: cleared, kept, or by its category."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Final

from bot.views.lead.values import Say
from rules.edition import Fact
from rules.kinds import Kind
from rules.lines import limits
from rules.report import Status
from rules.requirements import Criterion, Effect
from rules.told_case import ToldCase

OF_GOODS: Final = ("product_cleared", "product_rates", "product_back")
"""Topics of a single product."""


@dataclass(frozen=True)
class OfProduct:
    """A measure of a product as told. `status`: "cleared", "kept", or "depends" on the category.

    `limits`: all that may count. `is_least`: the limit is the least allowed, else the most. `side`: of the number.
    """

    fact: Fact
    value: Decimal
    side: str
    status: str
    limits: tuple[Decimal, ...]
    is_least: bool


def goods(told: ToldCase) -> Iterator[Say]:
    """What becomes of the product a question is about; nothing where no measure of a product is told."""
    if found := list(_measures(told)):
        cleared = any(one.status == "cleared" for one in found)
        is_sure = all(one.status == "kept" for one in found)
        verdict = "cleared" if cleared else "kept" if is_sure else "depends"
        yield Say("goods", {"verdict": verdict, "measures": found, "closes": _closing(told, found)})


def _measures(told: ToldCase) -> Iterator[OfProduct]:
    """Each told measure of a product, once by fact."""
    for name, each in groupby(told.edition.product_criteria, key=lambda one: one.facts[0]):
        one = told.told(name)
        if name in told.ends and one and one.number is not None:
            criteria = list(each)
            yield OfProduct(
                told.edition.fact(name),
                one.number,
                one.side.value,
                _status(told, criteria),
                _limits(told, criteria),
                is_least=criteria[0].kind is Kind.AT_LEAST,
            )


def _status(told: ToldCase, criteria: Sequence[Criterion]) -> str:
    """Cleared or kept where every bound of the limit and both ends of the value say so."""
    cases = (told.worst, told.best)
    found = {case.of_product(one) for one in criteria for case in cases}
    return {frozenset((Status.UNMET,)): "cleared", frozenset((Status.MET,)): "kept"}.get(frozenset(found), "depends")


def _limits(told: ToldCase, criteria: Sequence[Criterion]) -> tuple[Decimal, ...]:
    """The limits that may count, the lowest first."""
    return tuple(sorted({limit for one in criteria for limit in limits(one, told.worst.facts)}))


def product_limits(told: ToldCase, fact: str) -> tuple[Decimal, ...]:
    """The limits of a measure of a product that may count, the lowest first."""
    return _limits(told, [one for one in told.edition.product_criteria if one.facts[0] == fact])


def cleared_below(told: ToldCase, fact: str) -> tuple[Decimal, ...]:
    """The limits of the score below which a product is cleared, the lowest first; none where the score reaches all."""
    score, bounds = told.worst.facts.get(fact), product_limits(told, fact)
    return bounds if isinstance(score, Decimal) and bounds and score < bounds[-1] else ()


def _closing(told: ToldCase, found: Sequence[OfProduct]) -> Decimal | None:
    """The shop's own line of closing on a score told of a product that lies below it too, None for none."""
    facts = {one.fact.id for one in found}
    below = (at for at in told.worst.lines if at.effect is Effect.CLOSING and at.line.fact in facts and at.below)
    return next((at.limit for at in below), None)
