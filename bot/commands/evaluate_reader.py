"""`alliance-bot eval`: how well questions are understood, on any labelled file."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import edition as resolve
from bot.commands.catalogue import settings
from bot.commands.text_input import text_of
from bot.telegram.updates import LOOKED_AT
from rules.understanding import Understanding
from rules.understanding.evaluation import BadLine, Scorecard, Scored, evaluate


def evaluated(file: Path, edition: str | None) -> Iterator[str]:
    """The figures, the figures by tag, then each miss, a line each. Raises Refusal."""
    chosen = resolve(settings(), edition)
    reader = Understanding(chosen)
    try:
        card = evaluate(chosen, text_of(file).split("\n"), lambda question: reader.read(question[:LOOKED_AT]))
    except BadLine as error:
        raise Refusal(f"{file}, {error}") from None
    yield f"edition {chosen.name}, {len(card.outcomes)} questions"
    yield from _figures(card)
    yield from (f"{tag:20} {right}/{total}" for tag, (right, total) in card.by_tag.items())
    yield from (_miss(outcome) for outcome in card.misses)


def _figures(card: Scorecard) -> Iterator[str]:
    figures = {
        "right": card.right,
        "refused": card.refused,
        "gaps named": card.gaps_named,
        "choices": card.choices,
        "excess quotes": card.excess,
    }
    yield from (f"{name:20} {_percent(share)}" for name, share in figures.items())


def _percent(share: Fraction | None) -> str:
    return "none" if share is None else f"{float(share):.1%}"


def _miss(outcome: Scored) -> str:
    got = ", ".join(part.topic for part in outcome.reading.parts) or "nothing"
    wanted = ", ".join(outcome.question.expect) or "no answer"
    return f"miss: {outcome.question.q!r}: {outcome.reading.kind.value} ({got}); wants {wanted}"
