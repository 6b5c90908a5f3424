"""An edition's folder as read, entry by entry, before anybody vouches for the text.

Every entry is validated alone, so that no mistake hides the next. A well-formed entry is kept for the checks in
`rules.lint`, an ill-formed entry becomes a `Problem`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rules.catalogue.problems import Problem, nearest, shortened
from rules.edition import Clause, Edition, Fact, LeftOut, Topic
from rules.requirements import Chances, Criterion, Frozen, Line, limits_by_choice

Raw = Mapping[str, object]
Entry = Clause | Fact | Criterion | Line | Topic | LeftOut
Made = TypeVar("Made", bound=Frozen)

SECTIONS: Mapping[str, type[Frozen]] = {
    "clause": Clause,
    "fact": Fact,
    "criterion": Criterion,
    "product_criterion": Criterion,
    "line": Line,
}
APART = frozenset({"chances", "left_out"})
"""The keys of further tables."""
DERIVED = frozenset({"figures", "topics"})
"""The keys that the loader makes and an operator does not write."""


@dataclass(frozen=True)
class Draft:
    """An edition as far as readable. `head` holds the keys above the first table."""

    folder: Path
    file: str
    topics_file: str
    head: Raw
    clauses: tuple[Clause, ...]
    facts: tuple[Fact, ...]
    criteria: tuple[Criterion, ...]
    product_criteria: tuple[Criterion, ...]
    lines: tuple[Line, ...]
    chances: Chances | None
    left_out: tuple[LeftOut, ...]
    topics: tuple[Topic, ...]
    source: str | None
    names: Mapping[str, tuple[str, ...]]
    """The ids of each section in the file's order, those of ill-formed entries included."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether every entry is well formed, so that a missing entry is really missing."""
        return not self.problems

    @property
    def tests(self) -> tuple[Criterion, ...]:
        """The criteria of shops and those of products."""
        return (*self.criteria, *self.product_criteria)

    def problem(self, entry: Entry | str, what: str, mend: str) -> Problem:
        """A problem of an entry: in topics.toml for a topic, else in edition.toml. Text names another part."""
        file = self.topics_file if isinstance(entry, Topic) else self.file
        return Problem(file=file, entry=entry if isinstance(entry, str) else _named(entry), what=what, mend=mend)

    def numbers(self) -> Iterator[tuple[str, Decimal]]:
        """The numbers for texts, derived from the entries, so that nobody writes a number twice.

        Names are the ids of the lines, the `figure` of criteria and conditions, and `chances`; a limit that depends on
        a choice adds a name for each choice: `closing_seafood`. A number keeps the form in the edition's file: "4.0"
        stays 4.0. A name may come twice.
        """
        for line in self.lines:
            yield from _limits(line.id, line)
        for criterion in self.tests:
            if criterion.figure:
                yield from _limits(criterion.figure, criterion)
            yield from _days(criterion)
        if self.chances is not None:
            yield "chances", Decimal(self.chances.limit)


def _named(entry: Entry) -> str:
    if isinstance(entry, LeftOut):
        return f"left_out {shortened(entry.text)}"
    return f'{type(entry).__name__.lower()} "{entry.id}"'


def _limits(name: str, entry: Criterion | Line) -> Iterator[tuple[str, Decimal]]:
    if entry.limit is not None:
        yield name, entry.limit
    for choice, own in limits_by_choice(entry).items():
        yield f"{name}_{choice}", own


def _days(criterion: Criterion) -> Iterator[tuple[str, Decimal]]:
    exempt = criterion.exempt.conditions if criterion.exempt else ()
    for condition in (*criterion.applies_when, *exempt):
        if condition.figure and condition.number is not None:
            yield condition.figure, condition.number


@dataclass
class Reader:
    """The problems of a file, collected while entries are read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, entry: str, what: str, mend: str) -> None:
        self.problems.append(Problem(file=self.file, entry=entry, what=what, mend=mend))

    def toml(self, path: Path) -> Raw:
        """The file as a mapping; empty, with a problem noted, when unreadable."""
        try:
            return tomllib.loads(path.read_text("utf-8-sig"))
        except FileNotFoundError:
            self.add("", "the file is missing", "create it")
        except (OSError, UnicodeDecodeError):
            self.add("", "the file cannot be read as UTF-8 text", "save it as UTF-8 and let it be readable")
        except tomllib.TOMLDecodeError as error:
            self.add("", f"not valid TOML: {error}", "mend that line")
        return {}

    def made(self, model: type[Made], raw: object, entry: str) -> Made | None:
        """The entry as a value, or None with the problems noted."""
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                what, mend = explained(detail, model)
                self.add(entry, what, mend)
        return None

    def section(self, raw: Raw, name: str, model: type[Made]) -> tuple[Made, ...]:
        """All well-formed `[[name]]` entries, in the file's order."""
        made = (self.made(model, each, label(name, each, at)) for at, each in enumerate(self.tables(raw, name), 1))
        return tuple(each for each in made if each is not None)

    def tables(self, raw: Raw, name: str) -> list[object]:
        """The `[[name]]` tables, unread; a single `[name]` table is noted as a slip."""
        value = raw.get(name, [])
        if isinstance(value, list):
            return value
        self.add(f'"{name}"', "one table where a list is wanted", f"write [[{name}]]")
        return []


def label(section: str, raw: object, at: int) -> str:
    """The name of an entry in messages: the id, else the place in the file."""
    name = raw.get("id") if isinstance(raw, dict) else None
    return f'{section} "{name}"' if isinstance(name, str) and name else f"{section} number {at}"


def explained(detail: ErrorDetails, model: type[Frozen]) -> tuple[str, str]:
    """A validation error as (what is wrong, how to mend)."""
    path = ".".join(str(part) for part in detail["loc"])
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "missing":
        return f'the key "{path}" is missing', "add it"
    if detail["type"] == "extra_forbidden":
        known = [field.alias or name for name, field in model.model_fields.items() if name not in DERIVED]
        mend = nearest(key, known) if len(detail["loc"]) == 1 else "take it out, or mend its spelling"
        return f'unknown key "{path}"', mend
    mend = 'write a list, such as ["…"]' if detail["type"] == "tuple_type" else lowered(detail["msg"])
    return f'"{path}" cannot be {shortened(detail["input"])}', mend


def lowered(message: str) -> str:
    """A validator's message as the end of a line of ours."""
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def ids(raw: Raw, section: str) -> tuple[str, ...]:
    """The ids of a section, also of ill-formed entries."""
    entries = raw.get(section, [])
    found = [entry.get("id") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return tuple(name for name in found if isinstance(name, str))


def read(folder: Path, root: str) -> Draft:
    """The edition in the folder, with all problems of form. `root`: the name of the catalogue's folder in messages."""
    reader = Reader(f"{root}/{folder.name}/edition.toml")
    raw = reader.toml(folder / "edition.toml")
    topics_reader = Reader(f"{root}/{folder.name}/topics.toml")
    topics_raw = topics_reader.toml(folder / "topics.toml") if (folder / "topics.toml").exists() else {}
    head = {key: value for key, value in raw.items() if key not in SECTIONS and key not in APART}
    chances = reader.made(Chances, raw["chances"], "chances") if "chances" in raw else None
    draft = Draft(
        folder=folder,
        file=reader.file,
        topics_file=topics_reader.file,
        head=head,
        clauses=reader.section(raw, "clause", Clause),
        facts=reader.section(raw, "fact", Fact),
        criteria=reader.section(raw, "criterion", Criterion),
        product_criteria=reader.section(raw, "product_criterion", Criterion),
        lines=reader.section(raw, "line", Line),
        chances=chances,
        left_out=reader.section(raw, "left_out", LeftOut),
        topics=topics_reader.section(topics_raw, "topic", Topic),
        source=source(folder),
        names={name: ids(raw, name) for name in SECTIONS} | {"topic": ids(topics_raw, "topic")},
    )
    if raw or not reader.problems:  # an empty file can be read, and lacks everything
        check_head(reader, head)
    return replace(draft, problems=(*reader.problems, *topics_reader.problems))


def check_head(reader: Reader, head: Raw) -> None:
    """Note the problems of the keys above the first table."""
    for key in sorted(DERIVED & head.keys()):
        reader.add("", f'unknown key "{key}"', "take it out: it is derived from the entries")
    plain = {key: value for key, value in head.items() if key not in DERIVED}
    reader.made(Edition, plain | {name: [] for name in SECTIONS}, "")


def source(folder: Path) -> str | None:
    """The archived text quoted by a verbatim edition, None without a readable text."""
    try:
        return (folder / "source.txt").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
