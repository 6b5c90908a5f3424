"""`alliance-bot shops`: register, rename, list, and one-time links."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.commands import Refusal, register_shops
from bot.conversation import links
from bot.conversation.links import invite_key
from tests.commands.conftest import Alliance
from tests.live import sandbox_client

pytestmark = pytest.mark.usefixtures("upgraded")
TOKEN = "123456:shop-links"


def test_a_shop_is_added_renamed_and_listed(alliance: Alliance):
    added = alliance("shops", "add", "7120001", "--name", "花店")
    again = alliance("shops", "add", "7120001", "--name", " 花店 ")
    renamed = alliance("shops", "add", "7120001", "--name", "茶店")
    assert [added.lines, again.lines, renamed.lines] == [
        ["7120001: added as 花店"],
        ["7120001: is 花店 already"],
        ["7120001: renamed from 花店 to 茶店"],
    ]
    assert [done.status for done in (added, again, renamed)] == [0, 0, 0]
    assert alliance("shops", "list").lines == ["7120001  0 followers  茶店  no score"]


@pytest.mark.parametrize(
    ("ref", "name", "said"),
    [
        pytest.param("=1+1", "花店", "SHOP_ID: got '=1+1'; wants", id="a formula for an id"),
        pytest.param("7 1", "花店", "SHOP_ID: got '7 1'; wants", id="a space in an id"),
        pytest.param("71", "  ", "--name: wants 1 to 40", id="no name"),
        pytest.param("71", "长" * 41, "--name: wants 1 to 40", id="a name that is too long"),
    ],
)
def test_what_is_no_id_or_no_name_is_refused(ref: str, name: str, said: str):
    with pytest.raises(Refusal, match=f"^{re.escape(said)}"):
        register_shops.add(ref, name)


def test_a_link_for_a_shop_that_is_not_registered_is_refused_in_one_line(alliance: Alliance):
    done = alliance("shops", "invite", "71")
    assert (done.status, done.out) == (2, "")
    assert done.err == "alliance-bot: 71: not registered; first: alliance-bot shops add 71 --name NAME\n"


def test_without_the_bot_running_a_link_cannot_be_made_and_it_says_how(alliance: Alliance):
    alliance("shops", "add", "71", "--name", "花店")
    done = alliance("shops", "invite", "71", HTTP_PORT="9")
    assert done.status == 2
    assert "start it with: alliance-bot run" in done.err


async def test_a_link_is_the_bots_own_holds_a_week_and_is_another_each_time(alliance: Alliance):
    alliance("shops", "add", "71", "--name", "花店")
    async with sandbox_client() as sandbox:
        settings = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": sandbox.url}
        made = [await asyncio.to_thread(alliance, "shops", "invite", "71", **settings) for _ in range(2)]
        username = (await sandbox.calls("getMe"))[0] and (await sandbox.state())["bot"]["username"]
    assert [done.status for done in made] == [0, 0], made[0].err
    payloads = [done.lines[0].removeprefix(f"https://t.me/{username}?start=") for done in made]
    now = datetime.now(UTC)
    found = [links.read(invite_key(TOKEN), payload, now) for payload in payloads]
    assert all(isinstance(one, links.Invite) for one in found)
    assert [abs(one.expires_at - now - timedelta(7)) < timedelta(minutes=2) for one in found] == [True, True]
    assert found[0].invite_id != found[1].invite_id
