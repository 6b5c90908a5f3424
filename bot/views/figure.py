"""A number of a question beside what the edition holds it to: its lines for a score, a limit for a count or days."""

from dataclasses import dataclass, replace
from decimal import Decimal

from rules.edition import Edition
from rules.kinds import FigureKind
from rules.lines import AtLine, at_lines
from rules.reading import Figure, Part, Side

LIMITS = {
    FigureKind.CLOSURES: "chances",
    FigureKind.DAYS_SINCE_JOINED: "exempt_days",
    FigureKind.DAYS_SINCE_OPENED: "personal_days",
    FigureKind.DAYS_SINCE_PENALTY: "penalty_days",
}
"""The edition's figure that a count or a span of days is held to."""


@dataclass(frozen=True)
class FigureView:
    """`lines`: those of which it is certain on which side the number is, and those for which that depends on a choice.

    `claimed`: said of the rule, not of a shop. `label`: of the score that it is, "" for the main one.
    """

    kind: str
    value: Decimal
    side: str
    claimed: bool
    lines: tuple[AtLine, ...] = ()
    limit: Decimal | None = None
    label: str = ""


def figure_view(edition: Edition, figure: Figure, part: Part) -> FigureView:
    """The number as the answer to this part of the question judges it."""
    fact = edition.score_of(edition.topic(part.topic)).id
    view = FigureView(figure.kind.value, figure.value, figure.side.value, figure.claimed, label=label_of(edition, fact))
    if figure.kind is not FigureKind.SCORE:
        limit = edition.figures.get(LIMITS.get(figure.kind, ""))
        return replace(view, limit=limit if limit is not None and _is_settled(figure, limit) else None)
    if figure.claimed:
        return replace(view, limit=_quoted_limit(edition, part, fact))
    lines = at_lines(edition, fact, figure.value, {})
    return replace(view, lines=tuple(_seen(line, figure) for line in lines if _is_told(line, figure)))


def label_of(edition: Edition, fact: str) -> str:
    """What the score is called, "" for the main one."""
    return "" if fact == edition.main_score.id else edition.fact(fact).label


def _quoted_limit(edition: Edition, part: Part, fact: str) -> Decimal | None:
    """The score of the line that the answer quotes, if it quotes one alone."""
    quoted = (line for line in edition.lines if line.fact == fact and line.clause in part.clauses and not line.own)
    limits = {line.limit for line in quoted}
    return limits.pop() if len(limits) == 1 else None


def _is_settled(figure: Figure, limit: Decimal) -> bool:
    """Whether "within a year" or "twice and more" tells on which side of the limit the number is."""
    if figure.side is Side.AT or figure.claimed:
        return True
    if figure.kind is FigureKind.CLOSURES:
        return figure.side is Side.ABOVE and figure.value >= limit
    return figure.value <= limit if figure.side is Side.BELOW else figure.value > limit


def _is_told(line: AtLine, figure: Figure) -> bool:
    """Whether "below 3.8" or "3.8 and more" tells on which side of the line the score is, or what that depends on."""
    if line.below is None:
        return figure.side is Side.AT
    if figure.side is Side.BELOW:
        return figure.value <= line.limit
    return figure.side is Side.AT or figure.value >= line.limit


def _seen(line: AtLine, figure: Figure) -> AtLine:
    return replace(line, below=True) if figure.side is Side.BELOW else line
