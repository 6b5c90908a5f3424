"""The digest of the 2026-07-29 text asked as merchants ask, of products above all; written before the edition was.

A line of `digest-asked.jsonl`: the place in the digest, what the question tells, the question, and what the reply
has to say of the product before it quotes: `cleared`, `stays`, `depends` (on the category, which was not told),
`refused`, `admitted`, `listed`, `again`. `access` "kept": also that the shop keeps the access.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import called
from tests.packaged import HUNDRED_POINTS as EDITION

Line = Mapping[str, Any]

TABLE = Path(__file__).parent / "digest-asked.jsonl"
LINES: list[Line] = [json.loads(line) for line in TABLE.read_text("utf-8").splitlines()]
AFTER_THREE_CLOSINGS = "被清退过3次，还能重新开通精选联盟吗"
CLAUSES = ("4.2", "3.2.3")
"""The beginnings of the official numbers of the clauses on products."""

SAYS = {
    "cleared": (r"会|清退", r"^(这一项|暂时)?(不|要看|看)|^[^。]*商品不(会|被|清退)"),
    "stays": (r"不(会|被|因此|用|再)*清退|不会|达标|保留|不低于|不超过|满足|够", r"^(会|要看|看|清退)"),
    "depends": (r"类目|名单", r"^(会|不会|这一项不)"),
    "refused": (r"不能|不可以|不行|加不了|进不了|不到|低于", r"^(能|可以)"),
    "admitted": (r"能|可以|达到|不低于", r"^(还|暂时)?不(能|可以|行|到|够)"),
    "listed": (r"清退商品记录", r"^不"),
    "again": (r"能|可以", r"^不(能|可以|行)"),
}
"""What the reply must match before its first quote, and what it must not."""

LISTED_AS_SCORE = r"(?<!商品)体验分 ?60 ?(低于|不到)"
"""The 60 of 60分名单 taken for the shop's score."""

CLOSES = r"(?<!不)(?<!不会)(?<!不会被)(?<!因此)关闭(店铺的?)?权限|权限(会|要)?被?(关闭|清退)"
KEPT = (r"(?s)店铺.*(权限|不受影响|保留)", rf"^[^。]*?({CLOSES})")
"""The first sentence must not close the access; a later one may say which score of the shop would."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Line]:
    """The answer to each question of the table, and to the one beside it."""
    asked = "\n".join([*(line["ask"] for line in LINES), AFTER_THREE_CLOSINGS])
    ran = called(tmp_path_factory.mktemp("asked"), "ask", "--json", "--edition", EDITION.name, "-", given=asked)
    return {answer["question"]: answer for answer in map(json.loads, ran.lines)}


def lead(answer: Line) -> str:
    """The reply before the heading of its first quote; "" without a quote, or with nothing before the heading."""
    reply = answer["reply"]
    places = [place for quote in answer["quotes"] if (place := reply.find(quote)) >= 0]
    return str(reply[: min(places, default=0)].rpartition("\n\n")[0])


def numbers(answer: Line) -> list[str]:
    """The official numbers of the quoted clauses."""
    return [number for clause in answer["clauses"] for number in EDITION.clause(clause).number.split("、")]


def check(text: str, patterns: tuple[str, str]) -> None:
    wanted, unwanted = patterns
    assert re.search(wanted, text), text
    assert not re.search(unwanted, text), text


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["ask"])
def test_what_happens_to_the_product_is_said_first(line: Line, answers: Mapping[str, Line]) -> None:
    check(lead(answers[line["ask"]]), SAYS[line["product"]])


@pytest.mark.parametrize("line", [line for line in LINES if "60分名单" in line["told"]], ids=lambda line: line["ask"])
def test_the_name_of_the_list_is_no_score(line: Line, answers: Mapping[str, Line]) -> None:
    assert not re.search(LISTED_AS_SCORE, answers[line["ask"]]["reply"])


@pytest.mark.parametrize("line", [line for line in LINES if "access" in line], ids=lambda line: line["ask"])
def test_a_cleared_product_leaves_the_shop_its_access(line: Line, answers: Mapping[str, Line]) -> None:
    check(lead(answers[line["ask"]]), KEPT)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line["ask"])
def test_a_clause_on_products_is_quoted(line: Line, answers: Mapping[str, Line]) -> None:
    assert any(number.startswith(CLAUSES) for number in numbers(answers[line["ask"]]))


def test_a_shop_that_was_cleared_three_times_may_come_back(answers: Mapping[str, Line]) -> None:
    """By 4.1.6 and 4.1.8, which know no number of closings."""
    answer = answers[AFTER_THREE_CLOSINGS]
    check(lead(answer), (r"能|可以", r"^不(能|可以|行)|永久"))
    assert {"4.1.6", "4.1.8"} & set(numbers(answer))


BOUNDARIES = [
    ("商品体验分", "59.99 60 60.01 64.99 65 65.01"),
    ("好评率", "69.99 70 70.01"),
    ("近30天品退率", "0.79 0.8 0.81 4.99 5 5.01"),
]


@pytest.mark.parametrize(("label", "steps"), BOUNDARIES, ids=[label for label, _ in BOUNDARIES])
def test_the_table_has_both_sides_of_each_figure(label: str, steps: str) -> None:
    assert set(steps.split()) <= {line["told"].get(label) for line in LINES}


def test_each_question_says_what_the_line_tells_and_is_asked_once() -> None:
    for line in LINES:
        figures = [told for told in line["told"].values() if isinstance(told, str)]
        assert all(re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", line["ask"]) for figure in figures), line
    assert len({line["ask"] for line in LINES}) == len(LINES)
