"""`alliance-bot admin` at a terminal."""

import json
import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.commands.conftest import Alliance

DAY = date(2026, 7, 29)


@pytest.fixture
def database(upgraded: Path) -> Path:
    """A database with a little of everything."""
    day = DAY.toordinal()
    outbox = "chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries, unsure"
    with closing(sqlite3.connect(upgraded)) as opened, opened:
        opened.executescript(f"""
            INSERT INTO dialogues (chat_id, version, body, updated_at) VALUES (11, 1, '{{}}', 0), (12, 1, '{{}}', 0);
            INSERT INTO chats (chat_id, state, why, paused_until, updated_at) VALUES (12, 'blocked', 'gone', 0, 0);
            INSERT INTO shops (owner_chat, name, source, created_at) VALUES (11, '甲', 'merchant', 0);
            INSERT INTO newest VALUES (1, 'score', {day}, 340, 460, '0-5', 'merchant', 0);
            INSERT INTO notices (chat_id, day, edition, is_urgent, is_late, made_at, due_at)
                VALUES (11, {day}, '2022-10-10', 1, 0, 0, 1000), (11, {day}, '2022-10-10', 0, 0, 0, 99999999999999);
            INSERT INTO notice_items (notice_id, shop_id, subject, reason, line, fact, hundredths, score_day)
                VALUES (1, 1, '', 'closing', 'closing', 'score', 340, {day});
            INSERT INTO outbox ({outbox}, message_id, done_at, created_at)
                VALUES (11, 1, 'sendMessage', NULL, 1, 'notice:1', 1, 1, 'sent', 0, 2, 1, 77, 5000, 0),
                       (11, 1, 'sendMessage', '{{}}', 1, 'notice:2', 1, 2, 'waiting', 0, 0, 0, NULL, NULL, 0);
            INSERT INTO outbox ({outbox}, error, created_at)
                VALUES (11, 0, 'sendMessage', '{{"text": "秘密"}}', 0, NULL, 1, NULL, 'dead', 0, 6, 0, 'BadRequest', 0);
            INSERT INTO inbox (key, chat_id, state, body, tries, due_at, error, received_at)
                VALUES (5, 11, 'dead', '{{"text": "秘密"}}', 5, 0, 'KeyError', 0);
        """)
    return upgraded


def test_the_overview_has_every_figure(alliance: Alliance, database: Path) -> None:
    found = json.loads(alliance("admin", "overview", "--on", DAY.isoformat(), "--json").out)
    assert found["merchants"] == {"all": 2, "active": 0, "blocked": 1}
    assert found["shops"] == {"closing": 1, "stale": 1}
    assert (found["notices"]["sent"], found["notices"]["waiting"], found["notices"]["failed"]) == (1, 1, 0)
    assert found["dead"] == {"updates": 1, "messages": 1}


def test_a_shop_that_was_closed_for_the_last_time_is_counted_as_barred(alliance: Alliance, database: Path) -> None:
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute("UPDATE shops SET closures = 3")
    found = json.loads(alliance("admin", "overview", "--json").out)
    assert found["shops"] == {"barred": 1, "stale": 1}


def test_the_evidence_of_a_notice_names_due_tries_sent_and_message(alliance: Alliance, database: Path) -> None:
    found = json.loads(alliance("admin", "evidence", "1", "--json").out)
    assert (found["state"], found["tries"], found["repeat"], found["message_id"]) == ("sent", 2, True, 77)
    assert (found["due"], found["sent"]) == ("1970-01-01T08:00:01+08:00", "1970-01-01T08:00:05+08:00")
    (item,) = found["items"]
    assert (item["reason"], item["shop"], item["score"]) == ("closing", "甲", "3.40")


def test_notices_of_one_state_are_listed(alliance: Alliance, database: Path) -> None:
    ran = alliance("admin", "notices", "--on", DAY.isoformat(), "--state", "waiting", "--json")
    assert [json.loads(line)["notice"] for line in ran.lines] == [2]
    assert alliance("admin", "notices", "--state", "lost").status == 2


def test_dead_letters_are_shown_without_what_they_say_and_requeued(alliance: Alliance, database: Path) -> None:
    ran = alliance("admin", "dead", "--json")
    assert [(one["kind"], one["id"], one["error"]) for one in map(json.loads, ran.lines)] == [
        ("update", 1, "KeyError"),
        ("message", 3, "BadRequest"),
    ]
    assert "秘密" not in ran.out
    assert alliance("admin", "requeue", "message", "3").status == 0
    assert alliance("admin", "requeue", "message", "3").status == 1
    assert alliance("admin", "requeue", "update").out == "1 to be tried again\n"
    assert alliance("admin", "dead").out == ""
    deeds = [json.loads(line) for line in alliance("admin", "log", "--json").lines]
    assert [(one["action"], one["subject"]) for one in deeds] == [("update.requeue", "1"), ("message.requeue", "3")]


def test_an_announcement_is_shown_first_and_sent_when_sure(alliance: Alliance, database: Path) -> None:
    shown = json.loads(alliance("admin", "announce", "明天维护", "--to", "all", "--json").out)
    assert (shown["announcement"], shown["chats"]) == (None, 1)
    assert "明天维护" in shown["reads"]
    assert alliance("admin", "announcements").out == ""
    assert json.loads(alliance("admin", "announce", "明天维护", "--to", "all", "--yes", "--json").out)["chats"] == 1
    (under_way,) = [json.loads(line) for line in alliance("admin", "announcements", "--json").lines]
    assert (under_way["state"], under_way["total"], under_way["sent"]) == ("sending", 1, 0)
    assert alliance("admin", "stop", "1").status == 0


@pytest.mark.parametrize(("to", "text"), [("everybody", "你好"), ("all", ""), ("all", "长" * 901)])
def test_an_announcement_to_nobody_known_or_of_a_wrong_length_can_not_be_done(
    alliance: Alliance, to: str, text: str
) -> None:
    ran = alliance("admin", "announce", text, "--to", to)
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)


def test_feeds_name_the_source_and_the_silent_shops(alliance: Alliance, database: Path) -> None:
    source, silent = (json.loads(line) for line in alliance("admin", "feeds", "--json").lines)
    assert (source["source"], source["shops"], source["stale"]) == ("merchant", 1, 1)
    assert (silent["name"], silent["last_day"]) == ("甲", DAY.isoformat())


def test_a_chats_name_in_logs_is_told_by_the_token(alliance: Alliance) -> None:
    one, other = (alliance("admin", "chat-name", "11", TELEGRAM_BOT_TOKEN=token).out for token in ("1:aB", "2:aB"))
    assert one != other
    assert one.startswith("c")


MUTED = """
    INSERT INTO chats (chat_id, state, why, paused_until, updated_at)
        VALUES (21, 'blocked', 'not known: chat not found', 0, {at}), (22, 'blocked', 'blocked by the user', 0, {old});
    INSERT INTO notices (chat_id, day, edition, is_urgent, is_late, made_at, due_at)
        VALUES (21, {today}, '2022-10-10', 1, 0, 0, 0), (21, {long_ago}, '2022-10-10', 1, 0, 0, 0);
    INSERT INTO outbox (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries,
                        unsure, done_at, created_at)
        VALUES (21, 1, 'sendMessage', NULL, 1, 'notice:3', 1, 3, 'muted', 0, 1, 0, {at}, 0),
               (21, 1, 'sendMessage', NULL, 1, 'notice:4', 1, 4, 'muted', 0, 1, 0, {at}, 0),
               (21, 0, 'sendMessage', NULL, 0, NULL, 1, NULL, 'muted', 0, 1, 0, {at}, 0);
"""


@pytest.fixture
def muted(database: Path) -> Path:
    """Two blocked chats, one of them lately, with three muted messages."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    days = {"today": now.date().toordinal(), "long_ago": now.date().toordinal() - 8}
    at = int(now.timestamp() * 1000)
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.executescript(MUTED.format(at=at, old=at - 5 * 86_400_000, **days))
    return database


def states(database: Path, chat_id: int) -> list[str]:
    with closing(sqlite3.connect(database)) as conn:
        rows = conn.execute("SELECT state FROM outbox WHERE chat_id = ? ORDER BY id", (chat_id,))
        return [state for (state,) in rows]


def test_a_muted_chat_is_revived_with_the_notices_that_are_of_use(alliance: Alliance, muted: Path) -> None:
    done = alliance("admin", "revive", "--chat", "21", "--json")
    assert (done.status, json.loads(done.out)) == (0, {"chats": 1, "notices": 1, "left": 2})
    assert states(muted, 21) == ["waiting", "muted", "muted"]
    assert json.loads(alliance("admin", "log", "--json").out.splitlines()[0])["action"] == "chat.revive"
    assert alliance("admin", "revive", "--chat", "21").status == 1


@pytest.mark.parametrize(("words", "chats"), [(["--all"], 3), (["--since", "yesterday"], 1)], ids=["all", "since"])
def test_many_are_revived_at_once(alliance: Alliance, muted: Path, words: list[str], chats: int) -> None:
    day = datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
    done = alliance("admin", "revive", *[day.isoformat() if word == "yesterday" else word for word in words], "--json")
    assert json.loads(done.out)["chats"] == chats


@pytest.mark.parametrize("words", [[], ["--all", "--chat", "21"], ["--since", "soon"]])
def test_a_revival_of_nobody_knows_whom_is_refused_in_a_line(alliance: Alliance, muted: Path, words: list[str]) -> None:
    done = alliance("admin", "revive", *words)
    assert (done.status, done.out, len(done.err.splitlines())) == (2, "", 1)


def test_doctor_says_how_many_closings_were_muted_until_the_chats_are_revived(alliance: Alliance, muted: Path) -> None:
    def line() -> str:
        return next(one for one in alliance("doctor").lines if " chats: " in one)

    assert line().startswith("BAD  chats: 3 ")
    assert "; of the last 7 days 1 closings reached nobody" in line()
    assert line().endswith("alliance-bot admin revive --all")
    alliance("admin", "revive", "--all")
    assert line().startswith("ok   chats: 0 ")
