"""Tables of the operators' documents say what the program does: columns, lines set aside, fates of notices."""

import re
from pathlib import Path

from bot.commands.import_report import WORDS
from bot.feeds.cells import NO_SCORE, Trouble
from bot.feeds.header import CLOSURES, DAY, NAME, SHOP, column_names, plain
from storage.notice_evidence import Fate
from tests.packaged import CATALOGUE

OPERATING = Path(__file__).parent.parent / "docs/operating"
MESSAGES = Path(__file__).parent.parent / "bot/messages"
TELEGRAMS_OWN = {"开始"}
FEED, TROUBLE = ((OPERATING / name).read_text("utf-8") for name in ("feed.md", "trouble.md"))
SCORES = CATALOGUE.edition("2026-07-29").scores
WHOLE_FILE = {
    Trouble.NOT_TEXT,
    Trouble.HAS_NUL,
    Trouble.NOT_A_WORKBOOK,
    Trouble.TOO_LARGE,
    Trouble.TOO_MANY_ROWS,
    Trouble.TOOK_TOO_MUCH,
    Trouble.NO_ROWS,
    Trouble.MISSING_COLUMN,
    Trouble.COLUMN_TWICE,
    Trouble.LINE_TOO_LONG,
    Trouble.ENCRYPTED,
    Trouble.NUMBERS,
    Trouble.ARCHIVE,
    Trouble.PICTURE,
    Trouble.XML_SHEET,
}
"""Faults of a file that is not read at all; the message says how to mend it."""

WITH_PARTS = {"is off the scale", "another value stands for this shop and day"}
"""What the command line says with the scale or the other line in the middle."""


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table after a heading, without the table's own heading."""
    table = re.search(r"^\|.*(?:\n\|.*)*", page.partition(f"\n{heading}\n")[2], re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def names(cell: str) -> list[str]:
    """The names of columns in a cell of the page."""
    told = re.sub("`|…|没有这些就认|这一版里的名字", "", cell)
    return [name.strip() for name in re.split("[、，；：]", told) if name.strip()]


def test_the_names_of_columns_on_the_page_are_read() -> None:
    known = column_names(SCORES)
    shop, day, main, others, *rest = (names(row[1]) for row in rows(FEED, "## 文件要有哪些列"))
    columns = [{known[plain(name)][0] for name in told} for told in (shop, day, main, *rest)]
    assert columns == [{SHOP}, {DAY}, {SCORES[0].id}, {CLOSURES}, {NAME}]
    assert {known[plain(name)][0] for name in others} == {"product_score", "growth_score"}


def test_what_the_page_calls_no_score_is_none() -> None:
    (told,) = re.findall(r"^- \*\*没有分数\*\*写 (.*?)，", FEED, re.MULTILINE)
    assert {name.strip("` ").casefold() for name in told.split("、")} <= NO_SCORE


def test_every_reason_to_set_a_line_aside_stands_on_the_page_as_the_command_line_says_it() -> None:
    said = {row[1].strip("`") for row in rows(FEED, "## 先放一边的行")}
    reasons = {WORDS[trouble].partition(";")[0] for trouble in Trouble if trouble in WORDS.keys() - WHOLE_FILE}
    assert said == reasons | WITH_PARTS


def test_every_fate_of_a_notice_is_explained() -> None:
    told = {re.findall("`(.*?)`", row[0])[0] for row in rows(TROUBLE, "## 该提醒的商家没有收到")}
    assert told == {fate.value for fate in Fate}


def test_every_button_that_a_page_says_to_press_is_in_a_message() -> None:
    messages = "".join(file.read_text("utf-8") for file in MESSAGES.rglob("*.j2"))
    pages = "".join(page.read_text("utf-8") for page in OPERATING.glob("*.md"))
    named = set(re.findall("(?:→ ?|按|[和、])“(.*?)”", pages)) - TELEGRAMS_OWN
    assert len(named) > 10
    assert [label for label in named if not all(part.strip() in messages for part in label.split("…"))] == []
