"""The words of an edition: quotes are in the source, questions can be answered, placeholders have a number."""

import string
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from rules.catalogue.draft import Draft, Entry
from rules.catalogue.problems import Problem, nearest, shortened
from rules.edition import Fact, Wording
from rules.kinds import SCALED, FactType

ADDRESSES = ("https://", "http://")


def problems(draft: Draft) -> Iterator[Problem]:
    """Texts that are empty, altered or unanswerable, or name an unknown number."""
    yield from _head(draft)
    yield from _clauses(draft)
    yield from _empty(draft)
    for fact in draft.facts:
        for what, mend in _fact(fact):
            yield draft.problem(fact, what, mend)
    yield from _topics(draft)
    yield from _figures(draft)
    if draft.is_whole:
        yield from _placeholders(draft)


def _head(draft: Draft) -> Iterator[Problem]:
    name, start, end = (draft.head.get(key) for key in ("name", "held_from", "held_until"))
    if isinstance(name, str) and name != draft.folder.name:
        mend = "give the folder and the edition the same name"
        yield draft.problem("", f'the edition is named "{name}", its folder "{draft.folder.name}"', mend)
    if isinstance(start, date) and isinstance(end, date) and end < start:
        yield draft.problem("", f'"held_until" {end} is before "held_from" {start}', "mend one of the two")
    published, checked = (draft.head.get(key) for key in ("published", "checked"))
    if isinstance(published, date) and isinstance(checked, date) and checked < published:
        mend = "compare the text with its source, and write the day"
        yield draft.problem("", f'"checked" {checked} is before "published" {published}', mend)
    address = draft.head.get("source_url")
    if isinstance(address, str) and address and not address.startswith(ADDRESSES):
        yield draft.problem("", f'"source_url" is no address, {shortened(address)}', "begin it with https://")
    for key in ("title", "source_name", "confidence", "scale_name"):
        if draft.head.get(key) == "":
            yield draft.problem("", f'"{key}" is empty', "say it: merchants read it")
    for section in ("clause", "fact", "criterion"):
        if not draft.names[section]:
            yield draft.problem("", f"there is no {section}", f"add each as [[{section}]]")


def _clauses(draft: Draft) -> Iterator[Problem]:
    verbatim = draft.head.get("wording") == Wording.VERBATIM
    if verbatim and draft.source is None:
        mend = "archive the source's text beside it, in UTF-8"
        yield draft.problem("", "a verbatim edition without a readable source.txt", mend)
    for clause in draft.clauses:
        if not clause.text.strip():
            yield draft.problem(clause, '"text" is empty', "write the provision")
        elif verbatim and draft.source is not None and clause.text not in draft.source:
            mend = "copy it to the letter, or archive the source that has it"
            yield draft.problem(clause, f"the text {shortened(clause.text)} is not in source.txt", mend)


def _empty(draft: Draft) -> Iterator[Problem]:
    said: list[tuple[Entry, str, str]] = []
    for fact in draft.facts:
        said += (fact, "label", fact.label), (fact, "question", fact.question)
    for topic in draft.topics:
        said += (topic, "title", topic.title), (topic, "lead", topic.lead)
        said += ((topic, f"answers.{point}", text) for point, text in topic.answers.items())
    for entry, key, text in said:
        if not text.strip():
            yield draft.problem(entry, f'"{key}" is empty', "write what a merchant reads")


def _fact(fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.type is FactType.BOOLEAN and not (fact.yes and fact.no):
        yield "a boolean without both of its buttons", 'add "yes" and "no"'
    if fact.type is FactType.CHOICE and len(fact.options) < 2:
        yield "a choice of fewer than two options", 'list them in "options"'
    if fact.type is not FactType.CHOICE and fact.options:
        yield f"options for a fact of type {fact.type.value}", "take them out"
    values = [option.value for option in fact.options]
    if len(values) != len(set(values)):
        yield "an option is listed twice", "keep one of the two"
    if (fact.nullable or fact.type is FactType.DATES) and not fact.none_label:
        yield 'the answer "none" has no button', 'add "none_label"'
    yield from _bounds(fact)


def _bounds(fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.type in SCALED and (fact.lowest is None or fact.highest is None):
        yield f"a {fact.type.value} without a scale", 'add "lowest" and "highest"'
    if fact.type is FactType.INTEGER and fact.lowest is None:
        yield "a count without a lowest value", 'add "lowest"'
    if fact.lowest is not None and fact.highest is not None and fact.lowest >= fact.highest:
        yield f'"lowest" {fact.lowest} is not below "highest" {fact.highest}', "mend one of the two"
    if fact.future and fact.type is not FactType.DATE:
        yield f'"future" for a fact of type {fact.type.value}', "take it out"


def _topics(draft: Draft) -> Iterator[Problem]:
    """A phrasing belongs to a single topic."""
    owners: dict[str, str] = {}
    for topic in draft.topics:
        for phrasing in topic.asks:
            owner = owners.setdefault(phrasing, topic.id)
            if owner != topic.id:
                what = f'the phrasing {shortened(phrasing)} is also one of topic "{owner}"'
                yield draft.problem(topic, what, "keep it in one of the two")


def _figures(draft: Draft) -> Iterator[Problem]:
    """A name stands for a single number."""
    seen: dict[str, Decimal] = {}
    for name, number in draft.numbers():
        if seen.setdefault(name, number) != number:
            what = f'the figure "{name}" is {seen[name]} and {number}'
            yield draft.problem("", what, "give the two numbers different names")
        if not name.isidentifier():
            yield draft.problem("", f'"{name}" cannot name a figure', "use letters, digits and underscores")


def _placeholders(draft: Draft) -> Iterator[Problem]:
    known = dict(draft.numbers())
    for entry, key, text in _own_texts(draft):
        for what, mend in _unfilled(text, known):
            yield draft.problem(entry, f'"{key}" {what}', mend)


def _own_texts(draft: Draft) -> Iterator[tuple[Entry, str, str]]:
    """The texts in our own words with possible numbers: entry, key, text."""
    for clause in draft.clauses:
        yield clause, "reading", clause.reading
    for fact in draft.facts:
        yield fact, "question", fact.question
        yield fact, "hint", fact.hint
    for criterion in draft.criteria:
        yield criterion, "mend", criterion.mend
    for topic in draft.topics:
        yield topic, "lead", topic.lead
        yield from ((topic, f"answers.{point}", text) for point, text in topic.answers.items())


def _unfilled(text: str, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Complaints about the placeholders of a text."""
    try:
        fields = [field for _, field, _, _ in string.Formatter().parse(text) if field is not None]
    except ValueError:
        yield "has a brace without its partner", "write a placeholder as {entry}, a brace as {{"
        return
    for field in fields:
        if field not in known:
            yield f"names the unknown figure {{{field}}}", nearest(field, known)
