"""A number of a question beside what the edition holds it to: its lines for a score, a limit for a count or days."""

from dataclasses import dataclass
from decimal import Decimal

from bot.line_view import LineView, line_views
from rules.model import Edition, Figure, FigureKind, Part, Side

LIMITS = {
    FigureKind.CLOSURES: "chances",
    FigureKind.DAYS_SINCE_JOINED: "exempt_days",
    FigureKind.DAYS_SINCE_PENALTY: "penalty_days",
}
"""The edition's figure that a count or a span of days is held to."""


@dataclass(frozen=True)
class FigureView:
    """`lines`: those of which it is certain on which side the number is. `claimed`: said of the rule, not of a shop."""

    kind: str
    value: Decimal
    side: str
    claimed: bool
    lines: tuple[LineView, ...] = ()
    limit: Decimal | None = None


def figure_view(edition: Edition, figure: Figure, part: Part) -> FigureView:
    """The number as the answer to this part of the question judges it."""
    view = FigureView(figure.kind.value, figure.value, figure.side.value, figure.claimed)
    if figure.kind is not FigureKind.SCORE:
        return _with(view, limit=edition.figures.get(LIMITS.get(figure.kind, "")))
    if figure.claimed:
        return _with(view, limit=_quoted_limit(edition, part))
    lines = line_views(edition, "score", figure.value, {})
    return _with(view, lines=tuple(_seen(line, figure) for line in lines if _is_certain(line, figure)))


def _with(view: FigureView, lines: tuple[LineView, ...] = (), limit: Decimal | None = None) -> FigureView:
    return FigureView(view.kind, view.value, view.side, view.claimed, lines, limit)


def _quoted_limit(edition: Edition, part: Part) -> Decimal | None:
    """The score of the line that the answer quotes, if it quotes one alone."""
    limits = {line.limit for line in edition.lines if line.clause in part.clauses}
    return limits.pop() if len(limits) == 1 else None


def _is_certain(line: LineView, figure: Figure) -> bool:
    """Whether "below 3.8" or "3.8 and more" tells on which side of the line the score is."""
    if figure.side is Side.BELOW:
        return figure.value <= line.limit
    return figure.side is Side.AT or figure.value >= line.limit


def _seen(line: LineView, figure: Figure) -> LineView:
    return LineView(line.label, line.effect, line.limit, line.below or figure.side is Side.BELOW, line.gap, line.own)
