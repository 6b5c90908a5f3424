"""The personal check: begun, resumed, given up, answered by typing. The buttons: `check_buttons`."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation import check_moves
from bot.conversation.check_moves import open_question
from bot.conversation.memory import CheckUnderway
from bot.journeys.check_answer import answer_with, asked_back
from bot.journeys.check_message import (
    about,
    after_move,
    asked,
    cancelled,
    current,
    finished,
    go_back,
    moved_down,
    new_id,
    progress,
    result_of,
    saved,
    shown,
)
from bot.journeys.check_shop import begun
from bot.journeys.entries import command, press
from bot.journeys.shops import PAGE, of_chat
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import remove
from bot.views.check_question import AskedBack, CheckShop, ChooseShop, RestartCheck, StartCheck
from bot.views.other_edition import SeeCheck
from bot.views.pages import paged
from bot.views.render import Rendered, render
from rules.answers import Doubt, parse
from rules.understanding.normalise import tidy
from rules.vocabulary import says
from storage import shops
from storage.shops import Shop


@command("check")
@press(StartCheck)
async def start(turn: Turn, _: StartCheck | None = None) -> Reply:
    """/check: an open check is resumed, else of several shops one is chosen, else the check begins.

    A preview is over. A check without any answer yet is begun anew instead of resumed: two quick taps ask one question.
    """
    turn = replace(turn, dialogue=turn.dialogue.model_copy(update={"preview": None}))
    underway = turn.dialogue.check
    if underway and not underway.finished and not _is_untouched(underway):
        values = {"about": await about(turn, underway), "again": RestartCheck()}
        return moved_down(turn, underway, render("check/resume", **progress(turn, underway), **values))
    return await _begin_or_choose(turn)


async def _begin_or_choose(turn: Turn) -> Reply:
    known = await shops.of_chat(turn.conn, turn.chat_id)
    if len(known) > 1:
        return turn.say(_which(known, 0))
    return await _begin(turn, next(iter(known), None))


def _which(known: Sequence[Shop], page: int) -> Rendered:
    """The question which shop, each with a button."""
    pages = paged(known, page, PAGE, ChooseShop)
    return render("check/which", shops=[(shop, CheckShop(shop.id)) for shop in pages.shown], pages=pages)


@press(ChooseShop)
async def choose_shop(turn: Turn, pressed: ChooseShop) -> Reply | None:
    """Another page of the question; None for a chat without a choice."""
    known = await shops.of_chat(turn.conn, turn.chat_id)
    return turn.amend(_which(known, pressed.page)) if len(known) > 1 else None


@press(CheckShop)
async def check_shop(turn: Turn, pressed: CheckShop) -> Reply | None:
    """The check of the shop; None for a shop of another chat."""
    shop = await of_chat(turn, pressed.shop)
    return await _begin(turn, shop) if shop else None


@press(RestartCheck)
async def restart(turn: Turn, pressed: RestartCheck) -> Reply | None:
    """A new check of the shop, everything asked again; a button without a shop begins like /check.

    A check under way is given up. None for a shop of another chat.
    """
    known = await shops.of_chat(turn.conn, turn.chat_id)
    if pressed.shop is None or (not pressed.shop and len(known) > 1):
        return await _begin_or_choose(turn)
    its = [each for each in known if not pressed.shop or each.id == pressed.shop]
    return await _begin(turn, next(iter(its), None), anew=True) if its or not pressed.shop else None


async def _begin(turn: Turn, shop: Shop | None, *, anew: bool = False) -> Reply:
    """A check from what is known of the shop: the first question left, or the result at once, in a new message."""
    check, old = await begun(turn, shop, new_id(turn), anew=anew), turn.dialogue.check
    gone = (remove(turn.chat_id, old.key),) if old and _is_untouched(old) else ()
    if check.finished:
        check, rendered = await result_of(turn, check, keeps=False)
    else:
        rendered = await asked(turn, check)
    said = turn.say(rendered, numbered=check.finished, key=check.key)
    dialogue = turn.dialogue.model_copy(update={"check": check, "preview": None})
    return turn.reply(*gone, *said.messages).remembering(dialogue)


def _is_untouched(check: CheckUnderway) -> bool:
    """Whether the first question is open and was never answered."""
    return not (check.finished or check.asked or check.step)


@press(SeeCheck)
async def see_by_edition(turn: Turn, pressed: SeeCheck) -> Reply | None:
    """The answers of a finished check under another edition: missing facts are asked, the kept check is left alone.

    By the answering edition the result is the merchant's new check, and kept.
    """
    edition, check = turn.context.edition_named(pressed.edition), await finished(turn, pressed.check)
    if edition is None or check is None:
        return None
    check, old = await current(turn, check), turn.context.catalogue.edition(check.edition)
    carried = check_moves.carried_over(check, old, edition, new_id(turn), turn.today)
    carried = carried.model_copy(update={"is_preview": turn.context.offers.is_preview(edition)})
    if carried.finished:
        carried, rendered = await result_of(turn, carried, keeps=True)
    else:
        rendered = await asked(turn, carried)
    toast = await saved(turn, carried) if carried.finished else ""
    return turn.say(rendered, key=carried.key, toast=toast).remembering(turn.dialogue.holding(carried))


@command("cancel")
async def cancel(turn: Turn) -> Reply:
    """/cancel: the answers of a check under way are forgotten, a kept result stays."""
    underway = turn.dialogue.open_check
    gone = (remove(turn.chat_id, underway.key),) if underway else ()
    said = turn.say(await cancelled(turn, underway))
    return turn.reply(*gone, *said.messages).remembering(turn.dialogue.without(underway))


async def answer_typed(turn: Turn, check: CheckUnderway) -> Reply | None:
    """The check after a typed answer to the open question; None when the text reads as something else."""
    edition = turn.context.catalogue.edition(check.edition)
    fact = open_question(check, edition)
    assert fact is not None  # noqa: S101  (only a check under way is answered)
    parsed = parse(fact, turn.incoming.text, turn.written_on)
    if parsed.doubt is Doubt.NOT_UNDERSTOOD:
        return await _moved_by_word(turn, check)
    if back := asked_back(turn, check, edition, parsed) if parsed.doubt is not Doubt.UNSURE else None:
        return shown(turn, check, await asked(turn, check, back))
    if parsed.doubt is Doubt.UNSURE:
        answered = await after_move(turn, check_moves.passed(check, edition, turn.given))
    else:
        answered = await answer_with(turn, check, edition, parsed.value)
    return replace(answered, taken={"check": check.id, "fact": fact.id})


async def _moved_by_word(turn: Turn, check: CheckUnderway) -> Reply | None:
    """The reply to a typed word of a button; None for any other text."""
    written = tidy(turn.incoming.text)
    if says(written, "leave"):
        return await cancel(turn)
    return await go_back(turn, check) if says(written, "back") else None


async def not_understood(turn: Turn, check: CheckUnderway) -> Reply:
    """The open question again, as the text was read as nothing."""
    back = AskedBack(Doubt.NOT_UNDERSTOOD, turn.incoming.text)
    return shown(turn, check, await asked(turn, check, back))


def go_on_after(turn: Turn, check: CheckUnderway, reply: Reply) -> Reply:
    """The reply to something else, with a line below: the check is still open."""
    offer = moved_down(turn, check, render("check/offer", **progress(turn, check)))
    return reply.then(offer.messages).remembering(offer.dialogue.model_copy(update={"subject": reply.dialogue.subject}))
