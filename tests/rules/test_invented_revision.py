"""A new edition is data alone: an invented revision in an operator's folder changes the verdicts, and no code does."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rules.answers import parse
from rules.assessment import Assessment
from rules.catalogue.load import lint, load
from rules.edition import Catalogue, Edition
from rules.evaluate import evaluate
from rules.facts import parse_facts
from rules.reasons import Reason
from rules.report import Standing, Status, Verdict
from rules.understanding import Understanding
from rules.watch import why_tell
from rules.watch_state import Sighting
from tests.invented import revised, revised_categories
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


@pytest.fixture(scope="module")
def categories(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Beside the packaged editions: 河蟹 at 78 points, and 松露, a new category, at 82 and 76."""
    folder = revised_categories(tmp_path_factory.mktemp("rules") / "rules")
    assert lint(folder) == []
    return load(folder)


TODAY = date(2027, 6, 1)
OF_CATEGORY = {**profiles("2026-07-29")[0]["facts"], "serious_breaches_180_days": 0, "on": "2027-06-01"}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("category", "score", "product_score", "verdict", "standing"),
    [
        ("crab", "77.99", "80", Verdict.NOT_ELIGIBLE, Standing.CLOSING),
        ("crab", "78", "72.01", Verdict.ELIGIBLE, Standing.SAFE),
        ("crab", "78", "72", Verdict.NOT_ELIGIBLE, Standing.CLOSING),
        ("truffle", "81.99", "80", Verdict.NOT_ELIGIBLE, Standing.CLOSING),
        ("truffle", "82", "75.99", Verdict.NOT_ELIGIBLE, Standing.CLOSING),
        ("truffle", "82", "76", Verdict.ELIGIBLE, Standing.SAFE),
        ("general", "77.99", "62", Verdict.ELIGIBLE, Standing.SAFE),
    ],
)
def test_a_revised_table_of_categories_judges_by_data_alone(
    categories: Catalogue, category: str, score: str, product_score: str, verdict: Verdict, standing: Standing
) -> None:
    edition = categories.in_force(TODAY)
    told = {"category": category, "score": score, "product_score": product_score}
    facts, on = parse_facts(edition, {**OF_CATEGORY, **told}, TODAY)
    assert evaluate(edition, facts, on).verdict is verdict
    assert Assessment(edition, facts, on).standing_if_in is standing


def test_a_new_category_is_understood_in_a_check_and_in_a_question(categories: Catalogue) -> None:
    edition = categories.in_force(TODAY)
    assert parse(edition.fact("category"), "黑松露", TODAY).value == "truffle"
    reading = Understanding(edition, catalogue=categories).read("黑松露要多少分才能上精选联盟")
    assert [edition.clause(clause).text for part in reading.parts for clause in part.clauses] == [
        "松露：体验分不低于 82 分，商品体验分不低于 76 分。"
    ]


def test_a_shop_of_a_revised_category_is_warned_by_the_new_line(categories: Catalogue) -> None:
    edition = categories.in_force(TODAY)
    seen = Sighting(TODAY, TODAY, {"category": "crab", "score": Decimal("77.5"), "product_score": Decimal(80)})
    decision = why_tell(None, seen, edition)
    assert (decision.reason, decision.line and decision.line.id) == (Reason.CLOSING, "category_closing")
