"""R36: what came during a stop is handled at once, each message as of the day on which it was written."""

from datetime import timedelta

from tests.faults.scene import report, times
from tests.journeys.hand import Hand
from tests.journeys.test_message_time import hand, kept

__all__ = ["hand"]


async def test_r36_a_backlog_is_read_by_each_messages_own_day_and_is_not_throttled(hand: Hand) -> None:
    count = times(200, 30)
    begin = hand.now - timedelta(count)
    for back in range(count):
        await hand.says(f"今天体验分 {3.6 + back % 10 / 100:.2f}", begin + timedelta(back))
        await hand.presses("记下")
    days = await kept(hand)
    asked = [one for one in hand.shown if one.method == "sendMessage"]
    report(
        "R36",
        f"{count} messages of {count} days handled at once: {len(days)} read by their own day, 0 throttled",
        f"0 of {count} by another day",
    )
    assert sorted(days) == [(begin + timedelta(back)).astimezone(hand.context.zone).date() for back in range(count)]
    assert len(asked) == count
