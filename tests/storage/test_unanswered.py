"""Questions not understood: masked, counted, shown for thirty days."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import unanswered
from storage.unanswered import KEPT_MS, Unanswered, masked

NOW = 1_800_000_000_000

MASKED = {
    "加我微信 13800138000": "加我微信 ******",
    "全角１３８００１３８０００": "全角******",
    "138-0013-8000 在吗": "****** 在吗",
    "五位12345留着": "五位12345留着",
    "六位123456不留": "六位******不留",
    "3.75分": "3.75分",
}


@pytest.mark.parametrize(("text", "kept"), MASKED.items(), ids=MASKED)
def test_long_numbers_are_struck_out(text: str, kept: str) -> None:
    assert masked(text) == kept


async def test_the_same_question_counts_up(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await unanswered.keep(conn, "香蕉多少钱", (), NOW)
        await unanswered.keep(conn, "联盟橱窗", ("what", "join"), NOW + 1)
        await unanswered.keep(conn, "联盟橱窗", ("what", "join"), NOW + 2)
        found = await unanswered.listed(conn, NOW + 3, 10)
    assert found == [
        Unanswered("联盟橱窗", ("what", "join"), 2, NOW + 2),
        Unanswered("香蕉多少钱", (), 1, NOW),
    ]


async def test_a_question_has_what_it_got_last(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await unanswered.keep(conn, "联盟橱窗", ("what",), NOW)
        await unanswered.keep(conn, "联盟橱窗", ("what",), NOW + 1, "choices")
        await unanswered.keep(conn, "联盟橱窗", ("join",), NOW + 2, "not_covered")
        (found,) = await unanswered.listed(conn, NOW + 3, 10)
    assert found == Unanswered("联盟橱窗", ("join",), 3, NOW + 2, "not_covered")


async def test_after_thirty_days_it_is_not_shown(engine: AsyncEngine) -> None:
    async with engine.begin() as conn:
        await unanswered.keep(conn, "旧的", (), NOW)
        on_the_day = await unanswered.listed(conn, NOW + KEPT_MS, 10)
        later = await unanswered.listed(conn, NOW + KEPT_MS + 1, 10)
    assert ([one.text for one in on_the_day], later) == (["旧的"], [])
