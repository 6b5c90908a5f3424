"""A question understood under one edition, as another edition answers it: its topics, its own provisions, its scale."""

from collections.abc import Iterator
from decimal import Decimal

from rules.edition import Coverage, Edition
from rules.kinds import FigureKind
from rules.reading import AnswerKind, Figure, Part, Reading

ANSWERED = (Coverage.PROVISION, Coverage.OWN_WORDS)
ON_A_SCALE = (FigureKind.SCORE, FigureKind.OTHER_SCALE)


def seen_under(reading: Reading, old: Edition, new: Edition) -> Reading | None:
    """The same question for `new`; None when it has none of these topics.

    A score is never carried to another scale: it becomes a figure of another scale, and one that was so under `old`
    becomes a score when it fits the scale of `new`.
    """
    asked = (part.model_copy(update={"figures": tuple(_figures(part, old, new))}) for part in reading.parts)
    return under(tuple(asked), new)


def under(parts: tuple[Part, ...], edition: Edition) -> Reading | None:
    """These questions with the clauses of this edition; a topic that it does not have is left out."""
    from rules.understanding.provisions import clauses_for  # noqa: PLC0415  (the package reads its lexicon: 0.1 s)

    known = {topic.id: topic for topic in edition.topics}
    kept = tuple(
        part.model_copy(update={"clauses": clauses_for(edition, known[part.topic], part.figures)})
        for part in parts
        if part.topic in known
    )
    if not kept:
        return None
    is_answered = any(known[part.topic].coverage in ANSWERED for part in kept)
    return Reading(kind=AnswerKind.ANSWER if is_answered else AnswerKind.NOT_COVERED, parts=kept)


def _figures(part: Part, old: Edition, new: Edition) -> Iterator[Figure]:
    for figure in part.figures:
        if figure.kind not in ON_A_SCALE:
            yield figure
        else:
            yield figure.model_copy(update={"kind": _kind(figure.kind, figure.value, old, new)})


def _kind(kind: FigureKind, value: Decimal, old: Edition, new: Edition) -> FigureKind:
    before, after = old.main_score, new.main_score
    if (before.lowest, before.highest) == (after.lowest, after.highest):
        return kind
    is_elsewhere = kind is FigureKind.OTHER_SCALE and after.is_on_scale(value)
    return FigureKind.SCORE if is_elsewhere else FigureKind.OTHER_SCALE
