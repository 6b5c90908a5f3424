"""`alliance-bot scores import`: right rows are stored, and every other line is named."""

import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.commands import Refusal, import_report, import_scores
from bot.feeds.cells import Trouble
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
    first, again = alliance("scores", "import", name, "--register"), alliance("scores", "import", name)
    assert (first.status, again.status) == (0, 0)
    assert first.lines == [
        "3 rows: 3 new, 0 corrected, 0 known already",
        "2 shops, 2022-10-09 to 2022-10-10; score: 3",
        "registered: 2 shops: S1, S2",
        "below a line, and nobody follows: 1 shop (S1)",
        UNNAMED,
    ]
    below = "below a line, and nobody follows: 1 shop (S1)"
    assert again.lines == [
        "3 rows: 0 new, 0 corrected, 3 known already",
        "2 shops, 2022-10-09 to 2022-10-10; score: 3",
        below,
        UNNAMED,
    ]


def test_another_score_for_a_known_day_is_reported_as_a_correction(alliance: Alliance, file):
    alliance("scores", "import", file(HEAD, "S1,2022-10-10,3.7"), "--register")
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
    rows = f"1 shop, {day}; score: 1"
    assert alliance("scores", "import", first).lines == ["1 rows: 1 new, 0 corrected, 0 known already", rows]
    changed = f"closings: S1 {day}: 1 becomes 3"
    assert alliance("scores", "import", again, "--dry-run").lines == [
        changed,
        "1 rows: 0 new, 0 corrected, 1 known already, 1 count of closings changed (dry run: nothing was stored)",
        rows,
        "would hear: 1 chat of a closing at once",
        "  花店: closed, 1 chat",
    ]
    assert alliance("scores", "import", again).lines == [
        changed,
        "1 rows: 0 new, 0 corrected, 1 known already, 1 count of closings changed",
        "on their way: 1 closing, 0 corrections",
        rows,
        "hears: 1 chat of a closing at once",
        "  花店: closed, 1 chat",
    ]
    with closing(sqlite3.connect(tmp_path / "data" / "alliance.db")) as conn, conn:
        conn.execute("UPDATE outbox SET state = 'sent'")
    status, found = listed(alliance, back)
    assert status == 0
    assert found["closings"] == [{"shop_id": "S1", "day": str(day), "before": 3, "after": 2}]
    assert (found["closings_told"], found["corrections_told"]) == (0, 1)


def test_a_dry_run_says_the_same_and_stores_nothing(alliance: Alliance, file):
    name = file(HEAD, "S1,2022-10-10,4.1", "S2,2022-10-10,4.5")
    dry = alliance("scores", "import", name, "--dry-run", "--register")
    assert (dry.status, dry.lines) == (
        0,
        [
            "2 rows: 2 new, 0 corrected, 0 known already (dry run: nothing was stored)",
            "2 shops, 2022-10-10; score: 2",
            "to be registered: 2 shops: S1, S2",
        ],
    )
    assert alliance("shops", "list").lines == []
    done = alliance("scores", "import", name, "--register")
    assert done.lines[0] == "2 rows: 2 new, 0 corrected, 0 known already"


def test_an_import_is_among_the_operators_deeds_and_a_look_is_not(alliance: Alliance, file):
    name = file("shop_id,day,score", "S1,2022-10-09,4.8")
    alliance("scores", "import", "--dry-run", "--register", name)
    assert alliance("admin", "log").lines == []
    alliance("scores", "import", "--register", name)
    alliance("scores", "import", "--json", name)
    deeds = [json.loads(line) for line in alliance("admin", "log", "--json").lines]
    assert [(one["operator"], one["action"]) for one in deeds] == [
        ("command line", "scores.import"),
        ("command line", "scores.register"),
    ]


def test_shops_that_nobody_registered_are_named_and_nothing_of_them_is_stored(alliance: Alliance, file):
    name = file("店铺ID,店铺名称,日期,体验分", "S1,花店,2022-10-10,4.1", "S2,,2022-10-10,4.5", "S2,,2022-10-09,4.5")
    unknown = [
        "2 shops are not registered, and none of their rows is stored: S1 花店, S2",
        "to register them with the names of the file, and store their rows: --register",
    ]
    for options, more in (((), ""), (("--dry-run",), " (dry run: nothing was stored)")):
        done = alliance("scores", "import", name, *options)
        assert (done.status, done.lines) == (
            1,
            [
                f"3 rows: 0 new, 0 corrected, 0 known already, 3 of unknown shops{more}",
                "columns left alone: '店铺名称'",
                *unknown,
            ],
        )
    assert alliance("shops", "list").lines == []
    assert alliance("scores", "import", name, "--register").status == 0
    assert [line.split("  ")[2] for line in alliance("shops", "list").lines] == ["花店", "(no name)"]


def test_of_many_unknown_shops_the_first_twenty_are_named(alliance: Alliance, file):
    done = alliance("scores", "import", file(HEAD, *(f"S{n},2022-10-10,4.2" for n in range(25))))
    assert done.lines[1].endswith(": " + ", ".join(f"S{n}" for n in range(20)) + " … 25 in all")


def test_bad_lines_are_set_aside_and_the_others_stored(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    bad = file(
        HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,9", "S1,2099-10-10,3.7", "S1,2022-10-08,4.1", "S1,2022-10-07,4.1",
        "S1,2022-10-06,4.2", "S1,x,4.123", name="bad.csv",
    )  # fmt: skip
    done = alliance("scores", "import", bad)
    assert done.status == 1
    assert done.lines == [
        "bad.csv, line 3, column \"score\": '9' is off the scale of edition 2022-10-10: 0 to 5",
        "bad.csv, line 4, column \"day\": '2099-10-10' lies in the future; write the day of the score",
        "bad.csv, line 8, column \"day\": 'x' is no day such as 2022-10-10",
        "4 rows: 4 new, 0 corrected, 0 known already",
        "1 shop, 2022-10-06 to 2022-10-09; score: 4",
        "set aside: 3 lines; mend them and import the file again",
    ]
    assert alliance("scores", "import", bad).lines[3] == "4 rows: 0 new, 0 corrected, 4 known already"


def test_lines_that_contradict_each_other_are_both_set_aside(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    name = file(HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,4.1", "S1,2022-10-08,4.1", "S1,2022-10-09,3.8")
    done = alliance("scores", "import", name)
    assert done.lines[:3] == [
        "scores.csv, line 2, column \"score\": '3.90' another value stands for this shop and day on line 5; "
        "keep the right line",
        "scores.csv, line 5, column \"score\": '3.80' another value stands for this shop and day on line 2; "
        "keep the right line",
        "2 rows: 2 new, 0 corrected, 0 known already",
    ]


def test_a_file_of_which_most_lines_are_bad_is_held_until_yes(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    name = file(HEAD, "S1,2022-10-09,3.9", *(f"S{n},2022-10-10,9" for n in range(25)))
    held = alliance("scores", "import", name)
    assert (held.status, len(held.lines)) == (1, 24)
    assert held.lines[20] == "… and 5 more lines"
    assert held.lines[-1] == ("held: 25 of 26 lines are set aside; nothing was stored; to store it all the same: --yes")
    sure = alliance("scores", "import", name, "--yes")
    assert (sure.status, sure.lines[21]) == (1, "1 rows: 1 new, 0 corrected, 0 known already")


def test_whom_it_tells_what_stands_in_the_preview(alliance: Alliance, tmp_path: Path, file):
    for ref, name in (("S1", "花店"), ("S2", "茶店"), ("S3", "书店")):
        alliance("shops", "add", ref, "--name", name)
    followed(tmp_path, "S1")
    followed(tmp_path, "S2")
    day = datetime.now(UTC).date()
    done = alliance("scores", "import", file(HEAD, f"S1,{day},3.4", f"S2,{day},3.7", f"S3,{day},3.4"), "--dry-run")
    assert (done.status, done.lines[1:]) == (
        0,
        [
            f"3 shops, {day}; score: 3",
            "would hear: 1 chat of a closing at once, 1 chat of other news at the next check",
            "  花店: closing, 1 chat",
            "  茶店: warning, 1 chat",
            "below a line, and nobody follows: 1 shop (书店)",
        ],
    )


def test_the_scores_of_each_column_are_counted(alliance: Alliance, file):
    name = file("shop_id,day,score,product_score", "S1,2022-10-09,85,暂无", "S2,2022-10-10,86,70")
    done = alliance("scores", "import", name, "--register", RULES_EDITION="2026-07-29")
    assert done.lines[1] == "2 shops, 2022-10-09 to 2022-10-10; score: 2; product_score: 1, no score: 1"


def test_standard_input_is_read_like_a_file(alliance: Alliance):
    alliance("shops", "add", "S1", "--name", "花店")
    done = alliance("scores", "import", "-", given=f"{HEAD}\nS1,2022-10-10,4.1\nS1,x,4.1\n".encode("utf-8-sig"))
    assert (done.status, done.lines) == (
        1,
        [
            "standard input, line 3, column \"day\": 'x' is no day such as 2022-10-10",
            "1 rows: 1 new, 0 corrected, 0 known already",
            "1 shop, 2022-10-10; score: 1",
            "set aside: 1 line; mend them and import the file again",
        ],
    )
    empty = alliance("scores", "import", "-")
    assert (empty.status, empty.err.startswith("alliance-bot: standard input, the file: has no rows")) == (2, True)


def test_a_workbook_is_read_from_standard_input(alliance: Alliance):
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["店铺ID", "日期", "体验分"])
    book.active.append(["S1", "2022-10-10", 3.9])
    book.save(raw)
    done = alliance("scores", "import", "-", "--register", given=raw.getvalue())
    assert (done.status, done.lines[0]) == (0, "1 rows: 1 new, 0 corrected, 0 known already")


NEEDED = "nothing was stored; needed: shop_id (店铺ID), day (日期) and score (体验分)"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param([HEAD], "the file: has no rows", id="only a header"),
        pytest.param(["a,b", "1,2"], "line 1, column \"shop_id\": 'a,b' the column is missing", id="another table"),
    ],
)
def test_a_file_that_is_none_says_why_and_what_is_needed(alliance: Alliance, file, lines: list[str], said: str):
    done = alliance("scores", "import", file(*lines))
    assert (done.status, done.out, done.err) == (2, "", f"alliance-bot: scores.csv, {said}; {NEEDED}\n")


def test_there_are_words_for_each_trouble():
    assert set(Trouble) - set(import_report.WORDS) == {Trouble.OFF_SCALE, Trouble.CONFLICT}


def test_a_file_that_cannot_be_read_is_one_plain_line(alliance: Alliance):
    done = alliance("scores", "import", "none.csv")
    assert (done.status, done.out, done.err) == (2, "", "alliance-bot: none.csv: No such file or directory\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("s.csv", b"shop_id,day,score\n\xff\xff,", id="no text"),
        pytest.param("s.xlsx", b"PK\3\4 no more", id="no workbook"),
    ],
)
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_that_is_neither_text_nor_workbook_is_one_plain_line(
    alliance: Alliance, tmp_path: Path, name: str, content: bytes, options: tuple[str, ...]
):
    (tmp_path / name).write_bytes(content)
    done = alliance("scores", "import", name, *options)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(f"alliance-bot: {name}, ")
    assert done.err.endswith(f"; {NEEDED}\n")


def test_a_folder_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Refusal, match="Is a directory"):
        import_scores.imported(tmp_path, import_scores.Options())


def listed(alliance: Alliance, name: str, *options: str, **settings: str) -> tuple[int, dict]:
    done = alliance("scores", "import", name, "--json", *options, **settings)
    return done.status, json.loads(done.out)


QUIET = {"at_once": 0, "later": 0, "corrected": 0, "first": [], "more": 0, "unfollowed": 0}


def test_as_json_every_row_is_listed_with_its_scores(alliance: Alliance, file):
    head = "店铺ID,店铺名称,日期,综合体验分,商品体验分"
    name = file(head, "S1,花店,2022-10-09,85.50,80", "S2,茶店,2022-10-09,-,86", "S3,书店,2022-10-09,暂无,")
    expected = {
        "rows": [
            {"shop_id": "S1", "day": "2022-10-09", "scores": {"score": "85.5", "product_score": "80"}},
            {"shop_id": "S2", "day": "2022-10-09", "scores": {"score": None, "product_score": "86"}},
        ],
        "no_score": [{"shop_id": "S3", "day": "2022-10-09"}],
        "set_aside": [],
        "set_aside_count": 0,
        "left_alone": ["店铺名称"],
        "sheets_left_alone": [],
        "corrected": [],
        "closings": [],
        "unknown": ["S1", "S2", "S3"],
        "registered": [],
        "held": False,
        "why_held": None,
        "closings_told": 0,
        "corrections_told": 0,
        "reach": QUIET,
    }
    hundred = {"RULES_EDITION": "2026-07-29"}
    assert listed(alliance, name, "--dry-run", **hundred) == listed(alliance, name, **hundred) == (1, expected)
    assert alliance("shops", "list").lines == []
    registered = listed(alliance, name, "--register", **hundred)
    assert registered == (0, expected | {"unknown": [], "registered": ["S1", "S2", "S3"]})
    again = listed(alliance, file(head, "S1,花店,2022-10-09,暂无,80"), **hundred)[1]
    before = {"score": "score", "before": "85.5", "after": None}
    assert (again["corrected"], again["unknown"]) == ([{"shop_id": "S1", "day": "2022-10-09"} | before], [])


def test_as_json_wrong_rows_are_set_aside_and_the_others_are_stored(alliance: Alliance, file):
    name = file(HEAD, "S1,2022-10-09,4.2", "S1,2022-10-10,9", "S1,2022-10-08,4.1")
    status, found = listed(alliance, name, "--register")
    why = "'9' is off the scale of edition 2022-10-10: 0 to 5"
    assert (status, [row["day"] for row in found["rows"]]) == (1, ["2022-10-09", "2022-10-08"])
    assert found["set_aside"] == [{"line": 3, "column": "score", "value": "9", "why": why}]
    assert alliance("scores", "import", name).lines[1] == "2 rows: 0 new, 0 corrected, 2 known already"


def test_as_json_a_file_of_bad_rows_alone_is_held(alliance: Alliance, file):
    status, found = listed(alliance, file(HEAD, "S1,2022-10-10,9"))
    assert (status, found["rows"], found["held"], found["why_held"]) == (1, [], True, "set_aside")


def test_scores_of_another_scale_are_held_until_yes(alliance: Alliance, file):
    name, hundred = file(HEAD, "S1,2022-10-09,4.8", "S2,2022-10-09,4.6"), {"RULES_EDITION": "2026-07-29"}
    status, found = listed(alliance, name, **hundred)
    why = "looks like another scale: the edition's goes from 0 to 100"
    assert (status, found["rows"], found["held"], found["unknown"]) == (1, [], True, ["S1", "S2"])
    assert [(one["line"], one["value"], one["why"]) for one in found["set_aside"]] == [(2, "4.8", why), (3, "4.6", why)]
    held = alliance("scores", "import", name, "--register", **hundred)
    assert (held.status, held.lines) == (
        1,
        [
            "2 shops, 2022-10-09; score: 2",
            "to be registered: 2 shops: S1, S2",
            "below a line, and nobody follows: 2 shops (S1, S2)",
            "held: 2 of 2 values of score look like another scale (S1, S2); the edition's goes from 0 to 100; "
            "nothing was stored; to store it all the same: --yes",
        ],
    )
    sure = alliance("scores", "import", name, "--register", "--yes", **hundred)
    assert (sure.status, sure.lines[0]) == (0, "2 rows: 2 new, 0 corrected, 0 known already")


def test_odd_scores_of_unknown_shops_are_pointed_out_before_anybody_registers_them(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    name = file(HEAD, "S1,2022-10-09,4.8", "S2,2022-10-09,0.9")
    odd = "but look first: 1 of 2 values of score look like another scale (S2); the edition's goes from 0 to 5"
    assert odd in alliance("scores", "import", name, "--dry-run").lines
    status, found = listed(alliance, name)
    assert (status, found["held"], [row["shop_id"] for row in found["rows"]]) == (1, False, ["S1"])
    assert [one["line"] for one in found["set_aside"]] == [3]


def test_a_known_low_score_is_no_odd_one_beside_an_unknown_shop(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    alliance("scores", "import", file(HEAD, "S1,2022-10-08,0.9"), "--yes")
    found = listed(alliance, file(HEAD, "S1,2022-10-09,0.8", "S2,2022-10-09,0.9"))[1]
    assert [row["shop_id"] for row in found["rows"]] == ["S1"]
    assert [one["line"] for one in found["set_aside"]] == [3]


def test_as_json_lines_that_contradict_each_other_are_no_rows(alliance: Alliance, file):
    alliance("shops", "add", "S1", "--name", "花店")
    name = file(HEAD, "S1,2022-10-09,3.9", "S1,2022-10-10,4.1", "S1,2022-10-08,4.1", "S1,2022-10-09,3.8")
    status, found = listed(alliance, name)
    assert (status, [row["day"] for row in found["rows"]]) == (1, ["2022-10-10", "2022-10-08"])
    assert [one["line"] for one in found["set_aside"]] == [2, 5]
    assert alliance("scores", "import", name).lines[2] == "2 rows: 0 new, 0 corrected, 2 known already"


def test_a_file_that_would_close_many_is_held_until_yes(alliance: Alliance, file):
    for number in range(4):
        alliance("shops", "add", f"S{number}", "--name", f"店{number}")
    name = file(HEAD, *(f"S{number},2022-10-09,3.4" for number in range(4)))
    why = "held: 4 of 4 known shops would newly fall below a closing line (店0, 店1, 店2, 店3); nothing was stored"
    for options in ((), ("--dry-run",)):
        held = alliance("scores", "import", name, *options)
        assert (held.status, held.lines[-1]) == (1, f"{why}; to store it all the same: --yes")
    assert alliance("scores", "import", name, "--yes").status == 0


FILES = Path(__file__).parents[1] / "feeds" / "files"
EXPECTED = FILES / "expected.jsonl"
CASES = [json.loads(line) for line in EXPECTED.read_text("utf-8").splitlines()] if EXPECTED.exists() else []


@pytest.mark.skipif(not CASES, reason="the files are not here")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["file"])
def test_a_file_as_people_make_it_is_read_row_by_row(alliance: Alliance, case: dict):
    _, found = listed(alliance, str(FILES / case["file"]), "--dry-run", RULES_EDITION=case["edition"])
    assert (found["rows"], found["no_score"], len(found["set_aside"])) == (
        case["rows"],
        case["no_score"],
        case["set_aside"],
    )
