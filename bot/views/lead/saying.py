"""What to say first: the answer to what was asked first, as far as what was told decides it."""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.views.lead.access import absent, access, holds, side_by_side, unbinding
from bot.views.lead.asides import asides, still_new
from bot.views.lead.entry import clears, conditions, entry, perhaps
from bot.views.lead.goods import OF_GOODS, goods
from bot.views.lead.own import own
from bot.views.lead.values import Say
from rules.lines import Level, choices, touches
from rules.requirements import IN_ALLIANCE
from rules.said import Ask
from rules.told_case import CHANCES, ToldCase

VERDICTS: Final = (Ask.ENTER, Ask.CLOSE, Ask.WARN, Ask.LEFT)
ON_ACCESS: Final = (Ask.CLOSE, Ask.WARN)
OF_TOPIC: Final = {
    **dict.fromkeys(("close", "stages", "low_score"), Ask.CLOSE),
    "warn": Ask.WARN,
}
"""What a question about the topic asks of a shop where the question has no verb; else whether the shop may enter."""
ALL_GONE: Final = "all_gone"
"""The point of a question whether no chance is left."""
UNBIND: Final = "unbind"
"""The topic of what becomes of the goods, which follows from a closing alone."""
OF_SCORE: Final = ("score_at", "auto_score", "product_score")
"""Topics of a number told with nothing asked: what holds at the number."""


def says(told: ToldCase, topics: Sequence[str]) -> tuple[Say, ...]:
    """What to say of a shop to a question about these topics; none when nothing is told that can be judged."""
    if set(topics) <= set(OF_GOODS):
        return tuple(goods(told))
    if first := tuple(still_new(told)) or tuple(asides(told)):
        return first
    if len(found := side_by_side(told)) > 1:
        return (Say("compared", {"each": found, "differ": len({(at.level, enters) for at, enters in found}) > 1}),)
    return _of_shop(told, topics)


def _of_shop(told: ToldCase, topics: Sequence[str]) -> tuple[Say, ...]:
    """What to say of a single shop."""
    if list(topics) == [UNBIND]:
        return tuple(unbinding(told))
    if of_own := tuple(own(told, told.said.asks)):
        return of_own
    if not told.spoken - {IN_ALLIANCE} and not perhaps(told):
        return (Say("no_limit"),) if _counts_for_nothing(told) else ()
    asks = told.said.asks or (() if _tells_more(told, told.scored) else _by_topic(topics))
    cleared = tuple(_cleared(told)) if _first(told, asks) is Ask.CLOSE else ()
    return cleared or tuple(_judged(told, asks))


def _counts_for_nothing(told: ToldCase) -> bool:
    """Whether closings or chances are told, and the edition does not count any."""
    return told.edition.chances is None and bool(told.said.of("closures", *CHANCES))


def _by_topic(topics: Sequence[str]) -> tuple[Ask, ...]:
    asked = (OF_TOPIC.get(topic, Ask.ENTER) for topic in topics if topic not in OF_SCORE)
    return tuple(dict.fromkeys(asked))[:1]


def _first(told: ToldCase, asks: Sequence[Ask]) -> Ask | None:
    """What to answer first: of a shop outside whether it may enter, else what is asked first."""
    if (Ask.LEFT in asks or ALL_GONE in told.said.points) and not told.scored:
        return Ask.LEFT
    if told.worst.in_alliance is False and Ask.ENTER in asks:
        return Ask.ENTER
    return next((ask for ask in asks if ask in VERDICTS), None)


def _judged(told: ToldCase, asks: Sequence[Ask]) -> Iterator[Say]:
    """The verdict on the first thing asked, then on another one asked besides."""
    first, scored, inside = _first(told, asks), told.scored, told.worst.in_alliance
    if first is not Ask.LEFT and _is_open_by_scale(told):
        yield Say("at_odds", {"now": told.worst})
    elif first is Ask.LEFT and (left := tuple(_left(told))):
        yield from left
    elif first in ON_ACCESS and scored:
        yield from access(told, scored, first)
        if Ask.ENTER in asks and inside is not True:
            yield from entry(told)
    elif first in ON_ACCESS and told.ends.get(told.edition.main_score.id) == (None, None):
        yield absent(told, first)
    elif first in ON_ACCESS and (not _tells_more(told, [told.edition.main_score.id]) or _has_no_bar(told, asks)):
        return
    elif first is None and scored and inside is not False and not _tells_more(told, scored):
        yield from holds(told, scored, inside=inside is True, todo=Ask.TODO in asks)
    elif first is Ask.ENTER and inside is True and scored and not _tells_more(told, scored):
        yield from access(told, scored, Ask.CLOSE)
    else:
        yield from entry(told)
        if first is Ask.ENTER and set(ON_ACCESS) & set(asks) and scored and inside is not False:
            yield from access(told, scored, Ask.CLOSE)


def _cleared(told: ToldCase) -> Iterator[Say]:
    """That the shop is cleared for something told that is no score; nothing where a score closes the access."""
    is_closed = any(at.below for at in told.best.lines if touches(at.line))
    if not is_closed and _beside(told, [fact.id for fact in told.edition.scores]):
        yield from clears(told)


def _has_no_bar(told: ToldCase, asks: Sequence[Ask]) -> bool:
    """Whether nothing told bars from entering, and entering is not asked about."""
    return Ask.ENTER not in asks and all(one.status == "met" for one in (*conditions(told), *perhaps(told)))


def _is_open_by_scale(told: ToldCase) -> bool:
    """Whether the shop's known scores are spoken of, decide nothing, and contradict a number of another scale."""
    return bool(told.scored and not told.ends and told.worst.at_odds) and told.worst.level is Level.UNKNOWN


def _tells_more(told: ToldCase, scored: Sequence[str]) -> bool:
    """Whether another condition is told than a score, or a choice that decides about its lines."""
    return bool(_beside(told, scored) or perhaps(told))


def _beside(told: ToldCase, scored: Sequence[str]) -> frozenset[str]:
    """The facts spoken of beside these scores, the access, and choices that decide about lines."""
    return told.spoken - set(scored) - {fact.id for fact in choices(told.edition)} - {IN_ALLIANCE}


def _left(told: ToldCase) -> Iterator[Say]:
    """How many chances are left; nothing while the count is not told."""
    count, chances, gone = told.worst.closures, told.edition.chances, ALL_GONE in told.said.points
    if chances is None:
        yield Say("no_limit")
    elif count is not None:
        yield Say("left", {"count": count, "limit": chances.limit, "left": max(0, chances.limit - count), "gone": gone})
