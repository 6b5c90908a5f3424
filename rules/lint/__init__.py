"""The checks of an edition beyond the form: the parts fit each other, the scale and the source."""

from collections.abc import Iterator

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem
from rules.lint import coverage, criterion_kinds, figures, levels, references, texts


def problems(draft: Draft) -> Iterator[Problem]:
    """Every problem between the well-formed entries of the draft."""
    for part in (references, criterion_kinds, levels, figures, coverage, texts):
        yield from part.problems(draft)
