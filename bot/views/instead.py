"""What the edition in force says where an edition that is over says otherwise: a sentence of ours with its edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rules.edition import Catalogue, Coverage, Edition, EditionError, Topic

WIDE: Final = str.maketrans("()", "（）")


@dataclass(frozen=True)
class Instead:
    """`text`: what `edition`, the one in force, says."""

    edition: Edition
    text: str


def in_force(catalogue: Catalogue, today: date) -> Edition | None:
    """The edition in force on the day, None when none is known."""
    try:
        return catalogue.in_force(today)
    except EditionError:
        return None


def on_topic(
    edition: Edition, topic: Topic, other: Edition, points: Sequence[str] = (), goods: Topic | None = None
) -> str:
    """The first sentence of the other edition on a topic of this one, a gap or not, to what is asked of it; "" where it
    says the same, or nothing. `goods`: its topic of the goods named, which says more."""
    if topic.coverage not in (Coverage.PROVISION, Coverage.GAP):
        return ""
    same = goods or next(
        (one for one in other.topics if one.id == topic.id and one.coverage is Coverage.PROVISION), None
    )
    now = _first_sentence(other, same, points) if same else ""
    return "" if now == _first_sentence(edition, topic, points) else now


def on_entry(catalogue: Catalogue, today: date, edition: Edition) -> Instead | None:
    """What the edition in force asks of the score of a shop that enters, None where the given edition holds."""
    other = in_force(catalogue, today) if edition.is_over(today) else None
    if other is None:
        return None
    clauses = {(one.clause,) for one in edition.criteria if edition.main_score.id in one.facts}
    about = (topic for topic in edition.topics if topic.clauses in clauses)
    text = next((said for topic in about if (said := on_topic(edition, topic, other))), "")
    return Instead(other, text) if text else None


def instead_of(catalogue: Catalogue, today: date, edition: Edition, entering: bool = False) -> Instead | None:
    """What the edition in force says of the chances to open, or of entering."""
    return (on_entry if entering else on_chances)(catalogue, today, edition)


def on_chances(catalogue: Catalogue, today: date, edition: Edition) -> Instead | None:
    """What the edition in force says of the chances to open, None where the given edition holds, or counts alike."""
    other = in_force(catalogue, today) if edition.is_over(today) else None
    if other is None or edition.chances is None or (other.chances and other.chances.limit == edition.chances.limit):
        return None
    counting = (topic for topic in edition.topics if topic.clauses == (edition.chances.clause,))
    text = next((said for topic in counting if (said := on_topic(edition, topic, other))), "")
    return Instead(other, text) if text else None


def _first_sentence(edition: Edition, topic: Topic, points: Sequence[str] = ()) -> str:
    return sentence(edition, topic.said_to(points)).partition("。")[0] + "。"


def sentence(edition: Edition, text: str) -> str:
    """A sentence of ours out of the edition's data, with its numbers and full-width brackets."""
    return edition.filled(text).translate(WIDE)
