"""What the edition in force says beside an answer by an edition that is over: one line, said once."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.views.answer_values import Asking, PartView
from bot.views.instead import on_chances, on_topic
from bot.views.lead import Say
from rules.edition import Edition, Topic
from rules.understanding.told_goods import goods_topic, is_of_all_goods

OF_CHANCES = frozenset(("left", "claim_forever", "claim_chances"))
"""Sayings about how often a shop may open."""


def beside_said(asking: Asking, edition: Edition, said: Sequence[Say], views: Sequence[PartView]) -> str:
    """What it says instead of what is said of the shop, of chances and of a topic, in a line; "" for nothing."""
    on_count = _on_count(asking, edition, said)
    topics = [view.topic for view in views if not (on_count and _is_of_chances(edition, view.topic))]
    by_topic = next((line for topic in topics if (line := _beside(asking, edition, topic))), "")
    told = [text.removesuffix("。") for text in dict.fromkeys(filter(None, (on_count, by_topic)))]
    return "；".join(told) + "。" if told else ""


def each_beside(asking: Asking, edition: Edition, views: Sequence[PartView]) -> Iterator[PartView]:
    """The parts, each with what the edition in force says instead, which is said once."""
    told = {""}
    for view in views:
        text = _beside(asking, edition, view.topic)
        yield view if text in told else replace(view, beside=text)
        told.add(text)


def _beside(asking: Asking, edition: Edition, topic: Topic) -> str:
    """The first sentence of the edition in force on the topic of an edition that is over; "" where it says the same."""
    other = asking.in_force if edition.is_over(asking.today) and not asking.is_preview else None
    if other is None:
        return ""
    said = asking.reading.said
    goods = None if is_of_all_goods(topic.id) else goods_topic(other, said)
    return on_topic(edition, topic, other, said.points, goods)


def _on_count(asking: Asking, edition: Edition, said: Sequence[Say]) -> str:
    """What the edition in force says of chances, where what is said of the shop counts closings; else ""."""
    if asking.offers is None or asking.is_preview or not any(_counts(one, edition) for one in said):
        return ""
    now = on_chances(asking.offers.catalogue, asking.today, edition)
    return now.text if now else ""


def _is_of_chances(edition: Edition, topic: Topic) -> bool:
    """Whether the topic tells how often a shop may open."""
    return edition.chances is not None and edition.chances.clause in topic.clauses


def _counts(one: Say, edition: Edition) -> bool:
    if edition.chances is None or one.key not in ("entry", "own_entry"):
        return one.key in OF_CHANCES
    return any(found.fact.id == edition.chances.fact for found in one.values["conditions"])  # type: ignore[attr-defined]
