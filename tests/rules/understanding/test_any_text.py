"""Any text at all is read without an exception, and nothing is quoted that the edition does not have.

`UNDERSTANDING_TEXTS=100000 pytest tests/rules/understanding/test_any_text.py` runs the full count.
"""

import os
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.edition import Edition
from rules.memory import Memory
from rules.reading import Reading
from rules.understanding import Understanding
from rules.understanding.dialogue import follow
from rules.understanding.lexicon import concepts, fillers

TEXTS = int(os.environ.get("UNDERSTANDING_TEXTS", "100"))
WORDS = sorted({word for concept in concepts().values() for word in (*concept.words, *concept.english)} | fillers())
MARKS = ["?", "，", "。", "\n", " ", "…", "😭", "\u200b", "\u0301", "３", "〇", "半", "%s", "{}", "<b>", "\x00"]
SCORES = st.decimals(min_value=Decimal(0), max_value=Decimal(120), places=2).map(str)
PIECES = st.one_of(st.sampled_from(WORDS), st.sampled_from(MARKS), SCORES, st.text(max_size=8))
ASKED = st.lists(PIECES, max_size=14).map("".join)
many = settings(max_examples=TEXTS, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def is_sound(edition: Edition, reading: Reading) -> bool:
    """Whether a reading names only topics and clauses that the edition has, each clause once."""
    clauses = [clause for part in reading.parts for clause in part.clauses]
    topics = {part.topic for part in reading.parts}
    return (
        set(clauses) <= {clause.id for clause in edition.clauses}
        and topics <= {topic.id for topic in edition.topics}
        and (len(clauses) == len(set(clauses)) or reading.kind.value == "choices")
    )


@many
@given(text=st.one_of(ASKED, st.text(max_size=60)))
def test_any_text_is_read(edition: Edition, reader: Understanding, text: str) -> None:
    assert is_sound(edition, reader.read(text))


@many
@given(first=ASKED, then=ASKED)
def test_any_text_is_read_after_any_other(edition: Edition, reader: Understanding, first: str, then: str) -> None:
    assert is_sound(edition, reader.read(then, reader.read(first)))


SHORT = [
    *(
        "那3.6呢",
        "两次呢",
        "第二条呢",
        "最后一条",
        "打错了,是4.1",
        "我说的是商品体验分",
        "为什么",
        "链接呢",
        "普通店呢",
    ),
    *(
        "那没有分呢",
        "恢复营业了",
        "还差什么",
        "那要等多久",
        "B店呢",
        "我的呢",
        "再关一次呢",
        "停业了",
        "300天前被罚过",
        "会关吗",
    ),
]


@many
@given(texts=st.lists(st.one_of(ASKED, st.sampled_from(SHORT)), min_size=2, max_size=6))
def test_any_messages_are_followed(edition: Edition, reader: Understanding, texts: list[str]) -> None:
    memory = Memory()
    for text in texts:
        reading, memory = follow(reader, memory, text)
        assert is_sound(edition, reading)
