"""A closing that cannot be told because the merchant has blocked the bot, from the score to the operator's chat."""

from datetime import UTC, datetime

import pytest

from bot.jobs.undelivered import UndeliveredWatch
from bot.jobs.unheard import UnheardWatch
from storage import follows, shops
from tests.databases import connected
from tests.journeys.conftest import Start, presses, tells
from tests.journeys.test_score_upload import OPERATOR, sends
from tests.live import SandboxClient

TODAY = datetime.now(UTC).date()


async def test_an_operator_hears_at_once_of_a_closing_that_reached_nobody(
    sandbox: SandboxClient, start: Start, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UndeliveredWatch, "look_s", 0.05)
    await start(messages_per_minute=1000, admin_chat_ids=str(OPERATOR), timezone="UTC")
    merchant, operator = await sandbox.person("小店"), await sandbox.person("运营", id=OPERATOR)
    await tells(merchant, "/start")
    async with connected(database_url) as conn:  # the block is learnt when the warning is sent
        _, shop = await shops.add(conn, "71", "花店", 0)
        await follows.start(conn, shop.id, merchant.id, 0)
    await sandbox.fault("status", chat_id=merchant.id, method="sendMessage", status=403)
    await sends(operator, f"shop_id,day,score\n71,{TODAY},3.40\n")
    await presses(operator, "导入")
    while "没有送到" not in (shown := await operator.hears()).text:
        pass
    assert shown.text.splitlines()[0] == "⛔ 有一条权限会被关闭的提醒没有送到，请马上联系商家"
    assert f"· 花店 清退线下（3.4） → 聊天 {merchant.id}：拉黑或注销了" in shown.text
    await operator.presses(shown.buttons[0])
    while "：对方拉黑" not in (await operator.hears()).text:  # the import is told in between
        pass


async def test_an_operator_hears_of_a_closing_of_a_shop_that_nobody_follows(
    sandbox: SandboxClient, start: Start, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UnheardWatch, "look_s", 0.05)
    await start(messages_per_minute=1000, admin_chat_ids=str(OPERATOR), timezone="UTC")
    operator = await sandbox.person("运营", id=OPERATOR)
    async with connected(database_url) as conn:
        await shops.add(conn, "71", "花店", 0)
    await sends(operator, f"shop_id,day,score\n71,{TODAY},3.40\n")
    await presses(operator, "导入")
    while "没有商家收到提醒" not in (shown := await operator.hears()).text:
        pass
    assert "· 花店：没有人关注" in shown.text
    await operator.presses("花店")
    while "发绑定链接" not in (await operator.hears()).buttons:  # the word on the import may come in between
        pass
