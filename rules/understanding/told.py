"""A text in one writing → what is told of a shop, said of the rules, and asked. The one reader of what is told.

A number whose role is not sure is no fact. The words are data, in `told.toml`.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from rules.requirements import IN_ALLIANCE
from rules.said import OF_SCORES, About, Aside, Ask, Claim, Said, Told
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.told_claims import claims, is_claim, is_heard, is_of_change
from rules.understanding.told_counts import asides as count_asides
from rules.understanding.told_counts import counts
from rules.understanding.told_days import PENALTIES, clean_spans, days, written_days
from rules.understanding.told_goods import Goods, listed, perhaps, rates, without_lists
from rules.understanding.told_others import without_others, without_sisters
from rules.understanding.told_points import points
from rules.understanding.told_scores import SCORES, compared, earlier, part_scores, scores
from rules.understanding.told_words import entries, matches, pattern

OF_SHOP: Final = frozenset((Ask.ENTER, Ask.CLOSE, Ask.WARN, Ask.LEFT))
LONGEST: Final = 300
"""Characters; what a longer message tells further on is a story."""

RELATED: Final = "related_serious_violation"
PERSONAL: Final = "personal"
FLAGS: Final = (
    "in_alliance",
    RELATED,
    "brand_documents_complete",
    "operating_normally",
    "account_usable",
    "store_opened",
    "zero_deposit_trial",
    "deposit_paid",
    "new_shop_breach",
    "platform_risk",
    "test_report",
    "listed_brand",
)


def said_in(text: str, numbers: Sequence[Number], strange: frozenset[int], goods: Goods) -> Said:
    """What is said in a text in one writing. `strange`: the places where unknown words stand."""
    whole = _parted(text[:LONGEST])
    asked_points = points(whole)
    named = goods.places(whole)
    if not (named or any(listed(whole)) or any(perhaps(whole)) or matches("total", "tells", whole)):
        return Said(points=asked_points)
    asked, strange = asks(whole), strange - named
    flagged = without_others(without_lists(whole), is_asked=bool(asked))
    kinds = tuple(goods.told(flagged)) or tuple(listed(whole)) or tuple(perhaps(flagged))
    text = pattern(f"flags.{RELATED}", "perhaps").sub(_blank, without_sisters(flagged))
    shop = pattern("counts", "shop").search(text)
    text = pattern("counts", "shop").sub(_blank, text)
    dates = written_days(text)
    numbers = [one for one in numbers if one.end <= len(text) and not text[one.start : one.end].isspace()]
    free = [one for one in numbers if not any(one.start < day.end and day.start < one.end for day in dates)]
    counted = counts(text, free)
    told = [*scores(text, free, strange, asked), *counted, *days(text, free, dates)]
    told += [*_no_score(text, told), *_flags(flagged, shop), *_shop_types(flagged), *rates(text)]
    told += kinds if len(kinds) == 1 else ()
    claimed = tuple(_claimed(whole, told))
    told = list(_without_claimed(whole, told))
    return Said(
        told=tuple(told),
        claims=claimed,
        asks=tuple(asked),
        asides=tuple(dict.fromkeys((*_shop_closed(shop), *_asides(text, free, told, counted)))),
        is_claim=is_claim(whole),
        newest=_asks_newest(whole),
        compared=compared(text, free, strange, asked, told),
        own=_asks_of_own_shop(whole, asked),
        points=asked_points,
        earlier=earlier(text, free, strange, asked, told),
        goods=kinds if len(kinds) > 1 else (),
    )


def _parted(text: str) -> str:
    """The text with a comma for a space between two words: many write no other mark."""
    return re.sub(r"(?<=[一-鿿]) (?=[一-鿿])", ",", text)


def _asks_of_own_shop(text: str, asked: Sequence[Ask]) -> bool:
    """Whether the own shop is asked about: it is named, or how many chances are left is asked of no other."""
    is_left = Ask.LEFT in asked and matches("total", "own_left", text) and not matches("others", "mention", text)
    return is_left or (not OF_SHOP.isdisjoint(asked) and matches("others", "self", text))


def _claimed(text: str, told: Sequence[Told]) -> Iterator[Claim]:
    """The claims, without those on what is not the same for each of the told kinds: 水果, the days of a 个人店.

    Of a told kind of goods with a score of its own the score is judged, not what is said of the limit.
    """
    kinds = [one for one in told if one.fact == "category"]
    told_scores = {one.number for one in told if one.fact in SCORES}
    types = {one.choice for one in told if one.fact == "shop_type"}
    for claim in claims(text):
        is_open = any(one.other for one in kinds) or (kinds and told_scores - {claim.number})
        is_of_type = types == {PERSONAL} and claim.about is About.WAITING
        if not is_of_type and not (is_open and claim.about in OF_SCORES):
            yield claim


def _without_claimed(text: str, told: Sequence[Told]) -> Iterator[Told]:
    """What is told, without the numbers of what is only passed on of the rules: 听说要80分 tells of no shop with 80."""
    numbers = {claim.number for claim in claims(text)} - {None} if is_heard(text) else set()
    yield from (one for one in told if one.number not in numbers)


def _asks_newest(text: str) -> bool:
    """Whether the rules in force today are asked about, or a change of the rules."""
    is_newest = any(matches("claims", name, text) for name in ("newest", "changed")) or is_of_change(text)
    return is_newest and not matches("claims", "older", text)


def names_total(text: str) -> bool:
    """Whether the score of the shop is named for certain."""
    return matches("total", "named", text)


def names_subject(text: str) -> bool:
    """Whether the alliance or its score is named."""
    return matches("total", "subject", text)


def closes_by_system(text: str) -> bool:
    """Whether a closing by the system is named."""
    return matches("counts", "by_system", text)


def names_ours(text: str) -> bool:
    """Whether a score is told beside the name of this platform: 淘宝4.8 抖音3.3."""
    return matches("total", "ours", text)


def has_moved(text: str) -> bool:
    """Whether a score is said to have moved up (从3.4升回3.6了), which asks nothing of how to raise it."""
    return matches("around", "has_moved", text)


def names_unbinding(text: str) -> bool:
    """Whether it is asked what becomes of goods, or at a rate, not what holds at their score."""
    return matches("total", "unbound", text)


def is_closed_by_system(text: str) -> bool:
    """Whether a closing by the system is asked about, and not an end of one's own: 会关掉联盟不."""
    return matches("total", "closed_by_system", text) and not matches("total", "wanted", text)


def asks_by_newest(text: str) -> bool:
    """Whether the text only asks for the last answer by the newest rules: 按 2026 版看."""
    return pattern("claims", "by_newest").fullmatch(text.strip(" ?。!,")) is not None


def asks_how(text: str) -> bool:
    """Whether it is asked how something is done or how long it takes, not what holds at a score."""
    return matches("total", "how", text)


def asks(text: str) -> list[Ask]:
    """What is asked, in the order of the text."""
    text = _without_told(text)
    found = [(at.start(), Ask(name)) for name, words in entries("asks") if (at := words.search(text))]
    return [ask for _, ask in sorted(found, key=lambda one: one[0])]


def _without_told(text: str) -> str:
    """The text with told closings, of the shop or of another shop, blanked: they are not what is asked."""
    text = pattern(f"flags.{RELATED}", "perhaps").sub(_blank, text)
    if not matches("asks", "why", text):
        text = pattern("counts", "never_closed").sub(_blank, text)
    return pattern("counts", "told_closing").sub(_blank_unless_ahead, text)


def _blank_unless_ahead(found: re.Match[str]) -> str:
    """Blanks for a told closing; a closing that lies ahead (会不会被关了) stays."""
    clause = re.split(r"[,。?!;\s]", found.string[: found.start()])[-1]
    return found[0] if matches("counts", "ahead", clause) else _blank(found)


def _blank(found: re.Match[str]) -> str:
    return "　" * len(found[0])


def _no_score(text: str, told: Sequence[Told]) -> Iterator[Told]:
    """The known absence of a score, where none is told and the rule is not asked about."""
    if any(one.fact == "score" for one in told) or matches("noscore", "not", text):
        return
    if matches("noscore", "told", text) or any(one.fact == "growth_score" for one in told):
        yield Told(fact="score")


def _shop_closed(shop: re.Match[str] | None) -> Iterator[Aside]:
    if shop:
        yield Aside.SHOP_CLOSED


def _flags(whole: str, shop: re.Match[str] | None) -> Iterator[Told]:
    """How things stand. `shop`: a closing of the shop; where none is of the past, the shop is not operating."""
    others = dict(entries("flags.related_serious_violation"))
    own = others["perhaps"].sub(_blank, others["yes"].sub(_blank, whole))
    own = pattern("counts", "shop").sub(_blank, own)
    if shop and not matches("counts", "shop_before", shop[0]):
        yield Told(fact="operating_normally", holds=False)
    for fact in FLAGS:
        text = whole if fact == RELATED else own
        words = dict(entries(f"flags.{fact}"))
        if fact == IN_ALLIANCE and words["yes"].search(text) and words["no"].search(text):
            continue
        if "yes" in words and words["yes"].search(text) and not _is_denied(words["yes"], text):
            yield Told(fact=fact, holds=None if fact == RELATED and matches("others", "family", text) else True)
        elif "no" in words and words["no"].search(text):
            yield Told(fact=fact, holds=False)
        elif "perhaps" in words and words["perhaps"].search(text):
            yield Told(fact=fact)


def _is_denied(words: re.Pattern[str], text: str) -> bool:
    found = words.search(text)
    return found is not None and re.search("[没未不]$", text[: found.start()]) is not None


def _shop_types(text: str) -> Iterator[Told]:
    found = (option for option, words in entries("choices.shop_type") if words.search(text))
    yield from (Told(fact="shop_type", choice=option) for option in found)


def _asides(text: str, numbers: Sequence[Number], told: Sequence[Told], counted: Sequence[Told]) -> Iterator[Aside]:
    is_dated = any(one.fact == PENALTIES for one in told)
    yield from (one for one in count_asides(text, counted, numbers) if one is not Aside.BREACHES or not is_dated)
    yield from clean_spans(text, numbers)
    if part_scores(told):
        yield Aside.PART_SCORE
    if any(number.unit is Unit.STARS for number in numbers):
        yield Aside.STARS
    for name in ("minor_breach", "grave_breach", "rule_breach", "two_enough", "changed", "effective"):
        if matches("claims", name, text):
            yield Aside(name)
    if is_claim(text) and matches("claims", "unwritten", text):
        yield Aside.UNWRITTEN
