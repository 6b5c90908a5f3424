"""`alliance-bot shops risk`, `list`, `show`, `export`; what feeds and questions say, at a terminal."""

import csv
import io
import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.commands.conftest import Alliance
from tests.warnings.world import ZONE

TODAY = datetime.now(ZONE).date()
NOW = int(time.time() * 1000)
GOOD, LOW, LOWEST, SILENT, NEVER = (f"71234567890123456{n:02}" for n in range(5))
LETTER = "chat_id, lane, method, numbered, key, in_order, notice_id, state, due_at, tries, unsure, created_at, done_at"


@pytest.fixture
def five(upgraded: Path) -> Path:
    """Five shops: above all lines, below the warning line and followed, below the closing line and followed by nobody,
    silent for days, never fed; and a merchant's own shop."""
    day, old = TODAY.toordinal(), TODAY.toordinal() - 9
    names = {GOOD: "花语女装", LOW: "童趣童装", LOWEST: "=小麦", SILENT: "山野蜂蜜", NEVER: "青禾母婴"}
    rows = ", ".join(f"('{ref}', '{name}', 'feed', {NOW})" for ref, name in names.items())
    of_days = {1: {day: 460}, 2: {day - 1: 390, day: 370}, 3: {day - 1: 341, day: 340}, 4: {old: 450}}
    scores = [(on, shop, value) for shop, each in of_days.items() for on, value in each.items()]
    newest = [(shop, max(each), each[max(each)]) for shop, each in of_days.items()]
    with closing(sqlite3.connect(upgraded)) as opened, opened:
        opened.executescript(f"""
            INSERT INTO shops (ref, name, source, created_at) VALUES {rows};
            INSERT INTO shops (owner_chat, name, source, created_at) VALUES (77, '商家自己的', 'merchant', 0);
            INSERT INTO newest VALUES (6, 'score', {day}, 300, 300, '0-5', 'merchant', {NOW});
            INSERT INTO follows (shop_id, chat_id, is_on, frequency, created_at, level, line, seen_level, is_far,
                has_left, is_swinging, is_closed, descent_fact, stale_told, is_awake)
                VALUES (2, 11, 1, 'daily', {NOW}, 0, '', 0, 0, 0, 0, 0, '', 0, 0),
                       (2, 12, 1, 'daily', {NOW}, 0, '', 0, 0, 0, 0, 0, '', 0, 0);
            INSERT INTO chats (chat_id, state, paused_until, updated_at) VALUES (12, 'blocked', 0, 0);
            INSERT INTO notices (chat_id, day, edition, is_urgent, is_late, made_at, due_at)
                VALUES (11, {day}, '2022-10-10', 0, 0, 1000, 1000), (12, {day}, '2022-10-10', 0, 0, 1000, 1000);
            INSERT INTO notice_items (notice_id, shop_id, subject, reason, line, fact, hundredths, score_day)
                VALUES (1, 2, '', 'warning', 'warning', 'score', 370, {day}),
                       (2, 2, '', 'warning', 'warning', 'score', 370, {day});
            INSERT INTO outbox ({LETTER}) VALUES
                (11, 1, 'sendMessage', 1, 'notice:1', 1, 1, 'sent', 1000, 1, 0, 1000, 5000),
                (12, 1, 'sendMessage', 1, 'notice:2', 1, 2, 'muted', 1000, 1, 0, 1000, NULL);
            INSERT INTO invites (id, shop_id, expires_at, used_by, revoked_at)
                VALUES ('a', 2, {NOW + 10**9}, NULL, NULL), ('b', 2, 5, NULL, NULL), ('c', 2, 5, 4, NULL);
        """)
        for on, shop, value in scores:
            opened.execute("INSERT INTO scores VALUES ('score', ?, ?, ?, '0-5', 'feed', ?)", (on, shop, value, NOW))
        for shop, on, value in newest:
            seen = NOW if on == day else NOW - 9 * 86_400_000
            row = (shop, on, value, value, seen)
            opened.execute("INSERT INTO newest VALUES (?, 'score', ?, ?, ?, '0-5', 'feed', ?)", row)
    return upgraded


def shown(alliance: Alliance, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in alliance(*words, "--json").lines]


def in_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_those_at_risk_come_worst_first_with_all_that_an_operator_wants(alliance: Alliance, five: Path) -> None:
    worst, other = shown(alliance, "shops", "risk")
    assert (worst["shop_id"], worst["name"], worst["standing"]) == (LOWEST, "=小麦", "closing")
    assert (worst["scores"], worst["followers"], worst["told"]) == ({"score": "3.40"}, 0, None)
    assert (worst["since_or_earlier"], other["since_or_earlier"]) == (True, False)
    assert (other["shop_id"], other["standing"], other["since"]) == (LOW, "warning", TODAY.isoformat())
    assert (other["followers"], other["hearing"]) == (2, 1)
    assert (other["told"]["chat"], other["told"]["state"], other["told"]["reason"]) == (12, "muted", "warning")
    assert [(one["chat"], one["state"]) for one in other["undelivered"]] == [(12, "muted")]


def test_the_list_for_people_marks_whom_nobody_follows_and_what_did_not_arrive(alliance: Alliance, five: Path) -> None:
    ran = alliance("shops", "risk")
    worst, other, summary = ran.lines
    assert worst.startswith(f"{LOWEST}  0 followers  =小麦  closing  score 3.40  on {TODAY}")
    assert worst.endswith("NOBODY FOLLOWS")
    assert "NOT DELIVERED to 1: muted" in other
    assert summary == "2 of 5 shops at risk; 2 without a fresh score, 0 not determined"
    assert ran.status == 0
    as_json = alliance("shops", "risk", "--json")
    assert (len(as_json.lines), as_json.err.strip()) == (2, summary)


def test_without_a_shop_the_list_says_so(alliance: Alliance, upgraded: Path) -> None:
    ran = alliance("shops", "risk")
    assert ran.lines == ["0 of 0 shops at risk; 0 without a fresh score, 0 not determined"]


def test_the_list_has_score_and_standing_and_says_what_is_not_fresh(alliance: Alliance, five: Path) -> None:
    lines = alliance("shops", "list").lines
    assert lines[0] == f"{GOOD}  0 followers  花语女装  clear  score 4.60  on {TODAY}"
    assert "NOT FRESH" in lines[3]
    assert lines[4] == f"{NEVER}  0 followers  青禾母婴  no score"
    assert len(lines) == 5
    assert [one["standing"] for one in shown(alliance, "shops", "list")] == [
        "clear",
        "warning",
        "closing",
        "clear",
        "unknown",
    ]


@pytest.mark.parametrize(("text", "found"), [("女装", [GOOD]), ("５６01", [LOW]), ("火星", []), ("商家自己的", [])])
def test_a_shop_is_found_by_a_part_of_name_or_id(alliance: Alliance, five: Path, text: str, found: list[str]) -> None:
    assert [one["shop_id"] for one in shown(alliance, "shops", "list", "--find", text)] == found
    rows = in_csv(alliance("shops", "list", "--find", text, "--csv").out)
    assert [row["店铺ID"].strip() for row in rows] == found


def test_a_single_shop_is_shown_with_history_followers_links_and_notices(alliance: Alliance, five: Path) -> None:
    (one,) = shown(alliance, "shops", "show", LOW)
    assert [(row["day"], row["score"]) for row in one["history"]] == [
        (TODAY.isoformat(), "3.70"),
        (TODAY.fromordinal(TODAY.toordinal() - 1).isoformat(), "3.90"),
    ]
    assert [(row["chat"], row["warnings"], row["blocked"]) for row in one["followed_by"]] == [
        (11, True, False),
        (12, True, True),
    ]
    assert one["invitations"] == {"open": 1, "used": 1, "expired": 1, "revoked": 0}
    assert [(row["chat"], row["state"]) for row in one["notices"]] == [(12, "muted"), (11, "sent")]
    assert "history: day=" in alliance("shops", "show", LOW).out
    assert [each["action"] for each in shown(alliance, "admin", "log")] == ["shop.read", "shop.read"]


@pytest.mark.parametrize("ref", ["9", "a b", "x" * 99])
def test_a_shop_that_is_not_there_is_a_plain_line(alliance: Alliance, five: Path, ref: str) -> None:
    ran = alliance("shops", "show", ref)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)


@pytest.mark.parametrize(("words", "refs"), [((), [GOOD, LOW, LOWEST, SILENT, NEVER]), (("--risk",), [LOWEST, LOW])])
def test_the_boss_gets_a_workbook(
    alliance: Alliance, five: Path, tmp_path: Path, words: tuple[str, ...], refs: list[str]
) -> None:
    ran = alliance("shops", "export", "shops.xlsx", *words)
    assert (ran.status, ran.lines) == (0, [f"shops.xlsx: {len(refs)} shops"])
    _, *rows = openpyxl.load_workbook(tmp_path / "shops.xlsx").worksheets[0].values
    assert [row[0] for row in rows] == refs
    assert [each["action"] for each in shown(alliance, "admin", "log")] == ["shops.export"]


def test_the_boss_gets_a_csv_that_no_spreadsheet_takes_for_a_program(
    alliance: Alliance, five: Path, tmp_path: Path
) -> None:
    assert alliance("shops", "export", "shops.CSV").status == 0
    text = (tmp_path / "shops.CSV").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    by_name = {row["店名"]: row for row in in_csv(text)}
    assert (by_name["'=小麦"]["体验分"], by_name["童趣童装"]["没送到的"]) == ("3.40", "对方拉黑 1 人")
    assert by_name["青禾母婴"]["现在的情况"] == "还没有分数"


def test_an_exported_risk_list_is_read_back_as_scores_and_changes_nothing(
    alliance: Alliance, five: Path, tmp_path: Path
) -> None:
    alliance("shops", "export", "risk.csv", "--risk")
    found = json.loads(alliance("scores", "import", "--dry-run", "--json", "risk.csv").out)
    assert [row["shop_id"] for row in found["rows"]] == [LOWEST, LOW]
    assert [Decimal(row["scores"]["score"]) for row in found["rows"]] == [Decimal("3.4"), Decimal("3.7")]


@pytest.mark.parametrize("name", ["shops.pdf", "shops", "no/such/folder/shops.csv"])
def test_what_cannot_be_written_is_a_plain_line(alliance: Alliance, five: Path, name: str) -> None:
    ran = alliance("shops", "export", name)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert shown(alliance, "admin", "log") == []


def test_that_no_shop_is_found_is_said(alliance: Alliance, five: Path) -> None:
    none = alliance("shops", "list", "--find", "没有这家")
    assert (none.status, none.lines, none.err) == (0, [], "alliance-bot: no shop has '没有这家' in its name or id\n")


def test_feeds_name_the_silent_shops_and_those_never_fed(alliance: Alliance, five: Path) -> None:
    found = shown(alliance, "admin", "feeds")
    assert [(one["shop_id"], one["name"]) for one in found if "silent" in one] == [(SILENT, "山野蜂蜜")]
    assert [(one["never_fed"], one["name"]) for one in found if "never_fed" in one] == [(NEVER, "青禾母婴")]


def test_questions_say_what_they_got_and_the_nearest_topic_in_words(alliance: Alliance, upgraded: Path) -> None:
    with closing(sqlite3.connect(upgraded)) as opened, opened:
        opened.executemany(
            "INSERT INTO unanswered (text, nearest, asked_at, got) VALUES (?, ?, ?, ?)",
            [("怎么进联盟呀", "join what", NOW, "out_of_scope"), ("从前的", "", NOW, None)],
        )
    for words in (("questions", "unanswered"), ("admin", "questions")):
        first, second = sorted(shown(alliance, *words), key=lambda one: str(one["text"]), reverse=True)
        assert (first["got"], first["nearest_title"], first["nearest"]) == ("out_of_scope", "怎么开通", "join what")
        assert (second["got"], second["nearest_title"]) == (None, None)
    text = alliance("questions", "unanswered").out
    assert "怎么进联盟呀  [got out_of_scope; nearest: 怎么开通 (join)]" in text
    assert "从前的  [got unknown; no topic near]" in text
