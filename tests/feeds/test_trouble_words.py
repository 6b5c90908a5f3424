"""Every trouble with a file has words, in the chat and at a terminal."""

import pytest

from bot.commands.import_report import place, what
from bot.feeds.cells import Trouble
from bot.feeds.file import BY_CHAT
from bot.feeds.table import Problem
from bot.views.render import render
from tests.packaged import FIVE_POINTS


@pytest.mark.parametrize("trouble", Trouble)
def test_a_trouble_is_said_in_words(trouble: Trouble) -> None:
    problem = Problem(3, "score", trouble, "4,25", 2, "数据")
    values = {"is_refused": False, "count": 1, "scores": FIVE_POINTS.scores, "limits": BY_CHAT}
    said = render("operators/upload_problems", problems=[problem], **values).plain
    assert "工作表「数据」第 3 行「体验分」：" in said and "读不懂" not in said
    assert place(problem) == 'sheet "数据", line 3, column "score"'
    assert "can't be taken" not in what(problem, FIVE_POINTS)
