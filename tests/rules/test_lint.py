"""Each planted mistake is found, alone, with the file, the entry and the mend."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rules.catalogue.load import CatalogueError, lint, load, packaged_folder

NAME = "2022-10-10"
MISTAKES = tomllib.loads((Path(__file__).parent / "planted-mistakes.toml").read_text("utf-8"))

TOPICS = """
[[topic]]
id = "entry"
title = "怎么开通"
lead = "体验分要达到 {entry} 分。"
clauses = ["entry.score"]
next = ["closing"]

[[topic]]
id = "closing"
title = "什么时候清退"
lead = "低于 {closing} 分会关闭。"
clauses = ["clearing.closing"]
"""
LEFT_OUT = ("close", "criteria", "entrance", "how_auto", "join", "what", "why")
"""The topics that answer for what is no clause."""


def copied(tmp_path: Path, name: str, *, topics: bool = False) -> Path:
    """A sound edition, alone in a catalogue, for planting a mistake; `topics`: with its own."""
    home = tmp_path / "editions" / name
    shutil.copytree(packaged_folder() / name, home, ignore=shutil.ignore_patterns("" if topics else "topics.toml"))
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The edition of 2022 with two topics, and those that it names itself."""
    home = copied(tmp_path, NAME)
    more = (f'[[topic]]\nid = "{name}"\ntitle = "x"\nlead = "x"\ncoverage = "gap"\n' for name in LEFT_OUT)
    (home / "topics.toml").write_text("\n".join((TOPICS, *more)), "utf-8")
    return home


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, "the place of the mistake is not unique"
    file.write_text(text.replace(old, new), "utf-8")


def says(home: Path) -> list[str]:
    return [str(problem) for problem in lint(home.parent)]


def test_a_sound_edition_has_no_problem(home: Path) -> None:
    assert says(home) == []


def test_the_packaged_catalogue_has_no_problem() -> None:
    assert lint(packaged_folder()) == []


def check_found(home: Path, mistake: Mapping[str, Any]) -> None:
    file = mistake.get("file", "edition.toml")
    for place in ({"at": file, **mistake}, *mistake.get("also", ())):
        replace(home / place["at"], place["old"], place["new"])
    assert sorted(says(home)) == sorted(f"editions/{home.name}/{file}{line}" for line in mistake["says"])
    with pytest.raises(CatalogueError):
        load(home.parent)


@pytest.mark.parametrize("mistake", MISTAKES["mistake"], ids=lambda mistake: mistake["name"])
def test_a_planted_mistake_is_found_alone_and_with_its_mend(home: Path, mistake: Mapping[str, Any]) -> None:
    check_found(home, mistake)


@pytest.mark.parametrize("mistake", MISTAKES["later"], ids=lambda mistake: mistake["name"])
def test_a_mistake_that_only_the_later_edition_can_have_is_found(tmp_path: Path, mistake: Mapping[str, Any]) -> None:
    check_found(copied(tmp_path, "2026-07-29", topics=mistake.get("topics", False)), mistake)


def test_the_later_edition_copied_is_sound(tmp_path: Path) -> None:
    assert says(copied(tmp_path, "2026-07-29", topics=True)) == []


def test_there_are_planted_mistakes_enough() -> None:
    assert len({mistake["name"] for mistake in MISTAKES["mistake"]}) >= 50


def test_all_mistakes_are_found_in_one_run(home: Path) -> None:
    replace(home / "edition.toml", 'limit = "3.5"', 'limit = "3.9"')
    replace(home / "edition.toml", 'facts = ["penalties"]', 'facts = ["penaltys"]')
    replace(home / "edition.toml", 'text = "关闭权限次数<3次"', 'text = "关闭权限次数小于3次"')
    replace(home / "edition.toml", 'label = "已开店"', "")
    assert len(says(home)) == 5


@pytest.mark.parametrize(
    ("file", "content", "problem"),
    [
        ("edition.toml", None, "the file is missing; create it"),
        (
            "edition.toml",
            b"\xff\xfe\x00",
            "the file cannot be read as UTF-8 text; save it as UTF-8 and let it be readable",
        ),
        (
            "source.txt",
            None,
            "a verbatim edition without a readable source.txt; archive the source's text beside it, in UTF-8",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(home: Path, file: str, content: bytes | None, problem: str) -> None:
    (home / file).unlink()
    if content:
        (home / file).write_bytes(content)
    assert says(home) == [f"editions/{NAME}/edition.toml: {problem}"]


def test_an_empty_edition_file_lacks_every_key(home: Path) -> None:
    (home / "edition.toml").write_text("# to be written\n", "utf-8")
    assert f'editions/{NAME}/edition.toml: the key "name" is missing; add it' in says(home)


def test_an_edition_without_entries_vouches_for_nothing(home: Path) -> None:
    head = (home / "edition.toml").read_text("utf-8").partition("[[clause]]")[0]
    (home / "edition.toml").write_text(head, "utf-8")
    (home / "topics.toml").unlink()
    assert says(home) == [
        f"editions/{NAME}/edition.toml: there is no {section}; add each as [[{section}]]"
        for section in ("clause", "fact", "criterion")
    ]


def test_a_byte_order_mark_and_dos_line_ends_do_no_harm(home: Path) -> None:
    text = (home / "edition.toml").read_text("utf-8")
    (home / "edition.toml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert says(home) == []


def test_editions_that_claim_the_same_days_are_refused(home: Path) -> None:
    later = home.parent / "2023-01-01"
    shutil.copytree(home, later)
    replace(later / "edition.toml", 'name = "2022-10-10"', 'name = "2023-01-01"')
    replace(later / "edition.toml", "held_from = 2022-10-10", "held_from = 2023-06-26")
    assert says(home) == [
        'editions/2023-01-01/edition.toml: held from 2023-06-26, while edition "2022-10-10" held 2022-10-10 to '
        '2023-06-26; end the earlier one with "held_until", or begin this one later with "held_from"'
    ]


def test_a_revision_of_the_history_is_checked_too(home: Path) -> None:
    (home.parent / "history.toml").write_text('[[revision]]\non = 2023-06-27\ntitel = "100 分制"\n', "utf-8")
    found = says(home)
    assert 'editions/history.toml, revision number 1: unknown key "titel"; did you mean "title"?' in found
    assert 'editions/history.toml, revision number 1: the key "source_name" is missing; add it' in found


def test_a_revision_that_ends_before_it_began_is_refused(home: Path) -> None:
    revision = '[[revision]]\non = 2026-01-01\nuntil = 2025-07-31\ntitle = "x"\nwhat = "x"\n'
    (home.parent / "history.toml").write_text(revision + 'source_name = "x"\nconfidence = "x"\n', "utf-8")
    assert says(home) == [
        'editions/history.toml, revision number 1: "until" 2025-07-31 is before "on" 2026-01-01; mend one of the two'
    ]


def test_a_folder_without_an_edition_is_a_problem_that_says_so(tmp_path: Path) -> None:
    assert [str(problem) for problem in lint(tmp_path / "nowhere")] == [
        f"{tmp_path}/nowhere: no edition found; name a folder that holds one per edition"
    ]
