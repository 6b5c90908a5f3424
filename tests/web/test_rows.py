"""Bodies of any kind: rows, or a refusal in one line; nothing else ever comes out."""

import json
import sys
import time
from datetime import date
from decimal import Decimal
from random import Random

from bot.web.refused import Refused
from bot.web.rows import read_rows
from rules.facts import Scale
from tests.faults.scene import times

TODAY = date(2022, 10, 10)
SCALE = Scale(Decimal(0), Decimal(5), 2)
PIECES = (
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b'"',
    b"null",
    b"-",
    b"1e999",
    b"NaN",
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"9" * 50,
)
VALUES = (
    "S1",
    "",
    " ",
    "=1",
    "\0",
    "\ud800",
    "2022-10-10",
    "9999-99-99",
    0,
    -1,
    5,
    5.001,
    1e300,
    True,
    None,
    [],
    {},
    "4.2",
)


def test_no_body_brings_out_anything_but_rows_or_a_refusal() -> None:
    random, count = Random(20221010), times(50_000, 3_000)
    kept = refused = 0
    start = time.monotonic()
    for _ in range(count):
        try:
            rows = read_rows(_spoiled(random, _body(random)), SCALE, TODAY)
        except Refused as refusal:
            refused += 1
            assert refusal.status in (400, 422)
            assert "\n" not in refusal.line
            json.dumps(refusal.body()).encode()
        else:
            kept += 1
            assert all(shop and day <= TODAY and 0 <= score <= 500 for shop, day, score, _ in rows)
    sys.stdout.write(f"\n{count} bodies: {kept} kept, {refused} refused, {time.monotonic() - start:.1f} s\n")
    assert kept > count / 50
    assert refused > count / 50


def _body(random: Random) -> bytes:
    rows = []
    for _ in range(random.randint(1, 4)):
        row = {"shop_id": f"S{random.randint(1, 3)}", "day": "2022-10-10", "score": 4.2, "closures": 1}
        for name in random.sample(list(row), random.choice((0, 0, 0, 1, 2))):
            row[name] = random.choice(VALUES)
        rows.append(row)
    return json.dumps({"rows": rows}).encode()


def _spoiled(random: Random, body: bytes) -> bytes:
    for _ in range(random.choice((0, 0, 1, 1, 2, 5))):
        at = random.randrange(len(body) + 1)
        body = body[:at] + random.choice(PIECES) + body[at + random.choice((0, 0, 1, 7)) :]
    return body
