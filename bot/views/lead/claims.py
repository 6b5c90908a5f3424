"""Whether what is said of the rules is what the edition says."""

from collections.abc import Iterator
from decimal import Decimal

from bot.views.lead.values import Say
from rules.edition import Edition
from rules.lines import limits
from rules.requirements import Effect
from rules.said import About, Claim
from rules.side import Side
from rules.told_case import ToldCase


def claims(told: ToldCase) -> Iterator[Say]:
    """The first false claim, else the first true one; none where nothing is claimed that the edition speaks of."""
    spoken = [claim for claim in told.said.claims if claim.about is not About.WARNED_CLOSES or not told.scored]
    held = [(claim, right) for claim in spoken if (right := _right(told.edition, claim)) is not None]
    for claim, right in sorted(held, key=lambda one: one[1])[:1]:
        fact = _of(told.edition, claim)
        values = {"right": right, "number": claim.number, "label": told.edition.fact(fact).label}
        yield Say(f"claim_{claim.about.value}", {**values, **_limits(told.edition, fact)})


def _of(edition: Edition, claim: Claim) -> str:
    """The score that the claim is about, of those that the edition knows."""
    known = {fact.id for fact in edition.scores}
    return claim.fact if claim.fact in known else edition.main_score.id


def _limits(edition: Edition, fact: str) -> dict[str, object]:
    """The numbers of the edition that an answer to a claim names, None where the edition has no such number."""
    lines = {effect.value: edition.line(effect, fact) for effect in Effect}
    figures = {name: edition.figures.get(name) for name in ("exempt_days", "personal_days", "penalty_days")}
    limits = {name: line.limit if line else None for name, line in lines.items()}
    return {**limits, **figures, "chances": edition.chances.limit if edition.chances else None}


def _right(edition: Edition, claim: Claim) -> bool | None:
    """Whether the claim is right; None where the edition does not speak of it."""
    match claim.about:
        case About.WAITING | About.GRACE | About.WARNED_FIRST | About.WARNED_CLOSES:
            return False
        case About.FOREVER | About.CHANCES:
            return _of_chances(edition, claim)
        case About.PENALTY_BARS:
            return claim.number == edition.figures.get("penalty_days")
        case About.PENALTY_DAYS:
            limit = edition.figures.get("penalty_days")
            return None if limit is None or claim.number is None else claim.number >= limit
    return _of_scores(edition, claim)


def _of_chances(edition: Edition, claim: Claim) -> bool | None:
    if claim.number is None:
        return None
    limit = edition.chances.limit if edition.chances else None
    if limit is None:
        return False
    is_enough = claim.about is About.FOREVER and claim.side is Side.AT
    return claim.number >= limit if is_enough else claim.number == limit


def _of_scores(edition: Edition, claim: Claim) -> bool | None:
    number = claim.number
    if number is None or _is_by_choice(edition, claim) or _is_of_unknown(edition, claim):
        return None
    entry = edition.line(Effect.NO_ENTRY, _of(edition, claim))
    if claim.about is About.ENTRY_LIMIT:
        return number == entry.limit if entry else None
    if not edition.is_likely_score(number):
        return None
    if claim.about is About.EXCLUDES:
        return number < entry.limit if entry else None
    return _of_effect(edition, claim, number)


def _is_of_unknown(edition: Edition, claim: Claim) -> bool:
    """Whether the claim names a score of which the edition says nothing."""
    return bool(claim.fact) and claim.fact not in {fact.id for fact in edition.scores}


def _is_by_choice(edition: Edition, claim: Claim) -> bool:
    """Whether the number is one of several limits, among which a choice that is not told decides."""
    own = [limits(line, {}) for line in edition.lines if line.fact == _of(edition, claim)]
    return any(len(set(several)) > 1 and claim.number in several for several in own)


def _of_effect(edition: Edition, claim: Claim, number: Decimal) -> bool | None:
    """Whether below the number (or at it) the effect follows for certain, denied or not."""
    warns = claim.about in (About.WARNS, About.WARNING_LIMIT)
    line = edition.line(Effect.WARNING if warns else Effect.CLOSING, _of(edition, claim))
    if claim.about in (About.CLOSING_LIMIT, About.WARNING_LIMIT):
        return line is not None and number == line.limit
    follows = line is not None and (number <= line.limit if claim.side is Side.BELOW else number < line.limit)
    return follows is not claim.denies
