"""A merchant's utterance as understood: topics, figures to judge, and clauses to quote."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from rules.kinds import FigureKind
from rules.requirements import Frozen
from rules.said import Said
from rules.side import Side


class AnswerKind(StrEnum):
    ANSWER = "answer"
    CHOICES = "choices"
    NOT_COVERED = "not_covered"
    OUT_OF_SCOPE = "out_of_scope"
    CHAT = "chat"


class Figure(Frozen):
    """A number in a merchant's question. `value` is points, a count or days, by kind.

    `claimed`: said of the rule (被关5次才永久), not of the shop: to be compared with the edition's own number.
    """

    kind: FigureKind
    value: Decimal
    side: Side = Side.AT
    claimed: bool = False


class Part(Frozen):
    """A question of an utterance: the topic, the figures to judge, and the clauses to quote, in order."""

    topic: str
    figures: tuple[Figure, ...] = ()
    clauses: tuple[str, ...] = ()


def shown_by(*parts: Part) -> frozenset[str]:
    """The clauses that the parts quote, and the topics of those that quote none."""
    return frozenset(one for part in parts for one in part.clauses or (part.topic,))


OF_DAYS: Final = frozenset(("new_shop", "adm4", "personal", "waiting", "three", "auto_closures"))
"""Topics of days and counts."""
DAYS: Final = ("joined_on", "opened_on", "penalties")


class Reading(Frozen, extra="ignore"):
    """An utterance understood. `outside`: a half is none of our business and is named as such.

    `nearest`: the closest topics, for the operator's list of questions not understood. `claims_change`: the merchant
    speaks of a changed rule or another scale: say the edition's date. Unknown keys of a reading that an earlier version
    kept in a conversation are dropped. `said`: what is told of a shop, said of the rules and asked.
    """

    kind: AnswerKind
    parts: tuple[Part, ...] = ()
    outside: bool = False
    nearest: tuple[str, ...] = ()
    claims_change: bool = False
    said: Said = Said()

    @property
    def awaits_a_count(self) -> bool:
        """Whether a number sent next, and nothing else, may be days or a count: no score is told by it."""
        is_scored = any(one.number is not None for one in self.said.of("score"))
        return (bool(self.said.of(*DAYS)) and not is_scored) or any(part.topic in OF_DAYS for part in self.parts)
