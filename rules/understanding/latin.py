"""Latin letters in a message: pinyin, whole or half (清tui), and initials as words of the domain; slips in English."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz import fuzz, process

from rules.understanding.lexicon import concepts, fillers, flagged
from rules.understanding.normalise import stem
from rules.understanding.spelling import STRONG, UNKNOWN, reading, readings, terms_of, words
from rules.understanding.tables import load

_LATIN_RUN = re.compile(r"[a-z][a-z']*(?:[ \-]+[a-z][a-z']*)*")
_HALF_RUN = re.compile(r"(?<![a-z'])[a-z]{2,18}(?![a-z'])")
_CHARACTERS = 3
_LONGEST_SPELLING = 26
_FUZZY_LOOKUPS = 12
_WORD_COST, _CHARACTER_COST, _UNKNOWN_COST = 1.0, 1.5, 4.0
_NEVER = float("inf")


@cache
def _english() -> frozenset[str]:
    """The stems of every English word in the lexicon."""
    phrases = (phrase for concept in concepts().values() for phrase in concept.english)
    known = {stem(word.replace("'", "")) for phrase in phrases for word in re.findall("[a-z']+", phrase)}
    return frozenset(known | {filler[1:] for filler in fillers() if filler[0] == " "})


@cache
def _spellings() -> Mapping[str, tuple[str, float]]:
    """From letters to the most likely word in Chinese, with the cost of reading so."""
    # A word of another business with a word of ours inside is not what was typed: 联盟杯 for 联盟被.
    strangers = (word for name in flagged().stranger for word in concepts()[name].words)
    strange = {word for word in strangers if any(term in word for term in terms_of("terms"))}
    found = dict.fromkeys(readings().values(), (UNKNOWN, _UNKNOWN_COST))
    for pair in load("spelling.toml")["syllables"]["list"].split():
        syllable, _, character = pair.partition(":")
        found[syllable] = (character, _CHARACTER_COST)
    for word, weight in sorted(words().items(), key=lambda item: item[1]):
        if word not in strange:
            found["".join(reading(word))] = (word, _WORD_COST + 0.05 * len(word) - 0.01 * weight)
    for term in terms_of("terms"):
        found["".join(reading(term))] = (term, _WORD_COST + 0.05 * len(term) - 0.01)
    return found


@cache
def _initials() -> Mapping[str, tuple[str, float]]:
    return {key: (word, _WORD_COST) for key, word in load("spelling.toml")["initials"].items()}


def _read(letters: str, spellings: Mapping[str, tuple[str, float]]) -> str | None:
    """The letters in the cheapest reading as words; None if no words use up all letters."""
    costs, begins = [0.0], [0]
    for end in range(1, len(letters) + 1):
        best, begin = _NEVER, end
        for start in range(max(0, end - _LONGEST_SPELLING), end):
            word = spellings.get(letters[start:end])
            if word and costs[start] + word[1] < best:
                best, begin = costs[start] + word[1], start
        costs.append(best)
        begins.append(begin)
    words_back, end = [], len(letters)
    while end and costs[-1] < _NEVER:
        words_back.append(spellings[letters[begins[end] : end]][0])
        end = begins[end]
    return "".join(reversed(words_back)) if costs[-1] < _NEVER else None


def _pinyin(letters: str) -> str | None:
    """The letters as pinyin of known words and characters, in Chinese; None for other letters."""
    return _read(letters, _spellings())


def replace_latin(text: str) -> str:
    """The text with pinyin, half pinyin and initials as Chinese words; English words stay, but for their slips."""
    runs = _LatinRuns()
    return _LATIN_RUN.sub(lambda found: runs.read(found[0]), _replace_half_pinyin(text))


class _LatinRuns:
    """The Latin runs of a text in Chinese; only the first words are looked up by likeness, for the lookup is costly."""

    def __init__(self) -> None:
        self._lookups = _FUZZY_LOOKUPS

    def read(self, run: str) -> str:
        """A run of Latin words with pinyin and initials in Chinese."""
        written = re.split(r"[ \-]+", run)
        if len(written) > 2 and all(len(word) == 1 for word in written):
            written = ["".join(written)]
        foreign = [word for word in written if not _is_english(word) and _pinyin(word) is not None]
        if foreign and sum(map(len, foreign)) * 2 >= sum(map(len, written)):
            return self._joined(written)
        return " ".join(self._word(word) for word in written)

    def _joined(self, written: list[str]) -> str:
        """A run of mostly pinyin, with neighbours read together, so that spaced syllables become words."""
        pieces: list[str] = []
        letters = ""
        for word in [*written, ""]:
            if word and _pinyin(word) is not None and not (_is_english(word) and len(word) > 3):
                letters += word
                continue
            if letters:
                pieces.append(_pinyin(letters) or letters)
                letters = ""
            if word:
                pieces.append(self._word(word))
        return " ".join(pieces)

    def _word(self, word: str) -> str:
        """A Latin word among others, read as initials, pinyin of the domain, or a slip in an English or pinyin word."""
        if word in _initials():
            return _initials()[word][0]
        if _is_english(word):
            return word
        if (pinyin := _pinyin(word)) and UNKNOWN not in pinyin and len(word) > 3:
            return pinyin
        if initials := _read(word, _initials()):
            return initials
        return self._likely(word)

    def _likely(self, word: str) -> str:
        """The English word or pinyin very near to a word, else the word unchanged."""
        if len(word) < 5 or len(word) > _LONGEST_SPELLING or not self._lookups:
            return word
        self._lookups -= 1
        near = process.extractOne(word, _likely_words(), scorer=fuzz.ratio, score_cutoff=84)
        return _likely_words()[near[2]] if near and near[2][0] == word[0] else word


@cache
def _likely_words() -> Mapping[str, str]:
    """From long English words and long pinyin to the words meant."""
    phrases = (phrase for concept in concepts().values() if concept.weight >= STRONG for phrase in concept.english)
    found = {word: word for phrase in phrases for word in re.findall("[a-z]{5,}", phrase)}
    strong = (word for word, weight in words().items() if weight >= STRONG)
    found |= {letters: word for word in strong if len(letters := "".join(reading(word))) >= 6}
    return found


def _is_english(word: str) -> bool:
    return stem(word.replace("'", "")) in _english()


def _replace_half_pinyin(text: str) -> str:
    """The text with words typed half in pinyin (清tui) in characters."""
    out, reached = [], 0
    for run in _HALF_RUN.finditer(text):
        if run.start() < reached:
            continue
        if found := _word_at(text, run.start(), run.end(), reached):
            start, end, word = found
            out += [text[reached:start], word]
            reached = end
    return "".join((*out, text[reached:]))


def _word_at(text: str, start: int, end: int, reached: int) -> tuple[int, int, str] | None:
    """The longest word around a Latin run, with start and end; None without one."""
    spans = (
        (begin, finish)
        for begin in range(max(reached, start - _CHARACTERS), start + 1)
        for finish in range(end, end + _CHARACTERS + 1)
    )
    for begin, finish in sorted(spans, key=lambda span: span[0] - span[1]):
        if word := _half_pinyin().get(text[begin:finish]):
            return begin, finish, word
    return None


@cache
def _half_pinyin() -> Mapping[str, str]:
    """From each way to type a listed word partly in pinyin to the word."""
    return {half: word for word in (*terms_of("terms"), *terms_of("slips")) for half in _halves(word)}


def _halves(word: str) -> Iterator[str]:
    """The word with each stretch of characters, but not all, in pinyin."""
    sounds = reading(word)
    for begin in range(len(word)):
        for end in range(begin + 1, len(word) + 1):
            if end - begin < len(word):
                yield word[:begin] + "".join(sounds[begin:end]) + word[end:]
