"""R31: 1,000 times each character and pair of characters, and random texts as long: none stalls the others."""

from collections.abc import Iterator, Sequence
from random import Random

from rules.understanding import TooLong
from rules.understanding.dialogue import follow
from rules.understanding.lexicon import concepts
from tests.faults.scene import FULL, report
from tests.linear import MOST, growth, pieces, repeated, seconds, vocabulary
from tests.reading_paths import ASKED, PATHS, READER

LENGTH = 1_000
MOST_MS = 250
"""A text whose reading takes longer would hold up the others."""
FLOOR_S = 0.002
RANDOM = 2_000 if FULL else 40


def test_r31_no_text_stalls_the_others():
    tried = pieces()
    slowest_ms, refused = measured([repeated(piece, LENGTH) for piece in tried])
    ratios = {piece: growth(PATHS["a question"], piece, FLOOR_S) for piece in tried}
    said = f"1,000 characters of each of {len(tried)} characters and pairs: slowest reading {slowest_ms:.0f} ms of CPU,"
    said += f" four times the length {max(ratios.values()):.1f} times the time at most, {refused} refused as too long"
    report("R31", said, f"at most {slowest_ms:.0f} ms")
    assert slowest_ms < MOST_MS
    assert {piece: ratio for piece, ratio in ratios.items() if ratio >= MOST} == {}


def test_r31_no_random_text_stalls_the_others():
    slowest_ms, refused = measured(list(random_texts(RANDOM)))
    said = f"{RANDOM} random texts of 1,000 characters: slowest reading {slowest_ms:.0f} ms of CPU"
    report("R31", f"{said}, {refused} refused as too long", f"at most {slowest_ms:.0f} ms")
    assert slowest_ms < MOST_MS


def measured(texts: Sequence[str]) -> tuple[float, int]:
    """The processor time of the slowest reading in ms, the lesser of two; and how many texts are refused."""
    refused: set[str] = set()

    def read(text: str) -> None:
        try:
            follow(READER, ASKED, text)
        except TooLong:
            refused.add(text)

    read("怎么开通")
    took = {text: seconds(read, text) for text in texts}
    slow = sorted(took, key=lambda text: -took[text])[: 1 + len(took) // 10]
    return 1000 * max(min(took[text], seconds(read, text)) for text in slow), len(refused)


def random_texts(count: int) -> Iterator[str]:
    """Texts of words of the vocabulary, of few words again and again or of many."""
    random = Random(31)
    known = [word for one in concepts().values() for word in (*one.words, *one.english)]
    words = [
        *known,
        *vocabulary(),
        "3.7",
        "4.2分",
        "三次",
        "60天",
        "2022年9月",
        "被关了",
        "体验分",
        ",",
        "?",
        "吗",
        " ",
    ]
    for _ in range(count):
        few = random.sample(words, random.choice([2, 5, 20, len(words)]))
        yield "".join(random.choices(few, k=LENGTH))[:LENGTH]
