"""Commands as people type them: other blanks, a wide slash, another bot's name."""

import pytest

from tests.journeys.conftest import asks
from tests.journeys.test_shops import invite
from tests.live import Person, SandboxClient


@pytest.mark.parametrize("text", ["/help\n", "/help\u3000再说", "/help\u00a0", "／help", "/HELP@sandbox_bot\n谢谢"])
async def test_any_blank_ends_a_command_and_a_wide_slash_begins_one(shop: Person, text: str) -> None:
    assert (await asks(shop, text)).startswith("我能做四件事")


@pytest.mark.parametrize("blank", [" ", "\n", "\u3000"])
async def test_a_start_with_the_bots_name_keeps_its_payload(shop: Person, database_url: str, blank: str) -> None:
    bound = await asks(shop, f"/start@sandbox_bot{blank}{await invite(database_url)}")
    assert bound.startswith("✅ 已绑定：旗舰店")


async def test_a_command_for_another_bot_is_none_of_ours(shop: Person, sandbox: SandboxClient) -> None:
    await sandbox.calls("getMe", count=1)
    await asks(shop, "谢谢")  # by then the bot knows its name
    await shop.says("/help@OtherBot")
    assert not (await asks(shop, "谢谢")).startswith("我能做四件事")
    assert len(await sandbox.calls("sendMessage", chat_id=shop.id)) == 2
