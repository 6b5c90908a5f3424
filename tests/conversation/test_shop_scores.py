"""Texts that tell the scores of several shops, in the many writings of merchants, and texts that do not."""

from datetime import date
from decimal import Decimal

import pytest

from bot.conversation.shop_scores import LONGEST_TOLD, ShopScores, ToldShop, shop_scores_in
from tests.packaged import CATALOGUE

TODAY = date(2026, 8, 22)
SHOPS = {"女装": 1, "童装": 2, "零食": 3, "3店": 4, "Flower Shop": 5, "女装二店": 6, "花": 8, "花店": 7}
THREE = (("女装", 1, "3.9"), ("童装", 2, "4.2"), ("零食", 3, "3.6"))
TWO = (("女装", 1, "3.9"), ("童装", 2, "4.2"))

Told = tuple[tuple[str, int | None, str], ...]


def read(text: str) -> ShopScores | None:
    return shop_scores_in(CATALOGUE.editions, SHOPS, text, TODAY)


def told(*shops: tuple[str, int | None, str], day: date = TODAY) -> ShopScores:
    """Each shop with its numbers, apart by a blank."""
    return ShopScores(
        day, tuple(ToldShop(name, shop, tuple(map(Decimal, points.split()))) for name, shop, points in shops)
    )


@pytest.mark.parametrize(
    ("text", "shops"),
    [
        ("女装 3.9 童装 4.2 零食 3.6", THREE),
        ("女装3.9童装4.2零食3.6", THREE),
        ("女装：3.9，童装：4.2，零食：3.6", THREE),
        ("女装:3.9 童装=4.2;零食 3.6分", THREE),
        ("女装 3.9\n童装 4.2\n零食 3.6", THREE),
        ("女装 3.9、童装 4.2和零食 3.6。", THREE),
        ("女装体验分3.9 童装体验分4.2 零食体验分3.6", THREE),
        ("女装的体验分是3.9分，童装的是4.2分，零食掉到3.6", THREE),
        ("女装店3.9 童装店4.2 零食店铺3.6", THREE),
        ("女装今天3.9 童装今天4.2", TWO),
        ("今天女装3.9 童装4.2", TWO),
        ("女装３．９ 童装４．２", TWO),
        ("女装3点9 童装4点2", TWO),
        ("零食 3.6 女装 3.9", (("零食", 3, "3.6"), ("女装", 1, "3.9"))),
        ("女装 85 童装 4.2", (("女装", 1, "85"), ("童装", 2, "4.2"))),
        ("3店 3.9 女装 4.2", (("3店", 4, "3.9"), ("女装", 1, "4.2"))),
        ("flower shop 3.9 女装 4", (("flower shop", 5, "3.9"), ("女装", 1, "4"))),
        ("女装二店 3.9 女装 4.2", (("女装二店", 6, "3.9"), ("女装", 1, "4.2"))),
        ("花店 3.9 女装 4.2", (("花店", 7, "3.9"), ("女装", 1, "4.2"))),
        ("花 3.9 花店 4.2", (("花", 8, "3.9"), ("花店", 7, "4.2"))),
        ("女装 3.9 鞋店 4.2", (("女装", 1, "3.9"), ("鞋店", None, "4.2"))),
        ("鞋店 4.2 女装 3.9 帽店 4", (("鞋店", None, "4.2"), ("女装", 1, "3.9"), ("帽店", None, "4"))),
        ("女装 3.9 童装 4.2 女装 4.0", (("女装", 1, "3.9 4.0"), ("童装", 2, "4.2"))),
        ("女装 3.9 童装 4.2 女装 3.9", TWO),
        ("女装 3.9 女装 4.2", (("女装", 1, "3.9 4.2"),)),
        ("女装 9 童装 4.2", (("女装", 1, "9"), ("童装", 2, "4.2"))),
    ],
)
def test_each_shop_is_told_with_its_score(text: str, shops: Told) -> None:
    assert read(text) == told(*shops)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昨天 女装 3.9 童装 4.2", date(2026, 8, 21)),
        ("8月20日：女装 3.9，童装 4.2", date(2026, 8, 20)),
        ("2026-08-01 女装 3.9 童装 4.2", date(2026, 8, 1)),
        ("昨天的体验分：女装 3.9 童装 4.2", date(2026, 8, 21)),
    ],
)
def test_the_day_may_stand_first(text: str, day: date) -> None:
    assert read(text) == told(*TWO, day=day)


@pytest.mark.parametrize(
    "text",
    [
        "", "女装", "女装 3.9", "3.9 4.2", "女装 童装 3.9", "女装 3.9 4.2", "女装 3.9 童装", "鞋店 3.9 帽店 4.2",
        "女装 85 商品80", "女装 昨天 3.9 前天 4.0", "女装 3.9%，童装 4.2", "女装 3.9 童装 4.2 怎么办",
        "女装 3.9 能开通吗 4.2", "女装从4.1掉到3.9 童装 4.2", "明天 女装 3.9 童装 4.2", "女装 3.9.1 童装 4.2",
        "女装 39999 童装 4.2", "女装 3.9 被关闭了 4.2", "女装 3.9 童装 4.2" + " 零食 3.6" * LONGEST_TOLD,
    ],
)  # fmt: skip
def test_any_other_text_is_not_read_here(text: str) -> None:
    assert read(text) is None


def test_without_shops_nothing_is_read() -> None:
    assert shop_scores_in(CATALOGUE.editions, {}, "女装 3.9 童装 4.2", TODAY) is None
