"""What the bot does beside answering, asked for in words: 我的店铺, 导出我的数据, 别发了 (pure).

Only a message that is one of the phrases of `functions.toml` and nothing else, marks and polite words aside, asks for
one: 怎么退出联盟 and 删除商品会怎样 are questions.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rules.understanding.normalise import is_chinese, normalise
from rules.understanding.spelling import UNKNOWN, reading
from rules.understanding.utterance import one_writing

LONGEST = 40
"""Characters; a longer message asks for more than one thing."""
SHORTEST_PINYIN = 6
"""Letters; shorter ones are English words, or other Chinese ones."""
ONE_WORD = 2
"""Characters: 怎么导出 may ask for anything."""
HELP = "/help"
_MARKS = re.compile(r"[\W_]+")
_WORD_ASKED = re.compile(r"\w{1,2} ?\?+")
"""A bare word with a question mark: no wish to be left alone."""


@dataclass(frozen=True)
class Function:
    """A function with its phrases. The fields: see `functions.toml`; `also` None: no pattern."""

    name: str
    does: str
    says: tuple[str, ...]
    also: re.Pattern[str] | None = None
    instead: str = HELP
    always: bool = False
    asked: bool = False


@cache
def functions() -> tuple[Function, ...]:
    """All functions in the order of the file. Raises TypeError for a table with an unknown key."""
    tables = ((name, table) for name, table in _data().items() if isinstance(table, dict))
    return tuple(_function(name, **table) for name, table in tables)


def _function(name: str, says: str, also: str = "", **fields: Any) -> Function:
    pattern = re.compile(also, re.VERBOSE) if also else None
    return Function(name, says=_listed(says), also=pattern, **fields)


def function_in(text: str) -> Function | None:
    """The function that the whole text asks for; None for any other text."""
    if len(text) > LONGEST:
        return None
    typed, written = normalise(text).strip(), one_writing(text)
    texts = [_bare(typed), *([] if UNKNOWN in written else [_bare(written)])]
    found = _said_by(texts)
    if found is None:
        asked = _said_by([of for text in texts for of in _asked_of(text)])
        return asked if asked and asked.asked else None
    return None if found.always and _WORD_ASKED.fullmatch(typed) else found


def button_in(text: str, buttons: Mapping[str, str]) -> str:
    """The data of the button whose label is the whole text, marks and polite words aside; "" for none, or several."""
    said = _bare(normalise(text).strip()) if len(text) <= LONGEST else ""
    found = {data for label, data in buttons.items() if said and _bare(normalise(label)) == said}
    return found.pop() if len(found) == 1 else ""


def _said_by(texts: Sequence[str]) -> Function | None:
    """The first function with one of the texts as a phrase, else with a pattern of one."""
    if found := next((known for text in texts if (known := _by_key().get(text))), None):
        return found
    patterned = ((function, function.also) for function in functions() if function.also)
    return next((function for function, also in patterned if any(map(also.fullmatch, texts))), None)


def _asked_of(text: str) -> Iterator[str]:
    """What a text asks the way to: 导出数据 for 怎么导出数据 and 导出数据在哪; nothing for other texts."""
    head, tail = _end(text, "asking_before", str.startswith), _end(text, "asking_after", str.endswith)
    bare = text.removeprefix(head).removesuffix(tail)
    if (head or tail) and len(bare) > ONE_WORD:
        yield bare


@cache
def _by_key() -> Mapping[str, Function]:
    """From each phrase in each writing to its function. Raises ValueError for a phrase of two functions."""
    found: dict[str, Function] = {}
    for function in functions():
        for phrase in function.says:
            for key in _keys(phrase):
                if found.setdefault(key, function) is not function:
                    raise ValueError(f'functions.toml: "{phrase}" says {function.name} and {found[key].name}')
    return found


def _keys(phrase: str) -> Iterator[str]:
    """The phrase as written and in pinyin, without marks and polite words."""
    bare = _bare(normalise(phrase))
    yield bare
    letters = "".join(reading(bare))
    if is_chinese(bare) and letters.isascii() and len(letters) >= SHORTEST_PINYIN:
        yield letters


def _bare(text: str) -> str:
    """The text without marks and polite words: 能帮我导出一下数据吗 is 导出数据."""
    bare = _MARKS.sub("", text)
    for word in _listed(_data()["polite_inside"]):
        bare = bare.replace(word, "") or bare
    if asking := _end(bare, "polite_asking", str.startswith):
        bare = bare[len(asking) :].removesuffix(_data()["polite_asking_end"]) or bare
    while head := _end(bare, "polite_before", str.startswith):
        bare = bare[len(head) :]
    while tail := _end(bare, "polite_after", str.endswith):
        bare = bare[: -len(tail)]
    return bare


def _end(text: str, words: str, ends: Callable[[str, str], bool]) -> str:
    """The longest of the words at that end of the text, "" for none; never the whole text."""
    return next((word for word in _squeezed(words) if ends(text, word) and text != word), "")


@cache
def _squeezed(words: str) -> tuple[str, ...]:
    """The words of a list without spaces."""
    return tuple(word.replace(" ", "") for word in _listed(_data()[words]))


@cache
def _listed(words: str) -> tuple[str, ...]:
    """The phrases of a list, the longest first."""
    return tuple(sorted((word.strip() for word in words.split(",")), key=len, reverse=True))


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
