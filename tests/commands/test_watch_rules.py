"""`rules watch` at a terminal: the notices about our rules, who was told, and what the list does not say."""

import asyncio
import json
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.jobs.rule_news import TOLD_AT_ONCE
from tests.commands.conftest import Alliance
from tests.proxies import PASSWORD, USER, proxy
from tests.rule_lists import SAMPLE, as_list, entry, serving

ADMINS = {"ADMIN_CHAT_IDS": "900,901", "TIMEZONE": "UTC"}
ANNOUNCED = "https://school.jinritemai.com/doudian/web/article/aJnqsVF4GoLD"


def today() -> date:
    return datetime.now(UTC).date()


def in_days(days: int) -> str:
    return (today() + timedelta(days)).isoformat()


@pytest.fixture
def lists(tmp_path: Path) -> Any:
    """Writes the list of these entries into notices.json."""
    return lambda *entries: (tmp_path / "notices.json").write_bytes(as_list(*entries))


def waiting(file: Path) -> list[tuple[int, str]]:
    """Chat and text of each message in the outbox."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT chat_id, payload FROM outbox ORDER BY id").fetchall()
    return [(chat, json.loads(payload)["text"]) for chat, payload in rows]


def test_a_new_notice_is_shown_and_the_operators_are_told_once(alliance: Alliance, upgraded: Path, lists: Any) -> None:
    url = "https://school.example/article/n1"
    lists(entry("n1", in_days(6), url=url, announced_on=in_days(-1)), {"id": "o", "title": "别的公告"})
    first = alliance("rules", "watch", "notices.json", **ADMINS)
    assert (first.status, first.err) == (0, "")
    assert first.lines == [
        "new  n1  关于修订规则的公告 n1",
        f"  about 2026-07-29; announced {in_days(-1)}, effective {in_days(6)}, 6 days left",
        f"  {url}",
        f"  alliance-bot rules new {in_days(6)} --from 2026-07-29",
        "operators are told now of 1",
        f"2 notices read; the newest notice in it is of {in_days(-1)}",
    ]
    second = alliance("rules", "watch", "notices.json", **ADMINS)
    assert (second.status, second.lines[0]) == (0, f"told {today()}  n1  关于修订规则的公告 n1")
    assert second.lines[4] == "operators were told before"
    told = waiting(upgraded)
    assert [chat for chat, _ in told] == [900, 901]
    assert all("还有 6 天" in text for _, text in told)


@pytest.mark.usefixtures("upgraded")
def test_of_many_new_notices_it_says_how_many_are_told_later(alliance: Alliance, lists: Any) -> None:
    lists(*(entry(f"n{number}") for number in range(TOLD_AT_ONCE + 2)))
    (first, second) = (alliance("rules", "watch", "notices.json", **ADMINS).out for _ in range(2))
    assert f"\noperators are told now of {TOLD_AT_ONCE}, of 2 more with the next reading\n" in first
    assert "\noperators are told now of 2\n" in second


@pytest.mark.parametrize(
    ("day", "told"),
    [(in_days(0), f"effective {in_days(0)}, today"), (in_days(-2), f"effective {in_days(-2)}, for 2 days")],
    ids=["today", "before"],
)
def test_what_holds_already_is_said(alliance: Alliance, lists: Any, day: str, told: str) -> None:
    lists(entry("n1", day))
    assert alliance("rules", "watch", "notices.json", TIMEZONE="UTC").lines[1].endswith(told)


def test_the_command_for_the_new_edition_can_be_run(alliance: Alliance, lists: Any, tmp_path: Path) -> None:
    from rules.catalogue.load import packaged_folder  # noqa: PLC0415

    shutil.copytree(packaged_folder(), tmp_path / "mine")
    lists(entry("n1", in_days(6)))
    shown = alliance("rules", "watch", "notices.json", RULES_DIR="mine", TIMEZONE="UTC").out
    (words,) = re.findall(r"^  alliance-bot (rules new .*)$", shown, re.MULTILINE)
    assert alliance(*words.split(), RULES_DIR="mine", TIMEZONE="UTC").status == 0
    after = alliance("rules", "watch", "notices.json", RULES_DIR="mine", TIMEZONE="UTC").lines
    assert after[0] == "1 more about rules of the catalogue, which has them already"


def test_the_sample_has_one_notice_that_the_packaged_edition_has(alliance: Alliance, tmp_path: Path) -> None:
    shutil.copy(SAMPLE, tmp_path / "notices.json")
    lines = alliance("rules", "watch", "notices.json").lines
    assert [line.split()[1] for line in lines if line.startswith("new ")] == ["bKq2"]
    assert "1 more about rules of the catalogue, which has them already" in lines


def test_without_a_database_or_operators_it_says_that_nobody_is_told(
    alliance: Alliance, lists: Any, newest_file: Path, tmp_path: Path
) -> None:
    lists(entry("n1", in_days(6)))
    assert "operators are not told: no database yet" in alliance("rules", "watch", "notices.json", **ADMINS).lines
    assert not (tmp_path / "data").exists()
    (tmp_path / "data").mkdir()
    sqlite3.connect(tmp_path / "data" / "alliance.db").close()
    (refused,) = [line for line in alliance("rules", "watch", "notices.json", **ADMINS).lines if "not told" in line]
    assert refused.endswith("run: alliance-bot db upgrade")
    shutil.copy(newest_file, tmp_path / "data" / "alliance.db")
    lines = alliance("rules", "watch", "notices.json").lines
    assert "operators are not told: ADMIN_CHAT_IDS is empty" in lines
    assert "operators are told now of 1" in alliance("rules", "watch", "notices.json", **ADMINS).lines


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([], ["no notice in the list: it says nothing about the rules"]),
        (
            [{"id": "o", "title": "别的公告", "announced_on": in_days(-61)}],
            [
                f"1 notices read; the newest notice in it is of {in_days(-61)}",
                "that is 61 days ago: perhaps nobody keeps the list; look at the platform's page",
            ],
        ),
        ([{"id": "o", "title": "别的公告"}], ["1 notices read; none has a day: how old they are is not known"]),
        (
            [entry("a", None, url=ANNOUNCED, announced_on=in_days(-60))],
            [
                "1 more about rules of the catalogue, which has them already",
                f"1 notices read; the newest notice in it is of {in_days(-60)}",
            ],
        ),
    ],
    ids=["empty", "old", "without days", "nothing new"],
)
def test_no_news_is_said_with_the_day_of_the_newest_notice(
    alliance: Alliance, lists: Any, entries: list[Any], told: list[str]
) -> None:
    lists(*entries)
    ran = alliance("rules", "watch", "notices.json", TIMEZONE="UTC")
    assert (ran.status, ran.lines) == (0, told)


def test_a_bad_entry_is_named_and_the_others_are_shown(alliance: Alliance, lists: Any) -> None:
    lists({"id": "b"}, entry("n1\x1b[31m"), entry("n2", in_days(1), title="红\x1b[31m字"))
    ran = alliance("rules", "watch", "notices.json", TIMEZONE="UTC")
    assert (ran.status, ran.err) == (1, "")
    assert [line[:7] for line in ran.lines[:2]] == ["entry 1", "entry 2"]
    assert ran.lines[2].startswith("new  n2  红")
    assert "\x1b" not in ran.out


def test_a_list_is_read_from_standard_input(alliance: Alliance) -> None:
    ran = alliance("rules", "watch", "-", given=as_list(entry("n1", in_days(6))), TIMEZONE="UTC")
    assert (ran.status, ran.lines[0]) == (0, "new  n1  关于修订规则的公告 n1")
    assert alliance("rules", "watch", "-", given=b"<html>").err.startswith("alliance-bot: -: a web page")


def test_without_a_good_entry_nothing_was_read(alliance: Alliance, lists: Any) -> None:
    lists({"id": "b"})
    ran = alliance("rules", "watch", "notices.json")
    assert (ran.status, ran.lines[1:]) == (1, ["no entry could be read: it says nothing about the rules"])


@pytest.mark.parametrize(
    ("words", "settings", "told"),
    [
        (["none.json"], {}, "none.json: No such file or directory"),
        ([], {"RULE_NOTICES": "none.json"}, "RULE_NOTICES: No such file or directory"),
        (["http://127.0.0.1:1/"], {}, "http://127.0.0.1:1/: not reached: ClientConnectorError"),
        (["page.html"], {}, "page.html: a web page, not JSON; does the address ask for a login?"),
        ([], {}, "RULE_NOTICES: not set; set it, or name a file or an address"),
    ],
    ids=["no file", "no file in the setting", "nobody there", "a page", "no list named"],
)
def test_a_list_that_can_not_be_read_is_one_line(
    alliance: Alliance, tmp_path: Path, words: list[str], settings: dict[str, str], told: str
) -> None:
    (tmp_path / "page.html").write_text("<html>")
    ran = alliance("rules", "watch", *words, **settings)
    assert (ran.status, ran.out, ran.err) == (2, "", f"alliance-bot: {told}\n")


@pytest.mark.usefixtures("upgraded")
async def test_the_list_of_the_setting_is_read_over_http(alliance: Alliance) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=as_list(entry("n1", in_days(6))))

    async with serving(answer) as root:
        ran = await asyncio.to_thread(alliance, "rules", "watch", RULE_NOTICES=f"{root}/list.json", **ADMINS)
    assert ran.status == 0
    assert ran.lines[0].startswith("new  n1")


async def test_a_list_over_http_is_had_through_the_usual_proxy(alliance: Alliance) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=as_list(entry("n1")))

    async with serving(answer) as root:
        with proxy("socks5h", USER, PASSWORD) as running:
            ran = await asyncio.to_thread(alliance, "rules", "watch", root, ALL_PROXY=running.address_of_user)
            assert (ran.status, running.connections) == (0, 1)
            ran = await asyncio.to_thread(alliance, "rules", "watch", root, ALL_PROXY=running.address)
            assert ran.err == f"alliance-bot: {root}: not reached: the proxy wants a user and a password\n"
    ran = await asyncio.to_thread(alliance, "rules", "watch", root, HTTP_PROXY=f"socks://{USER}:{PASSWORD}@host:1")
    assert ran.status == 2
    assert ran.err.startswith("alliance-bot: HTTP_PROXY: got (hidden); wants socks5h://")
