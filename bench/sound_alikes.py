"""Print the everyday words that sound like a term of the domain, for `[real]` in spelling.toml.

A term is put in for what sounds like it only where that is no word itself. Judged by the dictionary of rjieba, a
development dependency: `python -m bench.sound_alikes`.
"""

from collections import defaultdict
from itertools import product

import rjieba

from rules.understanding.spelling import reading, readings
from rules.understanding.tables import load


def main() -> None:
    by_syllable = defaultdict(list)
    for character, syllable in readings().items():
        by_syllable[syllable].append(character)
    found = set()
    for term in load("spelling.toml")["terms"]["words"].split():
        spellings = ("".join(pair) for pair in product(*(by_syllable[syllable] for syllable in reading(term))))
        found |= {word for word in spellings if word != term and rjieba.cut(word, hmm=False) == [word]}
    print(*sorted(found))


if __name__ == "__main__":
    main()
