"""The parts of an answer by what was told: topics of facts, figures of values, the provisions at the values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from rules.edition import Coverage, Edition, Judged, Topic
from rules.kinds import FigureKind
from rules.reading import AnswerKind, Figure, Part, Reading
from rules.said import Ask, Said, Told
from rules.understanding.laid import OF_ACCESS, OF_SHOP
from rules.understanding.provisions import clauses_for, joined

TOPIC_OF: Final = {
    "score": "auto_score",
    "closures": "three",
    "chances_left": "three",
    "chances_used_up": "three",
    "penalties": "adm4",
    "operating_normally": "adm2",
    "account_usable": "adm2",
    "store_opened": "adm1",
    "related_serious_violation": "adm5",
    "brand_documents_complete": "adm6",
}
"""The topic whose provision decides on a fact that was told."""
NEW_SHOP: Final = "new_shop"
KIND_OF: Final = {
    "score": FigureKind.SCORE,
    "closures": FigureKind.CLOSURES,
    "joined_on": FigureKind.DAYS_SINCE_JOINED,
    "opened_on": FigureKind.DAYS_SINCE_OPENED,
    "penalties": FigureKind.DAYS_SINCE_PENALTY,
}
BARE: Final = frozenset(("criteria", "join", "join_auto"))
"""Topics of a bare "may I join?"."""


@dataclass(frozen=True)
class Parts:
    """The parts of one edition."""

    edition: Edition

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """The topics by id."""
        return {topic.id: topic for topic in self.edition.topics}

    def knows(self, parts: Sequence[Part]) -> bool:
        """Whether the edition, maybe another one by now, has the topics and clauses of parts shown before; none: no."""
        clauses = {clause.id for clause in self.edition.clauses}
        known = (part.topic in self.topics and clauses.issuperset(part.clauses) for part in parts)
        return bool(parts) and all(known)

    def reading(self, topics: Iterable[str], said: Said) -> Reading | None:
        """The reading of these topics at the values told; None where the edition has none of them."""
        parts = [self.at(topic, said.told) for topic in topics if topic in self.topics]
        return self.joined(parts, Reading(kind=AnswerKind.OUT_OF_SCOPE, said=said)) if parts else None

    def joined(self, parts: Sequence[Part], read: Reading) -> Reading:
        """The reading with these parts, its kind by what they answer."""
        if tuple(parts) == read.parts:
            return read
        whole = joined(self.topics, parts, outside=read.outside)
        return whole.model_copy(update={"said": read.said, "claims_change": read.claims_change})

    def at(self, topic_id: str, told: Sequence[Told]) -> Part:
        """The part of a topic at the values. Raises KeyError for an unknown topic."""
        topic, figures = self.topics[topic_id], tuple(self._figures(told))
        return Part(topic=topic_id, figures=figures, clauses=clauses_for(self.edition, topic, figures))

    def of_facts(self, told: Sequence[Told]) -> list[str]:
        """The topics that decide on the facts, as far as the edition has them."""
        return [topic for topic in dict.fromkeys(_topics_of(told)) if topic in self.topics]

    def with_told(self, read: Reading, *, is_bare: bool) -> Reading:
        """The reading at the scores told before, with the provisions of the conditions told before.

        `is_bare`: nothing but what is asked of the shop is named, so that what was told is the matter.
        """
        parts, said = read.parts, read.said
        if not parts or self.topics[parts[0].topic].coverage is not Coverage.PROVISION:
            return read
        first = next((ask for ask in said.asks if ask in OF_SHOP), None)
        if first in (Ask.CLOSE, Ask.WARN):
            return self.joined([self._again(part, said.told) for part in parts], read)
        more = [self.at(topic, said.told) for topic in self.of_facts(said.told)]
        if first is Ask.ENTER:
            return self.joined(more if more and is_bare and parts[0].topic in BARE else [*parts, *more], read)
        is_more = any(one.fact not in OF_ACCESS for one in said.told)
        return self.joined([*parts, *more], read) if first is None and is_more else read

    def _again(self, part: Part, told: Sequence[Told]) -> Part:
        """The part at the values told; one with figures of its own as it is."""
        is_settled = part.figures or self.topics[part.topic].judged is Judged.NOT
        return part if is_settled else self.at(part.topic, told)

    def _figures(self, told: Sequence[Told]) -> Iterator[Figure]:
        """The figures of the values, a made-up one instead of the one of now."""
        values = {one.fact: one for one in sorted(told, key=lambda one: one.is_supposed)}
        for fact, one in values.items():
            if one.number is None or fact not in KIND_OF:
                continue
            is_other = fact == "score" and not self.edition.main_score.is_on_scale(one.number)
            kind = FigureKind.OTHER_SCALE if is_other else KIND_OF[fact]
            yield Figure(kind=kind, value=one.number, side=one.side)


def _topics_of(told: Sequence[Told]) -> Iterator[str]:
    facts = {one.fact for one in told}
    for one in told:
        is_absent = one.fact == "score" and one.number is None
        if is_absent or (one.fact == "joined_on" and "score" not in facts):
            yield NEW_SHOP
        elif one.fact in TOPIC_OF:
            yield TOPIC_OF[one.fact]
