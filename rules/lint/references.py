"""Names of other entries: every name exists, no id is taken twice, no fact is asked for nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rules.catalogue.draft import Draft, Entry
from rules.catalogue.problems import Problem, nearest
from rules.edition import Coverage, Fact, Judged, Topic
from rules.requirements import IN_ALLIANCE, Condition, Criterion, Line

BUTTONS = 3
"""How many topics an answer leads on to at most."""

Use = tuple[Entry | str, str]
"""An entry, or the word that messages have for a part, and a name that this uses."""


def problems(draft: Draft) -> Iterator[Problem]:
    """Duplicate ids, unknown clauses, facts and topics, facts without a use."""
    yield from _duplicates(draft)
    yield from _unknown(draft, "clause", _clauses_used(draft))
    yield from _unknown(draft, "fact", _facts_used(draft))
    yield from _unknown(draft, "topic", _topics_used(draft))
    yield from _presuppositions(draft)
    yield from _topics(draft)
    if draft.is_whole:
        yield from _unused_facts(draft)


def conditions(draft: Draft) -> Iterator[tuple[Entry, Condition]]:
    """Every condition of the draft with the entry of the condition."""
    for fact in draft.facts:
        yield from ((fact, condition) for condition in (*fact.asked_if, *fact.none_if))
    for criterion in draft.tests:
        exempt = criterion.exempt.conditions if criterion.exempt else ()
        yield from ((criterion, condition) for condition in (*criterion.applies_when, *exempt))
    for line in draft.lines:
        yield from ((line, condition) for condition in (*line.applies_when, *line.also_if))


def _duplicates(draft: Draft) -> Iterator[Problem]:
    for section, ids in draft.names.items():
        for name, times in Counter(ids).items():
            if times > 1:
                file = draft.topics_file if section == "topic" else draft.file
                what = f"the id is used {times} times"
                yield Problem(file=file, entry=f'{section} "{name}"', what=what, mend="give each its own id")


def _unknown(draft: Draft, section: str, uses: Iterable[Use]) -> Iterator[Problem]:
    known = draft.names[section]
    for entry, name in uses:
        if name not in known:
            yield draft.problem(entry, f'unknown {section} "{name}"', nearest(name, known))


def _clauses_used(draft: Draft) -> Iterator[Use]:
    for criterion in draft.tests:
        exempt = criterion.exempt.clause if criterion.exempt else None
        own = (criterion.clause, criterion.final_clause, criterion.clearing_clause, exempt)
        yield from ((criterion, clause) for clause in own if clause is not None)
    yield from ((line, line.clause) for line in draft.lines)
    yield from ((topic, clause) for topic in draft.topics for clause in topic.clauses)
    yield from ((each, each.clause) for each in draft.left_out if each.clause)
    if draft.chances:
        yield "chances", draft.chances.clause


def _topics_used(draft: Draft) -> Iterator[Use]:
    yield from ((topic, name) for topic in draft.topics for name in topic.next)
    if draft.names["topic"]:  # an edition may have none: it is not asked
        yield from ((each, each.topic) for each in draft.left_out if each.topic)
        yield from ((fact, option.topic) for fact in draft.facts for option in fact.options if option.topic)


def _facts_used(draft: Draft) -> Iterator[Use]:
    for criterion in draft.tests:
        yield from ((criterion, fact) for fact in _read_by(criterion))
    for line in draft.lines:
        yield from ((line, fact) for fact in _read_by(line))
    yield from ((entry, condition.fact) for entry, condition in conditions(draft))
    yield from ((topic, topic.fact) for topic in draft.topics if "fact" in topic.model_fields_set)
    if draft.chances:
        yield "chances", draft.chances.fact


def _read_by(entry: Criterion | Line) -> Iterator[str]:
    yield from entry.facts if isinstance(entry, Criterion) else (entry.fact,)
    if isinstance(entry, Criterion) and entry.fallback:
        yield entry.fallback
    if entry.limit_by:
        yield entry.limit_by.fact


def _presuppositions(draft: Draft) -> Iterator[Problem]:
    """A fact is asked after the facts presupposed by the question."""
    order = draft.names["fact"]
    for fact in draft.facts:
        for condition in fact.asked_if:
            if condition.fact in order and order.index(condition.fact) >= order.index(fact.id):
                mend = f'move it behind fact "{condition.fact}"'
                yield draft.problem(fact, f'presupposes "{condition.fact}", which is asked later', mend)


def _topics(draft: Draft) -> Iterator[Problem]:
    """Topics with nothing to quote, or more ways onward than there are buttons."""
    for topic in draft.topics:
        if topic.coverage is Coverage.PROVISION and topic.judged is Judged.NOT and not topic.clauses:
            what = "answers with provisions but names none"
            yield draft.problem(topic, what, 'add "clauses", or choose another coverage')
        if len(topic.next) > BUTTONS:
            yield draft.problem(topic, f"{len(topic.next)} ways onward", f"keep {BUTTONS} at most")


def _unused_facts(draft: Draft) -> Iterator[Problem]:
    used = {name for entry, name in _facts_used(draft) if not isinstance(entry, Fact | Topic)}
    if draft.lines:
        used.add(IN_ALLIANCE)
    for name in draft.names["fact"]:
        if name not in used:
            yield draft.problem(f'fact "{name}"', "no criterion or line uses it", "take it out, or add what tests it")
