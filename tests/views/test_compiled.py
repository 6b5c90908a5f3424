"""Compiled templates on disk."""

import sys
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from bot.views.compiled import beside


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def said(folder: Path, template: str) -> str:
    return Environment(loader=DictLoader({"a": template}), bytecode_cache=beside(folder)).get_template("a").render()


def test_a_template_is_compiled_once_and_anew_when_it_changed(folder: Path) -> None:
    assert said(folder, "好") == "好"
    (kept,) = (folder / "__pycache__").iterdir()
    as_compiled = kept.read_bytes()
    assert (said(folder, "好"), kept.read_bytes()) == ("好", as_compiled)
    kept.write_bytes(as_compiled.replace("好".encode(), "坏".encode()))
    assert said(folder, "好") == "坏", "what is kept is used"
    assert said(folder, "更好") == "更好"


def test_where_nothing_can_be_kept_templates_are_compiled_each_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(folder / "missing", "好") == "好"
    (folder / "__pycache__").mkdir()
    cache = beside(folder)
    (folder / "__pycache__").rmdir()
    assert Environment(loader=DictLoader({"a": "好"}), bytecode_cache=cache).get_template("a").render() == "好"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert beside(folder) is None
