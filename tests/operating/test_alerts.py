"""The alerts: each is explained, fires on its fault, and is silent when all is well."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operating.conftest import ALERTS, OPERATING, alerts, needs_promtool

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*_test.yml"))


def said(*words: str | Path) -> str:
    """What promtool prints; it must be content."""
    ran = subprocess.run(["promtool", *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def cases(*, fires: bool) -> list[str]:
    """The alerts that the files for promtool want to fire at some time, or to be silent at some time."""
    tests = [test for file in CASES for test in yaml.safe_load(file.read_text("utf-8"))["tests"]]
    asked: list[dict[str, Any]] = [one for test in tests for one in test["alert_rule_test"]]
    return [one["alertname"] for one in asked if bool(one["exp_alerts"]) is fires]


def test_every_alert_is_explained() -> None:
    explained = (OPERATING / "alerts.md").read_text("utf-8")
    assert len(alerts()) >= 20
    for rule in alerts():
        assert explained.count(f"\n## {rule['alert']}\n") == 1, rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/operating/alerts.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_explanation_is_of_an_alert() -> None:
    headings = re.findall(r"^## ([A-Z][A-Za-z]+)$", (OPERATING / "alerts.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(rule["alert"] for rule in alerts())


def test_every_alert_is_tried_on_its_fault_and_when_all_is_well() -> None:
    names = [rule["alert"] for rule in alerts()]
    assert sorted(set(cases(fires=True))) == sorted(names)
    assert [name for name in names if cases(fires=False).count(name) < 3] == []


@needs_promtool
def test_the_files_for_prometheus_are_right() -> None:
    assert f"{len(alerts())} rules found" in said("check", "rules", ALERTS)
    assert "SUCCESS" in said("check", "config", OPERATING / "prometheus.yml")


@needs_promtool
@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_the_alerts_fire_on_their_faults_and_are_silent_otherwise(file: Path) -> None:
    assert "SUCCESS" in said("test", "rules", file)
