"""What the loader vouches for beyond an edition's form: its parts fit each other, its scale and its source."""

from collections.abc import Iterator

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem
from rules.lint import criterion_kinds, levels, references, texts


def problems(draft: Draft) -> Iterator[Problem]:
    """Every problem between the well-formed entries of this draft."""
    for part in (references, criterion_kinds, levels, texts):
        yield from part.problems(draft)
