"""`alliance-bot scores import`: a file whole or not at all, and every bad row named."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.commands import Refusal, import_scores
from tests.commands.conftest import Alliance

pytestmark = pytest.mark.usefixtures("upgraded")
HEAD = "shop_id,day,score"
UNNAMED = "2 shops have no name; name one with: alliance-bot shops add SHOP_ID --name NAME"


@pytest.fixture
def file(tmp_path: Path):
    """Writes a file of lines; returns the name."""

    def write(*lines: str, name: str = "scores.csv", encoding: str = "utf-8") -> str:
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding)
        return name

    return write


def test_a_file_is_imported_and_the_same_again_changes_nothing(alliance: Alliance, file):
    name = file(HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,3.7", "S2,2022-10-10,4.5")
    first, again = alliance("scores", "import", name), alliance("scores", "import", name)
    assert (first.status, again.status) == (0, 0)
    assert first.lines == [
        "3 rows: 3 new, 0 corrected, 0 known already",
        "2 shop ids were not known and were registered without a name",
        UNNAMED,
    ]
    assert again.lines == ["3 rows: 0 new, 0 corrected, 3 known already", UNNAMED]


def test_another_score_for_a_known_day_is_reported_as_a_correction(alliance: Alliance, file):
    alliance("scores", "import", file(HEAD, "S1,2022-10-10,3.7"))
    done = alliance("scores", "import", file(HEAD, "S1,2022-10-10,3.65", "S1,2022-10-11,3.6"))
    assert done.status == 0
    assert done.lines[:2] == [
        "correction: S1 2022-10-10: 3.70 becomes 3.65",
        "2 rows: 1 new, 1 corrected, 0 known already",
    ]


COUNTED = HEAD + ",closures"


def followed(folder: Path, ref: str) -> None:
    """A chat follows the shop."""
    with closing(sqlite3.connect(folder / "data" / "alliance.db")) as conn, conn:
        names = "level, line, seen_level, is_far, has_left, is_swinging, is_closed, descent_fact, stale_told, is_awake"
        conn.execute(
            f"INSERT INTO follows (shop_id, chat_id, is_on, frequency, created_at, {names}) "
            "SELECT id, 1, 1, 'daily', 0, 0, '', 0, 0, 0, 0, 0, '', 0, 0 FROM shops WHERE ref = ?",
            (ref,),
        )


def test_a_change_of_the_count_of_closings_alone_is_named_with_whom_it_was_told(
    alliance: Alliance, tmp_path: Path, file
):
    alliance("shops", "add", "S1", "--name", "花店")
    followed(tmp_path, "S1")
    day = datetime.now(UTC).date()
    first, again, back = (file(COUNTED, f"S1,{day},4.1,{n}", name=f"{n}.csv") for n in (1, 3, 2))
    assert alliance("scores", "import", first).lines == ["1 rows: 1 new, 0 corrected, 0 known already"]
    changed = f"closings: S1 {day}: 1 becomes 3"
    assert alliance("scores", "import", again, "--dry-run").lines[0] == changed
    assert alliance("scores", "import", again).lines == [
        changed,
        "1 rows: 0 new, 0 corrected, 1 known already, 1 count of closings changed",
        "on their way: 1 closing, 0 corrections",
    ]
    with closing(sqlite3.connect(tmp_path / "data" / "alliance.db")) as conn, conn:
        conn.execute("UPDATE outbox SET state = 'sent'")
    status, found = listed(alliance, back)
    assert status == 0
    assert found["closings"] == [{"shop_id": "S1", "day": str(day), "before": 3, "after": 2}]
    assert (found["closings_told"], found["corrections_told"]) == (0, 1)


def test_a_dry_run_says_the_same_and_stores_nothing(alliance: Alliance, file):
    name = file(HEAD, "S1,2022-10-10,3.7", "S2,2022-10-10,4.5")
    dry = alliance("scores", "import", name, "--dry-run")
    assert (dry.status, dry.lines) == (
        0,
        [
            "2 rows: 2 new, 0 corrected, 0 known already (dry run: nothing was stored)",
            "2 shop ids were not known and would be registered without a name",
        ],
    )
    assert alliance("scores", "import", name).lines[0] == "2 rows: 2 new, 0 corrected, 0 known already"


def test_one_bad_row_and_nothing_is_stored(alliance: Alliance, file):
    bad = file(
        HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,9", ",2022-10-10,3.7", "S2,2099-10-10,4.5", "S3,x,4.123",
        "S1,2022-10-09,3.8", name="bad.csv",
    )  # fmt: skip
    done = alliance("scores", "import", bad)
    assert done.status == 1
    assert done.lines == [
        "bad.csv, line 3, column \"score\": '9' is off the scale of edition 2022-10-10: 0 to 5",
        'bad.csv, line 4, column "shop_id": is empty',
        "bad.csv, line 5, column \"day\": '2099-10-10' lies in the future",
        "bad.csv, line 6, column \"day\": 'x' is no day such as 2022-10-10",
        "bad.csv, line 6, column \"score\": '4.123' has more decimals than the scale",
        "bad.csv, line 7, column \"score\": '3.80' another score stands for this shop and day on line 2",
        "6 problems; nothing was stored",
    ]
    good = alliance("scores", "import", file(HEAD, "S1,2022-10-09,3.9"))
    assert good.lines[0] == "1 rows: 1 new, 0 corrected, 0 known already"


def test_of_many_bad_rows_the_first_twenty_are_named_and_all_counted(alliance: Alliance, file):
    done = alliance("scores", "import", file(HEAD, *(f"S{n},2022-10-10,9" for n in range(25))))
    assert (done.status, len(done.lines)) == (1, 21)
    assert done.lines[-1] == "25 problems, 5 not shown; nothing was stored"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param([HEAD], "the file: has no rows", id="only a header"),
        pytest.param(["a,b", "1,2"], "line 1, column \"shop_id\": 'a,b' the column is missing", id="another table"),
    ],
)
def test_a_file_that_is_none_says_why(alliance: Alliance, file, lines: list[str], said: str):
    done = alliance("scores", "import", file(*lines))
    assert done.status == 1
    assert done.lines[0] == f"scores.csv, {said}"


def test_a_file_that_cannot_be_read_is_one_plain_line(alliance: Alliance):
    done = alliance("scores", "import", "none.csv")
    assert (done.status, done.out, done.err) == (2, "", "alliance-bot: none.csv: No such file or directory\n")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param(
            "s.csv", b"shop_id,day,score\n\xff\xff,", "line 1: is neither UTF-8 nor GB18030 text", id="no text"
        ),
        pytest.param("s.csv", b"\xff\xfeS\0", "line 1: holds a NUL byte; save the file as text", id="UTF-16"),
        pytest.param("s.xlsx", b"PK\3\4 no more", "the file: is no workbook that can be read", id="no workbook"),
    ],
)
def test_a_file_that_is_neither_text_nor_workbook_is_one_plain_line(
    alliance: Alliance, tmp_path: Path, name: str, content: bytes, said: str
):
    (tmp_path / name).write_bytes(content)
    done = alliance("scores", "import", name)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"alliance-bot: {name}, {said}; nothing was stored\n"


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="Is a directory"):
        import_scores.imported(tmp_path, import_scores.Options())


def listed(alliance: Alliance, name: str, *options: str, **settings: str) -> tuple[int, dict]:
    done = alliance("scores", "import", name, "--json", *options, **settings)
    return done.status, json.loads(done.out)


def test_as_json_every_row_is_listed_with_its_scores(alliance: Alliance, file):
    head = "店铺ID,店铺名称,日期,综合体验分,商品体验分"
    name = file(head, "S1,花店,2022-10-09,85.50,50", "S2,茶店,2022-10-09,-,66", "S3,书店,2022-10-09,暂无,")
    assert listed(alliance, name, RULES_EDITION="2026-07-29") == (
        0,
        {
            "rows": [
                {"shop_id": "S1", "day": "2022-10-09", "scores": {"score": "85.5", "product_score": "50"}},
                {"shop_id": "S2", "day": "2022-10-09", "scores": {"score": None, "product_score": "66"}},
            ],
            "no_score": [{"shop_id": "S3", "day": "2022-10-09"}],
            "set_aside": [],
            "left_alone": ["店铺名称"],
            "corrected": [],
            "closings": [],
            "closings_told": 0,
            "corrections_told": 0,
            "unknown": ["S1", "S2", "S3"],
            "held": False,
        },
    )
    again = listed(alliance, file(head, "S1,花店,2022-10-09,暂无,50"), RULES_EDITION="2026-07-29")[1]
    before = {"score": "score", "before": "85.5", "after": None}
    assert (again["corrected"], again["unknown"]) == ([{"shop_id": "S1", "day": "2022-10-09"} | before], [])


def test_as_json_wrong_rows_are_set_aside_and_nothing_is_stored(alliance: Alliance, file):
    status, found = listed(alliance, file(HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,9"))
    why = "'9' is off the scale of edition 2022-10-10: 0 to 5"
    assert (status, found["rows"]) == (1, [])
    assert found["set_aside"] == [{"line": 3, "column": "score", "value": "9", "why": why}]
    assert alliance("shops", "list").lines == []


def test_scores_of_another_scale_are_held_until_yes(alliance: Alliance, file):
    name, hundred = file(HEAD, "S1,2022-10-09,4.8", "S2,2022-10-09,4.6"), {"RULES_EDITION": "2026-07-29"}
    status, found = listed(alliance, name, **hundred)
    why = "looks like another scale: the edition's goes from 0 to 100"
    assert (status, found["rows"], found["held"]) == (1, [], True)
    assert [(one["line"], one["value"], one["why"]) for one in found["set_aside"]] == [(2, "4.8", why), (3, "4.6", why)]
    held = alliance("scores", "import", name, **hundred)
    assert (held.status, held.lines) == (
        1,
        [
            "held: 2 of 2 values of score look like another scale (S1, S2); the edition's goes from 0 to 100; "
            "nothing was stored; to store it all the same: --yes"
        ],
    )
    sure = alliance("scores", "import", name, "--yes", **hundred)
    assert (sure.status, sure.lines[0]) == (0, "2 rows: 2 new, 0 corrected, 0 known already")


def test_a_file_that_would_close_many_is_held_until_yes(alliance: Alliance, file):
    for number in range(4):
        alliance("shops", "add", f"S{number}", "--name", f"店{number}")
    name = file(HEAD, *(f"S{number},2022-10-09,3.4" for number in range(4)))
    why = "held: 4 of 4 known shops would newly fall below a closing line (店0, 店1, 店2, 店3); nothing was stored"
    for options in ((), ("--dry-run",)):
        held = alliance("scores", "import", name, *options)
        assert (held.status, held.lines[-1]) == (1, f"{why}; to store it all the same: --yes")
    assert alliance("scores", "import", name, "--yes").status == 0
