"""Right answers that a change of wording loses: `python -m bench.wordings`.

Every twelfth Chinese line of the sets that were taught from, as far as it is answered right, is read again with talk
around it (`talk.txt`, @ for the line), with one term misspelt (`slips.txt`), in traditional characters, and in pinyin.
"""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from opencc import OpenCC
from pypinyin import lazy_pinyin

from bench.questions import lines
from rules.catalogue.load import load, packaged_folder
from rules.edition import Edition
from rules.reading import Reading
from rules.understanding import Understanding
from rules.understanding.evaluation import evaluate
from rules.understanding.normalise import is_chinese

HERE = Path(__file__).parent
TAUGHT = ("dev", "blind", "tune")
EVERY, SHORT = 12, 20
Wordings = Callable[[str], Iterator[str]]


def talk(question: str) -> Iterator[str]:
    """The question with each phrase of talk around it."""
    return (line.replace("@", question) for line in _lines(HERE / "talk.txt"))


def slips(question: str) -> Iterator[str]:
    """The question with one term of it misspelt."""
    for term, *wrong in (line.split() for line in _lines(HERE / "slips.txt")):
        if term in question:
            yield from (question.replace(term, slip, 1) for slip in wrong)


def traditional(question: str) -> Iterator[str]:
    """The question in the characters of Taiwan and of Hong Kong."""
    return (converter.convert(question) for converter in _converters())


def pinyin(question: str) -> Iterator[str]:
    """A short question in toneless pinyin, spaced and whole."""
    if len(question) <= SHORT:
        yield from (space.join(lazy_pinyin(question)) for space in (" ", ""))


def held(edition: Edition, read: Callable[[str], Reading]) -> list[dict[str, object]]:
    """The taught Chinese lines in scope that are answered right."""
    rows = [json.loads(line) for name in TAUGHT for line in lines(name)]
    asked = [row for row in rows if row["in_scope"] and any(map(is_chinese, row["q"]))]
    chinese = [row for row in asked if not any("a" <= letter <= "z" for letter in row["q"].lower())][::EVERY]
    card = evaluate(edition, map(json.dumps, chinese), read)
    return [row for row, outcome in zip(chinese, card.outcomes, strict=True) if outcome.right]


def main() -> None:
    edition = load(packaged_folder()).edition("2022-10-10")
    read = Understanding(edition).read
    rows = held(edition, read)
    print(f"{len(rows)} lines\n\n| changed by | readings | lost |\n|---|---|---|")
    wordings: tuple[Wordings, ...] = (talk, slips, traditional, pinyin)
    for change in wordings:
        changed = [json.dumps(row | {"q": text}) for row in rows for text in change(str(row["q"]))]
        lost = len(evaluate(edition, changed, read).misses)
        print(f"| {change.__name__} | {len(changed)} | {lost / len(changed):.1%} |")


@cache
def _converters() -> tuple[OpenCC, ...]:
    return tuple(OpenCC(name) for name in ("s2t", "s2hk"))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


if __name__ == "__main__":
    main()
