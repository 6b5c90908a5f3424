"""What `doctor` says of editions that nobody has compared of late, and of the list of rule notices."""

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from rules.catalogue.load import packaged_folder
from rules.checked import COMPARED_EVERY
from tests.commands.conftest import Alliance
from tests.rule_lists import as_list, entry

SOURCE = "https://school.jinritemai.com/doudian/web/rules/101665"


def today() -> date:
    return datetime.now(UTC).date()


def compared(folder: Path, **days: date) -> None:
    """A catalogue in which the editions were compared on these days, and all other texts today."""
    shutil.copytree(packaged_folder(), folder)
    files = {folder / name / "edition.toml": day for name, day in days.items()}
    for file, day in {**dict.fromkeys((folder / "_texts").glob("*.toml"), today()), **files}.items():
        text = re.sub(r"^checked = .*", f"checked = {day}", file.read_text("utf-8"), flags=re.MULTILINE)
        file.write_text(text, "utf-8")


@pytest.mark.usefixtures("upgraded")
def test_doctor_names_the_edition_the_days_and_the_mend_and_is_content(alliance: Alliance, tmp_path: Path) -> None:
    long_ago = today() - timedelta(COMPARED_EVERY + 1)
    compared(tmp_path / "mine", **{"2022-10-10": today(), "2026-07-29": long_ago})
    ran = alliance("doctor", RULES_DIR="mine", TIMEZONE="UTC")
    assert ran.status == 0
    (line,) = [line for line in ran.lines if line.startswith("ok   catalogue: ")]
    assert line.count("compared") == 1
    assert f"2026-07-29 was last compared with its source on {long_ago}, 31 days ago: compare it with {SOURCE}" in line


@pytest.mark.usefixtures("upgraded")
@pytest.mark.parametrize(("answers", "is_said"), [("2022-10-10", True), ("2026-07-29", False)])
def test_an_edition_that_is_over_is_of_interest_while_it_answers(
    alliance: Alliance, tmp_path: Path, answers: str, is_said: bool
) -> None:
    long_ago = today() - timedelta(COMPARED_EVERY + 1)
    compared(tmp_path / "mine", **{"2022-10-10": long_ago, "2026-07-29": today()})
    out = alliance("doctor", RULES_DIR="mine", RULES_EDITION=answers, TIMEZONE="UTC").out
    assert ("compare it with its source and write the day" in out) is is_said


@pytest.mark.usefixtures("upgraded")
@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (as_list(entry("n1")), 0, "ok   rule notices: 1 in the list, the newest of 2026-11-28"),
        (as_list(), 0, "ok   rule notices: 0 in the list, none has a day"),
        (
            as_list(entry("n1"), {"id": "b"}),
            1,
            "BAD  rule notices: 1 in the list, the newest of 2026-11-28; "
            """not read: entry 2 ('b'): the key "title" is missing, add it""",
        ),
        (b"", 1, "BAD  rule notices: it is empty; look at RULE_NOTICES"),
        (None, 1, "BAD  rule notices: No such file or directory; look at RULE_NOTICES"),
    ],
    ids=["well", "no notice", "a bad entry", "empty", "no file"],
)
def test_doctor_reads_the_list_of_notices(
    alliance: Alliance, tmp_path: Path, data: bytes | None, status: int, told: str
) -> None:
    if data is not None:
        (tmp_path / "list.json").write_bytes(data)
    ran = alliance("doctor", RULE_NOTICES="list.json", TIMEZONE="UTC")
    assert (ran.status, [line for line in ran.lines if "rule notices" in line]) == (status, [told])
