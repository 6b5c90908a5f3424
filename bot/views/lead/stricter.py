"""What shops and goods of some kinds are held to at a score, beyond what every shop is held to."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.views.lead.goods import product_limits
from rules.kinds import FactType, Kind
from rules.lines import limits_of
from rules.requirements import Criterion, Effect, all_hold
from rules.told_case import ToldCase


@dataclass(frozen=True)
class OfKind:
    """A limit of a score for the told kind of goods. `is_above`: the score must lie above the limit itself."""

    kind: str
    label: str
    limit: Decimal
    is_above: bool


def of_told_kind(told: ToldCase, fact: str) -> OfKind | None:
    """What the told kind of goods needs of the score; None where no kind is told, or it needs no more than others."""
    for criterion in _of_kinds(told, fact):
        if all_hold(criterion.applies_when, told.worst.facts, told.on) and criterion.limit is not None:
            label = told.edition.fact(fact).label
            return OfKind(_kind(told, criterion), label, criterion.limit, criterion.kind is Kind.ABOVE)
    return None


def of_untold_kinds(told: ToldCase, fact: str) -> tuple[Decimal, ...]:
    """The limits that kinds of goods not told have beside every shop's, the lowest first."""
    every = told.edition.line(Effect.NO_ENTRY, fact)
    most = max(limits_of(every, told.worst.facts)) if every else Decimal(0)
    untold = (one for one in _of_kinds(told, fact) if all_hold(one.applies_when, told.worst.facts, told.on) is None)
    return tuple(sorted({one.limit for one in untold if one.limit is not None and one.limit > most}))


def of_products(told: ToldCase, fact: str) -> tuple[Decimal, ...]:
    """The limits of the score below which a single product is cleared, the highest first."""
    return tuple(reversed(product_limits(told, fact)))


def _of_kinds(told: ToldCase, fact: str) -> Iterator[Criterion]:
    """The least scores asked of shops of a kind of goods, or of a kind of shop."""
    for one in told.edition.criteria:
        is_least = one.kind in (Kind.AT_LEAST, Kind.ABOVE) and one.facts == (fact,)
        is_of_kind = any(told.edition.fact(when.fact).type is FactType.CHOICE for when in one.applies_when)
        if is_least and is_of_kind:
            yield one


def _kind(told: ToldCase, criterion: Criterion) -> str:
    """The name of the told kind for which the criterion is."""
    for when in criterion.applies_when:
        options = {option.value: option.label for option in told.edition.fact(when.fact).options}
        if label := options.get(str(told.worst.facts.get(when.fact))):
            return label
    return ""
