"""The verdict on entering by the told conditions, then each of them, what decides first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from bot.views.lead.values import Condition, Say
from rules.kinds import Because, FactType, Kind
from rules.lines import limits
from rules.report import Finding, Status, Verdict
from rules.requirements import Criterion
from rules.said import Ask, Told
from rules.told_case import CHANCES, ToldCase

MET: Final = (Status.MET, Status.EXEMPT)
RANKS: Final = ("never", "unmet", "silent", "depends", "met")
NEEDED: Final = ("needed", "needed_above")
"""Why a condition is named of which nothing is told: by itself the edition's own sentence says so better."""
CERTAIN: Final = "certain"
"""The point of a question whether a condition told is enough for sure."""
VERDICTS: Final = {"never": "never", "unmet": "no", "silent": "silent", "depends": "depends"}


def entry(told: ToldCase) -> Iterator[Say]:
    """The answer to "may the shop enter"."""
    every = (replace(one, clauses=_clauses(told, one)) for one in (*conditions(told), *perhaps(told)))
    found = sorted(every, key=lambda one: RANKS.index(one.status))
    if not found or all(one.because in NEEDED for one in found):
        return
    if found[0].status in ("never", "unmet"):
        found = [one for one in found if one.because not in NEEDED]
    no_limit = told.edition.chances is None and bool(told.said.of("closures", *CHANCES))
    values = {"verdict": _verdict(told, found), "conditions": found, "missing": _missing(told), "no_limit": no_limit}
    yield Say("entry", {**values, "counts": _asks_whether_counts(told)})


def clears(told: ToldCase) -> Iterator[Say]:
    """That the shop is cleared for what is told; or, where no rule says so, that it is only a condition of entering."""
    unmet = [one for one in (*conditions(told), *perhaps(told)) if one.status in ("unmet", "never")]
    cleared = [one for one in unmet if one.clearing]
    if shown := cleared or unmet:
        clauses = tuple(dict.fromkeys(one.clearing for one in cleared))
        yield Say("clears", {"conditions": shown, "clears": bool(cleared), "backing": clauses})
    elif not told.scored and (spared := list(_spared(told))):
        yield Say("spared", {"conditions": spared, "backing": tuple(one.clearing for one in spared)})


def _spared(told: ToldCase) -> Iterator[Condition]:
    """What is told and would clear a shop for which the condition still counts: a breach of a shop no longer new."""
    both = zip(told.edition.criteria, told.worst.entry.findings, told.best.entry.findings, strict=True)
    for criterion, worst, best in both:
        is_over = worst.because is best.because is Because.NOT_APPLICABLE and criterion.kind is Kind.NEVER
        if is_over and criterion.clearing_clause and told.spoken.issuperset(criterion.facts):
            yield _condition(told, criterion, worst, "met")


def _clauses(told: ToldCase, found: Condition) -> tuple[str, ...]:
    """The provisions about a condition; of one that bars for good the one that says so."""
    named = [one for one in told.edition.criteria if found.fact.id in one.facts or found.label == one.label]
    facts = {one.facts[0] for one in named}
    about = [one for one in told.edition.criteria if one in named or one.facts[0] in facts]
    final = tuple(one.final_clause for one in about if one.final_clause)
    return final if found.status == "never" and final else tuple(one.clause for one in about)


def _asks_whether_counts(told: ToldCase) -> bool:
    """Whether only a penalty is told, and asked whether it still counts."""
    asks = set(told.said.asks)
    return asks <= {Ask.COUNTS, Ask.DAYS} and bool(asks) and told.ends.keys() == {"penalties"}


def _missing(told: ToldCase) -> list[str]:
    """The names of the conditions not known yet, each fact once, a score first."""
    both = zip(told.edition.criteria, told.worst.entry.findings, strict=True)
    open_ones = {one.facts: one for one, finding in both if finding.status is Status.UNKNOWN and not one.applies_when}
    ranked = sorted(open_ones.values(), key=lambda one: told.edition.fact(one.facts[0]).type is not FactType.SCORE)
    return [one.label.partition("（")[0] for one in ranked]


def _verdict(told: ToldCase, found: Sequence[Condition]) -> str:
    first = found[0].status if found else "depends"
    if first != "met":
        return VERDICTS[first]
    if told.worst.verdict is Verdict.ELIGIBLE:
        return "yes"
    return "not_yet_sure" if CERTAIN in told.said.points else "enough"


def conditions(told: ToldCase) -> list[Condition]:
    """Each told condition once, by fact, with the status at both ends; an untold one only where the case fails it."""
    seen: dict[str, Condition] = {}
    stricter: set[str] = set()
    both = zip(told.edition.criteria, told.worst.entry.findings, told.best.entry.findings, strict=True)
    for criterion, worst, best in both:
        status, fact = _status(worst, best), criterion.facts[0]
        if found := _open(told, criterion, worst, status):
            seen[fact] = max(seen.get(fact, found), found, key=lambda one: one.limits[:1])
        if _depends_on_kind(told, criterion, worst):
            stricter.add(fact)
        elif _is_said(told, criterion, worst, best, status) and not (found and found.status == "depends"):
            found = _condition(told, criterion, worst, status)
            if worst.fact not in seen or _gravity(found) < _gravity(seen[worst.fact]):
                seen[worst.fact] = found
        seen |= _denied_besides(told, criterion, seen)
    return [replace(one, stricter=fact in stricter and one.status == "met") for fact, one in seen.items()]


def _denied_besides(told: ToldCase, criterion: Criterion, seen: Mapping[str, Condition]) -> dict[str, Condition]:
    """The further facts of an unmet criterion that are told to fail, which a finding names one of: 登不上, 停业."""
    named = next((seen[fact] for fact in criterion.facts if fact in seen and seen[fact].status == "unmet"), None)
    failing = [fact for fact in criterion.facts if told.ends.get(fact) == (False, False) and fact not in seen]
    if named is None or criterion.kind is not Kind.HOLDS:
        return {}
    return {fact: replace(named, fact=told.edition.fact(fact), told=told.told(fact)) for fact in failing}


def _depends_on_kind(told: ToldCase, criterion: Criterion, finding: Finding) -> bool:
    """Whether an untold kind of shop or goods decides whether the criterion applies to a score told, or its limit."""
    is_score = told.edition.fact(criterion.facts[0]).type is FactType.SCORE
    is_open = finding.status is Status.UNKNOWN and told.edition.fact(finding.fact).type is FactType.CHOICE
    return is_score and is_open and finding.fact not in told.ends


def _open(told: ToldCase, criterion: Criterion, worst: Finding, status: str) -> Condition | None:
    """What is known of a criterion that what is told leaves open; None where nothing is to be said of it."""
    fact = told.edition.fact(criterion.facts[0])
    if fact.type is FactType.SCORE:
        if fact.id not in told.edition.completed(told.worst.facts, told.on):
            is_needed = _applies_as_told(told, criterion) and _asks_more(told, criterion) and status != "met"
            return _needed(told, criterion) if is_needed else None
        if criterion.applies_when and not _applies_as_told(told, criterion):
            return None
        is_limit_open = _depends_on_kind(told, criterion, worst) and not criterion.applies_when
        return _open_score(told, criterion) if fact.id in told.ends and (is_limit_open or status == "open") else None
    if status == "open" and criterion.kind is Kind.NEVER and fact.id in told.ends and criterion.applies_when:
        return Condition(fact, criterion.label, "depends", "by_age", None)
    is_open_holds = status == "open" and criterion.kind is Kind.HOLDS and _applies_as_told(told, criterion)
    return _open_holds(told, criterion) if is_open_holds and not _kind(told, criterion) else None


def _asks_more(told: ToldCase, criterion: Criterion) -> bool:
    """Whether the criterion asks for a higher score than every shop needs."""
    of_all = [one for one in told.edition.criteria if one.facts == criterion.facts and not one.applies_when]
    most = max((limit for one in of_all for limit in limits(one, told.worst.facts)), default=Decimal(0))
    return limits(criterion, told.worst.facts)[0] > most


def _needed(told: ToldCase, criterion: Criterion) -> Condition:
    """What a told kind of goods asks of a score that is not told."""
    fact, limit = told.edition.fact(criterion.facts[0]), limits(criterion, told.worst.facts)[0]
    why = "needed_above" if criterion.kind is Kind.ABOVE else "needed"
    return Condition(fact, criterion.label, "depends", why, None, limit=limit, kind=_kind(told, criterion))


def _kind(told: ToldCase, criterion: Criterion) -> str:
    """The name of the told kind of shop or goods for which the criterion is, "" for a criterion of every shop."""
    for condition in criterion.applies_when:
        fact, value = told.edition.fact(condition.fact), told.worst.facts.get(condition.fact)
        if fact.type is FactType.CHOICE and fact.id in told.ends:
            return next(option.label for option in fact.options if option.value == value)
    return ""


def _gravity(found: Condition) -> tuple[int, Decimal]:
    """What decides first: the worse status, then the higher limit."""
    return RANKS.index(found.status), -(found.limit or Decimal(0))


def _applies_as_told(told: ToldCase, criterion: Criterion) -> bool:
    """Whether the question itself tells what makes the criterion apply."""
    return bool(criterion.applies_when) and told.ends.keys() >= {one.fact for one in criterion.applies_when}


def _open_holds(told: ToldCase, criterion: Criterion) -> Condition:
    fact = told.edition.fact(criterion.facts[0])
    return Condition(fact, criterion.label, "depends", "by_case", None, mend=criterion.mend)


def _open_score(told: ToldCase, criterion: Criterion) -> Condition:
    """A score whose limit depends on an untold choice, or a known absence at an age not told."""
    fact = told.edition.fact(criterion.facts[0])
    bounds = _limits(told, criterion)
    is_absent = told.ends[fact.id][0] is None
    instead = told.edition.fact(criterion.fallback).label if criterion.fallback and is_absent else ""
    why = "by_fallback" if instead else Because.NOT_TOLD.value if is_absent else "by_choice"
    return Condition(fact, criterion.label, "depends", why, told.told(fact.id), limits=bounds, instead=instead)


def _limits(told: ToldCase, criterion: Criterion) -> tuple[Decimal, ...]:
    """The limits that may count, each once, the highest first."""
    return tuple(sorted(set(limits(criterion, told.worst.facts)), reverse=True))


def _is_said(told: ToldCase, criterion: Criterion, worst: Finding, best: Finding, status: str) -> bool:
    deciding = () if worst.because is Because.EXEMPT else (worst.fact, best.fact)
    is_told = not told.spoken.isdisjoint({*criterion.facts, *deciding})
    if status == "met":
        is_kind = told.edition.fact(worst.fact).type is FactType.CHOICE
        is_admitted = not is_kind or (criterion.kind is Kind.AMONG and worst.because is Because.ADMITTED_KIND)
        return is_told and is_admitted and (not criterion.applies_when or _applies_as_told(told, criterion))
    return status in ("unmet", "never") or (is_told and status != "open")


def _status(worst: Finding, best: Finding) -> str:
    if worst.status is Status.UNMET and best.status is Status.UNMET:
        return "never" if worst.final and best.final else "unmet"
    if worst.status in MET and best.status in MET:
        return "met"
    if worst.because is best.because is Because.TEXT_IS_SILENT:
        return "silent"
    is_open = worst.status is best.status is Status.UNKNOWN and Because.TEXT_IS_SILENT is not best.because
    return "open" if is_open else "depends"


def _condition(told: ToldCase, criterion: Criterion, finding: Finding, status: str) -> Condition:
    day, joined = _day(told, finding), told.worst.facts.get("joined_on")
    why = finding.because.value
    if status == "depends" and finding.because is Because.NOT_APPLICABLE and criterion.kind is Kind.NEVER:
        why = "by_age"
    return Condition(
        told.edition.fact(finding.fact),
        criterion.label,
        status,
        why,
        told.told(finding.fact),
        finding.seen,
        finding.limit,
        ago=(told.on - day).days if day else None,
        clears_on=finding.clears_on,
        wait=(finding.clears_on - told.on).days if finding.clears_on else None,
        known_on=told.known_on(finding.fact),
        is_of_today=told.known_on(finding.fact) == told.today,
        joined=(told.on - joined).days if isinstance(joined, date) else None,
        kind=_kind(told, criterion),
        limits=_limits(told, criterion),
        span=_span(told, finding.fact),
        joined_span=_span(told, "joined_on"),
        clearing=criterion.clearing_clause or "",
    )


def _span(told: ToldCase, fact: str) -> str:
    """The day told as said, where it is no single day (半年前, 上个月); else ""."""
    one, ends = told.told(fact), told.ends.get(fact)
    return one.day if one and ends and ends[0] != ends[1] else ""


def _day(told: ToldCase, finding: Finding) -> date | None:
    """The day told of the fact, the latest of several."""
    told_day = told.ends.get(finding.fact, (None, None))[0]
    for seen in (finding.seen, told_day):
        if isinstance(seen, date):
            return seen
        if isinstance(seen, tuple) and seen:
            return max(seen)
    return None


def perhaps(told: ToldCase) -> list[Condition]:
    """The told conditions without a value: a penalty of an untold day, another shop's breach of an untold gravity."""
    known = {fact.id: fact for fact in told.edition.facts if fact.type in (FactType.BOOLEAN, FactType.DATES)}
    open_ones = [one for one in told.said.told if one.fact in known and one.fact not in told.ends]
    return [
        Condition(known[one.fact], known[one.fact].label, "depends", _why(one), one) for one in open_ones if _why(one)
    ]


def _why(told: Told) -> str:
    """Why a told fact has no value: untold, or clean for a shorter span than counts; "" for another reason."""
    if told.holds is False and told.number is not None:
        return "clean_span"
    return "perhaps" if told.number is None and told.holds is None and not told.day else ""
