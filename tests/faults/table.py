"""The table of the fault figures in README.md, beside the figures of other bots."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

README = Path(__file__).parent.parent.parent / "README.md"
BEGIN, END = "<!-- faults: written by make faults -->", "<!-- /faults -->"
_PLACE = re.compile(rf"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})", re.DOTALL)

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
    "fleet": ("two whole bots behind one address, one killed again and again", ""),
    "cost": ("what an update costs with more replicas", ""),
}


def measured(lines: Iterable[str]) -> dict[str, list[str]]:
    """The reported figures by row."""
    found = defaultdict(list)
    for line in lines:
        row, said = json.loads(line)
        found[row].append(said)
    return dict(found)


def table(found: Mapping[str, list[str]], day: date) -> str:
    """The rows in Markdown. Raises KeyError for a row without a figure."""
    lines = [f"Measured on {day}.", "", "| | Fault | Ours | Others, measured |", "|---|---|---|---|"]
    for row, (fault, others) in ROWS.items():
        said = "<br>".join(dict.fromkeys(one.replace("|", "/") for one in found[row]))
        lines.append(f"| {row if row[0] == 'R' else ''} | {fault} | {said} | {others} |")
    return "\n".join(lines) + "\n"


def put(written: str, readme: Path = README) -> None:
    """Replace the table of the file."""
    text = readme.read_text("utf-8")
    assert _PLACE.search(text), f"{readme} has no place for the table"
    readme.write_text(_PLACE.sub(lambda _: written, text), "utf-8")
