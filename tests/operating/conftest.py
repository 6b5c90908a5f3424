"""Alerts and panels as files, and the marks of tests that need a program of Debian's."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

OPERATING = Path(__file__).parents[2] / "docs" / "operating"
ALERTS = OPERATING / "alerts.yml"

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool: apt-get install prometheus")
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="no prometheus: apt-get install prometheus"
)
needs_caddy = pytest.mark.skipif(shutil.which("caddy") is None, reason="no caddy: apt-get install caddy")


def alerts() -> list[dict[str, Any]]:
    """The alerts of `alerts.yml`, in order."""
    groups = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> dict[str, str]:
    """The queries of the dashboard, and the title of each's panel."""
    shown = json.loads((OPERATING / "dashboard.json").read_text("utf-8"))["panels"]
    return {target["expr"]: panel["title"] for panel in shown for target in panel.get("targets", [])}
