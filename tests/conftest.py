"""R23: all that is logged while the suite runs is searched for the secrets and shop ids of the tests."""

import gc
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import embedded_url, engine, newest_file, on_server, postgres, server, suite_url, url

__all__ = ["embedded_url", "engine", "newest_file", "on_server", "postgres", "server", "suite_url", "url"]

USED = re.compile(
    r"""["'](\d+:[A-Za-z][\w-]{3,})["']"""  # a bot's token
    r"""|\b\w*(?:SECRET|KEY|PASSWORD|secret|secret_token)\s*=\s*b?["']([^"'\n]{8,})["']"""
    r"""|["'](\d{12,20}|SHOP-[\w-]{4,})["']"""  # a shop's id
)
SHAPES = r"\b\d{8,10}:[\w-]{35}\b|\bref-[\w-]{16}\b|\bchat(?:_id)?[=:]\s*-?\d{5,}"
"""Any real token, the ids of shops made up by running tests, and a chat id not hashed."""


def secrets() -> re.Pattern[str]:
    """A pattern of all that must not be logged: every secret in a test, and the shapes of secrets."""
    sources = [file.read_text("utf-8") for file in sorted(Path(__file__).parent.rglob("*.py"))]
    words = {word for source in sources for groups in USED.findall(source) for word in groups if word}
    return re.compile("|".join([SHAPES, *map(re.escape, sorted(words))]))


class Searched:
    """The search for secrets: number of lines searched, and the pattern."""

    def __init__(self) -> None:
        self.lines = 0
        self.words = secrets()

    def found_in(self, text: str) -> list[str]:
        lines = text.splitlines()
        self.lines += len(lines)
        return [line for line in lines if self.words.search(line)]


SEARCHED = pytest.StashKey[Searched]()


ON_EITHER = ("tests/journeys", "tests/web", "tests/faults")
"""Where a test runs on the one engine that SUITE_DATABASE chooses, if it needs a database of the suite."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--chosen-engine", action="store_true", help=f"of {', '.join(ON_EITHER)} no test that has no choice"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --chosen-engine, leave out what runs the same whatever SUITE_DATABASE says."""
    if config.getoption("--chosen-engine"):
        same = [item for item in items if item.nodeid.startswith(ON_EITHER) and "suite_url" not in _wants(item)]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if item not in set(same)]


def _wants(item: pytest.Item) -> list[str]:
    """The names of the fixtures of a test."""
    return list(getattr(item, "fixturenames", ()))


def pytest_configure(config: pytest.Config) -> None:
    exempt = [os.environ.pop(name, "") for name in ("no_proxy", "NO_PROXY")]  # this machine is reached without a proxy
    os.environ["NO_PROXY"] = ",".join(filter(None, [*exempt, "localhost,127.0.0.1,::1"]))
    gc.disable()  # what collecting the tests makes stays: looking it through again and again takes a third of that time
    config.stash[SEARCHED] = Searched()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """The report of a test, failed when a secret was logged meanwhile."""
    report = yield
    told = (text for name, text in report.sections if name.endswith(report.when))
    leaks = [line for text in told for line in item.config.stash[SEARCHED].found_in(text)]
    if leaks and report.passed:
        report.outcome = "failed"
        report.longrepr = f"logged a secret, in {len(leaks)} lines, the first: {leaks[0]}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Report the lines searched by a worker of several."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["searched"] = session.config.stash[SEARCHED].lines


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Count the lines searched by a worker."""
    node.config.stash[SEARCHED].lines += getattr(node, "workeroutput", {}).get(
        "searched", 0
    )  # a worker that crashed has none


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.faults.scene import report  # noqa: PLC0415  (not before a test needs what it needs)

    searched = terminalreporter.config.stash[SEARCHED]
    report("R23", f"{searched.lines} logged lines searched for secrets and shop ids", f"none in {searched.lines} lines")
