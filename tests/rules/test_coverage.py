"""Every sentence of a source is a clause, or left out with a reason; what is cut out is named."""

import re
from pathlib import Path

import pytest

from rules.catalogue.load import packaged_folder, unused
from tests.rules.test_lint import NAME, copied, replace

OTHER_SENTENCE = "使得商家体验分低于3.8分,此时,精选联盟会被平台强制关闭"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return copied(tmp_path, NAME)


def named(home: Path) -> list[str]:
    return [str(problem) for problem in unused(home.parent)[0]]


def cut(home: Path, section: str, key: str, value: str) -> None:
    """Take the entry of `section` with this key and value out of edition.toml."""
    file = home / "edition.toml"
    entries = re.split(r"(?m)^(?=\[|# ──)", file.read_text("utf-8"))
    kept = [each for each in entries if not (each.startswith(f"[[{section}]]") and f'{key} = "{value}' in each)]
    assert len(kept) == len(entries) - 1, "the entry to cut out is not unique"
    file.write_text("".join(kept), "utf-8")


def test_the_packaged_catalogue_uses_every_sentence() -> None:
    assert unused(packaged_folder()) == ([], ["2026-07-29"])


def test_a_clause_that_was_cut_out_is_named_with_its_place(home: Path) -> None:
    cut(home, "clause", "id", "clearing.unbinding")
    assert named(home) == [
        f"editions/{NAME}/source.txt, line 53: no clause has "
        '"若体验分<3.5分或触犯精选联盟平台管理规则,达到清退标准或终止合作的,将关闭精选联盟使用权限,被关闭权限的商家,已经短视频或者直播推广的商品会被解绑"'
        " (被关闭权限的商家,已经短视频或者直播推广的商品会被解绑); "
        "quote it in a [[clause]], or name it in [[left_out]] with the reason"
    ]


def test_a_part_cut_out_of_a_clause_is_named(home: Path) -> None:
    replace(home / "edition.toml", ",新商家(入驻成功60天内的商家)无体验分时,暂不做考核。", "")
    (line,) = named(home)
    assert "line 37:" in line
    assert "(新商家(入驻成功60天内的商家)无体验分时,暂不做考核)" in line


def test_a_sentence_that_is_left_out_no_more_is_named(home: Path) -> None:
    cut(home, "left_out", "clause", "clearing.warning")
    (line,) = named(home)
    assert "line 47:" in line
    assert f'{OTHER_SENTENCE}"; quote it' in line


def test_a_sentence_that_the_source_gains_is_named(home: Path) -> None:
    replace(home / "source.txt", "使用权限。", "使用权限。警告满两次的,也会被关闭!")
    assert [line.partition(": ")[2].partition(";")[0] for line in named(home)] == [
        'no clause has "警告满两次的,也会被关闭"'
    ]


def test_punctuation_numbering_and_space_are_no_sentence(home: Path) -> None:
    with (home / "source.txt").open("a", encoding="utf-8") as source:
        source.write("\n(四)、 …… 。\n  7、;\n12. \n")
    assert named(home) == []
