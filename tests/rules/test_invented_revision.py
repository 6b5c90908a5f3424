"""A new edition is data alone: an invented revision in an operator's folder changes the verdicts, and no code does."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.assessment import Assessment
from rules.catalogue.load import lint, load
from rules.edition import Edition
from rules.evaluate import evaluate
from rules.facts import parse_facts
from rules.report import Standing, Status, Verdict
from tests.invented import revised
from tests.rules.profiles import profiles


@pytest.fixture
def revision(tmp_path: Path) -> Edition:
    """Closing below 3.6, four chances, 90 days for new merchants."""
    folder = revised(tmp_path / "rules")
    assert lint(folder) == []
    return load(folder).resolve("latest", date(2027, 6, 1))


SHOP = {**profiles("2022-10-10")[0]["facts"], "on": "2027-06-01"}  # type: ignore[dict-item]


def test_the_numbers_follow(revision: Edition) -> None:
    assert {name: str(number) for name, number in revision.figures.items()} == {
        "entry": "4.0",
        "warning": "3.8",
        "closing": "3.6",
        "chances": "4",
        "exempt_days": "90",
        "penalty_days": "365",
    }


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"closures": 3}, Verdict.ELIGIBLE),
        ({"closures": 4}, Verdict.BARRED),
        ({"score": None, "joined_on": "2027-03-03"}, Verdict.ELIGIBLE),
        ({"score": None, "joined_on": "2027-03-02"}, Verdict.UNDETERMINED),
    ],
    ids=["the third closing is not the last", "the fourth is", "day 90", "day 91"],
)
def test_the_verdicts_follow(revision: Edition, changed: dict[str, object], verdict: Verdict) -> None:
    facts, on = parse_facts(revision, {**SHOP, **changed}, date(2027, 6, 1))
    assert evaluate(revision, facts, on).verdict is verdict


@pytest.mark.parametrize(("score", "standing"), [("3.6", Standing.WARNING), ("3.59", Standing.CLOSING)])
def test_the_standing_follows(revision: Edition, score: str, standing: Standing) -> None:
    facts, on = parse_facts(revision, {**SHOP, "score": score, "in_alliance": True}, date(2027, 6, 1))
    assert Assessment(revision, facts, on).standing is standing


def test_the_quotes_follow(revision: Edition) -> None:
    facts, on = parse_facts(revision, {**SHOP, "closures": 4}, date(2027, 6, 1))
    unmet = [finding for finding in evaluate(revision, facts, on).findings if finding.status is Status.UNMET]
    assert [revision.clause(finding.clause).text for finding in unmet] == ["关闭权限次数<4次"]
    assert unmet[0].limit == Decimal(4)


def test_our_own_readings_follow(revision: Edition) -> None:
    assert revision.clause("clearing.closing").reading.startswith("刚好 3.6 分是警告")
    assert "第 4 次关闭后" in revision.clause("clearing.chances").reading
    assert "不超过 90 天" in revision.clause("admission.score").reading
