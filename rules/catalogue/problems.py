"""What is wrong with a catalogue: each problem names the file, the entry and how to mend it."""

import difflib
from collections.abc import Iterable

from rules.requirements import Frozen


class Problem(Frozen):
    """One mistake in a catalogue's data, in one line."""

    file: str
    entry: str = ""
    what: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.entry}" if self.entry else self.file
        return f"{place}: {self.what}; {self.mend}"


def nearest(word: str, known: Iterable[str]) -> str:
    """The mend for an unknown name: the known one most like it, else the list of all."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known are {', '.join(names)}" if names else "none is known here"


def shortened(value: object) -> str:
    """A value as a one-line message shows it: text in quotes, without line ends, cut behind 40 characters."""
    shown = repr(value[:41]) if isinstance(value, str) else str(value).replace("\n", " ")
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
