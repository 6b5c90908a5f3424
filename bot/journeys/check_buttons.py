"""The buttons of a check: to answer, to step back, to leave, to change an answer of a finished check."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from bot.conversation import check_moves
from bot.conversation.check_moves import open_question
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_message import KeepResult, after_move, cancelled, go_back, keep, shown
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit
from bot.views.check_question import CheckMove, GiveAnswer, address, question, value_of
from bot.views.render import render
from rules.assessment import Assessment
from rules.edition import Edition
from rules.milestones import milestones
from storage import checks


class Unsure(CheckMove, verb="c|*|*|u"):
    """The merchant cannot tell."""


class Back(CheckMove, verb="c|*|*|b"):
    """The question before."""


class Cancel(CheckMove, verb="c|*|*|x"):
    """The answers are forgotten."""


class GoOn(CheckMove, verb="c|*|*|k"):
    """The open question, or the result, again."""


class ChooseAnswer(CheckMove, verb="c|*|*|e"):
    """List the answers, to change an answer."""


class ChangeAnswer(CheckMove, verb="c|*|*|e:*"):
    """Change the answer to this fact."""

    fact: str


class RemindMe(CheckMove, verb="c|*|*|m", keeps=True):
    """Remind the merchant of the days ahead."""


M = TypeVar("M", bound=CheckMove)
Move = Callable[[Turn, M, CheckUnderway, Edition], Awaitable[Reply | None]]


def move(kind: type[M], *, asking: bool = False, finished: bool = False) -> Callable[[Move[M]], Move[M]]:
    """Registers the entry of a button, called with the check and its edition while the check is at the button's step.

    `asking`, `finished`: whether the button belongs to a check with an open question, to a check with a result.
    """

    def register(entry: Move[M]) -> Move[M]:
        @press(kind)
        @wraps(entry)
        async def entered(turn: Turn, pressed: M) -> Reply | None:
            known, meant = (turn.dialogue.preview, turn.dialogue.check), (pressed.check, pressed.step)
            check = next((each for each in known if each and (each.id, each.step) == meant), None)
            if check is None or not (finished if check.finished else asking):
                return None
            return await entry(turn, pressed, check, turn.context.catalogue.edition(check.edition))

        return entry

    return register


@move(GiveAnswer, asking=True)
async def give_answer(turn: Turn, pressed: GiveAnswer, check: CheckUnderway, edition: Edition) -> Reply | None:
    """The check with the question answered; None for a choice not offered."""
    fact = open_question(check, edition)
    try:
        value = value_of(edition, fact, pressed.choice) if fact else None
    except LookupError:
        return None
    return await after_move(turn, check_moves.answered(check, edition, value, turn.today))


@move(Unsure, asking=True)
async def pass_on(turn: Turn, _: Unsure, check: CheckUnderway, edition: Edition) -> Reply:
    """The question is left open."""
    return await after_move(turn, check_moves.passed(check, edition, turn.today))


@move(Back, asking=True)
async def back(turn: Turn, _: Back, check: CheckUnderway, __: Edition) -> Reply:
    """The question before."""
    return await go_back(turn, check)


@move(Cancel, asking=True)
async def cancel(turn: Turn, _: Cancel, check: CheckUnderway, __: Edition) -> Reply:
    """The message of the check, saying that the check is given up."""
    rendered = await cancelled(turn, was_underway=True)
    return turn.reply(*edit(turn.chat_id, rendered, check.key)).remembering(turn.dialogue.without(check))


@move(GoOn, asking=True, finished=True)
async def go_on(turn: Turn, _: GoOn, check: CheckUnderway, __: Edition) -> Reply:
    """The open question, or the result, again."""
    return await after_move(turn, check, keeps=False)


@move(ChooseAnswer, finished=True)
async def choose_answer(turn: Turn, _: ChooseAnswer, check: CheckUnderway, edition: Edition) -> Reply:
    """The answers given, a button each."""
    asked = (fact for fact in edition.facts if fact.id in check.asked)
    given = [(fact, ChangeAnswer(check.id, check.step, fact.id)) for fact in asked]
    facts = check_moves.facts(check, edition)
    return shown(turn, check, render("check/change", answers=given, facts=facts, at=address(check)))


@move(ChangeAnswer, finished=True)
async def change_answer(turn: Turn, pressed: ChangeAnswer, check: CheckUnderway, edition: Edition) -> Reply | None:
    """The question again; None for a fact never asked."""
    if pressed.fact not in check.asked:
        return None
    reopened = check_moves.reopened(check, pressed.fact)
    return shown(turn, reopened, question(reopened, edition, turn.today))


@move(KeepResult, finished=True)
async def keep_result(turn: Turn, _: KeepResult, check: CheckUnderway, __: Edition) -> Reply:
    """The result, kept."""
    return await after_move(turn, check)


@move(RemindMe, finished=True)
async def remind(turn: Turn, _: RemindMe, check: CheckUnderway, edition: Edition) -> Reply:
    """The days ahead with a reminder each, in a new message; the check is kept too."""
    now = Assessment(edition, check_moves.facts(check, edition), turn.today)
    await keep(turn, check, now.entry)
    ahead = milestones(now)
    await checks.keep_milestones(turn.conn, turn.chat_id, ahead)
    return turn.say(render("check/milestones_kept", edition=edition, ahead=ahead))
