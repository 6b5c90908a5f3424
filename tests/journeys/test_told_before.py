"""What a merchant told minutes ago answers the next question; nothing of it is kept of the shop without a yes."""

import pytest

from storage import cases, shops
from tests.databases import connected
from tests.journeys.conftest import asks, tells
from tests.live import Person


async def talks(shop: Person, *texts: str) -> str:
    """The words of the answer to the last of these messages."""
    return [await asks(shop, text) for text in texts][-1]


@pytest.mark.parametrize(
    ("texts", "begins"),
    [
        (("我体验分是3.7", "那能开吗"), "还不能：体验分 3.7 不到 4.0"),
        (("我体验分是3.7", "那能开吗", "已经开着的会关吗"), "不会因分数关闭：体验分 3.7"),
        (("我体验分是3.7", "今天天气怎么样", "那能开吗"), "还不能：体验分 3.7"),
        (("我体验分是3.7", "什么情况会被清退"), "低于 3.5 分，或违反联盟管理规则"),
        (("体验分3.5会关吗", "不对,我是说3.2", "为什么"), "会：体验分 3.2 低于 3.5"),
        (("被系统关了一次还能开吗", "三次呢"), "不能，永久不可再申请：被系统关闭 3 次"),
        (("体验分3.4会关吗", "链接呢"), "权限被关闭后，已经在短视频或直播里推广的商品会被解绑"),
        (("200天前被罚过,能开吗", "那还要等多久"), "还算：处罚到今天 200 天"),
    ],
)
async def test_a_message_is_answered_by_what_was_said_before(shop: Person, texts: tuple[str, ...], begins: str) -> None:
    assert (await talks(shop, *texts)).startswith(begins)


async def test_a_place_is_one_of_the_list_that_was_shown(shop: Person) -> None:
    assert len((await tells(shop, "自动开通的条件")).quotes) == 3
    await tells(shop, "体验分3.4会关吗")
    assert (await tells(shop, "第三条是什么意思")).text.startswith("商家必须处于正常状态")


async def test_a_statement_is_remembered_and_not_kept_before_it_is_confirmed(shop: Person, database_url: str) -> None:
    await tells(shop, "体验分 3.4")
    assert (await asks(shop, "那能开吗")).startswith("还不能：体验分 3.4")
    async with connected(database_url) as conn:
        known = await shops.of_chat(conn, shop.id)
        assert [await cases.of_shop(conn, one) for one in known] == []
    await tells(shop, "体验分 3.6", "记下")
    assert (await asks(shop, "我会被清退吗")).startswith("不会因分数关闭：体验分 3.6（今天的）")


async def test_what_was_kept_counts_before_what_was_told(shop: Person) -> None:
    await asks(shop, "体验分3.9能开吗")
    await tells(shop, "/score 3.4", "记下")
    assert (await asks(shop, "那会关吗")).startswith("会：体验分 3.4（今天的）")
    assert (await asks(shop, "我会被清退吗")).startswith("会：体验分 3.4（今天的）")
    assert (await asks(shop, "什么情况会被清退")).startswith("低于 3.5 分，或违反联盟管理规则")


async def test_a_button_leaves_what_was_told(shop: Person) -> None:
    await tells(shop, "我体验分3.7会怎样")
    await tells(shop, "什么情况会被清退", "清退后商品怎么办")
    assert (await asks(shop, "那会关吗")).startswith("不会因分数关闭：体验分 3.7 不低于 3.5")


async def test_of_several_shops_each_is_answered_by_its_own_case(shop: Person) -> None:
    await tells(shop, "/shops 甲店")
    await tells(shop, "/shops 二号店")
    await tells(shop, "甲店 体验分 3.2", "记下")
    await tells(shop, "二号店 体验分 4.2", "记下")
    assert (await asks(shop, "体验分3.7能开吗")).startswith("还不能：体验分 3.7")
    assert (await asks(shop, "那会关吗")).startswith("不会因分数关闭：体验分 3.7")
    assert (await asks(shop, "我会被关吗")).startswith("你有 2 家店")
    assert (await asks(shop, "甲店会被关吗")).splitlines()[1].startswith("会：体验分 3.2（今天的）")
    assert (await asks(shop, "甲店体验分3.6会被关吗")).splitlines()[1].startswith("不会因分数关闭：体验分 3.6")
    assert (await asks(shop, "那能开吗")).startswith("准入标准有六条")
    assert (await asks(shop, "二号店会被关吗")).splitlines()[1].startswith("不会因分数关闭：体验分 4.2（今天的）")
