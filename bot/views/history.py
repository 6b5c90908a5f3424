"""What is known besides this edition when a merchant says that the rule has changed: revisions, later editions."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from bot.views.edition_difference import NumberChange, lines
from rules.edition import Catalogue, Edition, Revision
from rules.kinds import ON_A_SCALE, FigureKind
from rules.reading import Reading

MOST_REVISIONS = 3


@dataclass(frozen=True)
class History:
    """`revisions`: of which only figures are known, the oldest first. `editions`: the later ones, and which says so,
    with their lines."""

    revisions: tuple[Revision, ...]
    editions: tuple[tuple[Edition, tuple[NumberChange, ...]], ...]


def history(edition: Edition, reading: Reading, catalogue: Catalogue) -> History | None:
    """What to say of changes; None when the merchant speaks of none, or nothing is known of any."""
    if not (reading.claims_change or _is_off_scale(reading)):
        return None
    known = History(
        tuple(_revisions(edition, reading, catalogue))[-MOST_REVISIONS:],
        tuple((other, tuple(lines(other).values())) for other in _editions(edition, reading, catalogue)),
    )
    return known if known.revisions or known.editions else None


def _revisions(edition: Edition, reading: Reading, catalogue: Catalogue) -> Iterator[Revision]:
    """The revisions that name a figure of the question; else those that are claimed, or the next that came."""
    asked = _asked(reading)
    named = [revision for revision in catalogue.history if asked & set(revision.figures.values())]
    later = [revision for revision in catalogue.history if revision.on > edition.published]
    claimed = [revision for revision in catalogue.history if revision in later or revision.figures]
    yield from named or (later[:1] if _is_off_scale(reading) else claimed)


def _editions(edition: Edition, reading: Reading, catalogue: Catalogue) -> Iterator[Edition]:
    """The later editions, and an earlier one with a line at a number of the question."""
    newer, asked = catalogue.newer_than(edition), _asked(reading)
    for other in sorted(catalogue.editions, key=lambda edition: edition.age):
        says_so = any(line.limit in asked for line in other.lines if not line.own)
        if other in newer or (says_so and other.name != edition.name):
            yield other


def _asked(reading: Reading) -> set[Decimal]:
    """The scores of the question, on whatever scale."""
    return {figure.value for part in reading.parts for figure in part.figures if figure.kind in ON_A_SCALE}


def _is_off_scale(reading: Reading) -> bool:
    """Whether a figure of another scale is asked about."""
    return any(figure.kind is FigureKind.OTHER_SCALE for part in reading.parts for figure in part.figures)
