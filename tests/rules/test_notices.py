"""A list of the platform's rule notices, as saved by hand or fetched."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.notices import MOST_NOTICES, QUIET_AFTER_DAYS, Listed, NoListError, Notice, read, rule_number

SAMPLE = Path(__file__).parent / "notices.json"
TODAY = date(2026, 7, 26)


def listed(*entries: Any) -> Listed:
    return read(json.dumps(list(entries)).encode())


def test_a_list_is_read_whole() -> None:
    found = read(SAMPLE.read_bytes())
    assert found.bad == ()
    assert found.notices[0] == Notice(
        id="aJnqsVF4GoLD",
        title="关于修订《精选联盟平台管理规则》的公告",
        url="https://school.jinritemai.com/doudian/web/article/aJnqsVF4GoLD",
        rules=("101665",),
        announced_on=date(2026, 7, 22),
        effective_on=date(2026, 7, 29),
    )
    assert found.newest == date(2026, 8, 20)


def test_a_bare_list_is_the_same_and_only_id_and_title_are_needed() -> None:
    found = listed(
        {"id": "a", "title": "公告"}, {"id": 7, "title": " 公告 ", "url": None, "rules": [101665], "by": "x"}
    )
    assert found == Listed((Notice(id="a", title="公告"), Notice(id="7", title="公告", rules=("101665",))), ())
    assert found.newest is None


BAD: list[tuple[Any, str]] = [
    ({"id": "b"}, """entry 2 ('b'): the key "title" is missing, add it"""),
    ({"title": "公告"}, """entry 2: the key "id" is missing, add it"""),
    ({"id": "b", "title": ""}, """entry 2 ('b'): the key "title" is missing, add it"""),
    ({"id": "b", "title": "x" * 301}, """entry 2 ('b'): "title" cannot be"""),
    (
        {"id": "a b", "title": "x"},
        """entry 2 ('a b'): "id" cannot be 'a b', write one word of at most 80 characters, the same for good""",
    ),
    ({"id": "b\x00", "title": "x"}, """entry 2 ('b\\x00'): "id" cannot be"""),
    ({"id": "b", "title": "\ud800"}, """entry 2 ('b'): "title" cannot be '\\ud800'"""),
    (
        {"id": "b", "title": "x", "url": "javascript:x"},
        """entry 2 ('b'): "url" cannot be 'javascript:x', begin it with https:// and leave out spaces""",
    ),
    ({"id": "b", "title": "x", "url": "https://x/\x1b[31m"}, """entry 2 ('b'): "url" cannot be"""),
    ({"id": "b", "title": "x", "url": "https://x/\u202e"}, """entry 2 ('b'): "url" cannot be"""),
    (
        {"id": "b", "title": "x", "effective_on": "soon"},
        """entry 2 ('b'): "effective_on" cannot be 'soon', write a day like 2026-07-29""",
    ),
    (
        {"id": "b", "title": "x", "effective_on": 1785283200},
        """entry 2 ('b'): "effective_on" cannot be 1785283200, write a day""",
    ),
    (
        {"id": "b", "title": "x", "effective_on": "2026-02-30"},
        """entry 2 ('b'): "effective_on" cannot be '2026-02-30', write""",
    ),
    ({"id": "b", "title": "x", "effective_on": "2026-07-28T16:00:00Z"}, """entry 2 ('b'): "effective_on" cannot be"""),
    ({"id": "b", "title": "x", "rules": ["1"] * 51}, """entry 2 ('b'): "rules" cannot be"""),
    ("b", """entry 2: wants an object, not 'b'"""),
    (None, """entry 2: wants an object, not None"""),
    ({"id": "a", "title": "x"}, """entry 2 ('a'): the id is that of an earlier entry"""),
]


@pytest.mark.parametrize(("entry", "told"), BAD, ids=[told for _, told in BAD])
def test_a_bad_entry_is_named_and_stops_no_other(entry: Any, told: str) -> None:
    found = listed({"id": "a", "title": "公告"}, entry, {"id": "c", "title": "公告"})
    assert [one.id for one in found.notices] == ["a", "c"]
    (line,) = found.bad
    assert line.startswith(told)
    assert "\n" not in line


@pytest.mark.parametrize(
    "written",
    ["2026-07-29", "2026/7/29", "2026.7.29", "2026年7月29日", "20260729", "2026-07-29 00:00:00", "2026-07-29T10:30"],
)
def test_a_day_is_read_in_the_usual_writings(written: str) -> None:
    found = listed({"id": "a", "title": "公告", "effective_on": written})
    assert found.bad == ()
    assert found.notices[0].effective_on == date(2026, 7, 29)


def test_an_empty_text_is_a_missing_one() -> None:
    entry = {"id": "a", "title": "公告", "url": "", "announced_on": " ", "effective_on": ""}
    assert listed(entry) == Listed((Notice(id="a", title="公告"),), ())


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b" \n", "it is empty"),
        (b"\n<!doctype html><title>x</title>", "a web page, not JSON; does the address ask for a login?"),
        ("[公告]".encode("gb18030"), "no text in UTF-8"),
        (b"[1,]", "not JSON: "),
    ],
    ids=["empty", "a page", "another encoding", "a slip"],
)
def test_what_is_no_list_is_called_what_it_is(data: bytes, why: str) -> None:
    with pytest.raises(NoListError, match="^" + re.escape(why)):
        read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        b"{}",
        b'{"notices": {}}',
        b'"x"',
        b"\xff\xfe\x00\xd8",
        b"[" * 100_000,
        b"[" + b"1," * MOST_NOTICES + b"1]",
    ],
    ids=["nothing", "a page", "no notices", "one notice", "a word", "no text", "nested", "too many"],
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(NoListError) as refused:
        read(data)
    assert "\n" not in str(refused.value)


def test_an_empty_list_and_one_without_days_say_nothing() -> None:
    assert listed() == Listed((), ())
    assert listed().is_quiet(TODAY)
    assert listed({"id": "a", "title": "公告"}).is_quiet(TODAY)


@pytest.mark.parametrize(("days", "is_quiet"), [(QUIET_AFTER_DAYS, False), (QUIET_AFTER_DAYS + 1, True)])
def test_a_list_is_quiet_when_its_newest_notice_is_old(days: int, is_quiet: bool) -> None:
    on = date.fromordinal(TODAY.toordinal() - days)
    known = listed({"id": "a", "title": "x", "announced_on": "2020-01-01"}, {"id": "b", "title": "x"})
    assert Listed((*known.notices, Notice(id="c", title="x", announced_on=on)), ()).is_quiet(TODAY) is is_quiet


@pytest.mark.parametrize(
    ("effective", "left"), [(date(2026, 7, 29), 3), (TODAY, 0), (date(2026, 7, 25), -1), (None, None)]
)
def test_days_are_counted_to_the_effect(effective: date | None, left: int | None) -> None:
    assert Notice(id="a", title="x", effective_on=effective).days_left(TODAY) == left


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("https://x.example/web/rules/101665", "101665"),
        ("https://x.example/web/rules/101665/?from=list#top", "101665"),
        ("https://x.example/web/article/101665", ""),
        ("https://[x.example/rules", ""),
        ("", ""),
    ],
)
def test_the_number_of_a_rule_ends_its_address(address: str, number: str) -> None:
    assert rule_number(address) == number
