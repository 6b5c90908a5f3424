"""Webhook and ingest below a path of a reverse proxy that passes that path on, or takes it away."""

import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.telegram.webhook import where
from storage import schema
from tests.web.conftest import Served, served, signature
from tests.web.test_webhook import HEADER, JSON, SECRET, Box, update

ROWS = json.dumps({"register": True, "rows": [{"shop_id": "S1", "day": "2022-10-10", "score": 4.2}]}).encode()
INGEST = "/ingest/scores"


@pytest.fixture
async def below(engine: AsyncEngine) -> AsyncIterator[Served]:
    """The HTTP side of a bot whose WEBHOOK_URL has a path of two parts."""
    path = where("https://host.example/alliance/webhook")[1]
    async with served(engine, receive=Box(engine).receive, path=path) as running:
        yield running


async def brought(web: Served, path: str, secret: str = SECRET) -> int:
    return (await web.ask("POST", path, update(7), JSON | {HEADER: secret})).status


@pytest.mark.parametrize("path", ["/alliance/webhook", "/webhook"], ids=["passed on", "taken away"])
async def test_an_update_arrives_whether_the_proxy_passes_its_path_on_or_takes_it_away(
    below: Served, path: str
) -> None:
    assert await brought(below, path) == 200
    assert [row.key for row in await below.rows(schema.inbox)] == [7]
    assert await brought(below, path, "another-secret") == 401
    assert below.parts.observer.requests["/alliance/webhook", 200] == 1


@pytest.mark.parametrize("path", ["/", "/hook", "/other/webhook", "/alliance", "/alliance/webhook/"])
async def test_a_path_that_is_no_end_of_the_webhooks_is_nothing(below: Served, path: str) -> None:
    assert await brought(below, path) == 404


async def test_a_webhook_that_ends_like_a_path_of_ours_leaves_that_path_alone(engine: AsyncEngine) -> None:
    async with served(engine, receive=Box(engine).receive, path="/alliance/metrics") as web:
        assert (await web.get("/metrics")).status == 200
        assert await brought(web, "/metrics") == 405
        assert await brought(web, "/alliance/metrics") == 200


@pytest.mark.parametrize(
    ("came", "signed", "before"),
    [
        ("/alliance/ingest/scores", "/alliance/ingest/scores", ""),
        ("/alliance/ingest/scores", INGEST, ""),
        (INGEST, INGEST, "/alliance"),
        (INGEST, "/alliance/ingest/scores", "/alliance"),
        (INGEST, "/alliance/ingest/scores", "/alliance/"),
        ("/alliance/ingest/scores?from=erp", "/ingest/scores?from=erp", ""),
    ],
)
async def test_scores_arrive_below_a_path_by_whichever_path_the_sender_signed(
    web: Served, came: str, signed: str, before: str
) -> None:
    headers = JSON | signature(ROWS, path=signed) | ({"X-Forwarded-Prefix": before} if before else {})
    reply = await web.ask("POST", came, ROWS, headers)
    assert (reply.status, reply.json["new"]) == (200, 1)
    assert web.parts.observer.requests[INGEST, 200] == 1


@pytest.mark.parametrize(
    ("came", "signed", "before"),
    [
        (INGEST, "/alliance/ingest/scores", ""),
        (INGEST, "/alliance/ingest/scores", "/other"),
        (INGEST, "/elsewhere", "/elsewhere#"),
        ("/alliance/ingest/scores?from=erp", INGEST, ""),
    ],
)
async def test_a_signature_of_another_path_is_refused(web: Served, came: str, signed: str, before: str) -> None:
    headers = JSON | signature(ROWS, path=signed) | ({"X-Forwarded-Prefix": before} if before else {})
    assert (await web.ask("POST", came, ROWS, headers)).status == 401
    assert await web.rows(schema.scores) == []
