"""Goods named in a text: the kind of goods of the shop, rates told of goods, and the topic of a question about goods.

The kinds are the options of the editions' facts that have a topic of their own, by label and words; the rest of the
words is in `told.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from rules.edition import Edition, Fact, Topic
from rules.kinds import FactType
from rules.reading import AnswerKind, Reading
from rules.said import Ask, Said, Told
from rules.side import Side
from rules.understanding.normalise import normalise
from rules.understanding.told_words import entries, matches, pattern

SHORTEST: Final = 2
"""Characters; a shorter word (桃, 螺) names no goods in a sentence."""
SOLE_TRADER: Final = "sole_trader"
"""The topic of a kind of shop, which gives way to a kind of goods named with it."""
RATES: Final = "product_rates"
"""The topic of a rate of goods, for which a kind of goods may have a limit of its own."""


class Goods:
    """The kinds of goods of editions' facts."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        """`facts`: those with options; the first option of a word counts."""
        self._meant: dict[str, Told] = {}
        for fact in facts:
            for option in fact.options:
                kind = Told(fact=fact.id, choice=option.value)
                for word in filter(_is_kind, (option.label, *option.words) if option.topic else ()):
                    self._meant.setdefault(normalise(word), kind)
        longest_first = sorted(self._meant, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def told(self, text: str) -> Iterator[Told]:
        """The kinds of goods named, each once: of a kind sold fresh, dried and as juice, only the fresh goods."""
        yield from dict.fromkeys(self._meant[found[0]] for found in self._named(text) if _is_sold(text, found))

    def places(self, text: str) -> frozenset[int]:
        """The places of the text where goods are named, which are no strange words."""
        return frozenset(place for found in self._named(text) for place in range(found.start(), found.end()))

    def _named(self, text: str) -> Iterator[re.Match[str]]:
        return self._words.finditer(text) if self._words else iter(())


def _is_kind(word: str) -> bool:
    """Whether the word in a sentence names goods of the kind; not one for goods of which only some are of it."""
    return len(word) >= SHORTEST and not any(words.fullmatch(word) for _, words in entries("perhaps.category"))


def _is_sold(text: str, found: re.Match[str]) -> bool:
    """Whether the word names goods of a shop: a shop also uses a phone, and 荔枝干 are no 荔枝."""
    before, after = text[: found.start()], text[found.end() :]
    if pattern("goods", "processed").match(after) or pattern("goods", "not_own").search(before):
        return False
    if pattern("goods", "never").fullmatch(found[0]):
        return pattern("goods", "of_rates").match(after) is not None
    if pattern("goods", "unsure").fullmatch(found[0]) is None:
        return True
    if pattern("goods", "part_of").search(before):
        return False
    return bool(pattern("goods", "sold_before").search(before) or pattern("goods", "sold_after").match(after))


def listed(text: str) -> Iterator[Told]:
    """Whether the goods are said to be in a list of categories, or not."""
    yield from (
        Told(fact="category", choice=option) for option, words in entries("choices.category") if words.search(text)
    )


def without_lists(text: str) -> str:
    """The text with the names of lists blanked, whose numbers are no scores: 60分名单."""
    return pattern("goods", "list").sub(lambda found: "　" * len(found[0]), text)


def perhaps(text: str) -> Iterator[Told]:
    """The kinds of goods of which only some are held to more: 水果, 海鲜."""
    yield from (
        Told(fact="category", choice=option, other="general")
        for option, words in entries("perhaps.category")
        if words.search(text)
    )


def rates(text: str) -> Iterator[Told]:
    """The rates and the count of orders told of goods, in per cent and orders of 30 days, each fact once."""
    for fact, words in entries("rates"):
        found = words.search(text)
        if found is not None and not pattern("goods", "of_rule").search(text[: found.start("value")]):
            yield Told(fact=fact, number=Decimal(found["value"]), side=_side(found))


def _side(found: re.Match[str]) -> Side:
    said = found[0]
    if matches("goods", "below", said):
        return Side.BELOW
    return Side.ABOVE if matches("goods", "above", said) else Side.AT


def topics_of_goods(text: str, told: Said, reading: Reading, kinds: "KindsOfGoods") -> tuple[str, ...]:
    """The topics of a question about products or kinds of goods; empty for any other question."""
    if matches("goods", "not_ours", text) or reading.kind is AnswerKind.CHAT:
        return ()
    named = [(one.fact, one.choice) for one in (*told.told, *told.goods)]
    topics = tuple(dict.fromkeys(kinds.topics[each] for each in named if each in kinds.topics))
    products = _of_products(text)
    has_rate = any(matches("rate_names", fact, text) for each in named for fact in kinds.rates.get(each, ()))
    if products and not (topics and (products == SOLE_TRADER or (products == RATES and has_rate))):
        return (products,)
    is_for_kinds = (products or not is_same_for_all(reading)) and _asks_of_rules(text, told, reading)
    return topics if is_for_kinds else ()


def is_same_for_all(reading: Reading) -> bool:
    """Whether what is read is answered alike for all goods."""
    return bool(reading.parts) and all(is_of_all_goods(part.topic) for part in reading.parts)


def is_of_all_goods(topic: str) -> bool:
    """Whether a kind of goods named beside does not change the topic: the same is said of all goods."""
    return matches("goods", "same_for_all", topic)


def _of_products(text: str) -> str | None:
    """The topic of a product that is cleared, of its rates, or of what a new shop must not have done."""
    return next((topic for topic, words in entries("topics_named") if words.search(text)), None)


def _asks_of_rules(text: str, told: Said, reading: Reading) -> bool:
    """Whether the rules are asked about: by what is named, or by what is asked of the shop."""
    is_ours = reading.kind is not AnswerKind.OUT_OF_SCOPE and any(part.topic != "elsewhere" for part in reading.parts)
    asks = {Ask.ENTER, Ask.CLOSE} & set(told.asks) and matches("goods", "of_shop", text)
    return is_ours or bool(asks) or matches("goods", "of_rules", text)


def goods_topic(edition: Edition, said: Said) -> Topic | None:
    """What the edition has for the goods named, None for none."""
    topics = KindsOfGoods.of(edition).topics
    named = (topics.get((one.fact, one.choice)) for one in said.told)
    return next((edition.topic(topic) for topic in named if topic), None)


@dataclass(frozen=True)
class KindsOfGoods:
    """What an edition says of kinds of goods, by fact and option: the topic, and the rates that it holds them to."""

    topics: Mapping[tuple[str, str], str]
    rates: Mapping[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, edition: Edition) -> "KindsOfGoods":
        """The kinds of the edition."""
        options = ((fact.id, option) for fact in edition.facts for option in fact.options)
        rates: dict[tuple[str, str], frozenset[str]] = {}
        held = (one for one in edition.criteria if edition.fact(one.facts[0]).type is FactType.RATE)
        for criterion in held:
            for condition in criterion.applies_when:
                for value in condition.among or ():
                    key = condition.fact, value
                    rates[key] = rates.get(key, frozenset()) | set(criterion.facts)
        return cls({(fact, option.value): option.topic for fact, option in options if option.topic}, rates)
