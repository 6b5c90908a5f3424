"""The reading of typed text: an announcement, an answer of a check, a statement about a shop, a function of the bot
asked for in words, or a question."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.functions import Function, function_in
from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import Press
from bot.conversation.statement import Kind, may_tell, statement_in
from bot.journeys import (
    announcements,
    asked_shop,
    check,
    closings,
    editions,
    functions,
    operator_deeds,
    scores,
    several_shops,
    shop_changes,
)
from bot.journeys.asked_shop import Asked, AskOfShop, AskWhich
from bot.journeys.entries import entry, press
from bot.journeys.shops import of_chat
from bot.journeys.turn import Reply, Turn
from bot.telegram.updates import What
from bot.views.answer import ShowTopic
from bot.views.other_edition import SeeQuestion
from bot.views.render import render
from rules.memory import ANSWERED
from rules.reading import AnswerKind, Reading
from rules.said import Said
from rules.understanding.provisions import under
from rules.understanding.told_topic import UNCLEAR
from storage import shops, unanswered
from storage.shops import Shop


class DropStatement(Press, verb="no"):
    """Keep nothing of a statement."""


@entry(What.TEXT)
async def read(turn: Turn) -> Reply:
    """The reply to plain text; while a check is open, the text is first read as an answer to the open question."""
    if turn.is_operator and (awaited := await announcements.write(turn) or await operator_deeds.name_typed(turn)):
        return awaited
    function = function_in(turn.incoming.text)
    if function and function.always:
        return await functions.stopped(turn, function)
    return await shop_changes.name_typed(turn) or await _read(turn, function)


async def _read(turn: Turn, function: Function | None) -> Reply:
    """The same, where no name is awaited. `function`: of the bot, asked for by the whole text."""
    underway = turn.dialogue.open_check
    if underway and (taken := await check.answer_typed(turn, underway)):
        return taken
    known = await shops.of_chat(turn.conn, turn.chat_id)
    stated = await _confirm(turn, known)
    if function and not stated:
        return await functions.done(turn, function)
    if not stated and (pressed := await functions.pressed(turn)):
        return pressed
    if underway is None:
        told = stated and await _remembering(turn, stated, known)
        return told or await editions.choose_typed(turn) or await _answer_typed(turn, known)
    return check.go_on_after(turn, underway, stated) if stated else await _interrupt(turn, underway, known)


async def _remembering(turn: Turn, stated: Reply, known: Sequence[Shop]) -> Reply:
    """The question whether to keep what is told, remembered for the questions that follow; nothing is kept by that."""
    asked = await asked_shop.read(turn, known, turn.dialogue.memory_at(turn.now))
    return stated.remembering(stated.dialogue.remembering(asked.memory, turn.now))


async def _confirm(turn: Turn, known: Sequence[Shop]) -> Reply | None:
    """The question whether to keep the told score, closing or opening; None for text without a statement."""
    editions, text, shop = turn.context.editions, turn.incoming.text, None
    if not may_tell(text):
        return None
    statement = statement_in(editions, text, turn.written_on)
    if statement is None and (together := await several_shops.confirm(turn, known, text)):
        return together
    if statement is None:
        statement, shop = scores.told_of_named(turn, known, text)
    if statement is None:
        return await scores.confirm_number(turn)
    confirm = scores.confirm if statement.kind in (Kind.SCORE, Kind.WHAT_IF) else closings.confirm
    return await confirm(turn, statement, shop)


@press(DropStatement)
async def drop(turn: Turn, _: DropStatement) -> Reply:
    """Nothing is kept, nor remembered for a question about several shops."""
    dialogue = turn.dialogue.model_copy(update={"pending": None})
    return turn.amend(render("scores/dropped")).remembering(dialogue)


async def _answer_typed(turn: Turn, known: Sequence[Shop]) -> Reply:
    """The answer to a typed question; a follow-up keeps the subject of the question before."""
    asked = await asked_shop.read(turn, known, turn.dialogue.memory_at(turn.now))
    if _is_not_understood(asked.reading):
        reading = asked.reading
        await unanswered.keep(turn.conn, turn.incoming.text, reading.nearest, turn.now_ms, reading.kind.value)
    return await _answer(turn, asked)


def _is_not_understood(reading: Reading) -> bool:
    """Whether no topic was found, or only that the matter is ours; small talk and other business are understood."""
    is_no_topic = reading.kind is AnswerKind.OUT_OF_SCOPE and not reading.parts
    return is_no_topic or any(part.topic == UNCLEAR for part in reading.parts)


async def _interrupt(turn: Turn, underway: CheckUnderway, known: Sequence[Shop]) -> Reply:
    """The answer, with the check kept open below; for text without a question, the open question of the check again."""
    asked = await asked_shop.read(turn, known)
    if asked.reading.kind in (AnswerKind.OUT_OF_SCOPE, AnswerKind.CHAT):
        return await check.not_understood(turn, underway)
    return check.go_on_after(turn, underway, await _answer(turn, asked))


async def _answer(turn: Turn, asked: Asked) -> Reply:
    """The answer to a reading; what is asked and told is remembered."""
    reading, (case, of_shops) = asked.reading, await asked_shop.judged(turn, asked)
    rendered = turn.context.answer(turn.context.edition, reading, turn.today, case, of_shops)
    said = turn.say(rendered, numbered=reading.kind in ANSWERED)
    return said.remembering(turn.dialogue.remembering(asked.memory, turn.now))


def _pressed(turn: Turn, reading: Reading, shop: Shop | None = None, known: Sequence[Shop] = ()) -> Asked:
    """What a button asks; what was told before stays."""
    memory = turn.dialogue.memory_at(turn.now)
    return Asked(reading, memory.after(reading, memory.told), shop, known)


@press(ShowTopic)
async def show_topic(turn: Turn, pressed: ShowTopic) -> Reply | None:
    """The plain answer of the topic; None for a topic unknown to the edition."""
    edition = turn.context.edition
    if pressed.topic not in {topic.id for topic in edition.topics}:
        return None
    return await _answer(turn, _pressed(turn, turn.context.reader(edition).topic(pressed.topic)))


@press(AskOfShop)
async def ask_of_shop(turn: Turn, pressed: AskOfShop) -> Reply | None:
    """The answer for the shop; None for a shop of another chat, or a topic unknown to the edition."""
    edition, shop = turn.context.edition, await of_chat(turn, pressed.shop)
    if shop is None or pressed.topic not in {topic.id for topic in edition.topics}:
        return None
    reading = turn.context.reader(edition).topic(pressed.topic).model_copy(update={"said": pressed.said})
    return await _answer(turn, _pressed(turn, reading, shop, await shops.of_chat(turn.conn, turn.chat_id)))


@press(AskWhich)
async def ask_which(turn: Turn, pressed: AskWhich) -> Reply | None:
    """Another page of the shops; None for a chat without a choice, or a topic unknown to the edition."""
    edition, known = turn.context.edition, await shops.of_chat(turn.conn, turn.chat_id)
    if len(known) < 2 or pressed.topic not in {topic.id for topic in edition.topics}:
        return None
    said = Said(asks=(pressed.ask,), own=True)
    asked = _pressed(
        turn, turn.context.reader(edition).topic(pressed.topic).model_copy(update={"said": said}), None, known
    )
    case, of_shops = await asked_shop.judged(turn, replace(asked, page=pressed.page))
    return turn.amend(turn.context.answer(edition, asked.reading, turn.today, case, of_shops))


@press(SeeQuestion)
async def see_question(turn: Turn, pressed: SeeQuestion) -> Reply | None:
    """The answer by the other edition; the subject of the conversation stays as before."""
    edition = turn.context.edition_named(pressed.edition)
    reading = under(pressed.question.parts, edition) if edition else None
    return turn.say(turn.context.answer(edition, reading, turn.today)) if edition and reading else None
