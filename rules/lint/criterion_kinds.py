"""Whether each criterion and condition fits the tested facts: type, scale and choices."""

from collections.abc import Iterable, Iterator, Mapping

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem, nearest
from rules.edition import Fact
from rules.kinds import KINDS, SCALED, FactType, KindRow
from rules.lint.references import conditions
from rules.requirements import Condition, Criterion, Line, limits_by_choice

TESTS = ("equals", "among", "absent", "above", "within_days", "fewer_days")

Complaint = tuple[str, str]
"""What is wrong and how to mend it."""


def problems(draft: Draft) -> Iterator[Problem]:
    """Criteria and conditions that do not fit the tested facts."""
    facts = {fact.id: fact for fact in draft.facts}
    for criterion in draft.tests:
        for what, mend in _criterion(criterion, facts):
            yield draft.problem(criterion, what, mend)
    for entry, condition in conditions(draft):
        for what, mend in _condition(condition, facts.get(condition.fact)):
            yield draft.problem(entry, what, mend)


def _criterion(criterion: Criterion, facts: Mapping[str, Fact]) -> Iterator[Complaint]:
    kind = KINDS[criterion.kind]
    yield from _keys(criterion, kind)
    names = (*criterion.facts, criterion.fallback) if criterion.fallback else criterion.facts
    for fact in (facts[name] for name in names if name in facts):
        yield from _fact(criterion, fact, kind)
    yield from choices_known(criterion, facts)


def _keys(criterion: Criterion, kind: KindRow) -> Iterator[Complaint]:
    """Complaints about missing keys of the kind, and about keys without a use."""
    name = criterion.kind.value
    if not criterion.facts or (len(criterion.facts) > 1 and not kind.several):
        yield f'the kind "{name}" looks at one fact', 'name one fact in "facts"'
    for key, given, wanted in (
        ("limit", criterion.limit is not None, kind.limited),
        ("values", bool(criterion.values), kind.listed),
    ):
        if wanted and not given:
            yield f'the kind "{name}" needs "{key}"', "add it"
        if given and not wanted:
            yield f'the kind "{name}" has no use for "{key}"', "take it out, or choose another kind"
    if criterion.limit_by is not None and criterion.limit is None:
        yield '"limit_by" without "limit"', "add the limit for the choices that are not listed"
    if criterion.figure and criterion.limit is None:
        yield f'the figure "{criterion.figure}" without a limit', "take it out"


def _fact(criterion: Criterion, fact: Fact, kind: KindRow) -> Iterator[Complaint]:
    name = criterion.kind.value
    if fact.type not in kind.types:
        wanted = " or ".join(kind.types)
        yield f'the kind "{name}" tests no fact of type {fact.type.value}', f'"{fact.id}" must be {wanted}'
        return
    if fact.future != kind.future and fact.type is FactType.DATE:
        lies = "must be able to lie ahead" if kind.future else "cannot lie ahead"
        yield f'for the kind "{name}" the day "{fact.id}" {lies}', 'mend "future" of the fact'
    yield from limits_fit(criterion, fact)
    yield from _options_known(criterion.values, fact)


def limits_fit(entry: Criterion | Line, fact: Fact) -> Iterator[Complaint]:
    """Complaints about limits that no value of the fact could be held to."""
    general = [entry.limit] if entry.limit is not None else []
    for each in (*general, *limits_by_choice(entry).values()):
        if fact.type in SCALED and not fact.is_on_scale(each):
            yield f"the limit {each} is off the scale of {fact.id}", f"choose one of {fact.lowest} to {fact.highest}"
        elif fact.type in SCALED and each != round(each, fact.decimals):
            what = f"the limit {each} is finer than {fact.id}, which has {fact.decimals} decimals"
            yield what, "write no more than these"
        elif fact.type not in SCALED and (each < 0 or each != each.to_integral_value()):
            yield f"the limit {each} is no count", "write a whole number, 0 or more"


def choices_known(entry: Criterion | Line, facts: Mapping[str, Fact]) -> Iterator[Complaint]:
    """Complaints about a limit that depends on a fact without such choices."""
    fact = facts.get(entry.limit_by.fact) if entry.limit_by else None
    if fact is None:
        return
    if fact.type is not FactType.CHOICE:
        yield f'"limit_by" looks at "{fact.id}", which is no choice', "name a fact of type choice"
    elif fact.options:
        yield from _options_known(limits_by_choice(entry), fact)


def _options_known(values: Iterable[str], fact: Fact) -> Iterator[Complaint]:
    known = [option.value for option in fact.options]
    for value in values:
        if value not in known:
            yield f'"{value}" is no option of "{fact.id}"', nearest(value, known)


def _condition(condition: Condition, fact: Fact | None) -> Iterator[Complaint]:
    tests = [key for key in TESTS if getattr(condition, key) is not None]
    if len(tests) != 1:
        yield f'the condition on "{condition.fact}" has {len(tests)} tests', "give it just one"
    elif fact is not None and not _fits(condition, fact):
        yield f'"{tests[0]}" does not fit "{fact.id}" of type {fact.type.value}', _fitting(fact)
    if condition.figure and not {"above", "within_days", "fewer_days"} & set(tests):
        yield f'the figure "{condition.figure}" without a number', "take it out"


def _fits(condition: Condition, fact: Fact) -> bool:
    if condition.absent is not None:
        return fact.nullable
    if condition.among is not None:
        return bool(condition.among) and set(condition.among) <= {option.value for option in fact.options}
    if condition.above is not None:
        return fact.type in (FactType.INTEGER, FactType.RATE)
    return fact.type is (FactType.DATE if condition.equals is None else FactType.BOOLEAN)


def _fitting(fact: Fact) -> str:
    """The right test in a condition on the fact."""
    if fact.type is FactType.CHOICE:
        return f'write "among" with some of {", ".join(option.value for option in fact.options)}'
    fitting = {
        FactType.BOOLEAN: 'write "equals" with true or false',
        FactType.DATE: 'write "within_days" or "fewer_days"',
        FactType.INTEGER: 'write "above" with a number',
        FactType.RATE: 'write "above" with a number',
    }
    return fitting.get(fact.type, 'write "absent", and let the fact be nullable')
