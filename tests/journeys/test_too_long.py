"""A text that holds more than is read of one message is asked for in parts, whatever it would have been."""

from collections.abc import AsyncIterator

import pytest

from tests.journeys.hand import Hand, by_hand

LONG = "3.7分关闭2次" * 140


@pytest.fixture
async def hand(embedded_url: str) -> AsyncIterator[Hand]:
    async with by_hand(embedded_url, "2022-11-28 21:40") as one:
        yield one


async def test_a_text_that_is_too_long_is_asked_in_parts(hand: Hand) -> None:
    (said,) = await hand.says(LONG)
    assert "分开问" in said
    (answered, *_) = await hand.says("怎么开通精选联盟")
    assert "4.0" in answered


async def test_a_correction_that_is_short_enough_is_answered(hand: Hand) -> None:
    await hand.says(LONG, number=50)
    (answered,) = await hand.edits(50, "怎么开通精选联盟")
    assert "4.0" in answered
