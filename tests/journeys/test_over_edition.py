"""Under an edition that is over, "never again" never stands without what the edition in force says."""

import pytest

from tests.journeys.conftest import Start, asks, presses, tells
from tests.journeys.test_check import GOOD, checks
from tests.live import Person, SandboxClient

NOW = "现行 2026-07-29 版（100 分制）：不再限制次数：重新达到准入标准就可以再次开通。"


@pytest.fixture
async def shop(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant of a bot."""
    await start(messages_per_minute=1000)
    return await sandbox.person("小店")


async def test_a_third_closing_says_at_once_what_holds_today(shop: Person) -> None:
    kept = await tells(shop, "第三次被清退了", "是，第 3 次")
    assert kept.text.splitlines()[0].startswith("🚫 我的店铺")
    assert kept.text.splitlines()[1] == NOW


async def test_every_page_of_a_barred_shop_says_what_holds_today(shop: Person) -> None:
    await checks(shop, *GOOD)
    await tells(shop, "第三次被清退了", "第 3 次（之前记错了）")
    pages = {
        "score": await asks(shop, "/score"),
        "confirm": (confirm := await tells(shop, "体验分 3.4")).text,
        "kept": (await presses(shop, confirm.buttons[0])).text,
        "taken back": (await presses(shop, "↩️ 撤销")).text,
        "what if": await asks(shop, "如果降到3.6"),
        "shop": (await tells(shop, "/shops", "我的店铺")).text,
        "check": await asks(shop, "/check"),
    }
    assert {name: text.count(NOW) for name, text in pages.items() if "永久" in text} == dict.fromkeys(pages, 1)


async def test_a_barred_shop_without_a_score_is_said_to_be_judged_by_the_old_edition(shop: Person) -> None:
    await tells(shop, "第三次被清退了", "是，第 3 次")
    page = (await tells(shop, "/shops", "我的店铺")).text
    assert page.splitlines()[0] == "我的店铺：🚫 已被系统关闭 3 次，永久不能再开通（按旧版 2022-10-10，已停用）"


async def test_a_check_says_what_holds_today_below_the_last_chance(shop: Person) -> None:
    result = await checks(shop, *GOOD[:3], "2 次", *GOOD[4:])
    assert f"这是第 3 次机会，也是最后一次。\n{NOW}\n" in result.text
    assert result.text.count(NOW) == 1


ENTRY = "现行 2026-07-29 版（100 分制）：商家体验分不低于 70 分，商品体验分不低于 60 分；部分类目更高。"


async def test_a_yes_by_the_old_edition_says_what_is_asked_for_today(shop: Person) -> None:
    result = await checks(shop, *GOOD)
    verdict, now = result.text.splitlines()[:2]
    assert verdict.startswith("✅ 可以开通（按旧版 2022-10-10，已停用）")
    assert now == ENTRY
    closed = await tells(shop, "被关闭了", "第 1 次")
    assert ENTRY in closed.text
    pages = {
        "score": await asks(shop, "/score"),
        "what if": await asks(shop, "如果涨到4.6"),
        "shop": (await tells(shop, "/shops", "我的店铺")).text,
    }
    assert {name: text.count(ENTRY) for name, text in pages.items() if "✅" in text} == dict.fromkeys(pages, 1)


async def test_a_no_by_the_old_edition_stands_alone(shop: Person) -> None:
    await tells(shop, "被关闭了", "第 1 次")
    assert ENTRY not in (await tells(shop, "体验分 3.9", "记下")).text


async def test_a_shop_with_a_chance_left_is_told_nothing_of_it(shop: Person) -> None:
    assert NOW not in (await tells(shop, "被关闭了", "第 1 次")).text
    assert NOW not in await asks(shop, "/score")


@pytest.mark.parametrize(
    "question", ["关了3次还能开吗", "体验分4.5被关了3次能开通吗", "关了3次还剩几次机会", "被关了3次，没处罚过，能开吗"]
)
async def test_an_answer_of_never_says_what_holds_today(shop: Person, question: str) -> None:
    answer = await asks(shop, question)
    assert "永久" in answer.splitlines()[0]
    assert answer.count(NOW.removesuffix("。")) == 1
