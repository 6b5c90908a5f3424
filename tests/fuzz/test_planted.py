"""The bugs to plant fit the current code."""

import pytest

from tests.fuzz.planted import BUGS, ROOT


@pytest.mark.parametrize("bug", BUGS, ids=[bug["name"] for bug in BUGS])
def test_a_planted_bug_has_one_place(bug):
    assert (ROOT / bug["file"]).read_text("utf-8").count(bug["old"]) == 1
    assert (ROOT / bug["test"]).is_file()
