"""`check`: every profile of the tables through the command, and refusals."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Alliance

TABLES = Path(__file__).parent.parent / "rules"
EDITIONS = ("2022-10-10", "2026-07-29")
GOOD = {"score": "4.2", "on": "2022-10-10"}


def profiles(edition: str) -> list[dict[str, Any]]:
    lines = (TABLES / f"profiles-{edition}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_profile_gets_its_report(edition: str, alliance: Alliance) -> None:
    table = profiles(edition)
    assert len(table) >= 60
    ran = alliance(
        "check", "--json", "--edition", edition, "-", given="\n".join(json.dumps(one["facts"]) for one in table)
    )
    assert ran.status == 1
    assert len(ran.lines) == len(table)
    wrong = {
        one["name"]: shown
        for number, (one, line) in enumerate(zip(table, ran.lines, strict=True), start=1)
        if (shown := differs(one, json.loads(line), number))
    }
    assert wrong == {}


def differs(profile: dict[str, Any], said: dict[str, Any], number: int) -> Any:
    """The differences of the report from the profile; None if there is no difference."""
    if "error" in profile:
        is_named = said.get("line") == number and profile["error"] in said.get("error", "")
        return None if is_named else said
    criteria = {criterion["id"]: criterion for criterion in said["criteria"]}
    shown = {
        "verdict": said["verdict"],
        "criteria": {name: criteria[name]["status"] for name in profile["criteria"]},
        "clears_on": {name: criteria[name]["clears_on"] for name in profile["clears_on"]},
        "missing": said["missing"],
        "earliest_on": said["earliest_on"],
        "standing": said["standing"],
    }
    expected = {name: profile[name] for name in shown}
    return None if shown == expected else {"shown": shown, "expected": expected}


def test_every_criterion_is_quoted_and_explained(alliance: Alliance) -> None:
    report = json.loads(alliance("check", "--json", "-", given=json.dumps(GOOD)).out)
    source = (Path(__file__).parents[2] / "rules/editions/2022-10-10/source.txt").read_text("utf-8")
    assert len(report["criteria"]) == 9
    assert all(criterion["quote"] in source and criterion["because"] for criterion in report["criteria"])


WRONG = {
    "no JSON": ("{", "not JSON"),
    "no object": ("[1]", "not a JSON object"),
    "a name twice": ('{"score": "4", "score": "5"}', "twice"),
    "no number": ('{"score": NaN}', "NaN"),
    "unknown fact": ('{"scor": "4"}', "scor"),
    "wrong type": ('{"closures": "two"}', "closures"),
    "off the scale": ('{"score": 85}', "5 分制"),
    "in the future": ('{"joined_on": "2030-01-01", "on": "2022-10-10"}', "joined_on"),
    "very deep": ("[" * 100_000, "not a JSON object of facts: too deep"),
    "very long": (json.dumps({"closures": 1})[:-2] + "9" * 10_000 + "}", "closures"),
    "a long score": ('{"score": ' + "9" * 10_000 + "}", "score"),
}


@pytest.mark.parametrize(("given", "names"), WRONG.values(), ids=WRONG)
def test_a_bad_file_is_refused_in_one_line(given: str, names: str, alliance: Alliance, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(given, "utf-8")
    ran = alliance("check", "--json", str(file))
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert names in ran.err


def test_a_file_that_is_not_there_is_refused(alliance: Alliance) -> None:
    ran = alliance("check", "--json", "nowhere.json")
    assert (ran.status, ran.out) == (2, "")
    assert "nowhere.json" in ran.err


def test_bytes_that_are_no_text_are_refused(alliance: Alliance, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(b'{"score": "\xff\xfe"}')
    ran = alliance("check", str(file))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)


def test_a_bad_line_is_named_and_the_others_go_on(alliance: Alliance) -> None:
    ran = alliance("check", "--json", "-", given=f"{json.dumps(GOOD)}\noops\n{json.dumps(GOOD)}\n")
    first, second, third = map(json.loads, ran.lines)
    assert ran.status == 1
    assert second["line"] == 2
    assert first == third != second


BOTH = {**GOOD, "closures": 3, "penalties": [], "product_score": "80", "shop_type": "flagship", "on": "2026-08-15"}


@pytest.mark.parametrize(
    ("edition", "verdict", "aside"),
    [
        ("2022-10-10", "barred", ["product_score", "shop_type"]),
        ("2026-07-29", "not_eligible", ["closures", "penalties"]),
    ],
)
def test_the_same_facts_go_under_every_edition(
    alliance: Alliance, edition: str, verdict: str, aside: list[str]
) -> None:
    ran = alliance("check", "--json", "--edition", edition, "-", given=json.dumps(BOTH))
    report = json.loads(ran.out)
    assert (ran.status, report["verdict"], sorted(report["left_aside"])) == (0, verdict, aside)


@pytest.mark.parametrize(
    ("wrong", "name"), [({"product_score": "101"}, "100 分制"), ({"shop_type": "stall"}, "shop_type")]
)
def test_a_fact_that_is_left_aside_is_still_looked_at(alliance: Alliance, wrong: dict[str, str], name: str) -> None:
    ran = alliance("check", "--json", "-", given=json.dumps({**BOTH, **wrong}))
    assert ran.status == 1
    assert name in json.loads(ran.out)["error"]


def test_what_is_left_aside_is_said_beside_the_text(alliance: Alliance, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps(BOTH))
    ran = alliance("check", str(file))
    assert ran.status == 0
    assert ran.err == "left aside, as edition 2022-10-10 does not ask for it: product_score, shop_type\n"


def test_the_day_is_the_facts_then_the_options(alliance: Alliance) -> None:
    of_option = json.loads(alliance("check", "--json", "--on", "2022-11-01", "-", given='{"score": "4"}').out)
    of_facts = json.loads(alliance("check", "--json", "--on", "2022-11-01", "-", given=json.dumps(GOOD)).out)
    assert (of_option["on"], of_facts["on"]) == ("2022-11-01", "2022-10-10")


def test_without_json_it_reads_as_the_merchant_reads_it(alliance: Alliance, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text(json.dumps({**GOOD, "score": "3.9"}))
    ran = alliance("check", str(file))
    assert ran.status == 0
    assert ran.out.startswith("❌ 现在还不能开通")


def test_scores_that_are_high_enough_clear_no_shop_that_lost_a_condition(alliance: Alliance, tmp_path: Path) -> None:
    shop = {**profiles("2026-07-29")[0]["facts"], "in_alliance": True, "brand_documents_complete": False}  # type: ignore[dict-item]
    (tmp_path / "facts.json").write_text(json.dumps(shop, default=str))
    shown = alliance("check", "--edition", "2026-07-29", str(tmp_path / "facts.json")).out
    assert shown.startswith("⛔ 已开通，但有会被清退的情形：品牌资质\n")
