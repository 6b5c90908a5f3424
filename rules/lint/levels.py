"""Lines and chances: each level stands apart from the next, and agrees with the criterion of the same rule."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise, product

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem
from rules.kinds import FactType, Kind
from rules.lines import LEVEL_OF
from rules.lint.criterion_kinds import choices_known, limits_fit
from rules.requirements import IN_ALLIANCE, Criterion, Effect, Line, limits_by_choice


def problems(draft: Draft) -> Iterator[Problem]:
    """Lines that overlap or contradict a criterion, chances that contradict a criterion."""
    yield from _each_line(draft)
    for key in dict.fromkeys((line.fact, line.applies_when) for line in draft.lines):
        yield from _overlaps(draft, [line for line in draft.lines if (line.fact, line.applies_when) == key])
    yield from _entry_lines(draft)
    yield from _same_tests(draft)
    yield from _chances(draft)
    yield from _access(draft)


def _each_line(draft: Draft) -> Iterator[Problem]:
    facts = {fact.id: fact for fact in draft.facts}
    for line in draft.lines:
        fact = facts.get(line.fact)
        if fact is not None and fact.type is not FactType.SCORE:
            yield draft.problem(line, f'"{fact.id}" is no score', "name a fact of type score")
        elif fact is not None:
            for what, mend in limits_fit(line, fact):
                yield draft.problem(line, what, mend)
        for what, mend in choices_known(line, facts):
            yield draft.problem(line, what, mend)
        if any(condition.among is None for condition in line.applies_when):
            yield draft.problem(
                line, '"applies_when" of a line looks at what is no choice', 'write "among" with options'
            )
        if line.own != (line.effect is Effect.EARLY):
            mend = 'write "own = true" with the effect "early", and only with it'
            yield draft.problem(line, "only an early line is the bot's own, and always is", mend)


def _overlaps(draft: Draft, lines: list[Line]) -> Iterator[Problem]:
    """The same effect twice on a score, and a graver effect at no lower score than a milder effect."""
    by_effect: dict[Effect, Line] = {}
    for line in lines:
        if line.effect in by_effect:
            what = f'the same effect on "{line.fact}" as line "{by_effect[line.effect].id}"'
            yield draft.problem(line, what, "keep one of the two")
        by_effect.setdefault(line.effect, line)
    early = by_effect.pop(Effect.EARLY, None)
    platform = sorted(by_effect.values(), key=lambda line: LEVEL_OF[line.effect])
    acting = [line for line in platform if line.effect is not Effect.NO_ENTRY]
    for milder, graver in (*pairwise(platform), *((early, line) for line in acting if early)):
        yield from _above(draft, milder, graver)


def _above(draft: Draft, milder: Line, graver: Line) -> Iterator[Problem]:
    """The milder line must be the higher; where there is no warning, entry and closing may share a level."""
    may_share = (milder.effect, graver.effect) == (Effect.NO_ENTRY, Effect.CLOSING)
    for choice in ("", *limits_by_choice(milder), *limits_by_choice(graver)):
        upper, lower = limit(milder, choice), limit(graver, choice)
        if upper < lower or (upper == lower and not may_share):
            what = f'its limit {lower} is not below the {upper} of line "{milder.id}"'
            yield draft.problem(graver, what, "the graver effect needs the lower limit")
            return


def limit(entry: Line | Criterion, choice: str) -> Decimal:
    """The entry's limit for the choice; "" stands for every choice without an own limit."""
    general = entry.limit if entry.limit is not None else Decimal(0)
    return limits_by_choice(entry).get(choice, general)


def _entry_lines(draft: Draft) -> Iterator[Problem]:
    """A line below which nobody enters agrees with the criteria of the same rule."""
    for line, criterion in product(draft.lines, draft.criteria):
        if line.effect is Effect.NO_ENTRY and _is_same_rule(line, criterion):
            yield from _contradiction(draft, line, criterion)


def _is_same_rule(line: Line, criterion: Criterion) -> bool:
    """Whether the criterion asks for a least score of the line's by the same clause, or of every shop."""
    if criterion.kind is not Kind.AT_LEAST or criterion.facts[:1] != (line.fact,):
        return False
    return criterion.clause == line.clause or not criterion.applies_when


def _same_tests(draft: Draft) -> Iterator[Problem]:
    """Criteria that test the same facts in the same way, under the same conditions, have the same limit."""
    first: dict[object, Criterion] = {}
    for criterion in draft.criteria:
        test = criterion.kind, criterion.facts, criterion.applies_when
        yield from _contradiction(draft, criterion, first.setdefault(test, criterion))


def _contradiction(draft: Draft, entry: Line | Criterion, criterion: Criterion) -> Iterator[Problem]:
    """The first choice with different limits in the entry and the criterion."""
    if entry.limit is None or criterion.limit is None:
        return
    for choice in ("", *limits_by_choice(entry), *limits_by_choice(criterion)):
        own, other = limit(entry, choice), limit(criterion, choice)
        if own != other:
            which = f' for "{choice}"' if choice else ""
            what = f'its limit {own}{which} contradicts the {other} of criterion "{criterion.id}"'
            yield draft.problem(entry, what, "write the same number in both")
            return


def _chances(draft: Draft) -> Iterator[Problem]:
    """The limit of closings is also a criterion, final by the same clause."""
    final = [criterion for criterion in draft.criteria if criterion.final_clause is not None]
    for criterion in final:
        if draft.chances is None or criterion.final_clause != draft.chances.clause:
            mend = 'name the clause of [chances] as "final_clause"'
            yield draft.problem(criterion, "is final without a limit of chances", mend)
    if draft.chances is None:
        return
    same = [c for c in final if c.kind is Kind.FEWER_THAN and draft.chances.fact in c.facts]
    if not same and draft.is_whole:
        mend = f'add one of the kind "fewer_than" on "{draft.chances.fact}" with its "final_clause"'
        yield draft.problem("chances", "no criterion makes the limit count", mend)
    for criterion in same:
        if criterion.limit is not None and criterion.limit != draft.chances.limit:
            what = f'its limit {draft.chances.limit} contradicts the {criterion.limit} of criterion "{criterion.id}"'
            yield draft.problem("chances", what, "write the same number in both")


def _access(draft: Draft) -> Iterator[Problem]:
    """The effect of a line on the access can be told only with the access known."""
    held = {fact.id: fact.type for fact in draft.facts}.get(IN_ALLIANCE)
    if draft.lines and IN_ALLIANCE not in draft.names["fact"]:
        yield draft.problem("", f'there are lines but no fact "{IN_ALLIANCE}"', "add it, of type boolean")
    if held is not None and held is not FactType.BOOLEAN:
        yield draft.problem(f'fact "{IN_ALLIANCE}"', f"is of type {held.value}", "make it boolean")
