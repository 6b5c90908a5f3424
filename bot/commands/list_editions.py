"""`alliance-bot rules`: the catalogue of editions."""

from collections.abc import Iterator
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import named, opened, settings
from rules.catalogue.load import lint, packaged_folder, unused
from rules.edition import Edition, Wording

WORDINGS = {
    Wording.VERBATIM: "verbatim",
    Wording.DIGEST: "digest (the texts below are our own words, not the platform's)",
}


def listed() -> Iterator[str]:
    """A line an edition: name, span, wording, title; a star marks RULES_EDITION."""
    chosen = settings()
    for edition in opened(chosen).editions:
        mark = "*" if edition.name == chosen.rules_edition else " "
        yield f"{mark} {edition.name}  {edition.span}  {edition.wording.value}  {edition.title}"


def shown(name: str) -> Iterator[str]:
    """The lines of the whole edition. Raises Refusal."""
    edition = named(name)
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


def _head(edition: Edition) -> Iterator[str]:
    yield f"{edition.name}  {edition.title}"
    yield f"published {edition.published}, held {edition.span}, checked {edition.checked}"
    yield f"wording {WORDINGS[edition.wording]}, scale {edition.scale_name}"
    yield f"source {edition.source_name} {edition.source_url}".rstrip()
    yield f"confidence {edition.confidence}"


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
