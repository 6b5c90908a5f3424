"""The editions of a folder: which there are, which is in force on a day, and what is wrong with them.

    CatalogueError               the folder's data cannot be vouched for; lists every problem
    EditionError (LookupError)   no edition of this name, or none whose span covers this day

Nothing falls back to another edition: a wrong name or a day between the spans is an error that lists what is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from rules.catalogue import draft as drafts
from rules.catalogue.draft import Draft
from rules.catalogue.figures import figures
from rules.catalogue.problems import Problem
from rules.edition import Clause, Edition, Fact, Revision, Table
from rules.lint import problems as lint_problems

LATEST = "latest"
Filled = TypeVar("Filled", Clause, Fact)


class CatalogueError(Exception):
    """A catalogue that cannot be vouched for. `problems` holds every one; the message shows the first few."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "\n".join(str(problem) for problem in self.problems[:20])
        more = len(self.problems) - 20
        super().__init__(f"{shown}\nand {more} more" if more > 0 else shown)


class EditionError(LookupError):
    """No edition of this name, or none is known to have held on this day; the message lists the known ones."""


@dataclass(frozen=True)
class Catalogue:
    """The editions by name, and the revisions of which only figures are known."""

    editions: tuple[Edition, ...]
    history: tuple[Revision, ...] = ()

    def edition(self, name: str) -> Edition:
        """The edition of this name. Raises EditionError."""
        for edition in self.editions:
            if edition.name == name:
                return edition
        known = ", ".join(edition.name for edition in self.editions)
        raise EditionError(f'unknown edition "{name}"; known are {known}')

    def has(self, name: str) -> bool:
        """Whether there is an edition of this name."""
        return any(edition.name == name for edition in self.editions)

    def in_force(self, on: date) -> Edition:
        """The edition that held on this day as far as known. Raises EditionError."""
        for edition in self.editions:
            if edition.held_from <= on and (edition.held_until is None or on <= edition.held_until):
                return edition
        known = ", ".join(f"{edition.name} ({span(edition)})" for edition in self.editions)
        raise EditionError(f"no edition is known to be in force on {on}; known are {known}")

    def resolve(self, setting: str, today: date) -> Edition:
        """The edition that a setting means: a name, or "latest" for the one in force today. Raises EditionError."""
        return self.in_force(today) if setting == LATEST else self.edition(setting)

    def newer_than(self, edition: Edition) -> tuple[Edition, ...]:
        """The editions whose source was published later (or then, and in force later), oldest first."""
        newer = (other for other in self.editions if age(other) > age(edition))
        return tuple(sorted(newer, key=age))


def age(edition: Edition) -> tuple[date, date]:
    """What orders editions by how new they are."""
    return edition.published, edition.held_from


def span(edition: Edition) -> str:
    """The days in which an edition held as far as known, as an error message writes them."""
    return f"{edition.held_from} to {edition.held_until}" if edition.held_until else f"from {edition.held_from} on"


def packaged_folder() -> Path:
    """The catalogue that comes with the bot."""
    return Path(__file__).parents[1] / "editions"


def load(folder: Path) -> Catalogue:
    """The catalogue in this folder: one sub-folder an edition, and `history.toml`. Raises CatalogueError."""
    found = read(folder)
    problems = problems_of(folder, found)
    if problems:
        raise CatalogueError(problems)
    revisions, _ = drafts.history(folder / "history.toml", folder.name)
    return Catalogue(tuple(vouched(draft) for draft in found), revisions)


def lint(folder: Path) -> list[Problem]:
    """Every problem of the catalogue in this folder; empty when all is well."""
    return problems_of(folder, read(folder))


def read(folder: Path) -> list[Draft]:
    """The editions of the folder as they stand, by name."""
    if not folder.is_dir():
        return []
    homes = sorted(home for home in folder.iterdir() if home.is_dir() and not home.name.startswith((".", "_")))
    return [drafts.read(home, folder.name) for home in homes]


def problems_of(folder: Path, found: list[Draft]) -> list[Problem]:
    """What is wrong with each edition, with the history, and between the editions."""
    if not found:
        return [Problem(file=str(folder), what="no edition found", mend="name a folder that holds one per edition")]
    _, of_history = drafts.history(folder / "history.toml", folder.name)
    own = [problem for draft in found for problem in problems_within(draft)]
    return [*own, *of_history] or overlaps(found)


def problems_within(draft: Draft) -> list[Problem]:
    """What is wrong with one edition; of a file that cannot be read, only that."""
    return [*draft.problems, *(lint_problems(draft) if draft.head else ())]


def overlaps(found: list[Draft]) -> list[Problem]:
    """Editions that claim the same days: at most one is in force on a day."""
    spans = sorted(((vouched(draft), draft.file) for draft in found), key=lambda pair: pair[0].held_from)
    return [
        Problem(
            file=file,
            what=f'held from {later.held_from}, while edition "{earlier.name}" held {span(earlier)}',
            mend='end the earlier one with "held_until", or begin this one later with "held_from"',
        )
        for (earlier, _), (later, file) in pairwise(spans)
        if earlier.held_until is None or later.held_from <= earlier.held_until
    ]


def vouched(draft: Draft) -> Edition:
    """The edition of a draft without problems; its numbers stand in our readings and questions."""
    numbers = figures(draft.criteria, draft.lines, draft.chances)
    plain = Edition.model_validate(
        {
            **draft.head,
            "clause": [_filled(clause, numbers, "reading") for clause in draft.clauses],
            "fact": [_filled(fact, numbers, "question", "hint") for fact in draft.facts],
            "criterion": draft.criteria,
            "line": draft.lines,
            "chances": draft.chances,
            "topics": draft.topics,
        }
    )
    return plain.model_copy(update={"figures": numbers})


def _filled(entry: Filled, numbers: Table, *keys: str) -> Filled:
    """The entry with each `{figure}` in these texts replaced by its number."""
    return entry.model_copy(update={key: getattr(entry, key).format_map(numbers) for key in keys})
