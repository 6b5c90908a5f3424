"""Whom rows make hear of what: found by a rehearsal, which stores and decides as an import does, and is undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rules.reasons import RANK, Reason
from storage.rehearsal import Said
from storage.shops import Shop

NAMED: Final = 5
MOST_SCORES: Final = 50_000
"""No rehearsal of more: it would take the database for itself too long."""


@dataclass(frozen=True)
class Told:
    """A shop, by its name or id, of which `chats` chats hear for the `reason`."""

    shop: str
    reason: Reason
    chats: int


@dataclass(frozen=True)
class Reach:
    """Counts of chats: `at_once` hear of a closing at once, `corrected` get a correction, `later` hear all other news.

    `is_checked`: the check of the day is over, so that `later` is now, or after quiet hours; else with the next check.
    `first`: the gravest news, `more`: further shops with news. `unfollowed`: shops below a line that nobody follows,
    `alone`: names of the first.
    """

    at_once: int = 0
    later: int = 0
    corrected: int = 0
    is_checked: bool = False
    first: tuple[Told, ...] = ()
    more: int = 0
    unfollowed: int = 0
    alone: tuple[str, ...] = ()


def counted(said: Sequence[Said]) -> tuple[int, int, int]:
    """How many chats hear of a closing, of other news, and get a correction; a chat may hear of several."""
    closing = {one.chat_id for one in said if one.reason.at_once}
    corrected = {one.chat_id for one in said if one.reason is Reason.CORRECTED}
    other = {one.chat_id for one in said if not one.reason.at_once and one.reason is not Reason.CORRECTED}
    return len(closing), len(other), len(corrected)


def by_shop(said: Sequence[Said]) -> list[tuple[int, Reason, int]]:
    """Shop, its gravest reason, and how many chats hear for that reason; the gravest first."""
    chats: dict[tuple[int, Reason], set[int]] = {}
    for one in said:
        chats.setdefault((one.shop_id, one.reason), set()).add(one.chat_id)
    gravest: dict[int, Reason] = {}
    for shop_id, reason in sorted(chats, key=lambda key: RANK[key[1]]):
        gravest.setdefault(shop_id, reason)
    return [(shop_id, reason, len(chats[shop_id, reason])) for shop_id, reason in gravest.items() if shop_id]


def told(first: Sequence[tuple[int, Reason, int]], known: Mapping[int, Shop]) -> tuple[Told, ...]:
    """The news with names instead of numbers."""
    return tuple(Told(known[shop].name or known[shop].ref or "", reason, chats) for shop, reason, chats in first)
