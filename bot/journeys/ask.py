"""A question, typed or behind a button, and its answer."""

from bot.conversation.memory import Dialogue, Subject
from bot.journeys.entries import press
from bot.journeys.turn import Reply, Turn
from bot.views.answer import ShowTopic
from bot.views.other_edition import SeeQuestion
from rules.reading import AnswerKind, Reading
from rules.understanding.provisions import under
from storage import unanswered

REMEMBERED = (AnswerKind.ANSWER, AnswerKind.NOT_COVERED)


async def answer_text(turn: Turn) -> Reply:
    """The answer to what was typed; a follow-up keeps the subject of the question before."""
    reading = turn.context.read(turn.incoming.text, turn.dialogue.subject_at(turn.now))
    if reading.kind is AnswerKind.OUT_OF_SCOPE:
        await unanswered.keep(turn.conn, turn.incoming.text, reading.nearest, turn.now_ms)
    return answer(turn, reading)


def answer(turn: Turn, reading: Reading) -> Reply:
    """The answer to a question that was read."""
    rendered = turn.context.answer(turn.context.edition, reading)
    return turn.say(rendered, numbered=reading.kind in REMEMBERED).remembering(_with_subject(turn, reading))


@press(ShowTopic)
async def show_topic(turn: Turn, pressed: ShowTopic) -> Reply | None:
    """The plain answer of the topic; None for a topic that the edition does not have."""
    edition = turn.context.edition
    if pressed.topic not in {topic.id for topic in edition.topics}:
        return None
    return answer(turn, turn.context.reader(edition).topic(pressed.topic))


@press(SeeQuestion)
async def see_question(turn: Turn, pressed: SeeQuestion) -> Reply | None:
    """The question as the other edition answers it; the subject of the conversation stays what it was."""
    edition = turn.context.edition_named(pressed.edition)
    reading = under(pressed.question.parts, edition) if edition else None
    return turn.say(turn.context.answer(edition, reading)) if edition and reading else None


def _with_subject(turn: Turn, reading: Reading) -> Dialogue:
    if reading.kind not in REMEMBERED:
        return turn.dialogue
    return turn.dialogue.model_copy(update={"subject": Subject(reading=reading, at=turn.now)})
