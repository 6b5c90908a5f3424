"""Which notices are about the rules of the catalogue, and which of them its texts have."""

from datetime import date
from typing import Any

import pytest

from rules.notices import Notice
from rules.rule_texts import RuleText, found_in, texts_of
from tests.packaged import CATALOGUE

PAGE = "https://school.example/web/rules/101665"
RULE = "《精选联盟平台管理规则》"
OLD = RuleText("2026-01-01", f"{RULE}2026-01-01 修订", PAGE, date(2026, 1, 1))
NEW = RuleText(
    "2026-07-29", f"{RULE}2026-07-29 修订", PAGE, date(2026, 7, 29), "公告：https://school.example/web/article/aJn 。"
)
SCORE = RuleText("score", "《商家体验分管理规则》", "https://school.example/web/rules/103956")
TEXTS = (OLD, NEW, SCORE)


def notice(**told: Any) -> Notice:
    return Notice(**{"id": "n", "title": "公告"} | told)


def names(*notices: Notice, known: bool = False) -> list[tuple[str, str]]:
    """Id and text of each notice found."""
    return [(one.notice.id, one.text.name) for one in found_in(notices, TEXTS) if one.is_known is known]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"rules": ("101665",)}, "2026-07-29"),
        ({"rules": ("1", "103956")}, "score"),
        ({"rules": (f"{PAGE}?from=list",)}, "2026-07-29"),
        ({"title": "关于修订101665号规则的公告"}, "2026-07-29"),
        ({"url": f"{PAGE}?from=list"}, "2026-07-29"),
        ({"title": f"关于修订{RULE}的公告"}, "2026-07-29"),
        ({"title": "精选联盟平台管理规则修订征求意见"}, "2026-07-29"),
        ({"title": "关于《商家体验分管理规则》的公告"}, "score"),
    ],
)
def test_a_notice_is_about_a_rule_by_number_address_or_name(told: dict[str, Any], text: str) -> None:
    assert names(notice(**told)) == [("n", text)]


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"rules": ("10166", "1016655")},
        {"url": "https://school.example/web/article/101665"},
        {"title": "关于订单1016655的公告，以及 8101665"},
        {"title": "关于《商家保证金管理规则》的公告", "rules": ("7",)},
    ],
)
def test_a_notice_about_other_rules_is_left_aside(told: dict[str, Any]) -> None:
    assert found_in([notice(**told)], TEXTS) == ()


@pytest.mark.parametrize(
    ("told", "is_known"),
    [
        ({"effective_on": date(2026, 7, 29)}, True),
        ({"effective_on": date(2026, 7, 30)}, False),
        ({"effective_on": date(2025, 1, 1)}, True),
        ({}, False),
        ({"url": "https://school.example/web/article/aJn"}, True),
        ({"url": "https://school.example/web/article/aJn/", "effective_on": date(2026, 8, 1)}, True),
        ({"url": "https://school.example/web/article/aJ"}, False),
        ({"url": PAGE, "effective_on": date(2026, 8, 1)}, False),
    ],
    ids=[
        "the newest text is of its day",
        "it begins after the newest text",
        "it began long before",
        "nobody says when it begins",
        "its announcement is in the text",
        "its announcement is, with a later day",
        "the announcement in the text has a longer address",
        "its address is the page of the rule",
    ],
)
def test_a_notice_is_known_when_the_newest_text_has_it(told: dict[str, Any], is_known: bool) -> None:
    (found,) = found_in([notice(rules=("101665",), **told)], (*TEXTS, RuleText("x", "", "", None, PAGE)))
    assert found.is_known is is_known


def test_the_page_of_a_rule_is_no_announcement_that_the_text_has() -> None:
    text = RuleText("a", "", PAGE, date(2026, 7, 29), PAGE)
    assert [one.is_known for one in found_in([notice(url=PAGE)], [text])] == [False]


def test_a_notice_about_two_rules_is_known_only_when_both_texts_have_it() -> None:
    both = notice(rules=("101665", "103956"), effective_on=date(2026, 7, 1))
    assert names(both) == [("n", "score")]
    assert names(both, known=True) == []


def test_what_begins_first_is_told_first_and_what_has_no_day_last() -> None:
    days = {"late": date(2027, 1, 1), "unknown": None, "soon": date(2026, 12, 1)}
    found = [notice(id=name, rules=("101665",), effective_on=day) for name, day in days.items()]
    assert [one for one, _ in names(*found)] == ["soon", "late", "unknown"]


def test_the_announcement_of_the_packaged_edition_is_known_and_a_later_one_is_not() -> None:
    url = "https://school.jinritemai.com/doudian/web/article/aJnqsVF4GoLD"
    listed = [
        notice(id="old", rules=("101665",), url=url),
        notice(id="new", title=f"关于修订{RULE}的公告", effective_on=date(2099, 1, 1)),
    ]
    found = found_in(listed, texts_of(CATALOGUE))
    assert [(one.notice.id, one.is_known) for one in found] == [("new", False), ("old", True)]
