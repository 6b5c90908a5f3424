"""Conditions on choices and on absent scores as SQL: whether they are known to hold, or known to fail.

Neither, while what they are about is untold; so for conditions on anything else, which the shops' rows do not tell.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, true

from rules.edition import Edition
from rules.requirements import Condition
from storage.schema import shops

Seen = Mapping[str, FromClause]
"""By score, the rows joined to the shops: no row for a score never given, a row without hundredths for "no score"."""


def all_known(conditions: Iterable[Condition], seen: Seen) -> ColumnElement[bool]:
    """Whether every condition is known to hold; yes without any."""
    return and_(true(), *(_holds(condition, seen) for condition in conditions))


def any_refuted(conditions: Iterable[Condition], seen: Seen) -> ColumnElement[bool]:
    """Whether a condition is known to fail; no without any."""
    return or_(false(), *(_fails(condition, seen) for condition in conditions))


def is_never_given(edition: Edition, fact: str, seen: Seen) -> ColumnElement[bool]:
    """Whether the shop, of which no such score is told, never has it, see `rules.edition.Fact.none_if`."""
    none_if = edition.fact(fact).none_if
    return and_(seen[fact].c.hundredths.is_(None), all_known(none_if, seen)) if none_if else false()


def is_absent(edition: Edition, fact: str, seen: Seen) -> ColumnElement[bool]:
    """Whether the shop is known to have no such score."""
    return or_(_is_without(seen[fact]), is_never_given(edition, fact, seen))


def is_chosen(fact: str) -> ColumnElement[bool]:
    """Whether the shop's choice is told."""
    return and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{fact}": ', autoescape=True))


def chose(fact: str, value: str) -> ColumnElement[bool]:
    """Whether the shop chose `value`. Choices are kept as JSON, so the pair is found as text."""
    return and_(shops.c.choices.is_not(None), shops.c.choices.contains(f'"{fact}": "{value}"', autoescape=True))


def _holds(condition: Condition, seen: Seen) -> ColumnElement[bool]:
    if condition.among is not None:
        return or_(false(), *(chose(condition.fact, value) for value in condition.among))
    if condition.absent is None or condition.fact not in seen:
        return false()
    row = seen[condition.fact]
    return _is_without(row) if condition.absent else row.c.hundredths.is_not(None)


def _fails(condition: Condition, seen: Seen) -> ColumnElement[bool]:
    if condition.among is not None:
        return and_(is_chosen(condition.fact), ~_holds(condition, seen))
    if condition.absent is None:
        return false()
    return _holds(condition.model_copy(update={"absent": not condition.absent}), seen)


def _is_without(row: FromClause) -> ColumnElement[bool]:
    return and_(row.c.shop_id.is_not(None), row.c.hundredths.is_(None))
