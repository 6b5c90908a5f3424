"""Score files and ingest bodies, good or damaged."""

import io
import json
import zipfile
from random import Random
from typing import Any

from openpyxl import Workbook

from tests.fuzz.corpus import mutated, spoiled
from tests.views.test_hostile_text import HOSTILE

HEADERS = (
    ("shop_id", "day", "score"),
    ("店铺ID", "日期", "体验分"),
    ("日期", "备注", "体验分", "店铺ID"),
    ("shop_id", "day"),
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "shift_jis", "latin-1", "utf-7")
FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://x.example","x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "'=1",
    "＝1",
    "=cmd|' /C calc'!A0",
)
ODD_CELLS = (
    "",
    " ",
    "NaN",
    "1e5",
    "-0",
    "5.001",
    "4,2",
    "四点二",
    "2022-02-30",
    "44844",
    "10/10/2022",
    "2099-01-01",
    "\x00",
    "9" * 400,
)


def cells(random: Random) -> tuple[str, str, str]:
    """Shop, day and score, mostly right."""
    odd = (*FORMULAS, *ODD_CELLS, *HOSTILE)
    shop = f"s{random.randrange(50)}"
    day = f"2022-{random.randrange(1, 10):02}-{random.randrange(1, 29):02}"
    row = [shop, day, f"{random.randrange(501) / 100:.2f}"]
    if random.random() < 0.02:
        row[random.randrange(3)] = random.choice(odd)
    return row[0], row[1], row[2]


def score_file(random: Random) -> bytes:
    """A file in any encoding, whole or damaged."""
    rows = [cells(random) for _ in range(random.choice((0, 1, 3, 20)))]
    if rows and random.random() < 0.15:
        rows.append((*rows[0][:2], "0.01"))  # another score for the same shop and day: known only at the end
    if random.random() < 0.05:
        rows += [(f"s{number}", "2022-02-30", "5.001") for number in range(random.choice((5, 40)))]
    if random.random() < 0.02:
        return damaged(workbook(rows, random), random)
    header = random.choice(HEADERS[:2] if random.random() < 0.8 else HEADERS)
    comma, end = random.choice((",", ",", ";", "\t", "|")), random.choice(("\n", "\r\n", "\r"))
    text = end.join(comma.join(row) for row in (header, *rows)) + random.choice(("", end))
    if random.random() < 0.05:
        text += f'{end}"s1{comma}'
    if random.random() < 0.3:
        text = spoiled(text, random)
    written = text.encode(random.choice(("utf-8",) * 20 + ENCODINGS), "replace")
    return damaged(written, random) if random.random() < 0.3 else written


def workbook(rows: list[tuple[str, str, str]], random: Random) -> bytes:
    """The rows as XLSX; a quarter of the files is a bomb or has another part in place of the sheet."""
    book = Workbook()
    for row in (HEADERS[0], *rows):
        book.active.append([cell.replace("\x00", "").replace("\x07", "").replace("\x1b", "") for cell in row])
    out = io.BytesIO()
    book.save(out)
    if random.random() < 0.75:
        return out.getvalue()
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(random.choice(("xl/sharedStrings.xml", "xl/bomb.xml")), b"<a>" * 2_000_000)
    return out.getvalue()


def damaged(content: bytes, random: Random) -> bytes:
    """A part of the content, the content with some bytes changed, or the content twice."""
    at = random.randrange(len(content) + 1)
    changed = bytearray(content)
    for _ in range(random.randrange(8)):
        if changed:
            changed[random.randrange(len(changed))] = random.randrange(256)
    return random.choice((content, content[:at], content[at:], bytes(changed), content + content[:at]))


def ingest_body(random: Random) -> bytes:
    """The body of an ingest call, mostly with something wrong."""
    rows: list[Any] = [
        dict(zip(("shop_id", "day", "score"), cells(random), strict=True)) for _ in range(random.choice((1, 2, 9)))
    ]
    body: Any = {"rows": rows, "register": random.random() < 0.9}
    for _ in range(random.choice((0, 0, 1, 2))):
        body = mutated(body, random)
    if random.random() < 0.02:
        deep = random.choice((500, 100_000))
        return b'{"rows": ' + b"[" * deep + b"]" * deep + b"}"
    text = json.dumps(body, ensure_ascii=random.random() < 0.5)
    if random.random() < 0.2:
        text = spoiled(text, random)
    written = text.encode("utf-8", "surrogatepass")
    return damaged(written, random) if random.random() < 0.2 else written
