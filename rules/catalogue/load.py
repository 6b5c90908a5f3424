"""The catalogue of a folder, vouched for, or a CatalogueError that lists the problems of the folder's data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from rules.catalogue.beside import TEXTS, TextDraft, history, read_text
from rules.catalogue.draft import Draft, read
from rules.catalogue.problems import Problem
from rules.edition import Catalogue, Clause, Edition, Fact, Wording
from rules.history import NOTHING_KNOWN, History
from rules.kinds import FactType
from rules.lint import coverage
from rules.lint import problems as lint_problems
from rules.lint.other_texts import problems as text_problems

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


@dataclass(frozen=True)
class _Examined:
    """A folder as far as readable, and its problems."""

    editions: Sequence[Draft] = ()
    texts: Sequence[TextDraft] = ()
    history: History = NOTHING_KNOWN
    problems: Sequence[Problem] = ()


def load(folder: Path) -> Catalogue:
    """The catalogue in the folder: a sub-folder an edition, `_texts` beside them and `history.toml`.

    Raises CatalogueError.
    """
    found = _examined(folder)
    if found.problems:
        raise CatalogueError(found.problems)
    return Catalogue(
        tuple(_vouched(draft) for draft in found.editions),
        found.history.revisions,
        tuple(draft.made for draft in found.texts if draft.made),
        found.history.read_until,
    )


def lint(folder: Path) -> list[Problem]:
    """Every problem of the catalogue in the folder; empty when all is well."""
    return list(_examined(folder).problems)


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


def _examined(folder: Path) -> _Examined:
    """The folder's parts by name, with the problems of each, or else of the editions together."""
    found = _read(folder)
    if not found:
        mend = "name a folder that holds one per edition"
        return _Examined(problems=[Problem(file=str(folder), what="no edition found", mend=mend)])
    texts = [read_text(file, folder.name) for file in sorted((folder / TEXTS).glob("*.toml"))]
    known, of_history = history(folder / "history.toml", folder.name)
    topics = {name for draft in found for name in draft.names["topic"]}
    scores = {fact.id for draft in found for fact in draft.facts if fact.type is FactType.SCORE}
    own = [problem for draft in found for problem in _problems(draft)]
    of_texts = [problem for draft in texts for problem in text_problems(draft, topics, scores)]
    return _Examined(found, texts, known, [*own, *of_texts, *of_history] or _overlaps(found))


def _problems(draft: Draft) -> list[Problem]:
    """The problems of an edition; of an unreadable file, only the reading's."""
    return [*draft.problems, *(lint_problems(draft) if draft.head else ())]


def _overlaps(found: Sequence[Draft]) -> list[Problem]:
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
