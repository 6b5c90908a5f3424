"""The single message of a check: edited in place, sent anew at the bottom after several typed answers."""

import json

from bot.conversation import check_moves
from bot.conversation.memory import CheckUnderway
from bot.journeys import consent
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, remove
from bot.views.check_question import CheckMove, address, question
from bot.views.check_report import result
from bot.views.render import Rendered, render
from rules.assessment import Assessment
from rules.edition import Edition
from rules.report import Report
from storage import checks
from storage.checks import KeptCheck


class KeepResult(CheckMove, verb="c|*|*|s", keeps=True):
    """The result may be kept after all."""


TYPED_BEFORE_MOVING = 3
"""After so many typed answers the message has scrolled away: it is sent anew at the bottom."""


async def after_move(turn: Turn, check: CheckUnderway, *, keeps: bool = True) -> Reply:
    """The check after a move: the next question, or the result, kept unless `keeps` is false."""
    edition = turn.context.catalogue.edition(check.edition)
    if not check.finished:
        return shown(turn, check, question(check, edition, turn.today))
    return shown(turn, check, await result_of(turn, check, edition, keeps=keeps))


async def go_back(turn: Turn, check: CheckUnderway) -> Reply:
    """The question before; a toast at the first question."""
    if not check.asked and not check.is_changing:
        return turn.reply(toast="first")
    return await after_move(turn, check_moves.back(check))


def shown(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message with these words."""
    if check.typed < TYPED_BEFORE_MOVING:
        return turn.reply(*edit(turn.chat_id, rendered, check.key)).remembering(turn.dialogue.holding(check))
    return moved_down(turn, check, rendered)


def moved_down(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message removed above and sent anew below."""
    moved = check.model_copy(update={"key": f"check:{new_id(turn)}", "typed": 0})
    said = turn.say(rendered, key=moved.key)
    return turn.reply(remove(turn.chat_id, check.key), *said.messages).remembering(turn.dialogue.holding(moved))


async def cancelled(turn: Turn, *, was_underway: bool) -> Rendered:
    """A line: the check is given up, and whether an earlier result is kept."""
    return render("check/cancelled", was_underway=was_underway, has_kept=await last_kept(turn) is not None)


def progress(turn: Turn, check: CheckUnderway) -> dict[str, object]:
    """The number of the open question and of all, and the address of the buttons, as templates take them."""
    number, total = check_moves.progress(check, turn.context.catalogue.edition(check.edition), turn.today)
    return {"number": number, "total": total, "at": address(check)}


def new_id(turn: Turn) -> str:
    """A name for a new check, unique in this bot: the number of the update at the beginning."""
    return f"{turn.incoming.update_id:x}"


async def result_of(turn: Turn, check: CheckUnderway, edition: Edition, *, keeps: bool) -> Rendered:
    """The result of a finished check; kept if `keeps`, but no preview by another edition, none without consent."""
    now = Assessment(edition, check_moves.facts(check, edition), turn.today)
    beside = turn.context.offers.beside_check(edition, check.id, is_preview=check.is_preview)
    rendered = result(now, address(check), beside)
    if check.is_preview:
        return rendered
    if not await consent.is_given(turn):
        return consent.with_offer(rendered, KeepResult(check.id, check.step))
    if keeps:
        await keep(turn, check, now.entry)
    return rendered


async def keep(turn: Turn, check: CheckUnderway, report: Report) -> None:
    """Keep the check, unless the newest kept check says the same."""
    kept = KeptCheck(check.edition, _dumped(check), report.model_dump_json(), report.on.isoformat())
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or (last.report, last.on_day) != (kept.report, kept.on_day) or _basis(last) != _basis(kept):
        await checks.keep(turn.conn, turn.chat_id, kept, turn.now_ms)


def _basis(kept: KeptCheck) -> tuple[str, object, object]:
    """The edition, answers and unsure facts behind a kept check."""
    check = CheckUnderway.model_validate_json(kept.answers)
    return kept.edition, check.answers, check.unsure


def _dumped(check: CheckUnderway) -> str:
    """The finished check as JSON, without the mark of an answer being changed, so that older code reads it too."""
    return json.dumps(check.model_dump(mode="json", exclude={"is_changing"}), ensure_ascii=False)


async def last_kept(turn: Turn) -> CheckUnderway | None:
    """The newest kept check; None without any, and when the edition is in no catalogue any more."""
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or not turn.context.catalogue.has(last.edition):
        return None
    return CheckUnderway.model_validate_json(last.answers)


async def finished(turn: Turn, check_id: str) -> CheckUnderway | None:
    """The finished check with this id: the check shown, else the newest check kept; None for neither."""
    shown = turn.dialogue.check
    if shown and shown.finished and shown.id == check_id:
        return shown
    kept = await last_kept(turn)
    return kept if kept and kept.id == check_id else None
