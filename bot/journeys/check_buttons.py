"""The buttons of a check: to answer, to step back, to leave, to change an answer of a finished check."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from bot.conversation import check_case, check_moves
from bot.conversation.check_moves import open_question
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_answer import answer_with, fed_of_today
from bot.journeys.check_message import (
    KeepResult,
    after_move,
    asked,
    cancelled,
    current,
    go_back,
    judged,
    listed,
    new_id,
    result_of,
    shown,
)
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import edit
from bot.views.check_question import CheckByScale, CheckMove, GiveAnswer, TakeFed, TakeScore, address, value_of
from bot.views.render import render
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


class ShowDetails(CheckMove, verb="c|*|*|d"):
    """The result criterion by criterion."""


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
    return await answer_with(turn, check, edition, value)


@move(TakeScore, asking=True)
async def take_score(turn: Turn, pressed: TakeScore, check: CheckUnderway, edition: Edition) -> Reply | None:
    """The check with the score taken as asked back; None while no score is asked for, or off the scale."""
    fact = open_question(check, edition)
    if fact not in edition.scores or not fact.can_be(pressed.points):
        return None
    return await answer_with(turn, check, edition, pressed.points)


@move(TakeFed, asking=True)
async def take_fed(turn: Turn, _: TakeFed, check: CheckUnderway, edition: Edition) -> Reply | None:
    """The check with the feed's figure as the answer; None without one."""
    fed = await fed_of_today(turn, check, edition)
    return await after_move(turn, check_moves.answered(check, edition, fed.value, turn.given)) if fed else None


@move(CheckByScale, asking=True)
async def check_by_scale(turn: Turn, pressed: CheckByScale, check: CheckUnderway, old: Edition) -> Reply | None:
    """The check by the edition on whose scale the score is, with the answers of the same meaning; None for no score."""
    edition = turn.context.edition_named(pressed.edition)
    if edition is None or not edition.main_score.can_be(pressed.points):
        return None
    begun = check_moves.carried_over(check, old, edition, new_id(turn), turn.today)
    begun = begun.model_copy(update={"key": check.key, "is_preview": check.is_preview})
    return await after_move(turn, check_moves.with_score(begun, edition, pressed.points, turn.given))


@move(Unsure, asking=True)
async def pass_on(turn: Turn, _: Unsure, check: CheckUnderway, edition: Edition) -> Reply:
    """The question is left open."""
    return await after_move(turn, check_moves.passed(check, edition, turn.given))


@move(Back, asking=True)
async def back(turn: Turn, _: Back, check: CheckUnderway, __: Edition) -> Reply:
    """The question before."""
    return await go_back(turn, check)


@move(Cancel, asking=True)
async def cancel(turn: Turn, _: Cancel, check: CheckUnderway, __: Edition) -> Reply:
    """The message of the check, saying that the check is given up."""
    rendered = await cancelled(turn, check)
    return turn.reply(*edit(turn.chat_id, rendered, check.key)).remembering(turn.dialogue.without(check))


@move(GoOn, asking=True, finished=True)
async def go_on(turn: Turn, _: GoOn, check: CheckUnderway, __: Edition) -> Reply:
    """The open question, or the result by what is known now, again."""
    return await after_move(turn, check, keeps=False)


@move(ShowDetails, finished=True)
async def show_details(turn: Turn, _: ShowDetails, check: CheckUnderway, __: Edition) -> Reply:
    """The result criterion by criterion, with a button back."""
    return shown(turn, *await listed(turn, check))


@move(ChooseAnswer, finished=True)
async def choose_answer(turn: Turn, _: ChooseAnswer, check: CheckUnderway, edition: Edition) -> Reply:
    """The answers, a button each with its day."""
    check = await current(turn, check)
    given = [(fact, ChangeAnswer(check.id, check.step, fact.id)) for fact in check_moves.changeable(check, edition)]
    known = check_case.case(check, edition).known
    return shown(turn, check, turn.render("check/change", answers=given, known=known, at=address(check)))


@move(ChangeAnswer, finished=True)
async def change_answer(turn: Turn, pressed: ChangeAnswer, check: CheckUnderway, edition: Edition) -> Reply | None:
    """The question again; None for a fact without an answer."""
    if pressed.fact not in {fact.id for fact in check_moves.changeable(check, edition)}:
        return None
    reopened = check_moves.reopened(check, pressed.fact)
    return shown(turn, reopened, await asked(turn, reopened))


@move(KeepResult, finished=True)
async def keep_result(turn: Turn, _: KeepResult, check: CheckUnderway, __: Edition) -> Reply:
    """The result, kept."""
    return await after_move(turn, check)


@move(RemindMe, finished=True)
async def remind(turn: Turn, _: RemindMe, check: CheckUnderway, edition: Edition) -> Reply:
    """The days ahead with a reminder each, in a new message; the check is kept too."""
    check, _rendered = await result_of(turn, check, keeps=True)
    ahead = milestones(await judged(turn, check, edition))
    await checks.keep_milestones(turn.conn, turn.chat_id, ahead, check.shop)
    said = turn.say(render("check/milestones_kept", edition=edition, ahead=ahead), toast="on" if ahead else "same")
    return said.remembering(turn.dialogue.holding(check))
