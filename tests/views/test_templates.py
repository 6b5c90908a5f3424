"""Every template by its words alone: one name for one thing, full-width marks, nothing slanted, no number typed in."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.views.render import BUTTONS, MESSAGES

ROOT = Path(__file__).parents[2]
LOCALE = MESSAGES / "zh-Hans"
TEMPLATES = sorted(LOCALE.rglob("*.html.j2"))
HAN = r"[\u4e00-\u9fff]"
HALF_WIDTH = re.compile(rf"{HAN}[,;:?!()]|[,;:?!()]{HAN}")
SLANTED = re.compile(r"<(i|em)>")
TAG = re.compile(r"\{#.*?#\}|<[^>]*>", re.DOTALL)
CODE = re.compile(r"\{[{%].*?[}%]\}", re.DOTALL)
STRING = re.compile(r'"([^"]*)"')
OUR_OWN = {
    "frame/help": "a list's numbers",
    "operators": "what the bot itself does: days looked back, limits of files, names of encodings",
    "scores/chart_caption": "days drawn",
    "scores/chart_empty": "days drawn",
    "scores/chart_subtitle": "days drawn",
}
"""Templates with numbers of ours, that no rule and no merchant sets."""


def name(file: Path) -> str:
    return str(file.relative_to(LOCALE)).removesuffix(".html.j2")


def words(file: Path) -> Iterator[str]:
    """What stands in a template to be read: text, labels of buttons, and strings inside the code."""
    text, _, buttons = TAG.sub("", file.read_text("utf-8")).partition(BUTTONS)
    yield from CODE.sub("\n", text).splitlines()
    labels = (part.partition("=>")[0] for row in buttons.splitlines() for part in row.split(" | "))
    yield from (CODE.sub("\n", label) for label in labels)
    strings = (found for code in CODE.findall(text + buttons) for found in STRING.findall(code))
    yield from (one.partition("=>")[0] for one in strings if re.search(HAN, one))


def unwanted() -> Iterator[tuple[str, str]]:
    """From `docs/words.md`: each word that is not said, with the one that is."""
    for line in (ROOT / "docs" / "words.md").read_text("utf-8").splitlines():
        said, _, avoided = (cell.strip() for cell in line.strip("|").split("|")) if line.count("|") > 3 else ("",) * 3
        yield from ((word, said) for word in avoided.split(", ") if re.search(HAN, word))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_marks_beside_chinese_are_full_width(file: Path) -> None:
    assert [one for one in words(file) if HALF_WIDTH.search(one)] == []


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_chinese_is_never_slanted(file: Path) -> None:
    assert not SLANTED.search(file.read_text("utf-8"))


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_no_number_is_typed_into_a_template(file: Path) -> None:
    if name(file) not in OUR_OWN and name(file).partition("/")[0] not in OUR_OWN:
        assert [one for one in words(file) if re.search(r"\d", one)] == []


@pytest.mark.parametrize(("word", "said"), list(unwanted()))
def test_each_thing_has_one_name(word: str, said: str) -> None:
    menu = tomllib.loads((LOCALE / "menu.toml").read_text("utf-8"))
    texts = {name(file): "\n".join(words(file)) for file in TEMPLATES} | {"menu": repr(menu)}
    assert [file for file, text in texts.items() if word in text] == [], f"say {said} instead of {word}"


def test_the_list_of_words_is_read() -> None:
    assert ("商家后台", "抖店后台") in list(unwanted())
