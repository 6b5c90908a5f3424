"""Any signed body sent to the ingest: all rows of known shops are stored, or none, and no answer is 5xx."""

import json
from collections import Counter
from datetime import date
from random import Random

from sqlalchemy import func, select

from bot.web.exchange import Refused
from bot.web.rows import read_rows
from storage import schema
from storage.database import engine as database
from tests.fuzz.counts import INGEST_BODIES, INGEST_READ, MOST_GROWTH_MB, SEED, peak_mb
from tests.fuzz.files import ingest_body
from tests.packaged import FIVE_POINTS
from tests.web.conftest import Served, served

TODAY = date(2022, 10, 10)
HELD = 409
"""The answer to rows that would alarm many, when there is no operator to ask: nothing is stored."""


async def rows(web: Served) -> int:
    async with web.parts.engine.begin() as conn:
        return int((await conn.execute(select(func.count()).select_from(schema.scores))).scalar_one())


def different(body: bytes, shops: set[str] | None = None) -> int:
    """The number of different shops and days in an accepted body; of these shops alone, where some are given."""
    rows = json.loads(body)["rows"]
    return len({(row["shop_id"], row["day"]) for row in rows if shops is None or row["shop_id"] in shops})


async def test_any_signed_body_is_stored_whole_or_refused(embedded_url: str) -> None:
    engine = database.create(embedded_url)
    random, statuses, start = Random(SEED), Counter[int](), 0.0
    async with served(engine) as web:
        before = 0
        for number in range(INGEST_BODIES):
            body = ingest_body(random)
            reply = await web.ingest(body)
            statuses[reply.status] += 1
            assert reply.status in (200, 400, HELD, 413, 422), f"{reply.status} {reply.text[:300]} to {body[:600]!r}"
            after = await rows(web)
            told = json.loads(reply.text) if reply.status == 200 else {}
            new = told.get("new", 0)
            if told:
                left_out = different(body, set(told["unknown"]))
                taken = told["new"] + told["corrected"] + told["same"]
                assert taken + left_out == different(body), f"not all of {body[:600]!r}"
            assert after - before == new, (
                f"{after - before} rows stored of {new}, answered {reply.status}: {body[:600]!r}"
            )
            before = after
            start = start or peak_mb() * (number > INGEST_BODIES // 10)
    await engine.dispose()
    print(f"{INGEST_BODIES} ingest bodies, seed {SEED}: {dict(statuses)}; grew by {peak_mb() - start:.0f} MB")
    assert statuses[200] > INGEST_BODIES / 20
    assert peak_mb() - start < MOST_GROWTH_MB


def test_any_body_is_read_as_rows_or_refused_in_one_line() -> None:
    random, outcomes = Random(SEED), Counter[str]()
    for _ in range(INGEST_READ):
        try:
            found = read_rows(ingest_body(random), FIVE_POINTS.scores, TODAY)
        except Refused as refusal:
            outcomes["refused"] += 1
            assert refusal.status in (400, 422)
            assert "\n" not in refusal.line
            json.dumps(refusal.body()).encode()
        else:
            outcomes["kept"] += 1
            assert all(shop and day <= TODAY and 0 <= (score or 0) <= 500 for shop, day, _, score, _ in found.rows)
    print(f"{INGEST_READ} bodies read, seed {SEED}: {dict(outcomes)}")
    assert min(outcomes["kept"], outcomes["refused"]) > INGEST_READ / 50
