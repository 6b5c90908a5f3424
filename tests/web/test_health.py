"""Alive, ready, and the figures."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import VERSION
from bot.clock import SystemClock, milliseconds
from bot.telegram.errors import AnswerLostError, Conflict, Forbidden
from bot.telegram.polling import Poller
from bot.telegram.webhook import Webhook
from bot.telegram.webhook_info import WebhookInfo
from bot.warnings.schedule import overdue
from bot.web import health, intake_metrics
from bot.web.feed_figures import FeedFigures
from bot.web.metrics import exposition
from bot.web.observer import GIVEN_UP_S, MOST_AWAITED, Observer
from rules.reasons import Reason
from storage import inbox, jobs, outbox, rule_lists, shops
from storage.database import engine as database
from storage.inbox import Arrival
from storage.outbox import Lane, Lease, Message
from tests.live import sandbox_client
from tests.packaged import CATALOGUE
from tests.web.conftest import ZONE, Served
from tests.web.whole import bot, free_port


class HandClock(SystemClock):
    """A clock with `monotonic` moved by hand."""

    at = 0.0

    def monotonic(self) -> float:
        return self.at


async def samples(web: Served) -> dict[str, float]:
    """All figures, by name and labels."""
    reply = await web.get("/metrics")
    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, "text/plain")
    return {
        one.name + "".join(f"[{value}]" for value in one.labels.values()): one.value
        for family in text_string_to_metric_families(reply.text)
        for one in family.samples
    }


async def test_a_process_that_answers_is_alive(web: Served) -> None:
    reply = await web.get("/healthz")
    assert (reply.status, reply.json) == (200, {"status": "ok", "version": VERSION})


async def test_it_is_ready_once_telegram_has_answered(web: Served) -> None:
    before = await web.get("/readyz")
    web.parts.observer.called("getUpdates", {}, None)
    after = await web.get("/readyz")
    assert (before.status, before.json["checks"]) == (503, {"database": "ok", "intake": "Telegram was not reached yet"})
    assert (after.status, after.json) == (200, {"status": "ok", "checks": {"database": "ok", "intake": "ok"}})


async def test_it_is_not_ready_when_telegram_was_not_reached_for_over_a_minute(web: Served) -> None:
    observer = web.parts.observer
    observer.intake_at = web.parts.clock.monotonic() - 55
    assert (await web.get("/readyz")).status == 200
    observer.called("getUpdates", {}, AnswerLostError("no answer"))
    observer.intake_at = web.parts.clock.monotonic() - 61
    reply = await web.get("/readyz")
    assert (reply.status, reply.json["checks"]["intake"]) == (503, "Telegram was not reached for 61 s")


async def test_it_is_not_ready_without_its_schema(web: Served, engine: AsyncEngine) -> None:
    web.parts.observer.called("getUpdates", {}, None)
    async with engine.begin() as conn:
        await conn.run_sync(lambda connection: database.downgrade(connection, "0001"))
    reply = await web.get("/readyz")
    assert reply.status == 503
    assert reply.json["checks"]["database"] == f"schema at 0001, wants {database.HEAD}"


@pytest.mark.skipif(os.environ.get("SUITE_DATABASE") == "postgresql", reason="the embedded one has one connection")
async def test_it_is_not_ready_while_the_database_does_not_answer_and_is_again_afterwards(
    web: Served, engine: AsyncEngine, monkeypatch
) -> None:
    monkeypatch.setattr(health, "DATABASE_WITHIN_S", 0.1)
    web.parts.observer.called("getUpdates", {}, None)
    async with engine.begin():  # the only connection is busy
        replies = await asyncio.gather(*(web.get("/readyz") for _ in range(3)))
        assert [(reply.status, reply.json["checks"]["database"][:9]) for reply in replies] == [(503, "no answer")] * 3
        assert (await web.get("/healthz")).status == 200
    assert (await web.get("/readyz")).status == 200


async def test_the_figures_tell_what_waits_and_since_when(web: Served, engine: AsyncEngine) -> None:
    now_ms = milliseconds(web.parts.clock)
    async with engine.begin() as conn:
        await outbox.enqueue(conn, [Message(7, Lane.WARNING, "sendMessage", {"text": "x"})], now_ms - 90_000)
        await outbox.enqueue(conn, [Message(8, Lane.REPLY, "sendMessage", {"text": "x"})], now_ms + 90_000)
        await jobs.take(conn, "sweep", date(2022, 10, 10), Lease("me", now_ms), now_ms)
        await jobs.done(conn, "sweep", date(2022, 10, 10), "me", 1_665_373_000_000)
    found = await samples(web)
    assert 90 <= found.pop("alliance_outbox_oldest_seconds[warning]") < 100
    assert {name: value for name, value in found.items() if re.match("alliance_(inbox|outbox|job)", name)} == {
        "alliance_inbox_waiting": 0,
        "alliance_inbox_oldest_seconds": 0,
        "alliance_outbox_waiting[reply]": 1,
        "alliance_outbox_waiting[warning]": 1,
        "alliance_outbox_waiting[bulk]": 0,
        "alliance_outbox_oldest_seconds[reply]": 0,
        "alliance_outbox_oldest_seconds[bulk]": 0,
        "alliance_job_day_seconds[sweep]": 1_665_360_000,
        "alliance_job_done_seconds[sweep]": 1_665_373_000,
    }
    assert found["alliance_sweep_overdue_seconds"] > 0


async def test_the_daily_check_is_overdue_since_its_hour_and_not_before_or_once_it_is_done() -> None:
    day, at = date(2022, 10, 10), time(9, 30)
    early, late = (datetime(2022, 10, 10, hour, 30, tzinfo=ZONE) for hour in (9, 11))
    assert overdue(None, early - timedelta(minutes=1), at, ZONE) == timedelta(), "a new bot has missed nothing"
    assert overdue(None, late, at, ZONE) == timedelta(hours=2)
    assert overdue(day - timedelta(1), early - timedelta(minutes=1), at, ZONE) == timedelta()
    assert overdue(day - timedelta(1), late, at, ZONE) == timedelta(hours=2)
    assert overdue(day - timedelta(2), early - timedelta(minutes=1), at, ZONE) == timedelta(days=1, minutes=-1)
    assert overdue(day, late, at, ZONE) == timedelta()


async def test_the_figures_tell_when_the_editions_in_use_were_compared_with_their_source(web: Served) -> None:
    found = await samples(web)
    assert {name: value for name, value in found.items() if name.startswith("alliance_edition")} == {
        f"alliance_edition_checked_seconds[{one.name}]": datetime.combine(one.checked, time(), UTC).timestamp()
        for one in (*CATALOGUE.editions, *CATALOGUE.texts)
    }


async def test_the_figures_tell_when_the_list_of_rule_notices_was_read_if_there_is_one(web: Served) -> None:
    parts, age = web.parts, "alliance_rule_notices_age_seconds"
    async with parts.engine.begin() as conn:
        await rule_lists.was_read(conn, "notices.json", milliseconds(parts.clock) - 90_000)
    assert age not in await samples(web), "no list is set"
    metrics_of_list = await exposition(replace(parts, rule_list="notices.json"), FeedFigures())
    (found,) = re.findall(rf"^{age} (.*)$", metrics_of_list.decode(), re.MULTILINE)
    assert 90 <= float(found) < 100
    never_read = await exposition(replace(parts, rule_list="other.json"), FeedFigures())
    (found,) = re.findall(rf"^{age} (.*)$", never_read.decode(), re.MULTILINE)
    assert 0 <= float(found) < 60, "a list that was never read is as old as the process"


async def test_the_figures_tell_what_was_sent_what_failed_and_what_the_sweep_found(web: Served) -> None:
    observer = web.parts.observer
    observer.called("sendMessage", {"chat_id": 7}, None)
    observer.called("sendMessage", {"chat_id": 8}, Forbidden("bot was blocked by the user"))
    observer.called("sendMessage", {"chat_id": 9}, AnswerLostError("no answer"))
    observer.called("setMyCommands", {}, AnswerLostError("no answer"))
    observer.sweep_done(date(2022, 10, 10), Counter({Reason.WARNING: 3, Reason.NOTHING_NEW: 5}))
    found = await samples(web)
    shown = ("alliance_send", "alliance_sent", "alliance_sweep")
    assert {name: value for name, value in found.items() if name.startswith(shown) and value} == {
        "alliance_sent_total": 1,
        "alliance_send_failures_total[gone]": 1,
        "alliance_send_failures_total[unknown]": 1,
        "alliance_sweep_day_seconds": 1_665_360_000,
        "alliance_sweep_outcomes[warning]": 3,
        "alliance_sweep_outcomes[nothing_new]": 5,
    }


async def test_the_figures_tell_what_answered_in_place_of_telegram(web: Served) -> None:
    web.parts.observer.strangers.update({(403, "html"): 2, (200, "json"): 1})
    found = await samples(web)
    assert {name: value for name, value in found.items() if name.startswith("alliance_strange")} == {
        "alliance_strange_answers_total[html][403]": 2,
        "alliance_strange_answers_total[json][200]": 1,
    }


async def test_a_count_is_there_from_the_beginning_so_that_its_first_rise_is_seen(web: Served) -> None:
    found = await samples(web)
    kinds = ("paused", "unreached", "unknown", "gone", "rejected")
    assert {found[f"alliance_send_failures_total[{kind}]"] for kind in kinds} == {0}
    paths, statuses = ("/ingest/scores", "/healthz"), (200, 401, 500, 503)
    assert {found[f"alliance_http_requests_total[{path}][{status}]"] for path in paths for status in statuses} == {0}
    assert found["alliance_sent_total"] == found["alliance_answer_seconds_count"] == 0


async def test_the_figures_tell_of_shops_without_scores_and_of_what_reached_nobody(
    web: Served, engine: AsyncEngine
) -> None:
    async with engine.begin() as conn:
        for ref in ("S1", "S2"):
            await shops.add(conn, ref, "小店", 1)
        await inbox.add(conn, [Arrival(1, 1, "{}", "no object")], 50)
    found = await samples(web)
    shown = ("alliance_feed", "alliance_dead", "alliance_closings", "alliance_operators", "alliance_database")
    assert {name: value for name, value in found.items() if name.startswith(shown)} == {
        "alliance_feed_shops[fresh]": 0,
        "alliance_feed_shops[silent]": 0,
        "alliance_feed_shops[never]": 2,
        "alliance_dead_letters[message]": 0,
        "alliance_dead_letters[update]": 1,
        "alliance_closings_undelivered[failed]": 0,
        "alliance_closings_undelivered[muted]": 0,
        "alliance_operators": 0,
        "alliance_database_up": 1,
    }
    assert found[f"alliance_build_info[{VERSION}]"] == 1


async def test_without_its_database_a_process_tells_its_own_figures(web: Served, engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    found = await samples(web)
    async with engine.begin() as conn:
        await conn.exec_driver_sql("ALTER TABLE away RENAME TO inbox")  # other tests get the same database
    assert found["alliance_database_up"] == 0
    assert found["alliance_intake_age_seconds"] >= 0
    assert "alliance_inbox_waiting" not in found


async def test_requests_are_counted_by_path_and_status_and_unknown_paths_are_one(web: Served) -> None:
    for path in ("/healthz", "/secret-1", "/secret-2"):
        await web.get(path)
    await web.ingest([])
    found = await samples(web)
    assert {name: value for name, value in found.items() if name.startswith("alliance_http") and value} == {
        "alliance_http_requests_total[/healthz][200]": 1,
        "alliance_http_requests_total[other][404]": 2,
        "alliance_http_requests_total[/ingest/scores][422]": 1,
    }


async def test_no_chat_and_no_shop_is_in_the_figures(web: Served, engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await outbox.enqueue(conn, [Message(987654321, Lane.BULK, "sendMessage", {})], 0)
    await web.ingest([{"shop_id": "SHOP77665544", "day": "2022-10-10", "score": 3}])
    web.parts.observer.called("sendMessage", {"chat_id": 987654321}, Forbidden("x"))
    text = (await web.get("/metrics")).text
    assert "987654321" not in text
    assert "77665544" not in text


async def test_an_answer_takes_from_the_arrival_of_the_update_to_the_first_message() -> None:
    clock = HandClock()
    observer = Observer(clock)
    update = {"update_id": 3, "message": {"date": int(clock.now().timestamp()) - 20, "chat": {"id": 7}}}
    await observer.receiving(_taken)([Arrival(3, 7, "{}")])
    clock.at = 2.0
    await observer.handling(_answered)(update, None, clock.now())
    clock.at = 3.0
    for _ in range(2):
        observer.called("sendMessage", {"chat_id": 7}, None)
    assert (observer.answers.total, sum(observer.answers.counts)) == (3.0, 1)
    assert 20 <= observer.updates.total < 60


async def test_an_update_that_is_answered_by_nothing_leaves_nobody_waiting() -> None:
    clock = HandClock()
    observer = Observer(clock)
    await observer.receiving(_taken)([Arrival(3, 7, "{}")])
    await observer.handling(_silent)({"update_id": 3}, None, clock.now())
    clock.at = 500.0
    observer.called("sendMessage", {"chat_id": 7}, None)
    assert sum(observer.answers.counts) == 0


async def test_an_answer_that_somebody_else_sent_is_not_counted_by_the_next_one() -> None:
    clock = HandClock()
    observer = Observer(clock)
    handle = observer.handling(_answered)
    await handle({"update_id": 3}, None, clock.now())
    clock.at = GIVEN_UP_S + 1
    await handle({"update_id": 4}, None, clock.now())
    clock.at += 2.0
    observer.called("sendMessage", {"chat_id": 7}, None)
    assert observer.answers.total == 2.0


async def test_updates_that_come_again_are_counted(web: Served) -> None:
    receive = web.parts.observer.receiving(_taken)
    assert await receive([Arrival(3, 7, "{}"), Arrival(3, 7, "{}"), Arrival(4, 7, "{}")]) == 2
    assert (await samples(web))["alliance_updates_repeated_total"] == 1


async def test_a_date_of_any_size_is_no_age() -> None:
    observer = Observer(HandClock())
    for date_ in (10**400, "5", None, float("nan")):
        await observer.handling(_answered)({"message": {"date": date_}}, None, HandClock().now())
    assert sum(observer.updates.counts) == 0


async def test_what_is_remembered_of_updates_is_bounded() -> None:
    observer = Observer(HandClock())
    await observer.receiving(_taken)([Arrival(key, key, "{}") for key in range(MOST_AWAITED + 500)])
    assert len(observer._arrived) == MOST_AWAITED


async def test_the_whole_bot_is_observed(tmp_path: Path) -> None:
    port = free_port()
    async with sandbox_client() as sandbox:
        person = await sandbox.person()
        await person.says("怎么开通精选联盟")
        url = f"sqlite+aiosqlite:///{tmp_path}/test.db"
        async with (
            bot(sandbox.url, url, port, webhook=False, daily_check_at=time(0)),
            aiohttp.ClientSession() as client,
        ):
            await person.hears()
            web = Served(f"http://127.0.0.1:{port}", None, client)
            ready, found = await web.get("/readyz"), await samples(web)
            async with asyncio.timeout(10):
                while "alliance_sweep_day_seconds" not in found:
                    found = await samples(web)
    assert (ready.status, ready.json["checks"]) == (200, {"database": "ok", "intake": "ok"})
    assert found["alliance_answer_seconds_count"] == found["alliance_update_age_seconds_count"] == 1
    assert found["alliance_sent_total"] >= 1
    assert found["alliance_job_done_seconds[sweep]"] > 0


async def _taken(arrivals: Sequence[Arrival]) -> int:
    return len({one.key for one in arrivals})


async def _answered(_update: object, _conn: object, _now: object) -> list[Message]:
    return [Message(7, Lane.REPLY, "sendMessage", {"text": "x"})]


async def _silent(_update: object, _conn: object, _now: object) -> list[Message]:
    return []


def test_the_figures_tell_who_else_takes_the_updates_and_what_waits() -> None:
    clock, listening = HandClock(), asyncio.Event()
    poller = Poller(None, None, clock, Random(1))
    webhook = Webhook(None, clock, Random(1), url="https://bot.example/webhook", secret="", listening=listening)
    assert (
        figures(None)
        == figures(poller)
        == {
            "alliance_polls_refused[webhook]": 0,
            "alliance_polls_refused[another_process]": 0,
            "alliance_webhook_pending": 0,
            "alliance_webhook_error_seconds": 0,
        }
    )
    poller.conflicts.why = "another process polls"
    assert figures(poller)["alliance_polls_refused[another_process]"] == 1
    assert "alliance_webhook_pending" not in figures(webhook), "Telegram was not asked yet"
    webhook.info = WebhookInfo(webhook.url, 612, "certificate verify failed", datetime(2026, 1, 1, tzinfo=UTC))
    assert figures(webhook)["alliance_webhook_pending"] == 612
    assert figures(webhook)["alliance_webhook_error_seconds"] == datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def figures(intake: Poller | Webhook | None) -> dict[str, float]:
    return {
        one.name + "".join(f"[{value}]" for value in one.labels.values()): one.value
        for family in intake_metrics.read(intake)
        for one in family.samples
    }


async def test_what_waits_at_telegram_is_a_warning_and_takes_no_process_out_of_the_proxy(web: Served) -> None:
    webhook = Webhook(None, web.parts.clock, Random(1), url="https://bot.example/webhook", secret="", listening=None)
    webhook.trouble = "612 updates wait at Telegram, whose last call failed 40 s ago: certificate verify failed"
    observer = web.parts.observer
    object.__setattr__(web.parts, "intake", webhook)
    observer.called("getWebhookInfo", {}, None)
    reply = await web.get("/readyz")
    assert (reply.status, reply.json) == (
        200,
        {"status": "warning", "checks": {"database": "ok", "intake": webhook.trouble}},
    )


async def test_polls_that_are_refused_are_named_and_no_answer_about_the_webhook_hides_them(web: Served) -> None:
    observer, poller = web.parts.observer, Poller(None, None, web.parts.clock, Random(1))
    object.__setattr__(web.parts, "intake", poller)
    observer.called("getUpdates", {}, None)
    observer.intake_at = web.parts.clock.monotonic() - 61
    poller.conflicts.why = "another process polls with this token"
    observer.called("getUpdates", {}, Conflict("terminated by other getUpdates request"))
    observer.called("getWebhookInfo", {}, None)
    reply = await web.get("/readyz")
    assert (reply.status, reply.json["checks"]["intake"]) == (
        503,
        "Telegram was not reached for 61 s: another process polls with this token",
    )
