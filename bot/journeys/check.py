"""The personal check: begun, resumed, given up, answered by typing. The buttons: `check_buttons`."""

from dataclasses import replace

from bot.conversation import check_moves
from bot.conversation.check_moves import begin, open_question
from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.journeys.check_message import (
    after_move,
    cancelled,
    finished,
    go_back,
    last_kept,
    moved_down,
    new_id,
    progress,
    result_of,
    shown,
)
from bot.journeys.entries import command, press
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import remove
from bot.views.check_question import StartCheck, question
from bot.views.other_edition import SeeCheck
from bot.views.render import render
from rules.answers import Doubt, parse
from rules.understanding.normalise import tidy
from rules.vocabulary import says


class RestartCheck(Press, verb="check|new"):
    """A new check."""


@command("check")
@press(StartCheck)
async def start(turn: Turn, _: StartCheck | None = None) -> Reply:
    """/check: an open check is resumed, else the last result is shown, else a check begins. A preview is over.

    A check without any answer yet is begun anew instead of resumed: two quick taps ask one question.
    """
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"preview": None}))
    underway = turn.dialogue.check
    if underway and not underway.finished and not _is_untouched(underway):
        return moved_down(turn, underway, render("check/resume", **progress(turn, underway)))
    last = await last_kept(turn) or (underway if underway and underway.finished else None)
    return await _last_result(turn, last) if last else await restart(turn)


@press(RestartCheck)
async def restart(turn: Turn, _: RestartCheck | None = None) -> Reply:
    """A new check at the first question; a check under way is given up."""
    check, old = begin(turn.context.edition, new_id(turn), turn.today), turn.dialogue.check
    gone = (remove(turn.chat_id, old.key),) if old and _is_untouched(old) else ()
    asked = turn.say(question(check, turn.context.edition, turn.today), key=check.key)
    dialogue = turn.dialogue.model_copy(update={"check": check, "preview": None})
    return turn.reply(*gone, *asked.messages).remembering(dialogue)


def _is_untouched(check: CheckUnderway) -> bool:
    """Whether the first question is open and was never answered."""
    return not (check.finished or check.asked or check.step)


async def _last_result(turn: Turn, kept: CheckUnderway) -> Reply:
    """The answers of the last check evaluated for today, in a new message, ready to be changed."""
    edition = turn.context.catalogue.edition(kept.edition)
    check = kept.model_copy(update={"id": new_id(turn), "key": f"check:{new_id(turn)}", "step": 0, "typed": 0})
    rendered = await result_of(turn, check, edition, keeps=False)
    return turn.say(rendered, numbered=True, key=check.key).remembering(
        turn.dialogue.model_copy(update={"check": check})
    )


@press(SeeCheck)
async def see_by_edition(turn: Turn, pressed: SeeCheck) -> Reply | None:
    """The answers of a finished check under another edition: missing facts are asked, the kept check is left alone.

    By the answering edition the result is the merchant's new check, and kept.
    """
    edition, check = turn.context.edition_named(pressed.edition), await finished(turn, pressed.check)
    if edition is None or check is None:
        return None
    old = turn.context.catalogue.edition(check.edition)
    begun = check_moves.carried_over(check, old, edition, new_id(turn), turn.today)
    begun = begun.model_copy(update={"is_preview": turn.context.offers.is_preview(edition)})
    if begun.finished:
        rendered = await result_of(turn, begun, edition, keeps=True)
    else:
        rendered = question(begun, edition, turn.today)
    return turn.say(rendered, key=begun.key).remembering(turn.dialogue.holding(begun))


@command("cancel")
async def cancel(turn: Turn) -> Reply:
    """/cancel: the answers of a check under way are forgotten, a kept result stays."""
    underway = turn.dialogue.open_check
    gone = (remove(turn.chat_id, underway.key),) if underway else ()
    said = turn.say(await cancelled(turn, was_underway=underway is not None))
    return turn.reply(*gone, *said.messages).remembering(turn.dialogue.without(underway))


async def answer_typed(turn: Turn, check: CheckUnderway) -> Reply | None:
    """The check after a typed answer to the open question; None when the text reads as something else."""
    edition = turn.context.catalogue.edition(check.edition)
    fact = open_question(check, edition)
    assert fact is not None  # noqa: S101  (only a check under way is answered)
    parsed = parse(fact, turn.incoming.text, turn.today)
    if parsed.doubt is Doubt.NOT_UNDERSTOOD:
        return await _moved_by_word(turn, check)
    check = _typed_below(check)
    if parsed.doubt is Doubt.UNSURE:
        return await after_move(turn, check_moves.passed(check, edition, turn.today))
    if parsed.doubt is not None:
        return _asked_back(turn, check, parsed.doubt)
    return await after_move(turn, check_moves.answered(check, edition, parsed.value, turn.today))


async def _moved_by_word(turn: Turn, check: CheckUnderway) -> Reply | None:
    """The reply to a typed word of a button; None for any other text."""
    written = tidy(turn.incoming.text)
    if says(written, "leave"):
        return await cancel(turn)
    return await go_back(turn, _typed_below(check)) if says(written, "back") else None


def not_understood(turn: Turn, check: CheckUnderway) -> Reply:
    """The open question again, as the text was read as nothing."""
    return _asked_back(turn, _typed_below(check), Doubt.NOT_UNDERSTOOD)


def _asked_back(turn: Turn, check: CheckUnderway, doubt: Doubt) -> Reply:
    """The open question again, with the reason why the typed text is no answer."""
    edition = turn.context.catalogue.edition(check.edition)
    return shown(turn, check, question(check, edition, turn.today, doubt, turn.incoming.text))


def go_on_after(turn: Turn, check: CheckUnderway, reply: Reply) -> Reply:
    """The reply to something else, with a line below: the check is still open."""
    offer = moved_down(turn, check, render("check/offer", **progress(turn, check)))
    return reply.then(offer.messages).remembering(offer.dialogue.model_copy(update={"subject": reply.dialogue.subject}))


def _typed_below(check: CheckUnderway) -> CheckUnderway:
    return check.model_copy(update={"typed": check.typed + 1})
