"""`alliance-bot shops`: what operators do to shops and followers, at a terminal."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.commands.conftest import Alliance
from tests.live import sandbox_client

TOKEN = "123456:shop-deeds"
LATER = 99_999_999_999_999


@pytest.fixture
def database(upgraded: Path) -> Path:
    """A shop with two followers, scores of two days, a notice that waits and an open link."""
    with closing(sqlite3.connect(upgraded)) as opened, opened:
        follow = "is_on, frequency, created_at, level, line, seen_level, is_far, has_left, is_swinging, is_closed"
        rest = "descent_fact, stale_told, edition, is_mended, is_awake"
        letter = "chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries, unsure"
        opened.executescript(f"""
            INSERT INTO shops (id, ref, name, source, created_at) VALUES (1, '71', '花店', 'feed', 0);
            INSERT INTO newest VALUES (1, 'score', 738439, 370, 460, '0-5', 'feed', 0);
            INSERT INTO scores VALUES ('score', 738438, 1, 380, '0-5', 'feed', 0),
                ('score', 738439, 1, 370, '0-5', 'feed', 0);
            INSERT INTO follows (shop_id, chat_id, {follow}, {rest})
                VALUES (1, 11, 1, 'daily', 0, 2, 'warning', 2, 0, 0, 0, 0, '', 0, '', 0, 1),
                       (1, 12, 1, 'daily', 0, 2, 'warning', 2, 0, 0, 0, 0, '', 0, '', 0, 1);
            INSERT INTO chats (chat_id, state, paused_until, updated_at) VALUES (12, 'blocked', 0, 0);
            INSERT INTO notices (id, chat_id, day, edition, is_urgent, is_late, made_at, due_at)
                VALUES (5, 11, 738439, '2022-10-10', 0, 0, 0, {LATER});
            INSERT INTO notice_items (notice_id, shop_id, subject, reason, line, fact, hundredths, score_day)
                VALUES (5, 1, '', 'warning', 'warning', 'score', 370, 738439);
            INSERT INTO outbox ({letter}, created_at)
                VALUES (11, 1, 'sendMessage', '{{}}', 1, 'notice:5', 1, 5, 'waiting', {LATER}, 0, 0, 0);
            INSERT INTO invites (id, shop_id, expires_at, made_at) VALUES ('-bcdefghijklmnop', 1, {LATER}, 1000);
        """)
    return upgraded


def rows(database: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute(query).fetchall()


def said(database: Path) -> list[tuple[int, str]]:
    """Chat and text of each message to be sent that is no notice."""
    query = "SELECT chat_id, payload FROM outbox WHERE notice_id IS NULL ORDER BY id"
    return [(chat_id, json.loads(payload)["text"]) for chat_id, payload in rows(database, query)]


def deeds(database: Path) -> list[tuple[Any, ...]]:
    return rows(database, "SELECT action, subject FROM audit ORDER BY id")


def test_a_file_of_shops_registers_and_renames_and_names_each_line_set_aside(
    alliance: Alliance, database: Path, tmp_path: Path
) -> None:
    (tmp_path / "shops.csv").write_text("店铺ID,店铺名称\n71,花坊\n72,茶店\n,没号\n7.1E+18,圆整\n", "utf-8")
    would = alliance("shops", "import", "shops.csv", "--dry-run")
    assert (would.status, would.lines) == (
        1,
        [
            "new: 72  茶店",
            "renamed: 71  花店 becomes 花坊",
            'line 4, column "shop_id": is empty; fill it in',
            "line 5, column \"shop_id\": '7.1E+18' was rounded by the spreadsheet; "
            "format the column as text and fill the ids in again",
            "1 new, 1 renamed, 0 the same, 2 set aside (dry run: nothing was stored)",
        ],
    )
    assert rows(database, "SELECT ref, name FROM shops") == [("71", "花店")]
    done = alliance("shops", "import", "shops.csv", "--json")
    assert done.status == 1
    assert json.loads(done.out) == {
        "new": [{"shop_id": "72", "name": "茶店"}],
        "renamed": [{"shop_id": "71", "before": "花店", "after": "花坊"}],
        "same": 0,
        "set_aside": [
            {"line": 4, "column": "shop_id", "value": "", "why": "is empty; fill it in"},
            {
                "line": 5,
                "column": "shop_id",
                "value": "7.1E+18",
                "why": "was rounded by the spreadsheet; format the column as text and fill the ids in again",
            },
        ],
    }
    assert rows(database, "SELECT ref, name FROM shops ORDER BY id") == [("71", "花坊"), ("72", "茶店")]
    again = alliance("shops", "import", "-", given="shop_id,name\n71,花坊\n72,茶店\n")
    assert (again.status, again.out) == (0, "0 new, 0 renamed, 2 the same, 0 set aside\n")
    assert deeds(database)[0] == ("shops.import", "new=1 renamed=1")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param("店铺ID,日期\n71,2022-10-10\n", "wants a column of ids", id="no names"),
        pytest.param("", "has no rows", id="nothing in it"),
        pytest.param(None, "No such file or directory", id="no file"),
    ],
)
def test_what_is_no_list_of_shops_can_not_be_done(
    alliance: Alliance, database: Path, tmp_path: Path, content: str | None, why: str
) -> None:
    if content is not None:
        (tmp_path / "shops.csv").write_text(content, "utf-8")
    ran = alliance("shops", "import", "shops.csv")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert why in ran.err


def test_a_shop_is_renamed_and_one_that_is_not_registered_is_not(alliance: Alliance, database: Path) -> None:
    assert alliance("shops", "rename", "71", "--name", "花坊").out == "71: renamed from 花店 to 花坊\n"
    assert alliance("shops", "rename", "71", "--name", "花坊").out == "71: is 花坊 already\n"
    assert deeds(database) == [("shop.rename", "71")]
    ran = alliance("shops", "rename", "9", "--name", "花坊")
    assert (ran.status, ran.err) == (2, "alliance-bot: 9: not registered; alliance-bot shops list names all\n")


def test_what_goes_with_a_shop_is_said_before_it_is_removed(alliance: Alliance, database: Path) -> None:
    goes = [
        "71  花店",
        "  scores: 2 days from 2022-10-10 to 2022-10-11",
        "  followers: 2",
        "  notices waiting: 1",
        "  open links: 1",
    ]
    assert alliance("shops", "remove", "71").lines == [*goes, "nothing was done; to do it: --yes"]
    assert rows(database, "SELECT count(*) FROM scores") == [(2,)]
    done = alliance("shops", "remove", "71", "--yes", OPERATOR_NAME="小李")
    assert done.lines == [*goes, "71: removed; followers told: 2"]
    for table in ("shops", "scores", "newest", "follows", "invites", "notice_items"):
        assert rows(database, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert [chat_id for chat_id, text in said(database) if "这家店不再由小李看着" in text] == [11, 12]
    assert rows(database, "SELECT state FROM outbox WHERE notice_id = 5") == [("dropped",)]
    assert deeds(database) == [("shop.remove", "71 followers=2")]
    assert alliance("shops", "remove", "71", "--yes").status == 2


def test_a_follower_is_unbound_once(alliance: Alliance, database: Path) -> None:
    assert alliance("shops", "unbind", "71", "11").out == "71: chat 11 unbound and told\n"
    assert rows(database, "SELECT chat_id FROM follows") == [(12,)]
    assert rows(database, "SELECT state FROM outbox WHERE notice_id = 5") == [("dropped",)]
    assert [chat_id for chat_id, _ in said(database)] == [11]
    again = alliance("shops", "unbind", "71", "11")
    assert (again.status, again.err) == (1, "alliance-bot: nothing to do: the chat does not follow the shop\n")
    assert deeds(database) == [("shop.unbind", "71 11")]


async def test_a_shop_is_handed_over_with_a_new_link_after_a_yes(alliance: Alliance, database: Path) -> None:
    asked = await asyncio.to_thread(alliance, "shops", "hand-over", "71")
    first = "71  花店: 2 followers lose its warnings, open links: 1, notices waiting: 1"
    assert asked.lines == [first, "nothing was done; to do it: --yes"]
    async with sandbox_client() as sandbox:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url}
        done = await asyncio.to_thread(alliance, "shops", "hand-over", "71", "--yes", **settings)
    assert done.status == 0, done.err
    assert done.lines[0] == "71: 2 followers unbound and told, 1 links revoked; for the other merchant:"
    assert done.lines[1].startswith("https://t.me/")
    assert rows(database, "SELECT count(*) FROM follows") == [(0,)]
    assert [chat_id for chat_id, text in said(database) if "换了负责人" in text] == [11, 12]
    assert deeds(database) == [("shop.hand_over", "71 followers=2"), ("invite.make", "71")]


def test_nothing_is_ended_where_no_link_can_be_made(alliance: Alliance, database: Path) -> None:
    assert alliance("shops", "hand-over", "71", "--yes", HTTP_PORT="9").status == 2
    assert rows(database, "SELECT count(*) FROM follows") == [(2,)]
    assert said(database) == []


def test_links_are_listed_without_their_address_and_an_open_one_is_taken_back(
    alliance: Alliance, database: Path
) -> None:
    (listed,) = [json.loads(line) for line in alliance("shops", "invitations", "71", "--json").lines]
    assert (listed["invitation"], listed["shop"], listed["state"]) == ("-bcdefghijklmnop", "71", "open")
    assert listed["made"] == "1970-01-01T08:00:01+08:00"
    assert "t.me" not in alliance("shops", "invitations").out
    assert alliance("shops", "revoke", "-bcdefghijklmnop").out == "-bcdefghijklmnop: revoked\n"
    assert alliance("shops", "revoke", "-bcdefghijklmnop").status == 1
    assert "state=revoked" in alliance("shops", "invitations").out
    assert deeds(database) == [("invite.revoke", "-bcdefghijklmnop")]


def test_a_notice_that_waits_is_withdrawn(alliance: Alliance, database: Path) -> None:
    assert alliance("admin", "withdraw", "5").out == "5: withdrawn\n"
    again = alliance("admin", "withdraw", "5")
    assert (again.status, again.err) == (1, "alliance-bot: nothing to do: no such notice waits\n")
    assert json.loads(alliance("admin", "evidence", "5", "--json").out)["state"] == "recalled"
    assert deeds(database)[0] == ("notice.withdraw", "5")


def test_the_followers_of_a_shop_are_written_to_after_a_look(alliance: Alliance, database: Path) -> None:
    shown = json.loads(alliance("shops", "write", "71", "昨天的分数导错了", "--json", OPERATOR_NAME="小李").out)
    assert (shown["announcement"], shown["chats"], shown["skipped"]) == (None, 1, 1)
    assert shown["reads"] == "📢 小李给关注“花店”的你\n\n昨天的分数导错了"
    assert deeds(database) == []
    sent = alliance("shops", "write", "71", "昨天的分数导错了", "--yes")
    assert (sent.status, sent.lines[0]) == (0, "sending: 1 chats, 1 skipped")
    assert rows(database, "SELECT audience, of_shop, state FROM announcements") == [("shop", 1, "sending")]
    assert rows(database, "SELECT chat_id FROM announcement_chats") == [(11,)]
    assert deeds(database) == [("announcement.send", "1 shop 1")]
    assert alliance("shops", "write", "71", "", "--yes").status == 2
    assert alliance("admin", "announce", "你好", "--to", "shop").status == 2


def test_there_is_nobody_to_write_to_where_nobody_follows(alliance: Alliance, database: Path) -> None:
    alliance("shops", "add", "72", "--name", "茶店")
    ran = alliance("shops", "write", "72", "你好", "--yes")
    assert (ran.status, ran.lines[0]) == (1, "not sent: 0 chats, 0 skipped")
    assert rows(database, "SELECT count(*) FROM announcements") == [(0,)]


def test_what_is_registered_is_written_down(alliance: Alliance, database: Path) -> None:
    for name in ("茶店", "茶店", "书店"):
        alliance("shops", "add", "72", "--name", name)
    assert deeds(database) == [("shop.add", "72"), ("shop.rename", "72")]
