"""Figures: a number that is applied by a clause stands in the clause's text, a quoted other sentence keeps its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from rules.catalogue.draft import Draft, Entry
from rules.catalogue.problems import Problem
from rules.edition import Clause
from rules.kinds import KINDS, Kind
from rules.lint.written_numbers import beyond, numbers, spans, up_to
from rules.requirements import Condition, Criterion, Line, limits_by_choice

OTHER_SENTENCE = re.compile(r"另(?:有|外|外有)?一[句处段]|别处|[别其][的他]地方")
"""The words by which a reading turns to another sentence of the source, whose number is not this clause's figure."""
_SENTENCE = re.compile(r"[^。！？；;!?\n]+")
_FIGURE = re.compile(r"\{\w+\}")
_STRICTLY_MORE = (Kind.ABOVE, Kind.OLDER_THAN_DAYS)
"""The kinds that the limit itself does not meet: 满 60 天 is older than 59 days."""


@dataclass(frozen=True)
class _Use:
    """A number applied by an entry, and the clause that has to say it.

    `beside`: the number of a text that leaves out its own number (高于 72 is 72.01 and more), or takes it in.
    """

    entry: Entry | str
    what: str
    value: Decimal
    clause: str
    beside: Decimal
    in_days: bool = False


def problems(draft: Draft) -> Iterator[Problem]:
    """Numbers that the cited clause does not say, and readings that give another sentence this clause's figure."""
    texts = {clause.id: clause.text for clause in draft.clauses if clause.text.strip()}
    for use in _uses(draft):
        if use.clause in texts and not _is_said(use, texts[use.clause]):
            said = ", ".join(str(value) for value in numbers(texts[use.clause])) or "no number"
            what = f'its {use.what} is not what clause "{use.clause}" says ({said})'
            yield draft.problem(use.entry, what, "write the same number in both, or name the clause that says it")
    for clause in draft.clauses:
        for what, mend in _other_sentences(draft, clause):
            yield draft.problem(clause, what, mend)


def _is_said(use: _Use, text: str) -> bool:
    if use.value in numbers(text) or use.beside in (beyond(text) if use.beside < use.value else up_to(text)):
        return True
    return use.in_days and any(least <= use.value <= most for least, most in spans(text))


def _uses(draft: Draft) -> Iterator[_Use]:
    steps = {fact.id: fact.step for fact in draft.facts}
    for criterion in (*draft.criteria, *draft.product_criteria):
        step = steps.get(criterion.facts[0], Decimal(1)) if criterion.facts else Decimal(1)
        off = step if criterion.kind in _STRICTLY_MORE else -step
        for clause in dict.fromkeys((criterion.clause, criterion.final_clause)):
            yield from _limits(criterion, clause, off)
        yield from _days(criterion, criterion.applies_when, criterion.clause)
        if criterion.exempt:
            yield from _days(criterion, criterion.exempt.conditions, criterion.exempt.clause)
    for line in draft.lines:
        if not line.own:
            yield from _limits(line, line.clause, -steps.get(line.fact, Decimal(1)))
            yield from _days(line, (*line.applies_when, *line.also_if), line.clause)
    if draft.chances:
        limit = Decimal(draft.chances.limit)
        yield _Use("chances", f"limit {limit}", limit, draft.chances.clause, limit - 1)


def _limits(entry: Criterion | Line, clause: str | None, off: Decimal) -> Iterator[_Use]:
    """The limits of the entry; `off`: how far a number beside the limit lies."""
    kind = KINDS[entry.kind] if isinstance(entry, Criterion) else None
    if clause is None or entry.limit is None or (kind and not kind.limited):
        return
    in_days = kind is not None and kind.days_since is not None
    for choice, limit in (("", entry.limit), *limits_by_choice(entry).items()):
        what = f'limit {limit} for "{choice}"' if choice else f"limit {limit}"
        yield _Use(entry, what, limit, clause, limit + off, in_days)


def _days(entry: Entry, conditions: Iterable[Condition], clause: str) -> Iterator[_Use]:
    for condition in conditions:
        if (number := condition.number) is not None:
            in_days = condition.days is not None
            yield _Use(entry, f"limit of {number}{' days' * in_days}", number, clause, number - 1, in_days=in_days)


def _other_sentences(draft: Draft, clause: Clause) -> Iterator[tuple[str, str]]:
    """Complaints about the numbers that the reading gives another sentence of the source."""
    for sentence in _SENTENCE.findall(clause.reading):
        if not OTHER_SENTENCE.search(sentence):
            continue
        for figure in _FIGURE.findall(sentence):
            what = f'"reading" speaks of another sentence with the figure {figure} of this edition'
            yield what, "write the number as the other sentence has it"
        for value in _nowhere(sentence, draft.source):
            what = f'"reading" speaks of another sentence with {value}, which source.txt nowhere says'
            yield what, "write the number as the other sentence has it"


def _nowhere(sentence: str, source: str | None) -> Iterator[Decimal]:
    """The numbers of the sentence that the source has nowhere; none without a source."""
    known = numbers(source) if source is not None else numbers(sentence)
    yield from (value for value in numbers(sentence) if value not in known)
