"""What of a verbatim edition's source is used: quoted by a clause, or left out on purpose."""

import re
from collections.abc import Iterator
from itertools import groupby

from rules.catalogue.draft import Draft
from rules.catalogue.problems import Problem

_SENTENCE = re.compile(r"[^。！？；!?;\n]+")
_NUMBERING = re.compile(r"\s*[(（]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})[、.．)）]")
_ENDS = re.compile(r"^\W+|\W+$")


def problems(draft: Draft) -> Iterator[Problem]:
    """Entries of `left_out` that are not in the source, or say no reason."""
    for each in draft.left_out:
        if not _bare(each.text) or not each.why.strip():
            yield draft.problem(
                each, '"text" or "why" is empty', "copy a part of the source, and say why it is no clause"
            )
        elif draft.source is not None and each.text not in draft.source:
            yield draft.problem(each, "the text is not in source.txt", "copy it to the letter, or take it out")


def unused(draft: Draft) -> Iterator[Problem]:
    """The sentences of the source with words that no clause has and that are not left out on purpose.

    Punctuation, numbering and space do not count.
    """
    source = draft.source or ""
    used = _used(draft, source)
    for found in _SENTENCE.finditer(source):
        numbering = _NUMBERING.match(source, *found.span())
        start = numbering.end() if numbering else found.start()
        rest = _rest(source, range(start, found.end()), used)
        if rest:
            line = 1 + source.count("\n", 0, found.start())
            part = "" if rest == [_bare(source[start : found.end()])] else f" ({' … '.join(rest)})"
            yield Problem(
                file=f"{draft.file.rpartition('/')[0]}/source.txt",
                entry=f"line {line}",
                what=f'no clause has "{found[0].strip()}"{part}',
                mend="quote it in a [[clause]], or name it in [[left_out]] with the reason",
            )


def _used(draft: Draft, source: str) -> set[int]:
    """The places of the source's characters that an edition quotes, has as a heading, or leaves out on purpose."""
    clauses = (text.strip() for clause in draft.clauses for text in (clause.text, clause.heading))
    texts = {*clauses, *(each.text.strip() for each in draft.left_out)} - {""}
    places = (found.span() for text in texts for found in re.finditer(re.escape(text), source))
    return {at for start, end in places for at in range(start, end)}


def _rest(source: str, places: range, used: set[int]) -> list[str]:
    """The words at these places that are not used, run by run."""
    runs = (list(run) for is_used, run in groupby(places, used.__contains__) if not is_used)
    return [words for run in runs if (words := _bare(source[run[0] : run[-1] + 1]))]


def _bare(text: str) -> str:
    """The text without punctuation and space at its ends."""
    return _ENDS.sub("", text)
