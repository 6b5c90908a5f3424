"""The last question put again with another value (那3.6呢), or with the value put right (打错了,是4.1).

A number without a name counts what was told last in the same unit: 那61天呢 after a question about a new shop.
"""

import re
from collections.abc import Sequence, Set
from decimal import Decimal
from typing import Final

from rules.edition import Edition, Judged, Topic
from rules.said import Ask, Said, Told
from rules.understanding import follow_up
from rules.understanding.laid import CLOSURES, PENALTIES, name
from rules.understanding.lexicon import Tag, flagged, number_concepts
from rules.understanding.numbers_in_text import Number, Unit
from rules.understanding.tables import load, split_list
from rules.understanding.told_scores import SCORES
from rules.understanding.told_topic import HOLDS, OF_ASK
from rules.understanding.told_words import matches, pattern
from rules.understanding.utterance import Utterance

LONGEST: Final = 24
MOST_UNKNOWN: Final = 1
"""Characters in no known word, in few words."""
_MOST_POINTS, _DECIMALS = 100, 3
MOST: Final = {CLOSURES: 9, **dict.fromkeys(("joined_on", "opened_on", PENALTIES), 3650)}
"""The highest number without a unit that may be a count of closings, or days."""
_DENIED: Final = re.compile(r"不是\s*[\d一二两三四五]")
DAYS: Final = ("joined_on", "opened_on", PENALTIES)
COUNTED: Final = frozenset(("three", "auto_closures", "reopen"))
"""Topics that count closings."""
DAYS_OF: Final = {"new_shop": "joined_on", "adm3": "joined_on", "adm4": PENALTIES, "personal": "opened_on"}
"""The span that a topic is about."""
BARE: Final = frozenset(("criteria", "join", "join_auto", "new_shop"))
"""Topics after which a score is put to the question of entering."""
TOPICS_OF: Final = {
    "score": ("auto_score", "adm3", "low_score", "three", "reopen"),
    "product_score": ("product_score",),
    CLOSURES: ("three", "auto_closures", "reopen"),
    "joined_on": ("new_shop", "adm3"),
    PENALTIES: ("adm4",),
}
"""The topics that a value belongs to, beside those judged at a score; the first one where the last is none of them."""


def is_only_values(said: Utterance) -> bool:
    """Whether a short message names nothing but values and how they are asked about."""
    beside = frozenset(split_list(load("follow_up.toml")["again"]["beside"]))
    known = flagged().light | flagged().idle | flagged().with_number | flagged().talk | number_concepts() | beside
    begins = _corrected_until(said.text)
    unknown = sum(begins <= place < follow_up.end_of_words(said.text) for place in said.unknown_places)
    named = {tag.concept for tag in said.tags if tag.end > begins and not _is_in_number(said, tag)}
    return len(said.text) <= LONGEST and unknown <= MOST_UNKNOWN and named <= known


def _is_in_number(said: Utterance, tag: Tag) -> bool:
    """Whether a word is a part of a number: 一天 in 第六十一天."""
    return any(number.start < tag.start and tag.end <= number.end for number in said.numbers)


def corrects(text: str) -> bool:
    """Whether the message takes back what was told last: 打错了,是4.1, 是4.1不是3.7."""
    is_denied = _DENIED.search(text) is not None and not follow_up.asks_whether(text)
    return bool(_corrected_until(text)) or is_denied


def _corrected_until(text: str) -> int:
    """Where the words end that take back what was told last; 0 without such words at the start."""
    before, words = (follow_up.listed("again", name).pattern for name in ("hesitates", "corrects"))
    begins = re.match(rf"(?:(?:{before}|我(?=.?[看说打写输记搞弄]错))[,。!\s]*){{0,9}}(?:{words}[,。!\s]*)+", text)
    return begins.end() if begins else 0


def values(said: Utterance, own: Said, before: Sequence[Told], topics: Set[str]) -> tuple[Told, ...]:
    """What such a message tells, each number as what it counted before; empty where the role of one is not sure.

    `before`: what was told, the newest last. `topics`: of the last question.
    """
    told = list(own.told)
    if not any(one.fact == "score" for one in told) and follow_up.matches("again", "no_score", said.text):
        told.append(Told(fact="score"))
    for number in said.numbers:
        if any(one.number == number.value for one in told) or _is_denied(said.text, number):
            continue
        if not (fact := _fact(said.text, number, before, topics)):
            return ()
        if not any(one.fact == fact for one in own.told):
            told.append(Told(fact=fact, number=number.value, side=number.side))
    if not told and corrects(said.text):
        told = _renamed(said.text, before)
    is_made_up = matches("around", "supposed", said.text)
    goes_on = set() if corrects(said.text) else {name(one) for one in before if one.is_supposed}
    is_now = {name(one): one for one in (_ahead(said, one, before) for one in told) if one}
    supposed = {key for key, one in is_now.items() if is_made_up or one.is_supposed or key in goes_on}
    return tuple(one.model_copy(update={"is_supposed": key in supposed}) for key, one in is_now.items())


def have_topic(told: Sequence[Told]) -> bool:
    """Whether one of the values belongs to a topic."""
    return any(name(one) in TOPICS_OF for one in told)


def starts_with_value(said: Utterance) -> bool:
    """Whether the message starts with its number: 65会被清出去吗."""
    return bool(said.numbers) and not said.text[: said.numbers[0].start].strip(" 满到过才")


def tells_no_score(said: Utterance) -> bool:
    """Whether such a message tells that there is no score."""
    return is_only_values(said) and follow_up.matches("again", "no_score", said.text)


def _is_denied(text: str, number: Number) -> bool:
    """Whether the number is what was told by mistake, with another one beside: 是4.1不是3.7."""
    return any(found.end() - 1 == number.start for found in _DENIED.finditer(text)) and "是" in _DENIED.sub("", text)


def _fact(text: str, number: Number, before: Sequence[Told], topics: Set[str]) -> str:
    """What the number counts, by its unit and by what was told before; "" where that is not sure."""
    held = [one for one in before if one.fact != PENALTIES or one.holds is None]
    newest = [one.fact for one in reversed(held) if one.number is not None or name(one) in (*DAYS, *SCORES, CLOSURES)]
    if number.is_open or number.lost or number.value != round(number.value, _DECIMALS):
        return ""
    if number.unit is Unit.TIMES:
        return CLOSURES if CLOSURES in map(name, before) or topics & COUNTED else ""
    is_day = number.unit is Unit.NONE and re.search(r"\bday\s*$", text[: number.start])
    if number.unit is Unit.DAYS or is_day:
        of_topic = next((fact for topic, fact in DAYS_OF.items() if topic in topics), "")
        return next((fact for fact in newest if fact in DAYS), of_topic)
    if number.unit is Unit.POINTS or (number.unit is Unit.NONE and number.exact):
        return next((fact for fact in newest if fact in SCORES), "score")
    fact = newest[0] if number.unit is Unit.NONE and newest else ""
    is_likely = number.value <= MOST.get(fact, _MOST_POINTS) and (fact in SCORES or follow_up.puts_again(text))
    return fact if is_likely else ""


def _renamed(text: str, before: Sequence[Told]) -> list[Told]:
    """The number told last, under the score named instead: 我说的是商品体验分."""
    number = next((one.number for one in reversed(before) if one.fact in SCORES), None)
    fact = next((fact for fact in reversed(SCORES) if pattern("called", fact).search(text)), "")
    return [Told(fact=fact, number=number)] if fact and number is not None else []


def _ahead(said: Utterance, told: Told, before: Sequence[Told]) -> Told | None:
    """The value; a closing that lies ahead (再关一次, 第三次) is made up, on top of those told; None without those.

    So are days that lie ahead (再过十天).
    """
    if name(told) in DAYS and told.number is not None and _is_later(said, told.number):
        return _on_top(told, told.number, before)
    number = next((one for one in said.numbers if name(told) == CLOSURES and one.value == told.number), None)
    if number is None:
        return told
    if said.text[: number.start].endswith("第"):
        return told.model_copy(update={"is_supposed": True})
    if not re.search(f"{follow_up.listed('again', 'more').pattern}$", said.text[: number.start]):
        return told
    return _on_top(told, number.value, before)


def _is_later(said: Utterance, days: Decimal) -> bool:
    """Whether the days are still to come: 再过十天, 十天后."""
    number = next((one for one in said.numbers if one.value == days), None)
    if number is None:
        return False
    before, after = said.text[: number.start], said.text[number.end :]
    return matches("days", "later_before", before) or pattern("days", "later_after").match(after) is not None


def _on_top(told: Told, more: Decimal, before: Sequence[Told]) -> Told | None:
    """The value told before and so many more, made up; None where none was told."""
    held = next((one.number for one in before if one.fact == told.fact and one.number is not None), None)
    return None if held is None else told.model_copy(update={"number": held + more, "is_supposed": True})


def topic_of(edition: Edition, told: Sequence[Told], own: Sequence[Ask], last: Sequence[str]) -> str:
    """The topic of the last question put again: one of the last topics that the values belong to, else theirs.

    `own`: what the message asks itself.
    """
    topics = {topic.id: topic for topic in edition.topics}
    facts = {name(one) for one in told} & TOPICS_OF.keys()
    asked = next((OF_ASK[ask] for ask in own if ask in OF_ASK), None)
    if "score" in facts and asked:
        return asked
    if fitting := [topic for topic in reversed(last) if not facts or _fits(topics[topic], facts)]:
        return fitting[0]
    fact = next(fact for fact in (*reversed(SCORES), *TOPICS_OF) if fact in facts)
    if fact == "score":
        is_absent = any(one.fact == fact and one.number is None for one in told)
        return "new_shop" if is_absent else "auto_score" if BARE.intersection(last) else HOLDS
    return next((topic for topic in TOPICS_OF[fact] if topic in topics), last[-1])


def _fits(topic: Topic, facts: Set[str]) -> bool:
    """Whether one of the values belongs to the topic."""
    is_judged = topic.judged is not Judged.NOT and "score" in facts
    return is_judged or any(topic.id in TOPICS_OF[fact] for fact in facts)
