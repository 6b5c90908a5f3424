"""The topic of what is told, where the words around lead elsewhere or nowhere: a shop's own score is to be judged."""

from collections.abc import Set
from typing import Final

from rules.reading import AnswerKind, Reading
from rules.requirements import IN_ALLIANCE
from rules.said import About, Aside, Ask, Said
from rules.understanding.told import (
    asks_how,
    closes_by_system,
    has_moved,
    is_closed_by_system,
    names_ours,
    names_subject,
    names_total,
    names_unbinding,
)
from rules.understanding.told_points import topic_of_points
from rules.understanding.told_scores import PARTS

OF_ASK: Final = {Ask.ENTER: "auto_score", Ask.CLOSE: "close", Ask.WARN: "warn"}
OF_CLAIM: Final = {
    **dict.fromkeys((About.ENTRY_LIMIT, About.EXCLUDES), "auto_score"),
    **dict.fromkeys((About.CLOSES, About.CLOSING_LIMIT, About.SPARES), "close"),
    **dict.fromkeys((About.WARNS, About.WARNING_LIMIT), "warn"),
    **dict.fromkeys((About.FOREVER, About.CHANCES, About.RATE), "three"),
    **dict.fromkeys((About.WAITING, About.EXEMPT, About.NEW_SHOP), "new_shop"),
    **dict.fromkeys((About.PENALTY_DAYS, About.PENALTY_BARS), "adm4"),
    **dict.fromkeys((About.WARNED_FIRST, About.WARNED_CLOSES), "stages"),
}
NEWEST, HOLDS, CLOSED, UNCLEAR, OPERATING = "auto_score", "score_at", "three", "unclear", "adm2"
GIVE_WAY: Final = frozenset((UNCLEAR, "neighbours", "talent_side", "products"))
ASKING_HOW: Final = frozenset(("raise", "waiting", "score_made"))
OF_TIME: Final = frozenset(("check_hour", "daily")) | ASKING_HOW
OF_GOODS: Final = frozenset(("unbind", "products"))
OF_PARTS: Final = frozenset(("unbind", "neighbours", "appeal", "products", "product_score", "score_made", UNCLEAR))
"""Topics that a name of a part's score leads to (商品3.2, 客服4.1)."""
GRACE, OF_WAITING = "grace", frozenset(("waiting", UNCLEAR))
OF_CLOSED: Final = frozenset(("voluntary", "reopen"))
"""Topics of an access that is closed, to which a shop that is shut leads."""
OF_NO_SHOP: Final = frozenset(("what", "why"))


def topic_of_score(told: Said, reading: Reading) -> str | None:
    """The topic of a score without a name, in a text of known words alone (降到4.2会怎样); None for other readings."""
    if reading.kind is not AnswerKind.OUT_OF_SCOPE or reading.parts or not told.of("score"):
        return None
    return next((OF_ASK[ask] for ask in told.asks if ask in OF_ASK), HOLDS)


def topic_of_told(text: str, told: Said, reading: Reading) -> str | None:
    """The topic to answer instead of the reading; None where the reading stands."""
    moved = topic_of_points(told.points, reading, of_rules=told.newest) or _of_grace(told, reading)
    return moved or _of_claim(text, told, reading) or _of_shop(text, told, reading)


def _of_claim(text: str, told: Said, reading: Reading) -> str | None:
    """The topic of a claim on the alliance or the score that nothing else answers."""
    if not told.claims or reading.parts or reading.kind is not AnswerKind.OUT_OF_SCOPE or not names_subject(text):
        return None
    return OF_CLAIM.get(told.claims[0].about)


def _of_grace(told: Said, reading: Reading) -> str | None:
    """The gap of a time of grace, for a question how long, where one is claimed."""
    topics = {part.topic for part in reading.parts}
    is_grace = any(claim.about is About.GRACE for claim in told.claims)
    return GRACE if is_grace and topics and topics <= OF_WAITING else None


def _of_shop(text: str, told: Said, reading: Reading) -> str | None:
    """The topic of what is told of a shop, or of the newest rules."""
    topics = {part.topic for part in reading.parts}
    if told.newest:
        return _of_newest(told, topics)
    asked = next((OF_ASK[ask] for ask in told.asks if ask in OF_ASK), None)
    if topics and (topic := _of_standing(told, topics, asked) or _of_own_score(text, told, topics, asked)):
        return topic
    if not names_total(text):
        is_outside = reading.kind is AnswerKind.OUT_OF_SCOPE
        return CLOSED if is_outside and told.of("closures") and asked and closes_by_system(text) else None
    if told.of("score") and topics and topics <= OF_NO_SHOP:
        return HOLDS
    given_way = GIVE_WAY if asks_how(text) else GIVE_WAY | ASKING_HOW
    is_elsewhere = reading.kind in (AnswerKind.NOT_COVERED, AnswerKind.OUT_OF_SCOPE) and topics <= given_way
    if not (is_elsewhere and told.of("score", "product_score")):
        return None
    return asked


def _of_standing(told: Said, topics: Set[str], asked: str | None) -> str | None:
    """The topic of a shop told to be shut, read as a closed access, and of the score of one that is in."""
    if topics <= OF_CLOSED and any(one.holds is False for one in told.of("operating_normally")):
        return OPERATING
    is_in = any(one.holds for one in told.of(IN_ALLIANCE))
    is_on_access = is_in and told.of("score") and topics == {NEWEST} and Ask.ENTER not in told.asks
    return (asked or HOLDS) if is_on_access else None


def _of_own_score(text: str, told: Said, topics: Set[str], asked: str | None) -> str | None:
    """The topic of a told score where a word beside it leads elsewhere; None where none does."""
    if asked and told.of("product_score") and topics <= OF_GOODS:
        return asked
    if not told.of("score"):
        return None
    if topics <= OF_TIME and not asks_how(text):
        return asked or (HOLDS if has_moved(text) or told.of("score")[-1].is_supposed else None)
    if topics == {"voluntary"} and is_closed_by_system(text):
        return asked
    names_parts = told.of(*PARTS) and topics <= OF_PARTS and not names_unbinding(text)
    names_platform = topics == {"elsewhere"} and names_ours(text)
    return (asked or HOLDS) if names_parts or names_platform else None


def _of_newest(told: Said, topics: Set[str]) -> str | None:
    """The topic of a question about the newest rules: of what is asked, else the score needed."""
    first = OF_ASK.get(told.asks[0]) if told.asks else None
    if topics == {NEWEST}:
        return first
    unclear = {UNCLEAR, "elsewhere"} if Aside.CHANGED in told.asides else {UNCLEAR}
    return (first or NEWEST) if topics <= unclear else None
