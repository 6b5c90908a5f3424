"""JSON of strangers is read as far as anybody can."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.lenient import DEEPEST, loads

ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)


@pytest.mark.parametrize("opens", ["[", '{"a":'])
def test_a_part_nested_too_deeply_is_read_as_null_and_the_rest_as_said(opens: str):
    closes = "]" if opens == "[" else "}"
    deep = opens * 100_000 + "1" + closes * 100_000
    found = loads(f'{{"ok": true, "result": [{{"update_id": 5, "odd": {deep}, "text": "[]}}{{"}}, 7]}}'.encode())
    assert (found["result"][0]["update_id"], found["result"][0]["text"], found["result"][1]) == (5, "[]}{", 7)
    json.dumps(found)


def test_as_many_levels_are_kept_as_are_promised():
    huge = "9" * 5000  # so that the second reading is used at all
    text = "[" * DEEPEST + huge + "]" * DEEPEST
    assert loads(text.encode()) == json.loads("[" * DEEPEST + "null" + "]" * DEEPEST)
    assert loads(f"[{text}]".encode()) == json.loads("[" * DEEPEST + "null" + "]" * DEEPEST)


def test_a_number_too_long_for_python_is_read_as_null():
    assert loads(b'{"a": %s, "b": [-12, 3.5]}' % (b"9" * 5000)) == {"a": None, "b": [-12, 3.5]}


def test_bytes_that_are_no_utf8_are_replaced():
    assert loads(b'{"a": "\xff", "b": 1}') == {"a": "\ufffd", "b": 1}


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b'{"a": 1', b'"' * 3, b"[" * 200_000, b'["' + b'\\"' * 200_000])
def test_what_is_no_json_is_refused_at_once(body: bytes):
    began = time.process_time()
    with pytest.raises(ValueError):
        loads(body)
    assert time.process_time() - began < 2


@given(ANY)
def test_what_python_reads_is_read_alike_by_both_ways(value: object):
    text = json.dumps({"odd": value})
    assert loads(text.encode()) == {"odd": value}
    assert loads(f"[{text}, {'9' * 5000}]".encode())[0] == {"odd": value}
