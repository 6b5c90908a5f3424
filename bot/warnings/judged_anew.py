"""A notice judged anew at the moment of sending: what no longer holds is not sent, and does not count as told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from rules.assessment import Assessment
from rules.claims import LOW, Claim, gravest, holds_as, taken_back, told_anew
from rules.edition import Edition
from rules.lines import Level
from rules.reasons import Reason
from rules.requirements import IN_ALLIANCE
from rules.watch_state import WatchState
from storage import corrections, follows, notices
from storage.corrections import Row
from storage.notices import Item, Notice
from storage.shops import Shop


@dataclass(frozen=True)
class Outcome:
    """What became of an item: None when nothing is left. `state`: to keep, None when as before."""

    item: Item | None
    state: WatchState | None = None


@dataclass(frozen=True)
class When:
    """The day of sending. `is_past`: the check was of a day before it ran, and that day's scores count."""

    today: date
    is_past: bool = False


@dataclass(frozen=True)
class Known:
    """What is known of a shop: the newest scores by fact, and the state of watching."""

    shop: Shop
    newest: Mapping[str, Row]
    state: WatchState


async def judged_anew(
    conn: AsyncConnection,
    edition: Edition,
    notice: Notice,
    *,
    shops: Mapping[int, Shop],
    states: Mapping[int, WatchState | None],
    at: When,
) -> Notice:
    """The notice with what holds now; states and items follow what is really said."""
    watched = [item for item in notice.items if item.shop_id in shops and item.reason is not Reason.CORRECTED]
    numbers = shop_ids(watched)
    if at.is_past:
        newest = await corrections.scores_as_of(conn, numbers, [one.id for one in edition.scores], notice.day)
    else:
        newest = await corrections.newest_scores(conn, numbers) if watched else {}
    outcomes: dict[Item, Item | None] = {item: item for item in notice.items}
    for item in watched:
        state = states.get(item.shop_id) or WatchState(date.min)
        found = outcome(item, edition, Known(shops[item.shop_id], newest.get(item.shop_id, {}), state), at.today)
        outcomes[item] = found.item
        if found.item != item:
            await notices.rewrite(conn, notice.id, item, found.item)
        if found.state is not None and found.state != state:
            await follows.keep_state(conn, item.shop_id, notice.chat_id, found.state)
    return notice._replace(items=tuple(item for item in outcomes.values() if item is not None))


def outcome(item: Item, edition: Edition, known: Known, today: date) -> Outcome:
    """The item as it has to be told now (pure)."""
    shop, newest, state = known.shop, known.newest, known.state
    if item.reason is Reason.STALE:
        row = newest.get(item.fact) or next(iter(newest.values()), None)
        is_over = row is not None and (item.score_day is None or row.day > item.score_day)
        return Outcome(None, None) if is_over else Outcome(item)
    claim, now = claim_of(item, edition), assessed(edition, shop, newest, today)
    reason = holds_as(claim, now, shop.closures)
    if reason is None or (reason is Reason.REMINDER and state.is_mended):
        is_reminder = item.reason is Reason.REMINDER  # the line was told before, and is left as usual
        return Outcome(None, None if is_reminder else taken_back(state, claim, now, shop.closures))
    if reason is Reason.CLOSED and shop.closures is not None and shop.closures < (item.closures or 0):
        counted = _with_score(item, newest)._replace(closures=shop.closures)
        return Outcome(counted, taken_back(state, claim, now, shop.closures))
    if reason not in LOW:
        return Outcome(_with_score(item, newest))
    told = _low(item, reason, now, newest, state)
    if reason is not item.reason:
        return Outcome(told, told_anew(taken_back(state, claim, now, shop.closures), now, told.closures))
    return Outcome(told)


def claim_of(item: Item, edition: Edition) -> Claim:
    """What the item says, in the words of the edition; a corrected count says that the access was closed so often."""
    line = next((line for line in edition.lines if line.id == item.line), None)
    reason = Reason.CLOSED if is_of_closings(item) else item.reason
    return Claim(reason, line, item.points, item.closures, Level(item.level_before or 0), item.closures_before)


def is_of_closings(item: Item) -> bool:
    """Whether the item tells, or corrects, how often the access was closed."""
    return item.reason is Reason.CLOSED or (item.reason is Reason.CORRECTED and not item.fact)


def assessed(edition: Edition, shop: Shop, newest: Mapping[str, Row], today: date) -> Assessment:
    """The judgement of the shop by its newest scores."""
    scored = {one.id: newest[one.id].points for one in edition.scores if _fits(newest.get(one.id), one.scale)}
    inside = {} if shop.in_alliance is None else {IN_ALLIANCE: shop.in_alliance}
    return Assessment(edition, {**shop.choices, **scored, **inside}, today)


def _fits(row: Row | None, scale: str) -> bool:
    return row is not None and (row.points is None or row.scale == scale)


def _with_score(item: Item, newest: Mapping[str, Row]) -> Item:
    """The item with the newest score of its fact."""
    row = newest.get(item.fact)
    return item if row is None else item._replace(points=row.points, score_day=row.day)


def _low(item: Item, reason: Reason, now: Assessment, newest: Mapping[str, Row], state: WatchState) -> Item:
    """The item of a score below a line, with the line and the score of now."""
    at = gravest(now)
    if at is None:
        return item
    fact = at.line.fact
    told = _with_score(item._replace(reason=reason, line=at.line.id, fact=fact), newest)
    if reason is item.reason:
        return told
    closures = state.closures if reason is Reason.CLOSING else None
    is_since = state.seen_level == at.level and state.seen_since != told.score_day
    since = state.seen_since if is_since else None
    return told._replace(closures=None if closures is None else closures + 1, since=since)


def shop_ids(items: Iterable[Item]) -> list[int]:
    """The shops of the items, each once."""
    return list(dict.fromkeys(item.shop_id for item in items if item.shop_id))
