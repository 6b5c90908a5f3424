"""The operator's shops as a sheet for people, as CSV or XLSX: text stays text, numbers are numbers (pure).

An id is text also in CSV, where a spreadsheet would round a number of more than 15 digits: a tab behind it, invisible
there and left out by our own reading of files, keeps it as written.
"""

import csv
import io
import tomllib
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from bot.views.export_sheet import defused
from bot.views.operator_values import instant, level_name
from bot.views.render import MESSAGES, words
from rules.edition import Edition, Fact
from storage.shop_list import Listed

Cell = str | Decimal | int | date | None
LONGEST_NUMBER: Final = 11
"""Digits of a number that a spreadsheet shows as written; a longer one as 7.12E+18."""

WIDTHS: Final = {"ref": 22, "name": 24, "standing": 26, "told_at": 17, "reason": 14}
USUAL_WIDTH: Final = 12


class Standing(NamedTuple):
    """What the word for a shop's standing depends on."""

    level: str
    has_score: bool
    is_fresh: bool


@dataclass(frozen=True)
class Sheet:
    """`columns`: key and heading of each column."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet(found: Sequence[Listed], editions: Sequence[Edition], zone: ZoneInfo) -> Sheet:
    """A row a shop, with a column for each score that a shop has; times in the zone."""
    facts = _facts(found, editions)
    columns = tuple(_columns(facts))
    return Sheet(columns, tuple(tuple(_cells(one, facts, zone)) for one in found))


def _facts(found: Sequence[Listed], editions: Sequence[Edition]) -> list[Fact]:
    """The scores that a shop has, and the main one."""
    used = {fact for one in found for fact in one.now.facts} | {editions[0].main_score.id}
    known = {fact.id: fact for edition in reversed(editions) for fact in edition.scores if fact.id in used}
    return list(known.values())


def _columns(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    for key, heading in _headings().items():
        if key == "scores":
            yield from ((fact.id, fact.label) for fact in facts)
        else:
            yield key, heading


def _cells(one: Listed, facts: Sequence[Fact], zone: ZoneInfo) -> Iterator[Cell]:
    last = one.told[0] if one.told else None
    yield one.shop.ref
    yield one.shop.name
    yield _word("standing", Standing(level_name(one.level), score_day(one) is not None, one.is_fresh))
    yield one.now.edition.scale_name
    yield from (_points(one.now.facts.get(fact.id)) for fact in facts)
    yield score_day(one)
    yield _word("since", one.since)
    yield one.shop.closures
    yield one.followers.all
    yield one.followers.hearing
    yield _word("is_told", "yes" if one.is_told else "no") if one.is_at_risk else None
    yield _word("reason", last and last.reason.value)
    yield f"{instant(last.at, zone):%Y-%m-%d %H:%M}" if last else None
    yield _word("fate", last and last.fate.value)
    yield _word("undelivered", tuple(told.fate.value for told in one.undelivered))


def score_day(one: Listed) -> date | None:
    """The day of the newest score that judges the shop, None without one."""
    names = {fact.id for fact in one.now.edition.scores} & set(one.now.facts)
    return max((one.case.known[name].on for name in names), default=None)


def _points(value: Any) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


@lru_cache(1000)
def _word(kind: str, value: Hashable) -> str | None:
    return words("operators/sheet_word", kind=kind, value=value) if value else None


def as_csv(made: Sheet) -> str:
    """The sheet as CSV for spreadsheets: with a BOM, no text a formula, no id rounded."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    out.writerow([heading for _, heading in made.columns])
    out.writerows([_in_csv(cell) for cell in row] for row in made.rows)
    return "\ufeff" + text.getvalue()


def _in_csv(cell: Cell) -> str | Decimal | int:
    if isinstance(cell, Decimal | int):
        return cell
    shown = "" if cell is None else str(cell)
    is_number = shown.isdecimal() and (len(shown) > LONGEST_NUMBER or shown.startswith("0"))
    return f"{shown}\t" if is_number else defused(shown)


def as_xlsx(made: Sheet) -> bytes:
    """The sheet as a workbook."""
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415  (seldom wanted)

    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        page, bold, day = (
            book.add_worksheet(),
            book.add_format({"bold": True}),
            book.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for at, (key, heading) in enumerate(made.columns):
            page.set_column(at, at, WIDTHS.get(key, USUAL_WIDTH))
            page.write_string(0, at, heading, bold)
        for line, row in enumerate(made.rows, 1):
            for at, cell in enumerate(row):
                _write(page, line, at, cell, day)
        page.freeze_panes(1, 2)
        page.autofilter(0, 0, len(made.rows), len(made.columns) - 1)
    return content.getvalue()


def _write(page: Any, line: int, at: int, cell: Cell, day: Any) -> None:
    """Text is written as text, so that none is a formula, a link or a number."""
    if isinstance(cell, date):
        page.write_datetime(line, at, cell, day)
    elif isinstance(cell, Decimal | int):
        page.write_number(line, at, cell)
    elif cell:
        page.write_string(line, at, cell)


@cache
def _headings() -> dict[str, str]:
    with (MESSAGES / "zh-Hans" / "shop_sheet.toml").open("rb") as file:
        found: dict[str, str] = tomllib.load(file)["columns"]
    return found
