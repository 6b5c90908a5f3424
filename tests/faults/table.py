"""The tables of the fault figures: a line a row in README.md, all figures in docs/faults.md."""

import re
from collections.abc import Mapping
from pathlib import Path

from tests.faults.figures import Kept, cut, worst

ROOT = Path(__file__).parent.parent.parent
README, DETAILS = ROOT / "README.md", ROOT / "docs/faults.md"
BEGIN, END = "<!-- faults: written by make faults -->", "<!-- /faults -->"
_PLACE = re.compile(rf"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)
WIDEST = 64
"""The most characters of our figures in a line of the README."""

ROWS: Mapping[str, tuple[str, str]] = {
    "R1": ("killed while updates arrive by polling", "stock polling lost 45 of 50"),
    "R2": ("killed after 50 webhook answers", "1 of 50 handled"),
    "R3": ("killed while 40 warnings go out", "a model alert service lost 3 to 4 a kill"),
    "R4": ("some chats must wait (429)", "0 of 3 delivered, or every chat paused"),
    "R5": ("ten minutes without Telegram", "0 of 10 delivered"),
    "R6": ("the answer is lost after the effect", "4 of 5 repeats unmarked"),
    "R7": ("an update that can't be read or handled", "455 polls a second, nothing handled"),
    "R8": ("polling is refused or broken", "polling silently dead"),
    "R9": ("the same update again; numbers that fall", "repeats accepted"),
    "R10": ("2 and 4 replicas, one killed", "50 messages in one second"),
    "R11": ("300 bulk messages, 20 chats talking", "p95 9 s"),
    "R12": ("a score swings around a line", "a message each time"),
    "R13": ("the same, older and out-of-order files", ""),
    "R14": ("a closing and a warning at night", ""),
    "R16": ("blocked, gone, moved", "14 calls in 20 s"),
    "R17": ("the loop stalls, or is down, over the hour", "skipped"),
    "R18": ("disk full, database locked or restarted", ""),
    "R19": ("random schedules of faults", ""),
    "R20": ("told to end under load", "9 s"),
    "R21": ("no scores for 26 hours", ""),
    "R22": ("upgrade, downgrade, upgrade", ""),
    "R23": ("secrets in what is logged", "the token in each line"),
    "R24": ("answers that can't be stored", ""),
    "R25": ("an answer that is not Telegram's", ""),
    "R26": ("refusals, by their text", ""),
    "R27": ("ten minutes of mixed trouble; a server that hangs", ""),
    "R28": ('chats "not found" in bulk; another bot\'s database', ""),
    "R29": ("updates with parts that can't be read", ""),
    "R30": ("an exception in one row, notice, upload", ""),
    "R31": ("a text that takes long to read", ""),
    "R32": ("a webhook set while polling", ""),
    "R33": ("update ids of another server", ""),
    "R34": ("PostgreSQL fails over; pgbouncer", ""),
    "R35": ("the log's reader gone; backup onto a full disk", ""),
    "R36": ("messages are read by their own time", ""),
    "R37": ("what a container is like", ""),
    "R38": ("strangers at the sandbox", ""),
    "R39": ("group spam, forged presses", ""),
    "R40": ("the same scripts undisturbed and under kills", ""),
    "R41": ("50,000 updates of 5,000 chats", ""),
    "R42": ("57 shops, names of emoji", ""),
    "fleet": ("two whole bots behind one address, one killed again and again", ""),
    "cost": ("what an update costs with more replicas", ""),
}


def summary(kept: Kept) -> str:
    """The table of the README in Markdown, a line a row that was measured."""
    lines = [f"Measured {days(kept)}; all figures: [docs/faults.md](docs/faults.md).", ""]
    lines += ["| | Fault | Ours | Others, measured |", "|---|---|---|---|"]
    for row in measured(kept):
        fault, others = ROWS[row]
        told = worst(short for run in kept[row].values() for short in run.short)
        lines.append(f"| {number(row)} | {fault} | {cell(cut('; '.join(told), WIDEST))} | {others} |")
    return "\n".join(lines) + "\n"


def details(kept: Kept) -> str:
    """All figures in Markdown, each row with the days of its runs."""
    return "\n".join(section(row, kept) for row in measured(kept))


def section(row: str, kept: Kept) -> str:
    """A row with all that its runs said."""
    fault, others = ROWS[row]
    lines = [f"### {number(row)} {fault}".replace("  ", " "), ""]
    for engine, run in kept[row].items():
        lines += [f"{run.on}, {engine}:", "", *(f"- {said}" for said in run.said), ""]
    return "\n".join([*lines, *([f"Others: {others}.", ""] if others else [])])


def measured(kept: Kept) -> list[str]:
    """The rows that were measured, in the order of the table."""
    return [row for row in ROWS if row in kept]


def missing(kept: Kept) -> list[str]:
    """The rows that were never measured."""
    return [row for row in ROWS if row not in kept]


def number(row: str) -> str:
    """The number of a row, or nothing of a row without one."""
    return row if row[0] == "R" else ""


def days(kept: Kept) -> str:
    """The day on which the rows were measured, or the first and the last."""
    found = sorted({run.on for runs in kept.values() for run in runs.values()})
    return f"on {found[0]}" if len(found) == 1 else f"from {found[0]} to {found[-1]}"


def cell(text: str) -> str:
    """The text as a cell of a table holds it."""
    return text.replace("|", "/")


def put(written: str, file: Path = README) -> None:
    """Replace what stands between the marks of the file."""
    text = file.read_text("utf-8")
    assert _PLACE.search(text), f"{file} has no place for the table"
    file.write_text(_PLACE.sub(lambda _: written, text), "utf-8")
