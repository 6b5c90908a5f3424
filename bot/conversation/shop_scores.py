"""Scores of several shops in a message: 女装 3.9 童装 4.2 零食 3.6 (pure).

Names of the chat's shops in any order, each with a number; 体验分, 分, marks and new lines may stand between, a day
first. A text with anything else is not read here. A name that is no shop's is found beside at least one that is.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Final
from unicodedata import normalize

from bot.conversation.statement import day_first, is_of_statement, may_be_name
from rules.edition import Edition
from rules.numbers import number

LONGEST_TOLD: Final = 1000
"""Characters; more shops than that are told by a file."""

_WORDS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@dataclass(frozen=True)
class ToldShop:
    """A name as written and the numbers told of it. `shop`: its number, None for no shop of the chat."""

    name: str
    shop: int | None
    points: tuple[Decimal, ...]


@dataclass(frozen=True)
class ShopScores:
    """The shops in the order told, with the day."""

    day: date
    told: tuple[ToldShop, ...]


def shop_scores_in(editions: Sequence[Edition], shops: Mapping[str, int], text: str, today: date) -> ShopScores | None:
    """What the whole text tells of several shops, at least one of them known; None for any other text.

    `shops`: numbers of shops by name.
    """
    if not shops or len(text) > LONGEST_TOLD:
        return None
    day, rest = day_first(normalize("NFKC", text), today)
    pairs = _pairs({_plain(name): shop for name, shop in shops.items()}, rest)
    told = tuple(_together(pairs))
    unknown = [one.name for one in told if one.shop is None]
    if day is None or len(pairs) < 2 or len(unknown) == len(told):
        return None
    is_names = all(may_be_name(name) and not is_of_statement(editions, name) for name in unknown)
    return ShopScores(day, told) if is_names else None


def _pairs(shops: Mapping[str, int], text: str) -> list[tuple[str, int | None, Decimal]]:
    """Each name with its number, in order; none when a part of the text is neither."""
    known = "|".join(map(re.escape, sorted(shops, key=len, reverse=True)))
    between, unknown = _WORDS["between"], _WORDS["unknown"]
    name = rf"(?:(?P<name>(?i:{known})){_WORDS['suffix']}|(?P<other>{unknown}))"
    pair = re.compile(rf"{between}{name}{_WORDS['label']}{_WORDS['points']}{between}")
    found, at = [], 0
    while at < len(text):
        one = pair.match(text, at)
        points = number(one["points"]) if one else None
        if one is None or points is None:
            return []
        name = one["name"] or one["other"]
        found.append((name, shops.get(_plain(name)), points))
        at = one.end()
    return found


def _together(pairs: Sequence[tuple[str, int | None, Decimal]]) -> list[ToldShop]:
    """The pairs by shop or name, each number once."""
    first = {_key(pair): place for place, pair in reversed(list(enumerate(pairs)))}
    ordered = sorted(pairs, key=lambda pair: first[_key(pair)])
    groups = [list(group) for _, group in groupby(ordered, _key)]
    return [ToldShop(group[0][0], group[0][1], tuple(dict.fromkeys(one[2] for one in group))) for group in groups]


def _key(pair: tuple[str, int | None, Decimal]) -> tuple[int, str]:
    name, shop, _ = pair
    return (shop, "") if shop is not None else (0, name)


def _plain(name: str) -> str:
    return normalize("NFKC", name).casefold()
