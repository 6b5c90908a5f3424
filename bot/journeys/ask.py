"""A question, typed or behind a button, and its answer."""

from bot.conversation.memory import Dialogue, Subject
from bot.journeys.acknowledge import done
from bot.journeys.turn import Reply, Turn
from bot.telegram.messages import say
from bot.views.other_edition import read
from rules.edition import Edition
from rules.reading import AnswerKind, Reading
from storage import unanswered

REMEMBERED = (AnswerKind.ANSWER, AnswerKind.NOT_COVERED)


async def asked(turn: Turn) -> Reply:
    """The answer to what was typed; a follow-up keeps the subject of the question before."""
    reading = turn.context.read(turn.incoming.text, turn.dialogue.subject_at(turn.now))
    if reading.kind is AnswerKind.OUT_OF_SCOPE:
        await unanswered.keep(turn.conn, turn.incoming.text, reading.nearest, turn.now_ms)
    return answered(turn, reading)


def answered(turn: Turn, reading: Reading) -> Reply:
    """The message for a question that was read."""
    rendered = turn.context.answer(turn.context.edition, reading)
    numbered = reading.kind in REMEMBERED
    return Reply.of(_remembering(turn, reading), say(turn.chat_id, rendered, numbered=numbered))


def topic(turn: Turn) -> Reply:
    """The plain answer of the topic whose button was pressed; an unknown topic is an old button."""
    topic_id = turn.incoming.data.partition("|")[2]
    if topic_id not in {topic.id for topic in turn.context.edition.topics}:
        return Reply.of(turn.dialogue, done(turn, "old"))
    outcome = answered(turn, turn.context.reader(turn.context.edition).topic(topic_id))
    return Reply(outcome.dialogue, (*done(turn), *outcome.messages))


def previewed(turn: Turn, edition: Edition, written: str) -> Reply:
    """The question of a button as this edition answers it; the subject of the conversation stays what it was."""
    reading = read(edition, written)
    if reading is None:
        return Reply.of(turn.dialogue, done(turn, "old"))
    rendered = turn.context.answer(edition, reading)
    return Reply.of(turn.dialogue, (*done(turn), *say(turn.chat_id, rendered)))


def _remembering(turn: Turn, reading: Reading) -> Dialogue:
    if reading.kind not in REMEMBERED:
        return turn.dialogue
    return turn.dialogue.model_copy(update={"subject": Subject(reading=reading, at=turn.now)})
