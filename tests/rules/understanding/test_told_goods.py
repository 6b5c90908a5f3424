"""A kind of goods named in a question: its own topic answers, unless the answer is the same for all goods."""

import pytest

from rules.understanding import Understanding
from tests.packaged import CATALOGUE, HUNDRED_POINTS


@pytest.fixture(scope="module")
def reader() -> Understanding:
    return Understanding(HUNDRED_POINTS, catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("卖大闸蟹的店怎么进精选联盟", "category_crab"),
        ("卖大闸蟹被清退了怎么申诉", "appeal"),
        ("做冬虫夏草的店精选联盟佣金怎么设", "commission"),
        ("卖大闸蟹的每天几点校验体验分", "check_hour"),
        ("卖医疗器械的怎么提高体验分", "raise"),
        ("大闸蟹店被清退了订单怎么办", "orders"),
    ],
)
def test_what_is_the_same_for_all_goods_is_not_answered_by_their_kind(
    reader: Understanding, question: str, topic: str
) -> None:
    assert [part.topic for part in reader.read(question).parts] == [topic]
