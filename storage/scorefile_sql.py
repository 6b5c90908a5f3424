"""The statements of `storage.scorefiles`, the same for SQLite and PostgreSQL. Nothing in them comes from a file."""

# ruff: noqa: S608  (pieces of our own, no input)

from typing import Final

NEXT_REFS: Final = """
    SELECT min(ref), max(ref)
    FROM (SELECT ref FROM staged WHERE day = :day AND ref > :ref ORDER BY ref LIMIT :most) AS part"""
NEXT_DAY: Final = "SELECT min(day) FROM staged WHERE day > :day"

IN_PART: Final = "staged.day = :day AND staged.ref BETWEEN :first AND :last"
KNOWN: Final = """
    staged JOIN shops ON shops.ref = staged.ref
    JOIN scores ON scores.fact = :fact AND scores.day = staged.day AND scores.shop_id = shops.id"""
DIFFERS: Final = "(scores.hundredths <> staged.score OR scores.scale <> :scale)"
_CORRECTIONS: Final = f"""
    SELECT staged.ref, staged.day, scores.hundredths AS before, staged.score AS after
    FROM {KNOWN} WHERE {DIFFERS}"""
CORRECTIONS: Final = f"{_CORRECTIONS} ORDER BY staged.day, staged.ref LIMIT :most"
CORRECTIONS_IN_PART: Final = f"{_CORRECTIONS} AND {IN_PART} ORDER BY staged.ref"
COUNTS: Final = f"""
    SELECT (SELECT count(*) FROM staged) AS total,
        (SELECT count(*) FROM staged) - (SELECT count(*) FROM {KNOWN}) AS fresh,
        (SELECT count(*) FROM {KNOWN} WHERE {DIFFERS}) AS corrected"""
COUNT_PART: Final = f"SELECT count(*) FROM staged WHERE {IN_PART}"
UNKNOWN_SHOPS: Final = """
    SELECT count(DISTINCT staged.ref) FROM staged LEFT JOIN shops ON shops.ref = staged.ref WHERE shops.id IS NULL"""
UNNAMED: Final = """
    SELECT count(DISTINCT staged.ref) FROM staged JOIN shops ON shops.ref = staged.ref WHERE shops.name IS NULL"""

REGISTER: Final = f"""
    INSERT INTO shops (ref, source, created_at)
    SELECT staged.ref, CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM staged LEFT JOIN shops ON shops.ref = staged.ref
    WHERE {IN_PART} AND shops.id IS NULL ORDER BY staged.ref
    ON CONFLICT (ref) DO NOTHING"""
DAY_IS_KNOWN: Final = "SELECT 1 FROM scores WHERE fact = :fact AND day = :day LIMIT 1"
PUT_SCORES: Final = f"""
    INSERT INTO scores (fact, day, shop_id, hundredths, scale, source, stored_at)
    SELECT CAST(:fact AS VARCHAR(64)), staged.day, shops.id, staged.score, CAST(:scale AS VARCHAR(16)),
        CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM staged JOIN shops ON shops.ref = staged.ref WHERE {IN_PART}
    ON CONFLICT (fact, day, shop_id) DO UPDATE
    SET hundredths = excluded.hundredths, scale = excluded.scale, source = excluded.source,
        stored_at = excluded.stored_at
    WHERE scores.hundredths <> excluded.hundredths OR scores.scale <> excluded.scale"""

# An older row than the newest one may still be the highest.
IS_NEWEST: Final = "excluded.day >= newest.day"
PUT_NEWEST: Final = f"""
    INSERT INTO newest (shop_id, fact, day, hundredths, highest, scale, source, seen_at)
    SELECT shops.id, CAST(:fact AS VARCHAR(64)), staged.day, staged.score, staged.score,
        CAST(:scale AS VARCHAR(16)), CAST(:source AS VARCHAR(8)), CAST(:now AS BIGINT)
    FROM staged JOIN shops ON shops.ref = staged.ref WHERE {IN_PART}
    ON CONFLICT (shop_id, fact) DO UPDATE SET
        day = CASE WHEN {IS_NEWEST} THEN excluded.day ELSE newest.day END,
        hundredths = CASE WHEN {IS_NEWEST} THEN excluded.hundredths ELSE newest.hundredths END,
        scale = CASE WHEN {IS_NEWEST} THEN excluded.scale ELSE newest.scale END,
        source = CASE WHEN {IS_NEWEST} THEN excluded.source ELSE newest.source END,
        seen_at = CASE WHEN excluded.day > newest.day THEN excluded.seen_at ELSE newest.seen_at END,
        highest = CASE WHEN newest.scale = excluded.scale AND newest.highest > excluded.hundredths
            THEN newest.highest ELSE excluded.hundredths END
    WHERE {IS_NEWEST} OR (newest.scale = excluded.scale AND excluded.hundredths > newest.highest)"""

HAS_CLOSURES: Final = f"SELECT 1 FROM staged WHERE {IN_PART} AND closures IS NOT NULL LIMIT 1"
PUT_CLOSURES: Final = f"""
    UPDATE shops SET closures = staged.closures, closures_day = staged.day
    FROM staged WHERE {IN_PART} AND shops.ref = staged.ref AND staged.closures IS NOT NULL
        AND (shops.closures_day IS NULL OR shops.closures_day <= staged.day)"""
# A first known count is what a rise is told against.
FIRST_CLOSINGS: Final = f"""
    UPDATE follows SET closings = 0
    FROM staged JOIN shops ON shops.ref = staged.ref
    WHERE {IN_PART} AND staged.closures = 0 AND follows.shop_id = shops.id AND follows.closings IS NULL"""
