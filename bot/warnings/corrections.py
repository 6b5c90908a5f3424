"""Corrections of what was sent: a score or a closing that is known otherwise now is told to the same chats, once.

A correction to something graver is no correction but news, which the check tells as usual.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.loop import in_parts
from bot.warnings.judged_anew import assessed, claim_of, is_of_closings
from bot.warnings.policy import WatchPolicy, due
from bot.warnings.set_aside import Place, SetAside
from rules.assessment import Assessment
from rules.claims import Claim, level, said_wrong, taken_back
from rules.edition import Edition
from rules.lines import Level
from rules.reasons import Reason
from rules.requirements import IN_ALLIANCE, Facts
from rules.watch import FALLEN
from storage import corrections, follows, preferences, schema, shops
from storage.corrections import Said, last_words
from storage.daily_check.decisions import Made, Verdicts, write
from storage.database import bulk
from storage.instants import epoch_ms
from storage.notices import Item
from storage.shops import Shop


async def correct_stored(conn: AsyncConnection, policy: WatchPolicy, now: datetime, *, has_corrections: bool) -> int:
    """Correct what the file just stored has otherwise; the number of messages. Call in the rows' transaction.

    A shop whose messages can't be corrected is set aside, and the operators are told.
    """
    wrong = await corrections.contradicted(conn, epoch_ms(now)) if has_corrections else []

    async def mend(shop_ids: Sequence[int]) -> int:
        async with conn.begin_nested():
            return await correct(conn, policy, shop_ids, now)

    shop_ids = sorted({*wrong, *await corrections.counted_back(conn)})
    aside = SetAside(Place.CORRECTION)
    made = sum(await in_parts(shop_ids, mend, aside))
    await aside.tell_in(conn, policy.admins, epoch_ms(now))
    return made


async def correct(conn: AsyncConnection, policy: WatchPolicy, shop_ids: Collection[int], now: datetime) -> int:
    """Correct what was told of the shops and is known otherwise now; the number of messages.

    Call after a score was stored, withdrawn, or a count taken back, in the same transaction.
    """
    said = await corrections.said_of(conn, shop_ids, epoch_ms(now))
    known = await shops.by_ids(conn, list(shop_ids)) if said else {}
    wrong = [one for one in last_words(said).values() if _is_wrong(policy, one, known[one.item.shop_id])]
    if not wrong:
        return 0
    await _take_back(conn, policy, wrong, known, now)
    return await _tell(conn, policy, wrong, now)


def _is_wrong(policy: WatchPolicy, said: Said, shop: Shop) -> bool:
    edition, item = policy.edition_named(said.edition), said.item
    if edition is None or not said.is_told or not item.shop_id:
        return False
    if is_of_closings(item):
        return (said.closures or 0) < (item.closures or 0)
    if not item.fact or item.score_day is None or said.now == item.points:
        return False
    then, now = ({item.fact: value} for value in (item.points, said.now))
    return said_wrong(claim_of(item, edition), _judged(edition, shop, item, then), _judged(edition, shop, item, now))


def _judged(edition: Edition, shop: Shop, item: Item, scored: Facts) -> Assessment:
    inside = {} if item.in_alliance is None else {IN_ALLIANCE: item.in_alliance}
    assert item.score_day is not None  # noqa: S101  (such items only)
    return Assessment(edition, {**shop.choices, **scored, **inside}, item.score_day)


async def forget_told(conn: AsyncConnection, policy: WatchPolicy, shop_id: int, day: date, now: datetime) -> None:
    """Let the states follow a score of the day that was told anew today: a slip that was mended is no recovery."""
    shop = await shops.by_id(conn, shop_id)
    newest = await corrections.newest_scores(conn, [shop_id])
    today, edition = policy.today(now), policy.edition
    for one in await follows.of_shop(conn, shop_id) if shop else ():
        state = one.state
        if shop is None or state is None or (state.judged_day, state.told_on) != (day, today):
            continue
        judged = assessed(edition, shop, newest.get(shop_id, {}), today)
        reason = FALLEN.get(state.level)
        if reason and level(judged) < state.level:
            line = next((line for line in edition.lines if line.id == state.line), None)
            after = taken_back(state, Claim(reason, line), judged, shop.closures)
            await follows.keep_state(conn, shop_id, one.chat_id, after)


async def _take_back(
    conn: AsyncConnection, policy: WatchPolicy, wrong: Iterable[Said], known: Mapping[int, Shop], now: datetime
) -> None:
    """Let the states follow: what was wrong does not count as told."""
    newest = await corrections.newest_scores(conn, list(known))
    for one in wrong:
        shop, edition = known[one.item.shop_id], policy.edition_named(one.edition)
        follow = await follows.of(conn, shop.id, one.chat_id)
        if edition and follow and follow.state and follow.state.edition in ("", edition.name):
            judged = assessed(edition, shop, newest.get(shop.id, {}), policy.today(now))
            state = taken_back(follow.state, claim_of(one.item, edition), judged, shop.closures)
            await follows.keep_state(conn, shop.id, one.chat_id, state)


async def _tell(conn: AsyncConnection, policy: WatchPolicy, wrong: Iterable[Said], now: datetime) -> int:
    """Make a notice for each chat, two when only a part may wait; the number of notices."""
    parts: dict[tuple[int, str, bool], list[Said]] = defaultdict(list)
    for one in wrong:
        parts[one.chat_id, one.edition, _is_urgent(policy, one)].append(one)
    numbers = await bulk.numbers(conn, schema.notices, len(parts))
    hours = await preferences.choices(conn, [chat_id for chat_id, _, _ in parts])
    by_edition: dict[str, Verdicts] = {}
    for number, ((chat_id, edition, is_urgent), part) in zip(numbers, parts.items(), strict=True):
        verdicts = by_edition.setdefault(edition, Verdicts(policy.today(now), edition, False))
        chosen = preferences.read(*hours.get(chat_id, (None, None)))
        at = now if is_urgent else due(now, policy.zone, chosen.hours(policy.quiet_hours), chosen.digest_at)
        corrects = max(one.notice_id for one in part)
        verdicts.made.append(Made(number, chat_id, is_urgent, epoch_ms(at), corrects))
        verdicts.ahead += [(number, _correction(one)) for one in part]
    for verdicts in by_edition.values():
        await write(conn, verdicts, epoch_ms(now))
    return len(parts)


def _is_urgent(policy: WatchPolicy, said: Said) -> bool:
    """Whether the message said that the access is, or may be, gone."""
    edition = policy.edition_named(said.edition)
    return is_of_closings(said.item) or (edition is not None and claim_of(said.item, edition).level is Level.CLOSING)


def _correction(said: Said) -> Item:
    item = said.item
    if is_of_closings(item):
        counted = Item(Reason.CORRECTED, item.shop_id, closures=said.closures, closures_before=item.closures_before)
        return counted._replace(level_before=item.level_before)
    return Item(Reason.CORRECTED, item.shop_id, fact=item.fact, points=said.now, score_day=item.score_day)._replace(
        in_alliance=item.in_alliance
    )
