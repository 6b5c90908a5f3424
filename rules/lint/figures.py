"""Figures: a number that is applied by a clause stands in the clause's text, a quoted other sentence keeps its own."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem
from rules.edition import Clause, Option
from rules.kinds import FactType
from rules.lint.uses import Use, uses
from rules.lint.written_numbers import beyond, numbers, spans, up_to

OTHER_SENTENCE = re.compile(r"另(?:有|外|外有)?一[句处段]|别处|[别其][的他]地方")
"""The words by which a reading turns to another sentence of the source, whose number is not this clause's figure."""
_SENTENCE = re.compile(r"[^。！？；;!?\n]+")
_FIGURE = re.compile(r"\{\w+\}")
_ROW = re.compile(r"[^。；;\n]+")
_TWICE = "write the same number in both, or name the clause that says it"


def problems(draft: Draft) -> Iterator[Problem]:
    """Numbers that the cited clause does not say, and readings that give another sentence this clause's figure."""
    texts = {clause.id: clause.text for clause in draft.clauses if clause.text.strip()}
    for use in uses(draft):
        if use.clause in texts:
            for what, mend in islice(_disagreements(draft, use, texts[use.clause]), 1):
                yield draft.problem(use.entry, f"its {use.what} {what}", mend)
    for clause in draft.clauses:
        for what, mend in _other_sentences(draft, clause):
            yield draft.problem(clause, what, mend)


def _disagreements(draft: Draft, use: Use, text: str) -> Iterator[tuple[str, str]]:
    """What the text says otherwise, the plainest first, and the mend."""
    if not _is_said(use, text):
        yield f'is not what clause "{use.clause}" says ({_listed(numbers(text))})', _TWICE
    if _is_parted_otherwise(use, text):
        what = "with" if use.takes_in else "without"
        yield (
            f'is meant {what} {use.value} itself, clause "{use.clause}" says it the other way',
            "choose the kind or the limit that does as the text: 不超过 3 has 3 in it, 少于 3 has not",
        )
    for name, part in (*_of_score(draft, use, text), *_of_choices(draft, use, text)):
        yield f'is not what clause "{use.clause}" says of {name} ({_listed(numbers(part, use.unit))})', _TWICE


def _is_said(use: Use, text: str) -> bool:
    beside = (up_to(text), use.value + use.step) if use.takes_in else (beyond(text), use.value - use.step)
    if use.value in numbers(text, use.unit) or beside[1] in beside[0]:
        return True
    return use.in_days and any(least <= use.value <= most for least, most in spans(text))


def _is_parted_otherwise(use: Use, text: str) -> bool:
    """Whether the text parts the number itself from the wrong side, and nowhere from the right one."""
    right, wrong = (beyond, up_to) if use.takes_in else (up_to, beyond)
    return not use.is_loose and use.value in wrong(text, is_clear=True) and use.value not in right(text)


def _of_score(draft: Draft, use: Use, text: str) -> Iterator[tuple[str, str]]:
    """The score's name and the part behind it, when that has other numbers and the number is another score's."""
    if use.fact is None or use.fact.type is not FactType.SCORE:
        return
    names = sorted((fact.label for fact in draft.facts if fact.type is FactType.SCORE), key=len, reverse=True)
    own, others = "", ""
    name = ""
    for piece in re.split(f"({'|'.join(map(re.escape, names))})", text):
        if piece in names:
            name = piece
        elif name == use.fact.label:
            own += f"{piece}\n"
        elif name:
            others += f"{piece}\n"
    if numbers(own, use.unit) and not _is_said(use, own) and _is_said(use, others):
        yield use.fact.label, own


def _of_choices(draft: Draft, use: Use, text: str) -> Iterator[tuple[str, str]]:
    """The option and its row, for each choice whose row has other numbers of this unit."""
    options = {fact.id: fact.options for fact in draft.facts}
    for fact, value in use.choices:
        rows = "\n".join(row for row, named in _rows(text, options.get(fact, ())) if value in named)
        if use.unit and numbers(rows, use.unit) and not _is_said(use, rows):
            yield f'"{value}"', rows


def _rows(text: str, options: Sequence[Option]) -> Iterator[tuple[str, list[str]]]:
    """The text row by row with the options named there; a row without a name goes on with those of the one before."""
    named: list[str] = []
    for row in _ROW.findall(text):
        words = {each.value: [word for word in (each.label, *each.words) if len(word) > 1] for each in options}
        named = [value for value, each in words.items() if any(word in row for word in each)] or named
        yield row, named


def _listed(values: Iterable[Decimal]) -> str:
    return ", ".join(map(str, values)) or "no number"


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
