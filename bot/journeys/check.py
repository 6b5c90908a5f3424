"""The personal check: one message that asks, edited in place, and that becomes the result."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.conversation import check_moves
from bot.conversation.check_moves import begin, open_question
from bot.conversation.memory import CheckUnderway
from bot.journeys import ask, privacy
from bot.journeys.acknowledge import done
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit, remove, say
from bot.views.question import address, question, value_of
from bot.views.render import Rendered, render, words
from bot.views.result import result
from rules.answers import Doubt, parse
from rules.edition import Edition, FactValue
from rules.evaluate import evaluate
from rules.milestones import milestones
from rules.reading import AnswerKind
from rules.report import Report
from rules.vocabulary import says, tidy
from storage import checks
from storage import milestones as storage_milestones
from storage.checks import KeptCheck

TYPED_BEFORE_MOVING = 3
"""After so many typed answers the message has scrolled away: it is sent anew at the bottom."""


async def start(turn: Turn) -> Reply:
    """/check: resume what is under way, show the last result, or begin. A preview is over.

    A check of which nothing was answered yet is begun anew instead of resumed: two quick taps ask one question.
    """
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"preview": None}))
    underway = turn.dialogue.check
    if underway and not underway.finished and not _is_untouched(underway):
        return _moved_down(turn, underway, render("check/resume", **_progress(turn, underway)))
    last = await _last(turn) or (underway if underway and underway.finished else None)
    return await _last_result(turn, last) if last else await restart(turn)


async def restart(turn: Turn) -> Reply:
    """A new check from its first question; the one under way, if any, is given up."""
    check, old = begin(turn.context.edition, _new_id(turn), turn.today), turn.dialogue.check
    gone = (remove(turn.chat_id, old.key),) if old and _is_untouched(old) else ()
    return Reply.of(
        turn.dialogue.model_copy(update={"check": check, "preview": None}),
        (*done(turn), *gone, *say(turn.chat_id, question(check, turn.context.edition, turn.today), key=check.key)),
    )


async def seen_by(turn: Turn, edition: Edition, check_id: str) -> Reply:
    """The answers of a finished check under another edition: missing facts are asked, the kept check is left alone.

    By the edition that answers now it is the merchant's new check, and kept.
    """
    check = await _finished(turn, check_id)
    if check is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    old = turn.context.catalogue.edition(check.edition)
    begun = check_moves.carried_over(check, old, edition, _new_id(turn), turn.today)
    begun = begun.model_copy(update={"is_preview": turn.context.offers.is_preview(edition)})
    if begun.finished:
        rendered = await _result(turn, begun, edition, keeps=True)
    else:
        rendered = question(begun, edition, turn.today)
    return Reply.of(turn.dialogue.holding(begun), (*done(turn), *say(turn.chat_id, rendered, key=begun.key)))


def _is_untouched(check: CheckUnderway) -> bool:
    """Whether the first question is open and was never answered."""
    return not (check.finished or check.asked or check.step)


async def cancel(turn: Turn) -> Reply:
    """/cancel, or the button: the answers of a check under way are forgotten, a kept result stays."""
    underway = turn.dialogue.open_check
    gone = (remove(turn.chat_id, underway.key),) if underway else ()
    rendered = await _cancelled(turn, was_underway=underway is not None)
    return Reply.of(turn.dialogue.without(underway), (*done(turn), *gone, *say(turn.chat_id, rendered)))


async def _cancelled(turn: Turn, *, was_underway: bool) -> Rendered:
    return render("check/cancelled", was_underway=was_underway, has_kept=await _last(turn) is not None)


async def typed(turn: Turn, check: CheckUnderway) -> Reply | None:
    """A typed answer to the open question; None when it reads as something else than an answer."""
    edition = turn.context.catalogue.edition(check.edition)
    fact = open_question(check, edition)
    assert fact is not None  # noqa: S101  (only a check under way is answered)
    parsed = parse(fact, turn.incoming.text, turn.today)
    if parsed.doubt is Doubt.NOT_UNDERSTOOD:
        return await _moved_by_word(turn, check)
    check = _typed_below(check)
    if parsed.doubt is Doubt.UNSURE:
        return await _settled(turn, check_moves.passed(check, edition, turn.today), edition)
    if parsed.doubt is not None:
        return _shown(turn, check, question(check, edition, turn.today, parsed.doubt, turn.incoming.text))
    return await _settled(turn, check_moves.told(check, edition, parsed.value, turn.today), edition)


async def _moved_by_word(turn: Turn, check: CheckUnderway) -> Reply | None:
    """What a button of the check would do, when its words were typed instead; None when they were not."""
    written = tidy(turn.incoming.text)
    if says(written, "leave"):
        return await cancel(turn)
    return await _back(turn, _typed_below(check), "") if says(written, "back") else None


def interrupted(turn: Turn, check: CheckUnderway) -> Reply:
    """Text that answers nothing: a question is answered and the check kept open, anything else is asked back."""
    reading = turn.context.read(turn.incoming.text)
    if reading.kind in (AnswerKind.OUT_OF_SCOPE, AnswerKind.CHAT):
        edition = turn.context.catalogue.edition(check.edition)
        return _shown(
            turn, _typed_below(check), question(check, edition, turn.today, Doubt.NOT_UNDERSTOOD, turn.incoming.text)
        )
    return beside(turn, check, ask.answered(turn, reading))


def beside(turn: Turn, check: CheckUnderway, outcome: Reply) -> Reply:
    """What was said to something else, and that the check is still open."""
    offer = _moved_down(turn, check, render("check/offer", **_progress(turn, check)))
    dialogue = offer.dialogue.model_copy(update={"subject": outcome.dialogue.subject})
    return Reply.of(dialogue, (*outcome.messages, *offer.messages))


async def pressed(turn: Turn) -> Reply:
    """A button of a check. One of another check or of an earlier step does nothing but say so."""
    _, check_id, step, verb = (*turn.incoming.data.split("|", 3), "", "", "")[:4]
    known = (turn.dialogue.preview, turn.dialogue.check)
    check = next((one for one in known if one and (one.id, str(one.step)) == (check_id, step)), None)
    if check is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    name, _, argument = verb.partition(":")
    move = MOVES.get(name)
    is_its_time = name in AFTER_THE_END if check.finished else name not in ONLY_AFTER_THE_END
    if move is None or not is_its_time:
        return Reply.of(turn.dialogue, done(turn, "old"))
    return await move(turn, check, argument)


async def _value(turn: Turn, check: CheckUnderway, choice: str) -> Reply:
    edition = turn.context.catalogue.edition(check.edition)
    fact = open_question(check, edition)
    try:
        value: FactValue = value_of(edition, fact, choice) if fact else None
    except LookupError:
        return Reply.of(turn.dialogue, done(turn, "old"))
    return await _settled(turn, check_moves.told(check, edition, value, turn.today), edition)


async def _unsure(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    edition = turn.context.catalogue.edition(check.edition)
    return await _settled(turn, check_moves.passed(check, edition, turn.today), edition)


async def _back(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    if not check.asked and not check.is_changing:
        return Reply.of(turn.dialogue, done(turn, "first"))
    return await _settled(turn, check_moves.back(check), turn.context.catalogue.edition(check.edition))


async def _cancel(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    rendered = await _cancelled(turn, was_underway=True)
    return Reply.of(turn.dialogue.without(check), (*done(turn), *edit(turn.chat_id, rendered, check.key)))


async def _keep_on(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    edition = turn.context.catalogue.edition(check.edition)
    return await _settled(turn, check, edition, keeps=False)


async def _change(turn: Turn, check: CheckUnderway, fact: str) -> Reply:
    edition = turn.context.catalogue.edition(check.edition)
    if fact in check.asked:
        reopened = check_moves.reopened(check, fact)
        return _shown(turn, reopened, question(reopened, edition, turn.today))
    facts = check_moves.facts(check, edition)
    known = [(asked, _told(edition, asked.id, facts)) for asked in edition.facts if asked.id in check.asked]
    return _shown(turn, check, render("check/change", answers=known, at=address(check)))


async def _save(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    """The result may be kept after all."""
    return await _settled(turn, check, turn.context.catalogue.edition(check.edition))


async def _remind(turn: Turn, check: CheckUnderway, _: str) -> Reply:
    """The days ahead are told when they come; the result, kept if it was not, stays as it is."""
    edition = turn.context.catalogue.edition(check.edition)
    facts = check_moves.facts(check, edition)
    report = evaluate(edition, facts, turn.today)
    await _keep(turn, check, report)
    ahead = milestones(edition, facts, report)
    await storage_milestones.keep(turn.conn, turn.chat_id, ahead)
    kept = render("check/milestones_kept", edition=edition, ahead=ahead)
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, kept)))


MOVES: dict[str, Callable[[Turn, CheckUnderway, str], Awaitable[Reply]]] = {
    "v": _value,
    "u": _unsure,
    "b": _back,
    "x": _cancel,
    "k": _keep_on,
    "e": _change,
    "m": _remind,
    "s": _save,
}
ONLY_AFTER_THE_END = frozenset({"e", "m", "s"})
AFTER_THE_END = ONLY_AFTER_THE_END | {"k"}


async def _settled(turn: Turn, check: CheckUnderway, edition: Edition, *, keeps: bool = True) -> Reply:
    """The check after a move: its next question, or its result, which is kept."""
    if not check.finished:
        return _shown(turn, check, question(check, edition, turn.today))
    return _shown(turn, check, await _result(turn, check, edition, keeps=keeps))


async def _result(turn: Turn, check: CheckUnderway, edition: Edition, *, keeps: bool) -> Rendered:
    """The result of a finished check; it is kept, unless it only shows what another edition says, or may not be."""
    facts = check_moves.facts(check, edition)
    report = evaluate(edition, facts, turn.today)
    beside = turn.context.offers.beside_check(edition, check.id, is_preview=check.is_preview)
    rendered = result(edition, report, facts, address(check), beside)
    if check.is_preview:
        return rendered
    if not await privacy.is_agreed(turn):
        return privacy.with_offer(rendered, f"{address(check)}|s")
    if keeps:
        await _keep(turn, check, report)
    return rendered


async def _keep(turn: Turn, check: CheckUnderway, report: Report) -> None:
    """Keep the check, unless the newest one kept says the same."""
    kept = KeptCheck(check.edition, _dumped(check), report.model_dump_json(), report.on.isoformat())
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or (last.report, last.on_day) != (kept.report, kept.on_day) or _said(last) != _said(kept):
        await checks.keep(turn.conn, turn.chat_id, kept, turn.now_ms)


def _said(kept: KeptCheck) -> tuple[str, object, object]:
    """What a kept check rests on."""
    check = CheckUnderway.model_validate_json(kept.answers)
    return kept.edition, check.answers, check.unsure


async def _last(turn: Turn) -> CheckUnderway | None:
    """The newest kept check, unless its edition is in no catalogue any more."""
    last = await checks.last(turn.conn, turn.chat_id)
    if last is None or not turn.context.catalogue.has(last.edition):
        return None
    return CheckUnderway.model_validate_json(last.answers)


async def _finished(turn: Turn, check_id: str) -> CheckUnderway | None:
    """The finished check of this id: the one that is shown, else the one that is kept."""
    shown = turn.dialogue.check
    if shown and shown.finished and shown.id == check_id:
        return shown
    kept = await _last(turn)
    return kept if kept and kept.id == check_id else None


async def _last_result(turn: Turn, kept: CheckUnderway) -> Reply:
    """The answers of the last check evaluated for today, in a message of their own that can be changed."""
    edition = turn.context.catalogue.edition(kept.edition)
    check = kept.model_copy(update={"id": _new_id(turn), "key": f"check:{_new_id(turn)}", "step": 0, "typed": 0})
    rendered = await _result(turn, check, edition, keeps=False)
    return Reply.of(
        turn.dialogue.model_copy(update={"check": check}),
        (*done(turn), *say(turn.chat_id, rendered, numbered=True, key=check.key)),
    )


def _shown(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's one message with these words: edited in place, or at the bottom when it has scrolled away."""
    if check.typed < TYPED_BEFORE_MOVING:
        messages = edit(turn.chat_id, rendered, check.key)
        return Reply.of(turn.dialogue.holding(check), (*done(turn), *messages))
    return _moved_down(turn, check, rendered)


def _moved_down(turn: Turn, check: CheckUnderway, rendered: Rendered) -> Reply:
    """The check's message taken away where it was and sent anew below."""
    moved = check.model_copy(update={"key": f"check:{_new_id(turn)}", "typed": 0})
    messages = (*done(turn), remove(turn.chat_id, check.key), *say(turn.chat_id, rendered, key=moved.key))
    return Reply.of(turn.dialogue.holding(moved), messages)


def _typed_below(check: CheckUnderway) -> CheckUnderway:
    return check.model_copy(update={"typed": check.typed + 1})


def _progress(turn: Turn, check: CheckUnderway) -> dict[str, object]:
    number, total = check_moves.progress(check, turn.context.catalogue.edition(check.edition), turn.today)
    return {"number": number, "total": total, "at": address(check)}


def _told(edition: Edition, fact: str, facts: object) -> str:
    return words("check/answer_given", fact=edition.fact(fact), facts=facts)


def _dumped(check: CheckUnderway) -> str:
    """The finished check as it is kept: no answer of it is open, so that older code reads it too."""
    return json.dumps(check.model_dump(mode="json", exclude={"is_changing"}), ensure_ascii=False)


def _new_id(turn: Turn) -> str:
    """A name that no other check of this bot has: the number of the update that began it."""
    return f"{turn.incoming.update_id:x}"
