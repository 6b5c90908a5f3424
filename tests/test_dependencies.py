"""What the program imports is in the lock of the image, not only among the tools of this environment."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "rules", "storage")


def imported(file: Path) -> Iterator[str]:
    """The top modules that the file imports, at once or late."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def test_everything_that_the_program_imports_is_locked() -> None:
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE))
    names = {name for package in PACKAGES for file in (ROOT / package).rglob("*.py") for name in imported(file)}
    others = names - set(PACKAGES) - sys.stdlib_module_names
    assert len(others) >= 10
    distributions = packages_distributions()
    from_where = {name: {one.lower().replace("_", "-") for one in distributions[name]} for name in others}
    assert {name for name, found in from_where.items() if not found & locked} == set()
