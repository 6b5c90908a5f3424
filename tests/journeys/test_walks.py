"""A first day with the bot, under each edition: asked, checked, told, warned, corrected, turned off, taken away."""

import pytest

from tests.journeys.conftest import Start
from tests.live import HEARD, Message, Person, SandboxClient
from tests.shape import faults

WALK = """
/start
怎么开通精选联盟
体验分是什么
被清退了怎么申诉
明天天气怎么样
/check
{answers}
我的店能开通吗
体验分 {good}
!记下
如果掉到{low}
体验分 {low}
!记下
我会被清退吗
/score
!↩️ 撤销最近一次
!↩️ 撤销
/shops 二号店
二号店 {good}
!记下
/score
/settings
停
打开提醒
/rules
/help
/privacy
/export
/forget
!确定，全部删除
"""
ANSWERS = {
    "2022-10-10": "!开了 !能 !正常营业 !0_次 4.2 !没开通 !没有 !没有 !齐了",
    "2026-07-29": "!开了 !能 !正常营业 !旗舰店 !其他类目 85 90 !没开通",
}
SCORES = {"2022-10-10": {"good": "4.2", "low": "3.4"}, "2026-07-29": {"good": "85", "low": "66"}}


def steps(edition: str) -> list[str]:
    answers = ANSWERS[edition].replace(" ", "\n").replace("_", " ")
    return WALK.format(answers=answers, **SCORES[edition]).strip().splitlines()


@pytest.mark.parametrize("edition", sorted(SCORES))
async def test_a_first_day(sandbox: SandboxClient, start: Start, edition: str) -> None:
    await start(messages_per_minute=1000, rules_edition=edition)
    merchant = await sandbox.person("小店")
    walk = steps(edition)
    for step, following in zip(walk, [*walk[1:], ""], strict=True):
        await (merchant.presses(step[1:]) if step.startswith("!") else merchant.says(step))
        shown = await merchant.hears()
        while following.startswith("!") and following[1:] not in shown.buttons:
            shown = await merchant.hears()
    assert {text: wrong for text in await said(sandbox, merchant) if (wrong := faults(text))} == {}


async def said(sandbox: SandboxClient, merchant: Person) -> list[str]:
    """Every text that the bot has shown, edited ones too."""
    events = await sandbox.events(0, chat_id=merchant.id, kinds=HEARD)
    shown = (Message(event["message"]) for event in events)
    return [message.text for message in shown if message.is_from_bot]
