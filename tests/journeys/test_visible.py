"""Every press has an answer that is seen: a line over the chat, a change of the message, or a new message."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.memory import CheckUnderway
from bot.conversation.presses import every_kind
from bot.journeys import check_buttons, consent, router
from storage import consents
from storage.outbox import Message
from tests.journeys.test_presses import CHAT, CONTEXT, FINISHED, NOW, OPEN, conn, pressing, talks
from tests.presses import examples

__all__ = ["conn"]

STATES = [
    pytest.param(OPEN, False, True, id="a check is open"),
    pytest.param(FINISHED, True, True, id="a result, a shop"),
    pytest.param(FINISHED, True, False, id="agreed to nothing"),
]
AS_OPERATOR = replace(CONTEXT, admins=frozenset({CHAT}))


def screen(messages: Sequence[Message]) -> str:
    """What the messages leave on the screen, without the button's waiting; an edit is told by its text alone."""
    return json.dumps([dict(each.payload) for each in messages if each.in_order], sort_keys=True, default=str)


def is_seen(messages: Sequence[Message], before: str) -> bool:
    """Whether something is new: a toast, a message, or an edit unlike the one before."""
    has_toast = any(each.payload.get("text") for each in messages if each.method == "answerCallbackQuery")
    is_new = any(each.method.startswith("send") for each in messages)
    is_edited = any(each.method.startswith("edit") for each in messages)
    return has_toast or is_new or (is_edited and screen(messages) != before)


@pytest.mark.parametrize(("underway", "has_shop", "agrees"), STATES)
async def test_no_press_stays_without_an_answer_that_is_seen(
    conn: AsyncConnection, underway: CheckUnderway, has_shop: bool, agrees: bool
) -> None:
    await talks(conn, underway, has_shop=has_shop)
    if agrees:
        await consents.give(conn, CHAT, consent.VERSION, 1)
    unseen = []
    for kind in every_kind():
        step = {"check": underway.id, "step": underway.step} if issubclass(kind, check_buttons.CheckMove) else {}
        for example in examples(kind):
            press = kind(**{**vars(example), **step})
            async with conn.begin_nested() as taken_back:
                before = ""
                for time in ("first", "second"):
                    said = await router.handle(AS_OPERATOR, pressing(str(press)), conn, NOW)
                    if not is_seen(said, before):
                        unseen.append(f"{kind.__name__} {press}, the {time} time")
                    before = screen(said)
                await taken_back.rollback()
    assert unseen == []


def test_what_is_not_seen_is_found() -> None:
    edit = Message(CHAT, 0, "editMessageText", {"text": "好"})  # type: ignore[arg-type]
    waits = Message(CHAT, 0, "answerCallbackQuery", {"callback_query_id": "1"}, in_order=False)  # type: ignore[arg-type]
    assert is_seen([waits, edit], "")
    assert not is_seen([waits, edit], screen([waits, edit]))
    assert not is_seen([waits], "")
