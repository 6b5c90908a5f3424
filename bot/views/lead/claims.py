"""Whether what is said of the rules is what the edition says."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from bot.views.lead.access import access, closing_scores
from bot.views.lead.entry import CERTAIN, conditions
from bot.views.lead.stricter import OfKind, of_products, of_told_kind, of_untold_kinds
from bot.views.lead.values import Condition, Say
from rules.edition import Edition
from rules.kinds import Because, Kind
from rules.lines import limit_for, limits_of
from rules.requirements import Effect
from rules.said import OF_SCORES, About, Ask, Claim
from rules.side import Side
from rules.told_case import ToldCase

OF_CLOSING: Final = (About.GRACE, About.WARNED_FIRST)
"""Claims of when a closing comes, to which a told score adds whether one comes at all."""
OF_ENTRY: Final = (About.ENTRY_LIMIT, About.EXCLUDES)


def claims(told: ToldCase) -> Iterator[Say]:
    """The first false claim, else one that a choice decides, else a true one; none of what the edition does not say."""
    held = [
        (claim, found) for claim in told.said.claims if _is_answered(told, claim) and (found := _rights(told, claim))
    ]
    for claim, found in sorted(held, key=lambda one: (max(one[1]), len(one[1]) == 1))[:1]:
        fact = claim.fact or told.edition.main_score.id
        if kind := _kind_of(told, claim):
            yield Say("claim_of_kind", {"right": max(found), "of": kind, **_about(told, claim, fact)})
            return
        key = "claim_by_choice" if len(found) > 1 else f"claim_{claim.about.value}"
        yield Say(key, {"right": max(found), **_about(told, claim, fact), **_limits(told, fact)})
        if claim.about in OF_CLOSING and any(_is_at(told, fact) for fact in told.scored):
            yield from access(told, told.scored, Ask.CLOSE)


def _about(told: ToldCase, claim: Claim, fact: str) -> dict[str, object]:
    """What a claim says, of which score, and at which limits of the edition."""
    line = told.edition.line(_effect(claim), fact)
    return {
        "number": claim.number,
        "side": claim.side.value,
        "warns": claim.warns,
        "label": told.edition.fact(fact).label,
        "bounds": limits_of(line, told.worst.facts) if line else (),
        "others": [one.label for one in told.edition.scores if one.id in closing_scores(told.edition) - {fact}],
        "certain": CERTAIN in told.said.points,
        "of_entry": claim.about in OF_ENTRY,
        "conditions": _of_type(told),
        "bans": any(one.kind is Kind.ENDED for one in told.edition.criteria),
        "stricter": of_untold_kinds(told, fact),
        "goods": of_products(told, fact),
    }


def _of_type(told: ToldCase) -> list[Condition]:
    """The conditions on the told type of the shop, each met or not."""
    kinds = {Because.EXCLUDED_KIND.value, Because.ADMITTED_KIND.value}
    return [one for one in conditions(told) if one.because in kinds and one.status in ("met", "unmet")]


def _kind_of(told: ToldCase, claim: Claim) -> OfKind | None:
    """What the told kind of goods needs of the score of the claim; None for a claim of every shop, or of no score."""
    return of_told_kind(told, claim.fact or told.edition.main_score.id) if claim.about in OF_SCORES else None


def _is_at(told: ToldCase, fact: str) -> bool:
    """Whether a number is told as the score itself, not as a side of a number of the rule."""
    one = told.told(fact)
    return one is not None and one.side is Side.AT


def _is_answered(told: ToldCase, claim: Claim) -> bool:
    """Whether the edition knows the score of the claim, and no told score answers instead."""
    known = {fact.id for fact in told.edition.scores}
    return (not claim.fact or claim.fact in known) and (claim.about is not About.WARNED_CLOSES or not told.scored)


def _limits(told: ToldCase, fact: str) -> dict[str, object]:
    """The numbers of the edition that an answer to a claim names, None where the edition has no such number."""
    edition = told.edition
    lines = {effect.value: edition.line(effect, fact) for effect in Effect}
    names = ("exempt_days", "new_shop_days", "personal_days", "penalty_days")
    figures = {name: edition.figures.get(name) for name in names}
    limits = {name: limit_for(line, told.worst.facts) if line else None for name, line in lines.items()}
    return {**limits, **figures, "chances": edition.chances.limit if edition.chances else None}


def _effect(claim: Claim) -> Effect:
    """The effect that the claim is about."""
    if claim.about in OF_ENTRY:
        return Effect.NO_ENTRY
    is_warning = claim.warns or claim.about in (About.WARNS, About.WARNING_LIMIT)
    return Effect.WARNING if is_warning else Effect.CLOSING


def _rights(told: ToldCase, claim: Claim) -> set[bool]:
    """Whether the claim is right: both where an untold choice decides, empty where the edition does not speak of it."""
    penalty_days = told.edition.figures.get("penalty_days")
    found: set[bool | None]
    match claim.about:
        case About.RATE | About.WAITING | About.GRACE | About.WARNED_FIRST | About.WARNED_CLOSES:
            found = {False}
        case About.FOREVER | About.CHANCES:
            found = {_of_chances(told.edition, claim)}
        case About.PENALTY_BARS:
            found = {claim.number == penalty_days}
        case About.PENALTY_DAYS:
            found = {None if penalty_days is None or claim.number is None else claim.number >= penalty_days}
        case About.NEW_SHOP:
            days = told.edition.figures.get("exempt_days", told.edition.figures.get("new_shop_days"))
            found = {None if days is None else claim.number == days}
        case About.EXEMPT:
            days = told.edition.figures.get("exempt_days")
            found = {None if days is None or claim.number is None else claim.number <= days}
        case About.BARS_TYPE:
            found = {any(one.status == "unmet" for one in of_type)} if (of_type := _of_type(told)) else set()
        case About.WARNS if _is_closed_there(told.edition, claim):
            found = {False}
        case _:
            found = _of_scores(told, claim)
    return {one for one in found if one is not None}


def _is_closed_there(edition: Edition, claim: Claim) -> bool:
    """Whether a warning is said to come where the access is closed: 低于3.2就警告."""
    line = edition.line(Effect.CLOSING, claim.fact)
    if line is None or claim.number is None or claim.denies or not edition.is_likely_score(claim.number):
        return False
    limit = min(limits_of(line, {}))
    return claim.number < limit or (claim.side is Side.BELOW and claim.number == limit)


def _of_chances(edition: Edition, claim: Claim) -> bool | None:
    if claim.number is None:
        return None
    limit = edition.chances.limit if edition.chances else None
    if limit is None:
        return False
    is_enough = claim.about is About.FOREVER and claim.side is Side.AT
    return claim.number >= limit if is_enough else claim.number == limit


def _of_scores(told: ToldCase, claim: Claim) -> set[bool | None]:
    """What holds at each limit that may count."""
    number, edition = claim.number, told.edition
    line = edition.line(_effect(claim), claim.fact)
    is_likely = claim.about is About.ENTRY_LIMIT or claim.fact or (number and edition.is_likely_score(number))
    if number is None or not is_likely or (line is None and claim.about in OF_ENTRY):
        return set()
    if kind := _kind_of(told, claim):
        return {_at_limit(claim, number, kind.limit) and not kind.is_above}
    bounds = limits_of(line, told.worst.facts) if line else (None,)
    return {_at_limit(claim, number, bound) for bound in bounds}


def _at_limit(claim: Claim, number: Decimal, limit: Decimal | None) -> bool:
    """Whether the claim holds at the limit (None: no line): below the number, or at it, the effect follows or not."""
    if limit is None:
        return claim.denies or claim.about is About.SPARES
    if claim.about in (About.ENTRY_LIMIT, About.CLOSING_LIMIT, About.WARNING_LIMIT):
        return number == limit
    if claim.about is About.SPARES:
        return number >= limit
    if claim.about is About.EXCLUDES:
        return number <= limit if claim.side is Side.BELOW else number < limit
    follows = number <= limit if claim.side is Side.BELOW else number < limit
    return follows is not claim.denies
