"""Figures in a provision's text: every writing of a number is read, and a limit beside the number is told apart."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from rules.catalogue.load import lint
from rules.lint.written_numbers import numbers
from tests.rules.test_lint import NAME, copied, replace


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("体验分<3.8分", ["3.8"]),
        ("体验分不低于 ７０．５ 分", ["70.5"]),
        ("满四点零分,不是4.0分", ["4"]),
        ("被关闭三次,两次以内不算", ["3", "2"]),
        ("近六十天内", ["60"]),
        ("一百二十天或一百零五天", ["120", "105"]),
        ("好评率不低于 70%,差评率百分之二十", ["70", "20"]),
        ("符合 3.1.3、第 3 条,第12条,下面2项,第 60 天起", ["60"]),
        ("一经发现,有一个算一个", []),
        ("没有数字", []),
        ("柒拾伍分,两成,千分之七,七十五至一百分,八十以上", ["75", "20", "0.7", "100", "80"]),
    ],
)
def test_numbers_are_read_in_every_writing(text: str, written: list[str]) -> None:
    assert numbers(text) == tuple(map(Decimal, written))


SCORE, ADMITTED = "商家体验分>=4.0分", "商家店铺体验分高于(含)4分"
RECORD = "商家店铺近365天内"


def found(tmp_path: Path, changed: dict[str, str]) -> list[str]:
    """The problems of figures when the source and the quotes of it have other words."""
    home = copied(tmp_path, NAME)
    for old, new in changed.items():
        for file in ("edition.toml", "source.txt"):
            replace(home / file, old, new)
    return [str(problem) for problem in lint(home.parent) if "is not what clause" in problem.what]


@pytest.mark.parametrize(
    "writing",
    [
        "商家体验分高于3.99分",
        "商家体验分4分以上",
        "商家体验分大于 3.99",
        "商家体验分四点零分",
        "商家体验分３．９９分及以下的除外",
    ],
)
def test_a_score_above_a_number_is_from_the_next_step_on(tmp_path: Path, writing: str) -> None:
    assert found(tmp_path, {SCORE: writing}) == []


@pytest.mark.parametrize(
    "writing", ["商家体验分高于3.98分", "商家体验分不低于3.99分", "商家体验分3.99分以上", "商家体验分"]
)
def test_any_other_number_is_a_disagreement_of_line_and_criterion(tmp_path: Path, writing: str) -> None:
    assert len(found(tmp_path, {SCORE: writing})) == 2


def test_a_line_one_step_above_what_a_criterion_must_exceed_is_the_same_rule(tmp_path: Path) -> None:
    found(tmp_path, {SCORE: "商家体验分高于3.99分"})
    edition = tmp_path / "editions" / NAME / "edition.toml"
    replace(edition, 'id = "entry.score"\nkind = "at_least"', 'id = "entry.score"\nkind = "above"')
    label = 'label = "体验分（自动开通）"\nfacts = ["score"]\n'
    replace(edition, f'{label}limit = "4.0"', f'{label}limit = "3.99"')
    assert lint(edition.parent.parent) == []


@pytest.mark.parametrize("writing", ["商家店铺近一年内", "商家店铺近 12 个月内", "商家店铺近三百六十五天内"])
def test_days_may_be_written_as_months_or_years(tmp_path: Path, writing: str) -> None:
    assert found(tmp_path, {RECORD: writing}) == []


@pytest.mark.parametrize("writing", ["商家店铺近半年内", "商家店铺近两年内", "商家店铺近十个月内"])
def test_another_span_is_a_disagreement(tmp_path: Path, writing: str) -> None:
    assert len(found(tmp_path, {RECORD: writing})) == 1


@pytest.mark.parametrize(
    ("kind", "limit", "writing", "agrees"),
    [
        ("older_than_days", "60", "超过 60 天", True),
        ("older_than_days", "59", "满 60 天", True),
        ("older_than_days", "59", "在 60 天以上", True),
        ("older_than_days", "59", "超过 60 天", False),
        ("older_than_days", "60", "满 61 天", True),
        ("older_than_days", "60", "满 62 天", False),
        ("for_days", "60", "满 60 天", True),
        ("for_days", "60", "超过 59 天", True),
        ("for_days", "59", "满 60 天", False),
        ("for_days", "61", "满 60 天", False),
    ],
)
def test_older_than_a_number_of_days_is_from_the_next_day_on(
    tmp_path: Path, kind: str, limit: str, writing: str, agrees: bool
) -> None:
    home = copied(tmp_path, "2026-07-29")
    replace(home / "edition.toml", "个人店要开业 60 天以上，包括第 60 天。", f"个人店要开业{writing}。")
    replace(home / "edition.toml", 'kind = "for_days"', f'kind = "{kind}"')
    replace(
        home / "edition.toml", 'limit = "60"\nfigure = "personal_days"', f'limit = "{limit}"\nfigure = "personal_days"'
    )
    assert (lint(home.parent) == []) is agrees


SOUND = tomllib.loads((Path(__file__).parent / "sound-writings.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "old", "writing"),
    [(name, old, writing) for name, texts in SOUND.items() for old, writings in texts.items() for writing in writings],
)
def test_the_same_number_in_other_words_agrees(tmp_path: Path, name: str, old: str, writing: str) -> None:
    home = copied(tmp_path, name)
    replace(home / "edition.toml", old, writing)
    if (home / "source.txt").exists():
        replace(home / "source.txt", old, writing)
    assert lint(home.parent) == []
