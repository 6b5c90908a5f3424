"""The least work of any such program: bare sqlite3 on the same tables, with every row ready in memory.

python -m bench.bare SHOPS FOLDER         prints seconds as JSON

The import is an executemany a table; the check a statement to join the two days and the followers into notices,
and the inserts of the program: items of the notices, the outbox, the standing told to each follower.
"""

import json
import sqlite3
import sys
import time
from pathlib import Path

from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from bench.watched import DAYS, FIRST_REF, FOLLOW, scores
from storage.schema import metadata

SHOP = "INSERT INTO shops (id, ref, source, created_at) VALUES (?, ?, ?, ?)"
SCORE = "INSERT INTO scores (fact, day, shop_id, hundredths, scale, source, stored_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
BEFORE, TODAY = (day.toordinal() for day in DAYS)
CHECK = (
    f"""
    INSERT INTO notices (chat_id, day, edition, is_urgent, is_late, made_at, due_at)
    SELECT follows.chat_id, today.day, '2022-10-10', 0, 0, 0, 0
    FROM scores AS today
    JOIN scores AS before ON before.fact = 'score' AND before.day = {BEFORE} AND before.shop_id = today.shop_id
    JOIN follows ON follows.shop_id = today.shop_id
    WHERE today.fact = 'score' AND today.day = {TODAY} AND today.hundredths < 380 AND before.hundredths >= 380""",
    f"""
    INSERT INTO notice_items (notice_id, shop_id, subject, reason, line, fact, hundredths, score_day, since)
    SELECT notices.id, follows.shop_id, '', 'warning', 'warning', 'score', scores.hundredths, scores.day, scores.day
    FROM notices JOIN follows ON follows.chat_id = notices.chat_id
    JOIN scores ON scores.fact = 'score' AND scores.day = {TODAY} AND scores.shop_id = follows.shop_id""",
    """
    INSERT INTO outbox (chat_id, lane, method, payload, numbered, key, in_order, notice_id, state, due_at, tries,
        unsure, created_at)
    SELECT chat_id, 1, 'sendMessage', '{}', 1, 'notice:' || id, 1, id, 'waiting', 0, 0, 0, 0 FROM notices""",
    f"""
    UPDATE follows SET judged_day = {TODAY}, level = 3, line = 'warning', told_on = {TODAY}, seen_level = 3,
        seen_since = {TODAY}, is_awake = 1
    FROM notice_items WHERE notice_items.shop_id = follows.shop_id""",
)


def run(shops: int, folder: Path) -> dict[str, float]:
    """The seconds of the first import, of the second day's, and of the check."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    make_tables(connection)
    registered = insert(connection, SHOP, [(place, str(FIRST_REF + place), "feed", 0) for place in range(1, shops + 1)])
    first = insert(connection, SCORE, score_rows(shops, 0))
    connection.execute(FOLLOW)
    second = insert(connection, SCORE, score_rows(shops, 1))
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for statement in CHECK:
        connection.execute(statement)
    connection.execute("COMMIT")
    swept = time.perf_counter() - start
    told = connection.execute("SELECT count(*) FROM outbox").fetchone()[0]
    connection.close()
    return {"first_import_s": registered + first, "import_s": second, "sweep_s": swept, "told": told}


def make_tables(connection: sqlite3.Connection) -> None:
    """The tables and indexes of the program, as durable as there."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=dialect())))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=dialect())))


def score_rows(shops: int, day: int) -> list[tuple[object, ...]]:
    """A day's rows, ready to be inserted."""
    number = DAYS[day].toordinal()
    return [("score", number, place, score, "0-5", "feed", 0) for place, score in enumerate(scores(shops, day), 1)]


def insert(connection: sqlite3.Connection, statement: str, rows: list[tuple[object, ...]]) -> float:
    """Seconds taken by inserting `rows` in a transaction."""
    start = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(statement, rows)
    connection.execute("COMMIT")
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), Path(sys.argv[2]))))
