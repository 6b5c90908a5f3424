"""The result of a finished check: shown, and kept when that is agreed to."""

import json

from bot.conversation import check_moves
from bot.conversation.memory import CheckUnderway
from bot.journeys import consent
from bot.journeys.turn import Turn
from bot.views.check_question import CheckMove, address
from bot.views.check_report import result
from bot.views.render import Rendered
from rules.edition import Edition
from rules.evaluate import evaluate
from rules.report import Report
from storage import checks
from storage.checks import KeptCheck


class KeepResult(CheckMove, verb="c|*|*|s", keeps=True):
    """The result may be kept after all."""


async def result_of(turn: Turn, check: CheckUnderway, edition: Edition, *, keeps: bool) -> Rendered:
    """The result of a finished check; it is kept, unless it only shows what another edition says, or may not be."""
    facts = check_moves.facts(check, edition)
    report = evaluate(edition, facts, turn.today)
    beside = turn.context.offers.beside_check(edition, check.id, is_preview=check.is_preview)
    rendered = result(edition, report, facts, address(check), beside)
    if check.is_preview:
        return rendered
    if not await consent.is_given(turn):
        return consent.with_offer(rendered, KeepResult(check.id, check.step))
    if keeps:
        await keep(turn, check, report)
    return rendered


async def keep(turn: Turn, check: CheckUnderway, report: Report) -> None:
    """Keep the check, unless the newest one kept says the same."""
    kept = KeptCheck(check.edition, _dumped(check), report.model_dump_json(), report.on.isoformat())
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or (last.report, last.on_day) != (kept.report, kept.on_day) or _basis(last) != _basis(kept):
        await checks.keep(turn.conn, turn.chat_id, kept, turn.now_ms)


def _basis(kept: KeptCheck) -> tuple[str, object, object]:
    """What a kept check rests on."""
    check = CheckUnderway.model_validate_json(kept.answers)
    return kept.edition, check.answers, check.unsure


def _dumped(check: CheckUnderway) -> str:
    """The finished check as it is kept: no answer of it is open, so that older code reads it too."""
    return json.dumps(check.model_dump(mode="json", exclude={"is_changing"}), ensure_ascii=False)


async def last_kept(turn: Turn) -> CheckUnderway | None:
    """The newest kept check, unless its edition is in no catalogue any more."""
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or not turn.context.catalogue.has(last.edition):
        return None
    return CheckUnderway.model_validate_json(last.answers)


async def finished(turn: Turn, check_id: str) -> CheckUnderway | None:
    """The finished check of this id: the one that is shown, else the one that is kept."""
    shown = turn.dialogue.check
    if shown and shown.finished and shown.id == check_id:
        return shown
    kept = await last_kept(turn)
    return kept if kept and kept.id == check_id else None
