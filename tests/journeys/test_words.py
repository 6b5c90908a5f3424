"""How a known score and its day stand in a sentence, and which brackets."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.journeys.conftest import Start, asks, tells
from tests.live import Person, SandboxClient

YESTERDAY = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date() - timedelta(1)
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff0-9 ]\(|\)[\u4e00-\u9fff，。：]")


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant of a bot."""
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")


async def test_a_known_score_is_said_with_its_day(shop: Person) -> None:
    await tells(shop, "昨天体验分 3.4", "记下")
    assert (await asks(shop, "我会被清退吗")).startswith(f"会：体验分 3.4（{YESTERDAY} 的）低于 3.5")
    assert (await asks(shop, "我的店能开通吗")).startswith(f"还不能：（{YESTERDAY} 记的）体验分 3.4 不到 4.0")


async def test_a_known_score_of_today_is_today_s(shop: Person) -> None:
    await tells(shop, "体验分 3.9", "记下")
    assert (await asks(shop, "我会被清退吗")).startswith("不会因分数关闭：体验分 3.9（今天的）不低于 3.5")
    assert (await asks(shop, "我的店能开通吗")).startswith("还不能：（今天记的）体验分 3.9 不到 4.0")


async def test_a_score_beside_a_told_one_is_said_with_its_day(shop: Person) -> None:
    await tells(shop, "商品体验分 50", "记下")
    asked = await asks(shop, "体验分 85")
    assert asked.startswith("体验分 85、商品体验分 50（今天记的）：")
    assert (await asks(shop, "如果体验分掉到 60")).startswith("如果体验分是 60（商品体验分 50，今天记的）：")


@pytest.mark.parametrize("question", ["体验分多少才能开通", "商品体验分要多少", "什么情况会被清退"])
async def test_our_sentences_have_full_width_brackets(sandbox: SandboxClient, start: Start, question: str) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    answer = await tells(await sandbox.person(), question)
    assert not HALF_WIDTH.search(answer.text), answer.text
