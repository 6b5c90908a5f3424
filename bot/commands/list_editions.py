"""`alliance-bot rules`: the catalogue of editions."""

from collections.abc import Iterator
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import named, opened, settings
from rules.catalogue.load import lint, packaged_folder, unused
from rules.checked import Text
from rules.edition import Edition, Wording
from rules.other_text import OtherText

WORDINGS = {
    Wording.VERBATIM: "verbatim",
    Wording.DIGEST: "digest (the texts below are our own words, not the platform's)",
}


def listed() -> Iterator[str]:
    """A line an edition: name, span, wording, title; a star marks RULES_EDITION. Then a line a text that is none."""
    chosen = settings()
    known = opened(chosen)
    for edition in known.editions:
        mark = "*" if edition.name == chosen.rules_edition else " "
        yield f"{mark} {edition.name}  {edition.span}  {edition.wording.value}  {edition.title}"
    for text in known.texts:
        yield f"  {text.name}  {text.span}  {text.wording}, no edition  {text.title}"


def shown(name: str) -> Iterator[str]:
    """The lines of the whole edition, or of the text that is none. Raises Refusal."""
    text = next((text for text in opened(settings()).texts if text.name == name), None)
    yield from _text(text) if text else _edition(named(name))


def _edition(edition: Edition) -> Iterator[str]:
    yield from _head(edition)
    for clause in edition.clauses:
        yield f"\n[{clause.id}] {clause.heading} {clause.number}".rstrip()
        yield f"  {clause.text}"
        if clause.reading:
            yield f"  (reading) {clause.reading}"
    yield "\nfigures: " + ", ".join(f"{name} = {value}" for name, value in edition.figures.items())
    yield from _history(edition)


def problems(folder: Path | None) -> list[str]:
    """A line for each problem of a catalogue. Raises Refusal when there is no such folder."""
    return [str(problem) for problem in lint(_catalogue(folder))]


def coverage(folder: Path | None) -> tuple[list[str], list[str]]:
    """A line for each sentence of a source that nothing uses, and for each edition without a source. Raises Refusal."""
    sentences, digests = unused(_catalogue(folder))
    without = [f"{name}: a digest, there is no source to compare" for name in digests]
    return [str(sentence) for sentence in sentences], without


def _catalogue(folder: Path | None) -> Path:
    place = folder or settings().rules_dir or packaged_folder()
    if not place.is_dir():
        raise Refusal(f"{place}: not a folder; name one that holds editions")
    return place


def _text(text: OtherText) -> Iterator[str]:
    yield from _head(text, ", no edition: nothing is judged by it")
    for point in text.points:
        yield f"\n[{point.id}] answers {', '.join((*point.topics, *point.points_of))}"
        yield f"  {point.text}"
        if point.source_name:
            yield f"  (source) {point.source_name}"
    for fact, advice in text.advice.items():
        yield f"\n[advice.{fact}]"
        yield from (f"  {line}" for line in advice.splitlines())


def _head(text: Text, more: str = "") -> Iterator[str]:
    yield f"{text.name}  {text.title}"
    yield f"published {text.published}, held {text.span}, checked {text.checked}"
    yield f"wording {WORDINGS[Wording(text.wording)]}, scale {text.scale_name}{more}"
    yield f"source {text.source_name} {text.source_url}".rstrip()
    yield f"confidence {text.confidence}"


def _history(edition: Edition) -> Iterator[str]:
    """Lines about the revisions known by figures only."""
    revisions = opened(settings()).history
    if revisions:
        yield f"\nknown history (not part of {edition.name})"
    for revision in revisions:
        span_of = f"{revision.on} to {revision.until}" if revision.until else str(revision.on)
        yield f"  {span_of}  {revision.what}"
        yield f"    source {revision.source_name} {revision.source_url}".rstrip()
        yield f"    confidence {revision.confidence}"
