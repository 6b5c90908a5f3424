"""The statements of `storage.score_files`, the same for SQLite and PostgreSQL. Nothing in them comes from a file."""

# ruff: noqa: S608  (pieces of our own, no input)

from typing import Final

STAGED: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged
    (n INTEGER PRIMARY KEY, ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, score INTEGER NOT NULL, closures INTEGER)"""
PART: Final = """
    CREATE TEMPORARY TABLE IF NOT EXISTS part
    (n INTEGER NOT NULL, shop_id BIGINT, ref VARCHAR(64) NOT NULL, day INTEGER NOT NULL, score INTEGER NOT NULL,
    closures INTEGER)"""

# PostgreSQL refuses to put the same row twice in one statement; two rows alike are allowed in a file.
FILL_PART: Final = """
    INSERT INTO part (n, shop_id, ref, day, score, closures)
    SELECT {once} staged.n, shops.id, staged.ref, staged.day, staged.score, staged.closures
    FROM staged LEFT JOIN shops ON shops.ref = staged.ref WHERE staged.n BETWEEN :first AND :last"""
ONCE: Final = "DISTINCT ON (staged.ref, staged.day)"

REGISTER: Final = """
    INSERT INTO shops (ref, source, created_at)
    SELECT ref, CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT) FROM part
    WHERE shop_id IS NULL GROUP BY ref ORDER BY min(n)
    ON CONFLICT (ref) DO NOTHING"""
NUMBER: Final = """
    UPDATE part SET shop_id = (SELECT shops.id FROM shops WHERE shops.ref = part.ref) WHERE shop_id IS NULL"""
DAYS: Final = "SELECT day, count(*), count(closures) FROM part GROUP BY day ORDER BY day"
DAY_IS_KNOWN: Final = "SELECT 1 FROM scores WHERE fact = :fact AND day = :day LIMIT 1"

DIFFERS: Final = "(scores.hundredths <> rows.score OR scores.scale <> :scale)"
KNOWN_PART: Final = "scores.fact = :fact AND scores.day = rows.day AND scores.shop_id = rows.shop_id"
CORRECTIONS_IN_PART: Final = f"""
    SELECT DISTINCT rows.ref, rows.day, scores.hundredths AS before, rows.score AS after
    FROM part AS rows JOIN scores ON {KNOWN_PART} WHERE rows.day = :day AND {DIFFERS} ORDER BY rows.ref"""
PUT_SCORES: Final = """
    INSERT INTO scores (fact, day, shop_id, hundredths, scale, source, stored_at)
    SELECT CAST(:fact AS VARCHAR(64)), day, shop_id, score, CAST(:scale AS VARCHAR(16)),
        CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM part WHERE day = :day
    ON CONFLICT (fact, day, shop_id) DO UPDATE
    SET hundredths = excluded.hundredths, scale = excluded.scale, source = excluded.source,
        stored_at = excluded.stored_at
    WHERE scores.hundredths <> excluded.hundredths OR scores.scale <> excluded.scale"""
PUT_NEWEST: Final = """
    INSERT INTO newest (shop_id, fact, day, hundredths, highest, scale, source, seen_at)
    SELECT shop_id, CAST(:fact AS VARCHAR(64)), day, score, score, CAST(:scale AS VARCHAR(16)),
        CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM part WHERE day = :day
    ON CONFLICT (shop_id, fact) DO UPDATE SET
        day = excluded.day, hundredths = excluded.hundredths, scale = excluded.scale, source = excluded.source,
        seen_at = CASE WHEN excluded.day > newest.day THEN excluded.seen_at ELSE newest.seen_at END,
        highest = CASE WHEN newest.scale = excluded.scale AND newest.highest > excluded.hundredths
            THEN newest.highest ELSE excluded.hundredths END
    WHERE excluded.day > newest.day OR (excluded.day = newest.day
        AND (excluded.hundredths <> newest.hundredths OR excluded.scale <> newest.scale))"""
# An older row than the newest may still be the highest.
RAISE_HIGHEST: Final = """
    UPDATE newest SET highest = part.score FROM part
    WHERE part.day = :day AND newest.shop_id = part.shop_id AND newest.fact = :fact AND newest.scale = :scale
        AND newest.highest < part.score"""
PUT_CLOSURES: Final = """
    UPDATE shops SET closures = part.closures, closures_day = part.day
    FROM part WHERE part.day = :day AND shops.id = part.shop_id AND part.closures IS NOT NULL
        AND (shops.closures_day IS NULL OR shops.closures_day <= part.day)"""
# A first known count is what a rise is told against.
FIRST_CLOSINGS: Final = """
    UPDATE follows SET closings = 0 FROM part
    WHERE part.day = :day AND part.closures = 0 AND follows.shop_id = part.shop_id AND follows.closings IS NULL"""

KNOWN: Final = f"""
    (SELECT DISTINCT staged.ref, staged.day, staged.score, shops.id AS shop_id
    FROM staged JOIN shops ON shops.ref = staged.ref) AS rows JOIN scores ON {KNOWN_PART}"""
COUNTS: Final = f"""
    SELECT (SELECT count(*) FROM (SELECT DISTINCT ref, day FROM staged) AS each) AS total,
        (SELECT count(*) FROM {KNOWN}) AS known,
        (SELECT count(*) FROM {KNOWN} WHERE {DIFFERS}) AS corrected"""
CORRECTIONS: Final = f"""
    SELECT rows.ref, rows.day, scores.hundredths AS before, rows.score AS after
    FROM {KNOWN} WHERE {DIFFERS} ORDER BY rows.day, rows.ref LIMIT :most"""
UNKNOWN_SHOPS: Final = """
    SELECT count(DISTINCT staged.ref) FROM staged LEFT JOIN shops ON shops.ref = staged.ref WHERE shops.id IS NULL"""
UNNAMED: Final = "SELECT count(*) FROM shops WHERE ref IS NOT NULL AND name IS NULL"
