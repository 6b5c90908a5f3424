"""Goods named in a text: the kind of goods of the shop, rates told of goods, and the topic of a question about goods.

The kinds are the options of the editions' facts that have a topic of their own, by label and words; the rest of the
words is in `told.toml`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from rules.edition import Edition, Fact
from rules.reading import AnswerKind, Reading
from rules.said import Ask, Said, Told
from rules.side import Side
from rules.understanding.normalise import normalise
from rules.understanding.told_words import entries, matches, pattern

SHORTEST: Final = 2
"""Characters; a shorter word (桃, 螺) names no goods in a sentence."""
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
        named = self._words.finditer(text) if self._words else ()
        yield from dict.fromkeys(self._meant[found[0]] for found in named if _is_sold(text, found))


def _is_kind(word: str) -> bool:
    """Whether the word in a sentence names goods of the kind; not one for goods of which only some are of it."""
    return len(word) >= SHORTEST and not any(words.fullmatch(word) for _, words in entries("perhaps.category"))


def _is_sold(text: str, found: re.Match[str]) -> bool:
    """Whether the word names goods of a shop: a shop also uses a phone, and 荔枝干 are no 荔枝."""
    if pattern("goods", "processed").match(text, found.end()):
        return False
    if pattern("goods", "unsure").fullmatch(found[0]) is None:
        return True
    if pattern("goods", "part_of").search(text[: found.start()]):
        return False
    before, after = text[: found.start()], text[found.end() :]
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
        if (found := words.search(text)) is not None:
            yield Told(fact=fact, number=Decimal(found["value"]), side=_side(found))


def _side(found: re.Match[str]) -> Side:
    said = found[0]
    if matches("goods", "below", said):
        return Side.BELOW
    return Side.ABOVE if matches("goods", "above", said) else Side.AT


def topic_of_goods(text: str, told: Said, reading: Reading, topics: Mapping[tuple[str, str], str]) -> str | None:
    """The topic of a question about products or a kind of goods, None for any other. `topics`: by fact and option."""
    if matches("goods", "not_ours", text) or reading.kind is AnswerKind.CHAT:
        return None
    kinds = [topic for one in told.told if (topic := topics.get((one.fact, one.choice)))]
    products = _of_products(text)
    if not kinds or (products and (products != RATES or matches("goods", "cleared", text))):
        return products
    is_for_kind = (products or not _is_same_for_all(reading)) and _asks_of_rules(text, told, reading)
    return kinds[0] if is_for_kind else None


def _is_same_for_all(reading: Reading) -> bool:
    """Whether what is read is answered alike for all goods."""
    return bool(reading.parts) and all(matches("goods", "same_for_all", part.topic) for part in reading.parts)


def _of_products(text: str) -> str | None:
    """The topic of a product that is cleared, of its rates, or of what a new shop must not have done."""
    return next((topic for topic, words in entries("topics_of_goods") if words.search(text)), None)


def _asks_of_rules(text: str, told: Said, reading: Reading) -> bool:
    """Whether the rules are asked about: by what is named, or by what is asked of the shop."""
    is_ours = reading.kind is not AnswerKind.OUT_OF_SCOPE and any(part.topic != "elsewhere" for part in reading.parts)
    asks = {Ask.ENTER, Ask.CLOSE} & set(told.asks) and matches("goods", "of_shop", text)
    return is_ours or bool(asks) or matches("goods", "of_rules", text)


def topics_by_option(edition: Edition) -> dict[tuple[str, str], str]:
    """The topics of the edition's options, by fact and option."""
    return {(fact.id, option.value): option.topic for fact in edition.facts for option in fact.options if option.topic}
