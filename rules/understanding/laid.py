"""What was told earlier in a chat: what stays of a message, and what is laid under the next question about a shop.

A value told anew replaces the one of the same fact. What was made up or said of somebody else's shop does not stay.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from rules.reading import Reading
from rules.requirements import IN_ALLIANCE
from rules.said import Ask, Said, Told
from rules.side import Side
from rules.told_case import CHANCES
from rules.understanding.follow_up import listed
from rules.understanding.follow_up import matches as is_listed
from rules.understanding.told_scores import TOLD_SCORES
from rules.understanding.told_words import matches

CLOSURES: Final = "closures"
PENALTIES: Final = "penalties"
OF_A_DAY: Final = "today"
OF_ACCESS: Final = frozenset((*TOLD_SCORES, IN_ALLIANCE, "shop_type", "category"))
"""Facts that say whether the access is closed."""
BEARING: Final = {
    Ask.CLOSE: OF_ACCESS,
    Ask.WARN: OF_ACCESS,
    Ask.FAR: OF_ACCESS,
    Ask.TODO: OF_ACCESS,
    Ask.LEFT: frozenset((CLOSURES, *CHANCES)),
    Ask.DAYS: frozenset((PENALTIES,)),
    Ask.COUNTS: frozenset((PENALTIES,)),
}
"""The facts that bear on what is asked first; on entering, and where nothing is asked, every one."""
MENDED: Final = ("operating_normally", "account_usable", "store_opened", "brand_documents_complete")
DOUBTED: Final = ("operating_normally", "related_serious_violation")
_DENIED: Final = re.compile("[没未不]有?能?$")
ON_ACCESS: Final = frozenset(("close", "warn", "stages", "low_score"))
"""Topics of what becomes of the access of a shop that is in."""
HOW_TO: Final = frozenset(("join", "join_auto", "how_auto"))
"""Topics of how one gets in, which is the same for every shop."""
OF_SHOP: Final = frozenset((Ask.ENTER, *BEARING))


def name(told: Told) -> str:
    """The matter told: closings and chances are one."""
    return CLOSURES if told.fact in CHANCES else told.fact


def merged(before: Iterable[Told], new: Sequence[Told]) -> tuple[Told, ...]:
    """The facts in force, the newest last: each new one instead of the earlier ones of the same matter."""
    replaced = {name(one) for one in new}
    return (*(one for one in before if name(one) not in replaced), *new)


def staying(text: str, said: Said) -> tuple[Told, ...]:
    """What stays in force of what a message tells: what is told of the own shop as it is.

    A number with a side (低于3.5会关吗) is of the rules, unless the own shop is named.
    """
    if said.claims or _is_of_others(text):
        return ()
    is_own = matches("others", "self", text)
    kept = (one for one in said.told if not one.is_supposed and one.fact != OF_A_DAY)
    return tuple(one for one in kept if is_own or one.side is Side.AT)


def mended(text: str, before: Sequence[Told]) -> tuple[Told, ...]:
    """The facts told before to be amiss that the text says to be well again: 恢复营业了."""
    amiss = (one.fact for one in before if one.holds is False and one.fact in MENDED)
    return tuple(Told(fact=fact, holds=True) for fact in amiss if _says(listed("mended", fact), text))


def doubted(text: str, before: Sequence[Told]) -> frozenset[str]:
    """The facts told before to be amiss of which the text says that it may be otherwise: 那家店只是被警告过."""
    amiss = (one.fact for one in before if one.holds is (one.fact not in MENDED) and one.fact in DOUBTED)
    return frozenset(fact for fact in amiss if _says(listed("doubted", fact), text))


def _says(words: re.Pattern[str], text: str) -> bool:
    """Whether one of the words stands in the text and is not denied: 还没恢复营业."""
    return any(not _DENIED.search(text[: found.start()]) for found in words.finditer(text))


def under(text: str, read: Reading, before: Sequence[Told], *, is_question: bool) -> tuple[Told, ...]:
    """The facts told before that hold for the question, without those told anew; none for one about no shop of ours.

    What follows at a score (3.7会怎样) is asked of its lines; a statement is judged by every fact.
    """
    said, topics = read.said, {part.topic for part in read.parts}
    if not asks_of_shop(text, said) or (not said.told and topics & HOW_TO):
        return ()
    first = next((ask for ask in said.asks if ask in OF_SHOP), None)
    is_of_access = first is None and (topics & ON_ACCESS or is_question or _is_in((*before, *said.told)))
    bearing = OF_ACCESS if is_of_access else BEARING.get(first) if first else None
    anew = {name(one) for one in said.told if not one.is_supposed}
    return tuple(one for one in before if name(one) not in anew and (bearing is None or one.fact in bearing))


def _is_in(told: Iterable[Told]) -> bool:
    """Whether the shop is told to be in."""
    return any(one.fact == IN_ALLIANCE and one.holds for one in told)


def of_today(text: str, said: Said) -> Said:
    """What is said, without a better score of a day to come told beside today's: each day's score counts.

    今天3.4明天3.6会关吗 asks of 3.4, while 如果明天3.6 asks of 3.6.
    """
    scores = said.of("score")
    now = next((one.number for one in scores if one.number is not None and not one.is_supposed), None)
    is_supposed = matches("around", "supposed", listed("coming", "words").sub("", text))
    if now is None or is_supposed or not {Ask.CLOSE, Ask.WARN} & set(said.asks[:1]):
        return said
    better = [one for one in scores if one.is_supposed and one.number is not None and one.number >= now]
    return said.model_copy(update={"told": tuple(one for one in said.told if one not in better)})


def asks_of_shop(text: str, said: Said) -> bool:
    """Whether a question is about a shop of the chat, not about the rules in general or about somebody else's shop."""
    is_of_rules = said.claims or said.is_claim or said.compared or said.newest or said.asides
    if is_of_rules or _is_of_others(text):
        return False
    if said.told or said.own:
        return True
    if Ask.LEFT in said.asks[:1]:
        return matches("total", "own_left", text)
    return not OF_SHOP.isdisjoint(said.asks) and not _is_general(text)


def asks_verdict(text: str, said: Said) -> bool:
    """Whether it is asked what becomes of a shop of the chat, and nothing else is told of it."""
    return not said.told and bool(OF_SHOP & set(said.asks)) and asks_of_shop(text, said)


def _is_general(text: str) -> bool:
    return is_listed("general", "words", text) and not is_listed("general", "not", text)


def _is_of_others(text: str) -> bool:
    return matches("others", "mention", text) and not matches("others", "self", text)
