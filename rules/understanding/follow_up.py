"""Follow-ups, without a subject of their own: 那3.6呢, 第二条呢, 为什么, 要多久."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache
from typing import NamedTuple

from rules.edition import Edition
from rules.numbers import WHOLE, count
from rules.reading import Figure, Part, Reading
from rules.understanding.lexicon import Known, flagged, number_concepts
from rules.understanding.provisions import clauses_for
from rules.understanding.tables import any_of, load, split_list

LONGEST = 16
LAST = -1
"""The place of the last provision of a list."""


class Patterns(NamedTuple):
    """Patterns for a provision's place in a list, the last question put again, and a bare "why?"."""

    place: re.Pattern[str]
    begins: re.Pattern[str]
    ends: re.Pattern[str]
    why: re.Pattern[str]


@cache
def _patterns() -> Patterns:
    words = load("follow_up.toml")
    again, why = words["again"], words["why"]
    return Patterns(
        re.compile(rf"第(?P<number>\d{{1,2}}|{WHOLE}){any_of(words['item'])}|{any_of(words['last'])}"),
        re.compile(any_of(again["begins"])),
        re.compile(rf"{any_of(again['ends'])}[?。!]*$"),
        re.compile(rf"{any_of(why['before'])}?{any_of(why['words'])}{any_of(why['after'])}?[?。!]*\s*"),
    )


def matches(table: str, name: str, text: str) -> bool:
    """Whether a word of the list stands anywhere in the text."""
    return listed(table, name).search(text) is not None


@cache
def listed(table: str, name: str) -> re.Pattern[str]:
    """The pattern for any word of a list of `follow_up.toml`. Raises KeyError for an unknown list."""
    return re.compile(any_of(load("follow_up.toml")[table][name]))


def place_asked(text: str) -> int | None:
    """The place, from 1, of the provision asked for by place, `LAST` for the last; None for any other text."""
    found = _patterns().place.search(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    return count(found["number"]) if found["number"] else LAST


def provision_at(edition: Edition, shown: Sequence[Part], place: int) -> Part | None:
    """The provision at a place of the parts shown, `LAST` for the last one; None past the end, and without a list."""
    listed = quoted(shown)
    return _at(edition, listed, len(listed) if place == LAST else place) if len(listed) > 1 else None


def quoted(shown: Sequence[Part]) -> tuple[str, ...]:
    """The clauses quoted by the parts, in order."""
    return tuple(clause for part in shown for clause in part.clauses)


def _at(edition: Edition, listed: Sequence[str], place: int) -> Part | None:
    """The provision at a place of a list, under the topic that quotes nothing else; None without such a topic."""
    if not 1 <= place <= len(listed):
        return None
    clause = listed[place - 1]
    topic = next((topic.id for topic in edition.topics if topic.clauses == (clause,)), None)
    return Part(topic=topic, clauses=(clause,)) if topic else None


def provision_named(edition: Edition, text: str, named: Set[str]) -> Part | None:
    """The provision asked for by place in a list named in the text: 准入标准第三条; None for any other text."""
    place = place_asked(text)
    if not place or Known.CRITERIA not in named or not named <= _beside_a_number() | flagged().with_item:
        return None
    asked = "join_auto" if Known.AUTO in named else "criteria"
    listed = next((topic.clauses for topic in edition.topics if topic.id == asked), ())
    return _at(edition, listed, place)


def asks_why(text: str) -> bool:
    """Whether the text asks for the reason of the last answer, and nothing else."""
    return bool(_patterns().why.fullmatch(text))


def asks_for_source(text: str) -> bool:
    """Whether the text asks in few words which provision the last answer rests on."""
    return len(text) <= LONGEST and matches("why", "source", text)


def begins_with_why(text: str) -> bool:
    """Whether the text starts with a "why?"."""
    return bool(_patterns().why.match(text))


def puts_again(text: str) -> bool:
    """Whether the text has the form of the last question put again: 那…, …呢."""
    return _has_form_of_again(text) or text.rstrip().endswith("?")


def _has_form_of_again(text: str) -> bool:
    known = _patterns()
    return bool(known.begins.match(text) or known.ends.search(text))


def end_of_words(text: str) -> int:
    """Where the words of a text end, before a 呢 in whatever dialect."""
    return len(re.sub(rf"{listed('again', 'ends').pattern}[?。!]*$", "", text))


def onward(named: Set[str], text: str, last: Sequence[str]) -> Iterator[str]:
    """The topics to which a question leads that names nothing else, after one of the last topics: 链接呢."""
    beside = flagged().light | flagged().idle
    for topic, table in load("follow_up.toml")["onward"].items():
        is_named = bool(named & set(split_list(table["named"]))) and named <= set(split_list(table["named"])) | beside
        if is_named and len(text) <= LONGEST and not set(last).isdisjoint(split_list(table["after"])):
            yield topic


def names_kind(named: Set[str]) -> bool:
    """Whether a kind of shop is named, or the scale of a number."""
    return not named.isdisjoint(split_list(load("follow_up.toml")["again"]["kinds"]))


def names_no_score(named: Set[str]) -> bool:
    """Whether it is said that there is no score, in whatever words."""
    return load("follow_up.toml")["again"]["absent"] in named


def asks_what_follows(named: Set[str]) -> bool:
    """Whether it is asked what follows, or what to do."""
    return not named.isdisjoint(split_list(load("follow_up.toml")["again"]["follows"]))


def asks_to_wait(text: str) -> bool:
    """Whether nothing but the time to wait is asked."""
    rest = listed("wait", "words").sub("", text)
    return rest != text and not listed("wait", "beside").sub("", rest).strip(" ?。!,")


def asks_whether(text: str) -> bool:
    """Whether the text is a question of yes or no: 不是60天内不考核吗."""
    return text.rstrip("。! ").endswith(("吗", "么", "?"))


def names_only_numbers(text: str, named: Set[str]) -> bool:
    """Whether the text puts another number to the last question: 那3.6呢."""
    if len(text) > LONGEST or not _has_form_of_again(text):
        return False
    return bool(named & number_concepts()) and named <= number_concepts() | _beside_a_number()


def _beside_a_number() -> frozenset[str]:
    """The concepts that ask nothing new beside a number."""
    return flagged().subject | flagged().idle | flagged().with_number


def repeated_at(edition: Edition, before: Reading, figures: tuple[Figure, ...]) -> Part | None:
    """The last question with other numbers; None if the last answer has no number."""
    for part in reversed(before.parts):
        topic = edition.topic(part.topic)
        if part.clauses and part.figures:
            return Part(topic=topic.id, figures=figures, clauses=clauses_for(edition, topic, figures))
    return None
