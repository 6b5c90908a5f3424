"""The whole bot, asked by a real Prometheus with the repository's configuration, alerts and dashboard."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import time
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from storage import shops
from tests.databases import connected
from tests.journeys.conftest import today
from tests.live import SandboxClient, sandbox_client
from tests.operating.conftest import ALERTS, OPERATING, alerts, needs_prometheus, panels
from tests.web.conftest import signature
from tests.web.whole import bot, free_port

SELECTOR = re.compile(r"\b(?:alliance_\w+|process_\w+|up\b)(?:\{[^}]*\})?")
INGEST_KEY = "a key of these tests"
ANY_TIME = {"RulesNotCompared", "MemoryHigh"}
"""Alerts that depend on the day, and on what else this process of tests holds."""

BEGIN_LATER = {"alliance_strange_answers_total"}
"""Figures without a value until there is something to count."""


class Prometheus:
    """Its HTTP API."""

    def __init__(self, url: str, client: aiohttp.ClientSession) -> None:
        self._url, self._client = url, client

    async def asked(self, what: str, **given: str) -> Any:
        """The data of an answer; None while Prometheus is starting."""
        try:
            async with self._client.get(f"{self._url}/api/v1/{what}", params=given) as reply:
                if reply.status == 503:
                    return None
                answer = await reply.json()
        except aiohttp.ClientConnectorError:
            return None
        assert answer["status"] == "success", answer
        return answer["data"]

    async def series(self, query: str) -> list[dict[str, Any]]:
        """What a query finds just now."""
        found = await self.asked("query", query=query)
        return list(found["result"]) if found else []

    async def finds(self, query: str) -> None:
        """Return as soon as the query finds anything."""
        async with asyncio.timeout(20):
            while not await self.series(query):  # noqa: ASYNC110  (another process tells when asked)
                await asyncio.sleep(0.05)

    async def states(self) -> dict[str, str]:
        """The state of each alert; none may fail."""
        told = await self.asked("rules")
        rules = [rule for group in told["groups"] for rule in group["rules"]] if told else []
        assert [rule["name"] for rule in rules if rule["health"] == "err"] == []
        return {rule["name"]: rule["state"] for rule in rules if rule["health"] == "ok"}

    async def until(self, holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
        """The states as soon as they are so."""
        async with asyncio.timeout(20):
            while not holds(states := await self.states()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return states


@asynccontextmanager
async def prometheus(folder: Path, target: int) -> AsyncIterator[Prometheus]:
    """A Prometheus with the documented configuration, but that it asks the bot at the port `target`, and often."""
    config = yaml.safe_load((OPERATING / "prometheus.yml").read_text("utf-8"))
    config["global"] = dict.fromkeys(config["global"], "200ms")
    config["rule_files"] = [str(ALERTS)]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [f"127.0.0.1:{target}"]}]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")
    at = f"127.0.0.1:{free_port()}"
    running = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/figures",
        f"--web.listen-address={at}",
        "--log.level=error",
    )
    try:
        async with aiohttp.ClientSession() as client:
            yield Prometheus(f"http://{at}", client)
    finally:
        running.kill()
        await running.wait()


async def lived(sandbox: SandboxClient, database_url: str, port: int) -> None:
    """A question is answered, and a registered shop has a score from a feed."""
    person = await sandbox.person()
    await person.says("怎么开通精选联盟")
    await person.hears()
    async with connected(database_url) as conn:
        await shops.add(conn, "S1", "花店", 1)
    rows = json.dumps({"rows": [{"shop_id": "S1", "day": today(), "score": 4.2}]}).encode()
    url, signed = f"http://127.0.0.1:{port}/ingest/scores", signature(rows, INGEST_KEY.encode())
    headers = {"Content-Type": "application/json", **signed}
    async with aiohttp.ClientSession() as client, client.post(url, data=rows, headers=headers) as reply:
        assert reply.status == 200


@needs_prometheus
async def test_every_alert_and_panel_finds_its_figures_and_a_bot_that_is_gone_is_noticed(
    suite_url: str, tmp_path: Path
) -> None:
    port = free_port()
    (tmp_path / "notices.json").write_text("[]", "utf-8")
    settings = {
        "admin_chat_ids": "4711",
        "daily_check_at": time(0),
        "ingest_secret": INGEST_KEY,
        "rule_notices": str(tmp_path / "notices.json"),
    }
    async with sandbox_client() as sandbox, AsyncExitStack() as running:
        await running.enter_async_context(bot(sandbox.url, suite_url, port, webhook=False, **settings))
        await lived(sandbox, suite_url, port)
        async with prometheus(tmp_path, port) as asked:
            names = {rule["alert"] for rule in alerts()}
            await asked.until(lambda found: found.keys() == names)
            await asked.finds("count_over_time(alliance_sweep_day_seconds[1m]) > 2")
            selectors = {one for rule in alerts() for one in SELECTOR.findall(rule["expr"])}
            assert len(selectors) >= len(names) - 2
            assert [one for one in sorted(selectors - BEGIN_LATER) if not await asked.series(one)] == []
            assert [one for one in BEGIN_LATER if not await asked.asked("metadata", metric=one)] == []
            assert [title for query, title in panels().items() if not await asked.series(query)] == []
            assert await asked.series('{exported_job!=""} or {exported_instance!=""}') == [], (
                "labels taken by Prometheus"
            )
            states = await asked.states()
            await running.aclose()
            gone = await asked.until(lambda found: "inactive" not in (found.get("BotDown"), found.get("AllDown")))
    assert {name for name, state in states.items() if state != "inactive"} <= ANY_TIME
    assert {name for name, state in gone.items() if state != "inactive"} - ANY_TIME == {"BotDown", "AllDown"}
