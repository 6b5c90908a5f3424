"""A question's concepts and numbers → the topics that explain it best, in the order asked.

One idea decides: of all signs that fit, the one that accounts for most of what the question names wins. Another topic
is answered too only for what the first left over, as a further condition of "may I join?".
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from rules.understanding.lexicon import Tag, Tagging
from rules.understanding.signs import Sign, Signs, weight

ENOUGH = 1.0
HEAVY = 1.5
ASIDE_SHARE = 0.3
SUBJECTS = frozenset(("alliance", "score"))
# Without one of these a clause asks nothing.
ASKING = frozenset(
    (
        *("how", "whether", "howmany", "whatis", "what_q", "why_q", "when", "howlong", "consequence", "todo"),
        *("entrance", "criteria", "times", "earns", "compute", "benefit", "howoften", "hour"),
    )
)
# These ask about something, or say how; a clause of nothing else has no matter of its own.
LIGHT = SUBJECTS | frozenset(
    (
        *("shop", "doudian", "platform", "worry", "want", "how", "whether", "modal", "howmany", "what_q", "why_q", "when", "low"),
        *("severe", "type", "claim", "todo", "consequence", "howlong", "entrance", "restore", "gone", "vanish", "enough"),
    )
)
# Only told about, these say little about the question.
ASIDE = frozenset(
    ("adjacent", "foreign", "talentside", "findtalent", "productrule", "chitchat", "talent", "goods", "order", "benefit", "appeal")
)
_BARE_JOIN = frozenset(("join", "whether", "modal", "alliance", "shop", "doudian", "platform", "want", "what_q"))
_CLAUSE = re.compile(
    r"[。?!;,、:()\n…~]+|(?<![\d.])\.+(?!\d)|(?<!\S)\d[.、)](?!\d)|\s+(?=[^\sa-z\d])"
    r"|\band\b|\balso\b|还有|另外|顺便|以及|并且|然后|接着|其次|再就是|同时"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text between marks, with the concepts that it names."""

    start: int
    end: int
    tags: tuple[Tag, ...]

    @property
    def named(self) -> frozenset[str]:
        return frozenset(tag.concept for tag in self.tags)

    @property
    def asks(self) -> bool:
        return bool(self.named & ASKING)

    @property
    def has_matter(self) -> bool:
        return bool(self.named - LIGHT)


@dataclass(frozen=True, slots=True)
class Unit:
    """One question: the clause that asks, with the statements that belong to it. `context`: named before it."""

    clauses: tuple[Clause, ...]
    context: frozenset[str] = frozenset()

    @property
    def own(self) -> frozenset[str]:
        return frozenset().union(*(clause.named for clause in self.clauses))

    @property
    def named(self) -> frozenset[str]:
        return self.own | self.context

    def holds(self, place: int) -> bool:
        """Whether a place of the text belongs to this question."""
        return any(clause.start <= place < clause.end for clause in self.clauses)

    def weight(self, concept: str) -> float:
        """How much the question is about a concept; little for an aside that is only told, less than nothing if it was said before."""
        if concept not in self.own:
            return -0.05
        told = len(self.clauses) > 1 and concept in ASIDE and "alliance" in self.named
        if told and not any(concept in clause.named for clause in self.clauses if clause.asks):
            return ASIDE_SHARE * weight(concept)
        return weight(concept)

    def near(self, concept: str, needed: Set[str]) -> bool:
        """Whether a concept stands in a clause with one of the needed ones."""
        return any(concept in clause.named and clause.named & needed for clause in self.clauses)


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic read from a question: what it explains, how much that weighs, and where it begins."""

    topic: str
    explained: frozenset[str]
    weight: float
    place: int

    @property
    def is_bare(self) -> bool:
        """Whether nothing is named but joining itself: 能开吗, the frame of the conditions told around it."""
        return "join" in self.explained and self.explained <= _BARE_JOIN


def units(text: str, tagging: Tagging) -> list[Unit]:
    """The text as questions in the order asked, each with the statements told before it."""
    out: list[Unit] = []
    told: list[Clause] = []
    for clause in _clauses(text, tagging):
        if not clause.asks:
            told.append(clause)
        elif clause.has_matter or told or not out:
            out.append(Unit((*told, clause), _context(out)))
            told = []
        else:
            out.append(Unit((clause,), out[-1].named))
    if told and out:
        out[-1] = replace(out[-1], clauses=(*out[-1].clauses, *told))
    return out or ([Unit(tuple(told))] if told else [])


def _context(before: Sequence[Unit]) -> frozenset[str]:
    """The subjects spoken of so far."""
    return frozenset().union(*(unit.named & SUBJECTS for unit in before))


def _clauses(text: str, tagging: Tagging) -> Iterator[Clause]:
    """The clauses of the text that name anything."""
    ends = [*(mark.start() for mark in _CLAUSE.finditer(text)), len(text)]
    start, next_tag = 0, 0
    for end in ends:
        held = []
        while next_tag < len(tagging.tags) and tagging.tags[next_tag].start < end:
            held.append(tagging.tags[next_tag])
            next_tag += 1
        if held:
            yield Clause(start, end, tuple(held))
            start = end


class Matcher:
    """Reads questions by the signs of one edition."""

    def __init__(self, signs: Signs) -> None:
        self._signs = signs
        self.companions = signs.companions

    def hits(self, unit: Unit) -> list[Hit]:
        """The topics of a question in the order of the text; none if nothing weighs enough."""
        best = self._asked(unit)
        if best is None or best.weight < ENOUGH:
            return []
        found = [best]
        while best and best.topic in self._signs.companions:
            best = self._companion(unit, found)
            found += [best] if best else []
        return sorted(found, key=lambda hit: hit.place)

    def _asked(self, unit: Unit) -> Hit | None:
        """The topic that a question is about: of the whole, or of the clause that asks where the rest has no bearing."""
        whole = next(iter(self.ranked(unit)), None)
        asking = [clause for clause in unit.clauses if clause.asks]
        if whole is None or len(unit.clauses) == 1 or len(asking) != 1:
            return whole
        alone = next(iter(self.ranked(Unit((asking[0],), unit.named))), None)
        if alone is None or _weigh(unit, alone.explained & asking[0].named) < ENOUGH:
            return whole
        if alone.topic in self._signs.frames:
            return alone if whole.topic in self._signs.asides else whole
        own = _weigh(unit, alone.explained & asking[0].named - LIGHT) >= ENOUGH
        return alone if own and alone.topic not in self._signs.companions else whole

    def ranked(self, unit: Unit) -> list[Hit]:
        """What each fitting sign explains, the one explaining most first, then the more particular one."""
        fits = [(sign, explained) for sign in self._signs.signs if (explained := _explained(sign, unit))]
        hits = [(_hit(unit, sign, explained), sign.particular) for sign, explained in fits]
        return [hit for hit, _ in sorted(hits, key=lambda pair: (-round(pair[0].weight, 3), -pair[1]))]

    def _companion(self, unit: Unit, found: Sequence[Hit]) -> Hit | None:
        """The topic of a further condition, for what is not explained yet."""
        left = unit.own - LIGHT - frozenset().union(*(hit.explained for hit in found))
        done = {hit.topic for hit in found}
        fellows = (hit for hit in self.ranked(unit) if hit.topic in self._signs.companions and hit.topic not in done)
        return next((hit for hit in fellows if _weigh(unit, hit.explained & left) >= HEAVY), None)


def _explained(sign: Sign, unit: Unit) -> frozenset[str]:
    """The concepts that a sign accounts for; what weighs much must stand near what the sign needs."""
    explained = sign.explains(unit.named)
    if not explained or not explained & unit.own:
        return frozenset()
    needed = explained & sign.all_needed
    if len(unit.clauses) == 1:
        return explained
    return frozenset(
        concept
        for concept in explained
        if concept in needed or unit.weight(concept) < ENOUGH or unit.near(concept, needed)
    )


def _weigh(unit: Unit, explained: Iterable[str]) -> float:
    return sum(map(unit.weight, explained))


def _hit(unit: Unit, sign: Sign, explained: frozenset[str]) -> Hit:
    """The hit of a sign, placed where the heaviest concept that it explains stands."""
    own = [tag for clause in unit.clauses for tag in clause.tags if tag.concept in explained]
    place = max(own, key=lambda tag: weight(tag.concept)).start if own else unit.clauses[0].start
    return Hit(sign.topic, explained, _weigh(unit, explained), place)
