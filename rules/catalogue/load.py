"""The catalogue of a folder, vouched for, or a CatalogueError that lists the problems of the folder's data."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from rules.catalogue.draft import Draft, history, read
from rules.catalogue.problems import Problem
from rules.edition import Catalogue, Clause, Edition, Fact, Revision, Wording
from rules.lint import coverage
from rules.lint import problems as lint_problems

Filled = TypeVar("Filled", Clause, Fact)


class CatalogueError(Exception):
    """A catalogue that cannot be vouched for. `problems` holds every problem; the message shows the first few."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(str(problem) for problem in self.problems[:20])
        more = len(self.problems) - 20
        super().__init__(f"{shown}\nand {more} more" if more > 0 else shown)


def packaged_folder() -> Path:
    """The bot's own catalogue."""
    return Path(__file__).parents[1] / "editions"


def load(folder: Path) -> Catalogue:
    """The catalogue in the folder: a sub-folder an edition, and `history.toml`. Raises CatalogueError."""
    found, revisions, problems = _examined(folder)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(tuple(_vouched(draft) for draft in found), revisions)


def lint(folder: Path) -> list[Problem]:
    """Every problem of the catalogue in the folder; empty when all is well."""
    return _examined(folder)[2]


def unused(folder: Path) -> tuple[list[Problem], list[str]]:
    """The sentences of the sources that no edition uses, and the names of the digests, which have no source."""
    found = _read(folder)
    verbatim = (draft for draft in found if draft.head.get("wording") == Wording.VERBATIM)
    digests = [draft.folder.name for draft in found if draft.head.get("wording") == Wording.DIGEST]
    return [problem for draft in verbatim for problem in coverage.unused(draft)], digests


def _read(folder: Path) -> list[Draft]:
    """The editions by name."""
    homes = sorted(folder.iterdir()) if folder.is_dir() else []
    return [read(home, folder.name) for home in homes if home.is_dir() and not home.name.startswith((".", "_"))]


def _examined(folder: Path) -> tuple[list[Draft], tuple[Revision, ...], list[Problem]]:
    """The editions by name, the history, and the problems: of each, or else of the editions together."""
    found = _read(folder)
    if not found:
        mend = "name a folder that holds one per edition"
        return [], (), [Problem(file=str(folder), what="no edition found", mend=mend)]
    revisions, of_history = history(folder / "history.toml", folder.name)
    own = [problem for draft in found for problem in _problems(draft)]
    return found, revisions, [*own, *of_history] or _overlaps(found)


def _problems(draft: Draft) -> list[Problem]:
    """The problems of an edition; of an unreadable file, only the reading's."""
    return [*draft.problems, *(lint_problems(draft) if draft.head else ())]


def _overlaps(found: list[Draft]) -> list[Problem]:
    """Editions that claim the same days: on each day at most a single edition is in force."""
    spans = sorted(((_vouched(draft), draft.file) for draft in found), key=lambda pair: pair[0].held_from)
    return [
        Problem(
            file=file,
            what=f'held from {later.held_from}, while edition "{earlier.name}" held {earlier.span}',
            mend='end the earlier one with "held_until", or begin this one later with "held_from"',
        )
        for (earlier, _), (later, file) in pairwise(spans)
        if earlier.held_until is None or later.held_from <= earlier.held_until
    ]


def _vouched(draft: Draft) -> Edition:
    """The edition of a draft without problems, with numbers in our readings and questions."""
    numbers = dict(draft.numbers())
    return Edition.model_validate(
        {
            **draft.head,
            "clause": [_filled(clause, numbers, "reading") for clause in draft.clauses],
            "fact": [_filled(fact, numbers, "question", "hint") for fact in draft.facts],
            "criterion": draft.criteria,
            "product_criterion": draft.product_criteria,
            "line": draft.lines,
            "chances": draft.chances,
            "topics": draft.topics,
            "figures": numbers,
        }
    )


def _filled(entry: Filled, numbers: Mapping[str, Decimal], *keys: str) -> Filled:
    """The entry with the number for each `{figure}` in the texts `keys`."""
    return entry.model_copy(update={key: getattr(entry, key).format_map(numbers) for key in keys})
