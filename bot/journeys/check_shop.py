"""The shop of a check: what is known of it when a check begins, and which edition judges it."""

from datetime import date

from bot.conversation import check_case, check_moves
from bot.conversation.memory import CheckUnderway, Given
from bot.journeys.turn import Turn
from rules.case import Case, edition_of
from rules.sources import Source
from storage import cases, checks, shops
from storage.shops import Shop


async def begun(turn: Turn, shop: Shop | None, check_id: str, *, anew: bool = False) -> CheckUnderway:
    """A check of the shop (None: the chat's own, not made yet) at the first question that its case leaves open.

    The edition is that of the scale of the shop's scores, else the chat's. `anew`: everything is asked.
    """
    stored, number = await _stored(turn, shop), shop.id if shop else 0
    known = await _with_unwritten(turn, shop, stored)
    edition = edition_of(turn.context.catalogue, known, turn.context.edition)
    if anew:
        return check_moves.begin(edition, check_id, turn.today, shop=number)
    told = await cases.told_of(turn.conn, shop) if shop else {}
    again, without = check_case.doubtful(edition, known, told, turn.today)
    check = check_moves.begin(edition, check_id, turn.today, known, shop=number, again=again, without=without)
    check = check.model_copy(update={"fresh": tuple(name for name in check.answers if name not in stored.known)})
    before = turn.dialogue.check
    is_same = before and before.finished and (before.shop, before.edition) == (number, edition.name)
    return check_moves.passing(check, before, edition, turn.today) if before and is_same else check


async def case_of(turn: Turn, shop: Shop | None) -> Case:
    """All that is known of the shop; of the chat's only shop also what a check of no shop was told."""
    return await _with_unwritten(turn, shop, await _stored(turn, shop))


async def _stored(turn: Turn, shop: Shop | None) -> Case:
    return await cases.of_shop(turn.conn, shop) if shop else Case()


async def _with_unwritten(turn: Turn, shop: Shop | None, stored: Case) -> Case:
    others = [each for each in await shops.of_chat(turn.conn, turn.chat_id) if shop is None or each.id != shop.id]
    return stored if others else (await _of_no_shop(turn)).newest_with(stored.known)


async def _of_no_shop(turn: Turn) -> Case:
    """The answers of the finished check in the dialogue, else of the newest kept check, if that is of no shop.

    Without consent a check is in the dialogue alone; before there were cases, a kept check was of no shop.
    """
    shown = turn.dialogue.check
    if shown and shown.finished and shown.given and not shown.shop:
        return check_case.case(shown, turn.context.catalogue.edition(shown.edition))
    kept = await checks.last(turn.conn, turn.chat_id)
    if kept is None or kept.shop or not turn.context.catalogue.has(kept.edition):
        return Case()
    check = CheckUnderway.model_validate_json(kept.answers)
    undated = Given(on=date.fromisoformat(kept.on_day), source=Source.ANSWER)
    return check_case.case(check, turn.context.catalogue.edition(kept.edition), undated)
