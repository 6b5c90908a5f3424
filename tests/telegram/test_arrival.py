"""Whatever Telegram sends becomes a row, and never an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.arrival import LONGEST_BODY, arrival, arrivals, chat_of
from storage.inbox import Arrival

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_a_message_is_a_row_of_its_chat():
    update = {"update_id": 5, "message": {"message_id": 1, "chat": {"id": -100}, "from": {"id": 7}, "text": "你好"}}
    assert arrival(update) == Arrival(5, -100, json.dumps(update))


@pytest.mark.parametrize(
    ("update", "chat_id"),
    [
        ({"callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 8}}}}, 8),
        ({"callback_query": {"from": {"id": 7}, "inline_message_id": "x"}}, 7),
        ({"my_chat_member": {"chat": {"id": 9}, "from": {"id": 7}}}, 9),
        ({"poll_answer": {"user": {"id": 6}}}, 6),
        ({"poll": {"id": "x"}}, 0),
        ({}, 0),
        ([], 0),
        (None, 0),
    ],
)
def test_each_kind_of_update_has_the_chat_in_which_order_matters(update: object, chat_id: int):
    assert chat_of(update) == chat_id


@pytest.mark.parametrize(
    "update", [None, [], "x", {}, {"update_id": "5"}, {"update_id": True}, {"update_id": -1}, {"update_id": 2**63}]
)
def test_a_malformed_update_is_dead_and_has_a_key_of_its_own(update: object):
    row = arrival(update)
    assert row.key < 0
    assert row.error
    assert arrival(update) == row


def test_an_update_past_a_megabyte_is_dead_without_its_body():
    row = arrival({"update_id": 5, "message": {"chat": {"id": 7}, "text": "a" * LONGEST_BODY}})
    assert row == Arrival(5, 7, None, "longer than 1 MB")


@given(ANYTHING)
def test_anything_at_all_becomes_a_row(update: object):
    row = arrival(update)
    assert row.error
    assert -(2**63) <= row.key < 2**63
    assert (row.body or "").isascii()


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "chat", "from", "my_chat_member"]), ANYTHING))
def test_anything_under_a_valid_id_waits_to_be_handled_or_is_dead_or_left_out(parts: dict):
    row = arrival({**parts, "update_id": 3})
    if row is not None:
        assert row.key == 3
        assert -(2**63) <= row.chat_id < 2**63


def test_a_part_that_is_nested_too_deeply_to_be_written_down_raises_nothing():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    row = arrival({"update_id": 5, "message": {"chat": {"id": 7}, "text": "问", "quote": deep}})
    assert (row.key, row.chat_id, row.body) == (5, 7, None)
    assert row.error


def test_what_the_bot_has_no_answer_to_is_not_kept():
    note = {"update_id": 5, "message": {"chat": {"id": 7}, "pinned_message": {}}}
    question = {"update_id": 6, "message": {"chat": {"id": 7}, "text": "问"}}
    assert [row.key for row in arrivals([note, question, {"update_id": 7, "poll": {}}])] == [6]
