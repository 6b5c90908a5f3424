"""The answers of a finished check, written to the case of the shop, where the daily check and all messages see them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from bot.conversation import check_case
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_shop import case_of
from bot.journeys.shops import of_chat, own_shop
from bot.journeys.turn import Turn
from bot.journeys.undo import TakeBackScore
from bot.views.check_report import Replaced
from bot.warnings.followers import decide_now
from bot.warnings.policy import WatchPolicy
from rules.case import Case, Known
from rules.edition import Edition, Fact
from rules.requirements import IN_ALLIANCE
from rules.sources import SOURCES, Source
from rules.watch_state import WatchState
from storage import cases, follows, score_undo, scores
from storage.cases import CLOSURES
from storage.instants import epoch_ms
from storage.scores import Score
from storage.shops import Shop


async def written(turn: Turn, check: CheckUnderway, edition: Edition) -> tuple[CheckUnderway, tuple[Replaced, ...]]:
    """The finished check of today's case, and the scores of the day that its answers replaced.

    Its new answers are kept as the shop's, and all that is known counts. The chat's own shop is made if there is none
    yet; a check of a shop that is gone is left as it is. Only for a chat that agreed to keeping.
    """
    shop = await own_shop(turn, check.shop)
    if shop is None:
        return check, ()
    replaced = await _write(turn, check, edition, shop) if check.fresh else ()
    of_shop = check.model_copy(update={"shop": shop.id, "fresh": ()})
    return check_case.renewed(of_shop, edition, await case_of(turn, await of_chat(turn, shop.id))), replaced


async def _write(turn: Turn, check: CheckUnderway, edition: Edition, shop: Shop) -> tuple[Replaced, ...]:
    stored = await cases.of_shop(turn.conn, shop)
    mine = check_case.case(check, edition).known
    told = {name: mine[name] for name in check.fresh if name in mine and _counts(stored, name, mine[name])}
    of_scores = {fact.id: fact for fact in edition.scores}
    await _tell(turn, edition, shop, {name: one for name, one in told.items() if name not in of_scores})
    await _forget(turn, edition, shop, [name for name in check.unsure if _is_given_up(check, stored, name)])
    await _tell_followers(turn, shop, told)
    answered = [name for name in told if name in of_scores]
    scored = {name: told[name] for name in answered if not await _is_told_since(turn, check, shop, name)}
    if not scored:
        return ()
    replaced = await _record(turn, shop, of_scores, scored)
    await decide_now(turn.conn, _watch(turn, edition), shop.id, turn.now, answering=turn.chat_id)
    return replaced


def _counts(stored: Case, name: str, one: Known) -> bool:
    """Whether an answer counts instead of what is stored; an official figure of the day, or newer, stays."""
    before = stored.known.get(name)
    if before is None:
        return True
    is_stronger = SOURCES[before.source].is_official and before.on >= one.on
    return not is_stronger and not before.is_newer_than(one)


async def _is_told_since(turn: Turn, check: CheckUnderway, shop: Shop, name: str) -> bool:
    """Whether the score of the day was told after the answer in the check: what was told last counts."""
    given = check.given.get(name)
    stored_at = await score_undo.told_at(turn.conn, shop.id, name, given.on) if given else None
    return given is not None and stored_at is not None and stored_at > epoch_ms(given.at)


def _is_given_up(check: CheckUnderway, stored: Case, name: str) -> bool:
    """Whether the merchant no longer knows what a merchant told before."""
    before = stored.known.get(name)
    return name in check.fresh and before is not None and not before.scale and not SOURCES[before.source].is_official


async def _tell(turn: Turn, edition: Edition, shop: Shop, told: Mapping[str, Known]) -> None:
    by_day = groupby(sorted(told, key=lambda name: told[name].on), key=lambda name: told[name].on)
    for day, names in by_day:
        values = {name: told[name].value for name in names}
        now = await of_chat(turn, shop.id) or shop
        await cases.tell(turn.conn, edition, now, values, turn.telling(day, Source.ANSWER))


async def _forget(turn: Turn, edition: Edition, shop: Shop, names: list[str]) -> None:
    for name in names:
        await cases.forget(turn.conn, edition, await of_chat(turn, shop.id) or shop, name)


async def _tell_followers(turn: Turn, shop: Shop, told: Mapping[str, Known]) -> None:
    """What the merchant told of closings and the access is no news to the followers."""
    count = told[CLOSURES].value if CLOSURES in told else None
    inside = told[IN_ALLIANCE].value if IN_ALLIANCE in told else None
    if count is None and inside is None:
        return
    for each in await follows.of_shop(turn.conn, shop.id):
        state = each.state or WatchState(date.min)
        closures = count if isinstance(count, int) else state.closures
        is_closed = state.is_closed if inside is None else not inside and bool(closures)
        state = replace(state, closures=closures, is_closed=is_closed)
        await follows.keep_state(turn.conn, shop.id, each.chat_id, state)


async def _record(turn: Turn, shop: Shop, facts: Mapping[str, Fact], told: Mapping[str, Known]) -> tuple[Replaced, ...]:
    """The scores kept as the merchant's, each of its day; those that another score of the day gave way to."""
    replaced = []
    for name, one in told.items():
        if isinstance(one.value, Decimal | None) and (one.value is None or facts[name].can_be(one.value)):
            row = Score(shop.id, name, one.on, one.value, one.scale, Source.MERCHANT)
            before = await score_undo.of_day(turn.conn, shop.id, name, one.on)
            await scores.record(turn.conn, row, turn.now_ms)
            if before is not None and before != row:
                press = TakeBackScore.of(row, before).fitting()
                replaced.append(Replaced(facts[name], row.day, before.points, row.points, press))
    return tuple(replaced)


def _watch(turn: Turn, edition: Edition) -> WatchPolicy:
    """How scores on the edition's scale are watched: what follows counts as told to this chat, as the result tells it.

    By the operator's edition if that is of the scale, for the followers of a shop are many.
    """
    policy = turn.context.policy
    watching = turn.context.catalogue.of_scale(edition.main_score.scale, policy.edition)
    return replace(policy, edition=watching or policy.edition)
