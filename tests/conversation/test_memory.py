"""The memory of a chat: how long what was said before lasts, and what a dialogue of an earlier version becomes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bot.conversation.memory import SUBJECT_LASTS, Dialogue
from rules.memory import Memory
from rules.reading import AnswerKind, Part, Reading
from rules.said import Told

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
READING = Reading(kind=AnswerKind.ANSWER, parts=(Part(topic="close", clauses=("clearing.closing",)),))
SAID = Memory(reading=READING, told=(Told(fact="score", number=Decimal("3.7")),), listed=READING.parts)


def test_what_was_said_lasts_ten_minutes_after_the_last_message() -> None:
    dialogue = Dialogue().remembering(SAID, NOW)
    assert dialogue.memory_at(NOW + SUBJECT_LASTS) == SAID
    assert dialogue.memory_at(NOW + SUBJECT_LASTS + timedelta(seconds=1)) == Memory()
    assert timedelta(minutes=10) == SUBJECT_LASTS


def test_what_was_said_is_the_same_after_it_was_stored() -> None:
    stored = Dialogue().remembering(SAID, NOW).model_dump_json(exclude_defaults=True)
    assert Dialogue.model_validate_json(stored).memory_at(NOW) == SAID


def test_nothing_said_is_not_stored() -> None:
    assert Dialogue().remembering(SAID, NOW).remembering(Memory(), NOW) == Dialogue()


def test_once_something_is_kept_nothing_told_before_counts() -> None:
    assert Dialogue().settled == Dialogue()
    settled = Dialogue().remembering(SAID, NOW).settled.memory_at(NOW)
    assert settled == SAID.model_copy(update={"told": (), "kept": True})


def test_the_dialogue_of_a_newer_version_is_read_without_what_is_new() -> None:
    assert Dialogue.model_validate_json('{"album": "1", "of_tomorrow": {"at": 1}}') == Dialogue(album="1")


def test_the_subject_of_an_earlier_version_is_read() -> None:
    body = f'{{"subject": {{"reading": {READING.model_dump_json()}, "at": "{NOW.isoformat()}"}}}}'
    assert Dialogue.model_validate_json(body).memory_at(NOW) == Memory(reading=READING)
