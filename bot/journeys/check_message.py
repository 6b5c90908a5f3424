"""The single message of a check: edited in place by a press, sent anew at the bottom after a typed answer."""

import json
from dataclasses import replace

from bot.conversation import check_case, check_moves
from bot.conversation.memory import CheckUnderway
from bot.journeys import consent
from bot.journeys.check_keeping import written
from bot.journeys.shops import of_chat
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, remove
from bot.views.check_question import About, AskedBack, CheckMove, RestartCheck, address, question
from bot.views.check_report import Beside, Replaced, details, result
from bot.views.instead import on_chances, on_entry
from bot.views.render import Rendered, render
from rules.assessment import Assessment, assess
from rules.edition import Edition
from rules.report import Report
from storage import cases, checks, follows, shops
from storage.checks import KeptCheck


class KeepResult(CheckMove, verb="c|*|*|s", keeps=True):
    """The result may be kept after all."""


async def after_move(turn: Turn, check: CheckUnderway, *, keeps: bool = True) -> Reply:
    """The check after a move: the next question, or the result, kept unless `keeps` is false."""
    if not check.finished:
        return shown(turn, check, await asked(turn, check))
    concluded, rendered = await result_of(turn, check, keeps=keeps)
    return replace(shown(turn, concluded, rendered), toast=await saved(turn, check) if keeps else "")


async def saved(turn: Turn, check: CheckUnderway) -> str:
    """The toast below the result of a check that is kept; "" for a preview, and without consent."""
    return "saved" if not check.is_preview and await consent.is_given(turn) else ""


async def asked(turn: Turn, check: CheckUnderway, back: AskedBack | None = None) -> Rendered:
    """The open question; `back`: why an answer was not taken."""
    edition = turn.context.catalogue.edition(check.edition)
    return question(check, edition, turn.today, back, await about(turn, check))


async def about(turn: Turn, check: CheckUnderway) -> About:
    """What a message of the check is about, beside the check: the shop, if the chat has several, and the edition."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    shop = next((each for each in known if each.id == check.shop), None)
    edition, own = turn.context.catalogue.edition(check.edition), turn.context.edition
    is_other_scale = edition.main_score.scale != own.main_score.scale
    return About(shop if len(known) > 1 else None, by_scale=is_other_scale and not check.is_preview)


async def go_back(turn: Turn, check: CheckUnderway) -> Reply:
    """The question before; a toast at the first question."""
    if not check.asked and not check.is_changing:
        return turn.reply(toast="first")
    return await after_move(turn, check_moves.back(check))


def shown(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message with these words: in its place after a press, else at the bottom, where the merchant looks.

    Words of several messages stand at the bottom too, so that their buttons are found.
    """
    is_one = len(tuple(rendered.parts())) == 1
    if not (turn.incoming.callback_id and is_one):
        return moved_down(turn, check, rendered)
    return turn.reply(*edit(turn.chat_id, rendered, check.key)).remembering(turn.dialogue.holding(check))


def moved_down(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message removed above and sent anew below."""
    moved = check.model_copy(update={"key": f"check:{new_id(turn)}"})
    said = turn.say(rendered, key=moved.key)
    return turn.reply(remove(turn.chat_id, check.key), *said.messages).remembering(turn.dialogue.holding(moved))


async def cancelled(turn: Turn, check: CheckUnderway | None) -> Rendered:
    """A line: the check (None: there was none) is given up, and whether an earlier result is kept."""
    has_kept, again = await last_kept(turn) is not None, RestartCheck(check.shop if check else None)
    return render("check/cancelled", was_underway=check is not None, has_kept=has_kept, again=again)


def progress(turn: Turn, check: CheckUnderway) -> dict[str, object]:
    """The number of the open question and of all, and the address of the buttons, as templates take them."""
    number, total = check_moves.progress(check, turn.context.catalogue.edition(check.edition), turn.today)
    return {"number": number, "total": total, "at": address(check)}


def new_id(turn: Turn) -> str:
    """A name for a new check, unique in this bot: the number of the update at the beginning."""
    return f"{turn.incoming.update_id:x}"


async def current(turn: Turn, check: CheckUnderway) -> CheckUnderway:
    """A finished check by what is known of the shop now."""
    return (await _current(turn, check))[0]


async def _current(turn: Turn, check: CheckUnderway) -> tuple[CheckUnderway, tuple[Replaced, ...]]:
    """The same, with the scores that new answers replaced: they are written to the shop's case.

    But nothing of a preview by another edition, and nothing without consent, when the check is all that is known.
    """
    if check.is_preview or not await consent.is_given(turn):
        return check, ()
    return await written(turn, check, turn.context.catalogue.edition(check.edition))


async def result_of(turn: Turn, check: CheckUnderway, *, keeps: bool) -> tuple[CheckUnderway, Rendered]:
    """A finished check by what is known of the shop now, and its result; if `keeps`, the check is kept too.

    A preview is never kept, and nothing without consent.
    """
    (check, replaced), edition = await _current(turn, check), turn.context.catalogue.edition(check.edition)
    beside = await _beside(turn, check, edition, replaced)
    rendered = result(await judged(turn, check, edition), address(check), beside, RestartCheck(check.shop))
    if check.is_preview:
        return check, rendered
    if not await consent.is_given(turn):
        return check, consent.with_offer(rendered, KeepResult(check.id, check.step))
    if keeps:
        await keep(turn, check, (await judged(turn, check, edition)).entry)
    return check, rendered


async def judged(turn: Turn, check: CheckUnderway, edition: Edition) -> Assessment:
    """The judgement of today by the answers of a finished check, beside what the shop has on another scale."""
    mine, shop = check_case.case(check, edition), await of_chat(turn, check.shop)
    odd = (await cases.of_shop(turn.conn, shop)).newest_with(mine.known).at_odds(edition) if shop else {}
    return assess(edition, mine.with_known(odd), turn.today)


async def listed(turn: Turn, check: CheckUnderway) -> tuple[CheckUnderway, Rendered]:
    """A finished check by what is known of the shop now, criterion by criterion."""
    check = await current(turn, check)
    edition = turn.context.catalogue.edition(check.edition)
    beside = await _beside(turn, check, edition)
    return check, details(await judged(turn, check, edition), address(check), beside)


async def _beside(turn: Turn, check: CheckUnderway, edition: Edition, replaced: tuple[Replaced, ...] = ()) -> Beside:
    """What is said beside the judgement."""
    of = await about(turn, check)
    offer = turn.context.offers.beside_check(edition, check.id, check.shop, is_preview=check.is_preview)
    follow = await follows.of(turn.conn, check.shop, turn.chat_id)
    return Beside(
        of=of,
        given=check_case.case(check, edition).known,
        offer=None if of.by_scale and edition.age > turn.context.edition.age else offer,
        is_followed=follow is not None,
        replaced=replaced,
        instead=on_chances(turn.context.catalogue, turn.today, edition),
        entering=on_entry(turn.context.catalogue, turn.today, edition),
    )


async def keep(turn: Turn, check: CheckUnderway, report: Report) -> None:
    """Keep the check, unless the newest kept check of the shop says the same."""
    kept = KeptCheck(check.edition, _dumped(check), report.model_dump_json(), report.on.isoformat(), check.shop)
    last = await checks.last(turn.conn, turn.chat_id, check.shop)
    if last is None or (last.report, last.on_day) != (kept.report, kept.on_day) or _basis(last) != _basis(kept):
        await checks.keep(turn.conn, turn.chat_id, kept, turn.now_ms)


def _basis(kept: KeptCheck) -> tuple[str, object, object]:
    """The edition, answers and unsure facts behind a kept check."""
    check = CheckUnderway.model_validate_json(kept.answers)
    return kept.edition, check.answers, check.unsure


def _dumped(check: CheckUnderway) -> str:
    """The finished check as JSON, without what stands elsewhere, so that older code reads it too."""
    left_out = {"is_changing", "shop", "given", "fresh", "again"}
    return json.dumps(check.model_dump(mode="json", exclude=left_out), ensure_ascii=False)


async def last_kept(turn: Turn) -> CheckUnderway | None:
    """The newest kept check; None without any, and when the edition is in no catalogue any more."""
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or not turn.context.catalogue.has(last.edition):
        return None
    return CheckUnderway.model_validate_json(last.answers).model_copy(update={"shop": last.shop})


async def finished(turn: Turn, check_id: str) -> CheckUnderway | None:
    """The finished check with this id: the check shown, else the newest check kept; None for neither."""
    shown = turn.dialogue.check
    if shown and shown.finished and shown.id == check_id:
        return shown
    kept = await last_kept(turn)
    return kept if kept and kept.id == check_id else None
