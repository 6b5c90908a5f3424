"""What is remembered of a chat from one message to the next: the last answer, what was told, the list last shown."""

from collections.abc import Collection
from typing import Final

from rules.reading import AnswerKind, Part, Reading
from rules.requirements import Frozen
from rules.said import Told

ANSWERED: Final = (AnswerKind.ANSWER, AnswerKind.NOT_COVERED)


class Memory(Frozen):
    """`reading`: of the last answer, with what was laid under it. `told`: the facts in force, the newest last.

    `listed`: the parts of the answer that last quoted a list. `shop`: how the shop was called that they are of, "" for
    the merchant's own. `kept`: something was kept of a shop since, so that its case counts: it is asked about now.
    """

    reading: Reading | None = None
    told: tuple[Told, ...] = ()
    listed: tuple[Part, ...] = ()
    shop: str = ""
    kept: bool = False

    def of_shop(self, shop: str) -> "Memory":
        """The memory for a message that calls a shop so; of another shop nothing was told."""
        return self if shop in ("", self.shop) else self.model_copy(update={"told": (), "shop": shop})

    def without(self, facts: Collection[str] | None = None) -> "Memory":
        """The memory without these facts, None for all."""
        told = () if facts is None else tuple(one for one in self.told if one.fact not in facts)
        return self.model_copy(update={"told": told})

    def after(self, reading: Reading, told: tuple[Told, ...]) -> "Memory":
        """The memory after a reading, with these facts in force; the last answer stays where it is none of ours."""
        if reading.kind not in ANSWERED:
            return self.model_copy(update={"told": told})
        is_list = sum(len(part.clauses) for part in reading.parts) > 1
        update = {"reading": reading, "told": told, "listed": reading.parts if is_list else self.listed}
        return self.model_copy(update=update)
