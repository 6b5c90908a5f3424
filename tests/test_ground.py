"""Promises about the files themselves: locks, settings, directions, where words may stand."""

import io
import re
import tokenize
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
CJK = re.compile(r"[\u4e00-\u9fff]")
LOCKS = ("requirements.lock", "requirements-dev.lock")
AUDIT = "requirements-audit.lock"
IMPORTED = re.compile(r"^\s*(?:from|import) ([\w.]+)", re.MULTILINE)
REGISTRIES = re.compile(r"https?://|files\.pythonhosted|\bpypi\b|\bnpmjs\b|--index-url|--find-links", re.IGNORECASE)


def python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def imported(file: Path) -> list[str]:
    """Modules that lines of the file import, wherever in the file."""
    return IMPORTED.findall(file.read_text("utf-8"))


@pytest.mark.parametrize("lock", (*LOCKS, AUDIT))
def test_a_lock_names_no_address(lock: str) -> None:
    assert not REGISTRIES.findall((ROOT / lock).read_text("utf-8"))


@pytest.mark.parametrize("lock", (*LOCKS, AUDIT))
def test_every_locked_package_is_pinned_and_hashed(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text("utf-8").strip())
    assert len(entries) > 20
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_both_locks_agree_on_every_version() -> None:
    runtime, development = (
        dict(re.findall(r"^(\S+)==(\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS
    )
    assert {name: development.get(name) for name in runtime} == runtime


def test_every_setting_is_in_the_example_with_its_default() -> None:
    example = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    assert set(example) == {name.upper() for name in Settings.model_fields}
    defaults, told = Settings(_env_file=None), Settings(_env_file=ROOT / ".env.example")
    assert told == defaults


def test_the_sandbox_imports_nothing_of_the_project() -> None:
    ours = {
        (file.name, name)
        for file in python_files("bot/sandbox")
        for name in imported(file)
        if name.split(".")[0] in ("bot", "rules", "storage") and not name.startswith("bot.sandbox")
    }
    assert ours == set()


def test_nothing_of_the_project_imports_the_sandbox() -> None:
    outside = [
        file for file in python_files("bot", "rules", "storage") if "sandbox" not in file.relative_to(ROOT).parts
    ]
    assert [file.name for file in outside if any(name.startswith("bot.sandbox") for name in imported(file))] == []


UNDERSTOOD = {
    "bot/conversation/edition_choice.py",
    "bot/conversation/statement.py",
    "bot/feeds/cells.py",
    "bot/feeds/header.py",
    "bot/feeds/mended.py",
    "bot/feeds/notes.py",
}
"""Files with Chinese written, not read, by merchants and operators."""


def test_no_words_for_merchants_stand_in_python() -> None:
    written = {str(file.relative_to(ROOT)): file.read_text("utf-8") for file in python_files("bot", "storage")}
    spoken = {
        f"{name}:{token.start[0]}: {token.string}"
        for name, text in written.items()
        if CJK.search(text) and name not in UNDERSTOOD
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.STRING and not token.string.startswith(('"""', 'r"""')) and CJK.search(token.string)
    }
    assert spoken == set()
