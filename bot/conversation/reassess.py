"""The effects of a change of the edition on the kept checks and the followed shops of all chats."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from bot.conversation import check_case
from bot.conversation.memory import CheckUnderway
from rules.assessment import assess
from rules.case import Case, edition_of
from rules.difference import Judgement, carried, judgement
from rules.edition import Catalogue, Edition
from rules.requirements import Facts, FactValue
from storage.edition_changes import Concerned, Followed, Subject

CHATS, CONCERNED, SAME, LEFT_OUT, WAITS = "chats", "concerned", "same", "left out", "waits for a score"
"""Names of counts; counts of changes are named like "verdict eligible > barred"."""

MOST_REMEMBERED: Final = 5_000


@dataclass(frozen=True)
class Place:
    """Where a shop stands by the edition of its scores: the name of a level, "barred", or "" without a score."""

    edition: Edition
    name: str


@dataclass(frozen=True)
class ShopChange:
    """Where a shop stands while one edition or another answers."""

    shop: Followed
    before: Place
    after: Place


@dataclass(frozen=True)
class Reassessment:
    """A change from the edition `before` (None: there was none) to `after`, with verdicts as on the day `on`.

    Many shops are alike without the scores of another scale, so verdicts are remembered, at most `MOST_REMEMBERED`.
    """

    catalogue: Catalogue
    before: str | None
    after: Edition
    on: date
    _known: dict[tuple[str, frozenset[tuple[str, FactValue]]], Judgement] = field(default_factory=dict)

    def concerned(self, subjects: Iterable[Subject]) -> tuple[list[Concerned], Counter[str]]:
        """The chats concerned by the change, and the counts by kind of change."""
        counts: Counter[str] = Counter()
        concerned = []
        for subject in subjects:
            counts[CHATS] += 1
            changes = self._changes(subject)
            counts.update(changes)
            if any(change.startswith(("verdict", "standing", "shop")) for change in changes):
                counts[CONCERNED] += 1
                concerned.append(Concerned(subject.chat_id, self.known(subject) or "", subject.check_id))
        return concerned, counts

    def known(self, subject: Subject) -> str | None:
        """The name of the edition last used for the chat, None for none."""
        return subject.knows or self.before

    def _changes(self, subject: Subject) -> list[str]:
        """The kinds of change for a chat, for counting."""
        known = self.known(subject)
        if known is None or known == self.after.name:
            return [SAME]
        if not self.catalogue.has(known) or not self.catalogue.has(subject.edition or known):
            return [LEFT_OUT]
        old = self.catalogue.edition(known)
        return [*self._of_check(subject, old), *self._of_shops(subject, old)] or [SAME]

    def _of_check(self, subject: Subject, old: Edition) -> Iterator[str]:
        if subject.edition is None:
            return
        told_by, facts = self.facts(subject)
        was, now = (self._judgement(each, carried(facts, told_by, each)) for each in (old, self.after))
        if was.verdict is not now.verdict:
            yield f"verdict {was.verdict} > {now.verdict}"
        if was.standing is not now.standing:
            yield f"standing {was.standing or 'unknown'} > {now.standing or 'unknown'}"

    def _judgement(self, edition: Edition, facts: Facts) -> Judgement:
        key = edition.name, frozenset(facts.items())
        if key not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = judgement(edition, facts, self.on)
        return self._known[key]

    def _of_shops(self, subject: Subject, old: Edition) -> Iterator[str]:
        for change in self.shop_changes(subject, old):
            yield f"shop {change.before.name or WAITS} > {change.after.name or WAITS}"

    def shop_changes(self, subject: Subject, old: Edition) -> Iterator[ShopChange]:
        """The followed shops that stand elsewhere under the new edition."""
        for shop in subject.shops:
            before, after = (self._place(shop.case, edition) for edition in (old, self.after))
            if before.name != after.name:
                yield ShopChange(shop, before, after)

    def _place(self, case: Case, preferred: Edition) -> Place:
        edition = edition_of(self.catalogue, case, preferred)
        now = assess(edition, case, self.on)
        if now.is_out_for_good:
            return Place(edition, "barred")
        is_scored = any(fact.id in now.facts for fact in edition.scores)
        return Place(edition, now.level.name.lower() if is_scored else "")

    def facts(self, subject: Subject) -> tuple[Edition, Facts]:
        """The edition of the subject's check, and the facts told. The subject must have a check."""
        told_by = self.catalogue.edition(subject.edition or "")
        check = CheckUnderway.model_validate_json(subject.answers or "")
        return told_by, check_case.facts(check, told_by)
