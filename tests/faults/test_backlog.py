"""R36: what came during a stop is handled at once, each message as of the day on which it was written."""

from datetime import timedelta

from tests.faults.scene import report, times
from tests.journeys.hand import Hand, by_hand


async def test_r36_a_backlog_is_read_by_each_messages_own_day_and_is_not_throttled(embedded_url: str) -> None:
    async with by_hand(embedded_url, "2022-11-29 01:28") as hand:
        await _backlog(hand, times(200, 30))


async def _backlog(hand: Hand, count: int) -> None:
    begin = hand.now - timedelta(count)
    for back in range(count):
        await hand.says(f"今天体验分 {3.6 + back % 10 / 100:.2f}", begin + timedelta(back))
        await hand.presses("记下")
    days = await hand.scores()
    asked = [one for one in hand.shown if one.method == "sendMessage"]
    report(
        "R36",
        f"{count} messages of {count} days handled at once: {len(days)} read by their own day, 0 throttled",
        f"0 of {count} by another day",
    )
    assert sorted(days) == [(begin + timedelta(back)).astimezone(hand.context.zone).date() for back in range(count)]
    assert len(asked) == count
