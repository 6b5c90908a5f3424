"""A question's concepts and numbers → the topics that explain it best, in the order asked.

One idea decides: of all signs that fit, the one that accounts for most of what the question names wins. Another topic
is answered too only for what the first left over: a further question, or a further condition of "may I join?".
"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from rules.understanding.lexicon import Tag, Tagging
from rules.understanding.signs import Sign, Signs, weigh, weight

SUBJECTS = frozenset(("alliance", "shop", "score", "platform"))
INTENTS = frozenset(
    "how whether howmany whatis why_q when howlong consequence todo entrance criteria benefit times earns compute".split()
)
LIGHT = SUBJECTS | frozenset(
    ("how", "whether", "howmany", "why_q", "when", "low", "severe", "type", "claim", "platform")
)
ENOUGH = 1.0
_SENTENCE = re.compile(r"[。?!;？！；\n]+|\.(?=\s|$)")
_CLAUSE = re.compile(r"[。?!;？！；\n,，、:：]+|\s(?=\S)|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic read from a stretch of text: what it explains, how much that weighs, and where it begins."""

    topic: str
    explained: frozenset[str]
    weight: float
    place: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the text read as one: its concepts with their places."""

    start: int
    end: int
    tags: tuple[Tag, ...]

    @property
    def named(self) -> frozenset[str]:
        return frozenset(tag.concept for tag in self.tags)

    def joined(self, other: "Stretch") -> "Stretch":
        return Stretch(min(self.start, other.start), max(self.end, other.end), (*self.tags, *other.tags))


def stretches(text: str, tagging: Tagging) -> list[Stretch]:
    """The text as questions, each with the statements that belong to it."""
    out: list[Stretch] = []
    pending: Stretch | None = None
    for sentence in _cut(text, tagging, _SENTENCE):
        if not sentence.tags:
            continue
        whole = pending.joined(sentence) if pending else sentence
        pending = None
        if out and not _has_matter(sentence):
            out[-1] = out[-1].joined(whole)
        elif sentence.named & INTENTS:
            out.append(whole)
        else:
            pending = whole
    if pending:
        out = [*out[:-1], out[-1].joined(pending)] if out else [pending]
    return out


def _has_matter(sentence: Stretch) -> bool:
    """Whether a sentence names something of its own, so that it can be read alone."""
    return bool(
        sentence.named - LIGHT - {"todo", "restore", "again", "gone", "vanish", "howlong", "entrance", "consequence"}
    )


def _cut(text: str, tagging: Tagging, at: re.Pattern[str]) -> list[Stretch]:
    """The text cut at these marks, each piece with its tags."""
    ends = [*(mark.start() for mark in at.finditer(text)), len(text)]
    pieces, start, next_tag = [], 0, 0
    for end in ends:
        held = []
        while next_tag < len(tagging.tags) and tagging.tags[next_tag].start < end:
            held.append(tagging.tags[next_tag])
            next_tag += 1
        pieces.append(Stretch(start, end, tuple(held)))
        start = end
    return pieces


class Matcher:
    """Reads stretches by the signs of one edition."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs

    def hits(self, text: str, stretch: Stretch, context: Set[str]) -> list[Hit]:
        """The topics of a stretch in the order asked; none if nothing weighs enough. `context`: subjects said before."""
        best = self._best(stretch, stretch.named | context, frozenset())
        if best is None:
            return []
        found = [best]
        left = stretch.named - best.explained - LIGHT
        while left:
            more = self._further(text, stretch, context, found, left)
            if more is None:
                break
            found.append(more)
            left -= more.explained
        return sorted(found, key=lambda hit: hit.place)

    def ranked(self, named: Set[str]) -> list[tuple[float, Sign]]:
        """The signs that fit, the one explaining most first."""
        fits = ((weigh(explained), sign) for sign in self._signs.signs if (explained := sign.explains(named)))
        return sorted(fits, key=lambda pair: -pair[0])

    def _best(self, stretch: Stretch, named: Set[str], done: Set[str]) -> Hit | None:
        ranked = self.ranked(named)
        if not ranked or ranked[0][0] < ENOUGH:
            return None
        weighed, sign = ranked[0]
        return _hit(stretch, sign, sign.explains(named), weighed)

    def _further(self, text: str, stretch: Stretch, context: Set[str], found: list[Hit], left: Set[str]) -> Hit | None:
        """The next topic for what is left over: a fellow condition, or a question in a clause of its own."""
        done = {hit.topic for hit in found}
        if all(hit.topic in self._signs.companions for hit in found):
            for _, sign in self.ranked(stretch.named | context):
                gained = sign.explains(stretch.named | context) & left
                if sign.topic in self._signs.companions and sign.topic not in done and weigh(gained) >= ENOUGH:
                    return _hit(stretch, sign, sign.explains(stretch.named), weigh(gained))
        return self._own_clause(text, stretch, context, done, left)

    def _own_clause(self, text: str, stretch: Stretch, context: Set[str], done: Set[str], left: Set[str]) -> Hit | None:
        for clause in _cut(text[: stretch.end], Tagging(stretch.tags, 0, 0), _CLAUSE):
            if not clause.named & left or not clause.named & INTENTS:
                continue
            best = self._best(clause, clause.named | (context | stretch.named) & SUBJECTS, done)
            if best and best.topic not in done and weigh(best.explained & left) >= ENOUGH:
                return best
        return None


def _hit(stretch: Stretch, sign: Sign, explained: frozenset[str], weighed: float) -> Hit:
    """The hit of a sign, placed where the heaviest concept that it explains stands."""
    own = [tag for tag in stretch.tags if tag.concept in explained]
    place = max(own, key=lambda tag: weight(tag.concept)).start if own else stretch.start
    return Hit(sign.topic, explained, weighed, place)


def subjects(read: Sequence[Stretch]) -> frozenset[str]:
    """The subjects named in what was read so far."""
    return frozenset().union(*(stretch.named for stretch in read)) & SUBJECTS
