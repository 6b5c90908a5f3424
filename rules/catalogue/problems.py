"""The problems of a catalogue: each names the file, the entry and the mend."""

import difflib
from collections.abc import Iterable

from rules.requirements import Frozen


class Problem(Frozen):
    """A mistake in a catalogue's data, in a single line."""

    file: str
    entry: str = ""
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.entry}" if self.entry else self.file
        return f"{place}: {self.what}; {self.mend}"


def nearest(word: str, known: Iterable[str]) -> str:
    """The mend for an unknown name: the most similar known name, else the list of all."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known are {', '.join(names)}" if names else "none is known here"


def shortened(value: object) -> str:
    """The value for a one-line message: text in quotes, without line ends, cut behind 40 characters."""
    shown = repr(value[:41]) if isinstance(value, str) else str(value).replace("\n", " ")
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
