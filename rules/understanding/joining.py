"""The parts of an answer joined to one reading."""

from collections.abc import Mapping, Sequence

from rules.edition import Coverage, Topic
from rules.reading import AnswerKind, Part, Reading

ANSWERED = (Coverage.PROVISION, Coverage.OWN_WORDS)


def joined(topics: Mapping[str, Topic], parts: Sequence[Part], *, outside: bool = False) -> Reading:
    """The parts as one reading: what is ours is answered, each clause quoted once, the rest named as outside."""
    kept = without_repeats(parts)
    coverage = [topics[part.topic].coverage for part in kept]
    answered = [part for part, covered in zip(kept, coverage, strict=True) if covered in ANSWERED]
    gaps = [part for part, covered in zip(kept, coverage, strict=True) if covered is Coverage.GAP]
    outside = outside or (bool(answered or gaps) and Coverage.OUTSIDE in coverage)
    if answered or gaps:
        kind = AnswerKind.ANSWER if answered else AnswerKind.NOT_COVERED
        return Reading(kind=kind, parts=(*answered, *gaps), outside=outside)
    is_talk = bool(kept) and all(covered is Coverage.CHAT for covered in coverage)
    return Reading(kind=AnswerKind.CHAT if is_talk else AnswerKind.OUT_OF_SCOPE, parts=tuple(kept))


def without_repeats(parts: Sequence[Part]) -> list[Part]:
    """The parts in order without repeats, and no clause quoted by two of them."""
    kept: list[Part] = []
    quoted: set[str] = set()
    for part in parts:
        new = tuple(clause for clause in part.clauses if clause not in quoted)
        if (part.clauses and not new) or any(part.topic == other.topic and not new for other in kept):
            continue
        quoted.update(new)
        kept.append(part.model_copy(update={"clauses": new}))
    return kept
