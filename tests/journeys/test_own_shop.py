"""A merchant asks of the shop of the chat, with no number in the question: what was told of it answers."""

import pytest

from tests.journeys.conftest import Start, asks, presses, tells
from tests.live import Person, SandboxClient

IN = ("开了", "能", "正常营业", "旗舰店", "其他类目")


async def test_a_shop_that_was_closed_is_not_said_to_be_closed_ahead(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000)
    shop = await sandbox.person("小店")
    await tells(shop, "体验分 3.2", "记下")
    assert (await asks(shop, "我会被关吗")).startswith("会：体验分 3.2（今天的）低于 3.5")
    await tells(shop, "被关闭了", "第 2 次")
    told = (await asks(shop, "我会被关吗")).splitlines()
    assert told[0].startswith("已经关闭着：被系统关闭 2 次")
    assert told[1].startswith("重新开通：还不能：")


async def test_a_shop_without_any_score_is_cleared_out_on_every_surface(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    shown = await tells(shop, "/check", *IN, "还没有体验分", "也没有")
    while "/" in shown.text.splitlines()[0]:
        shown = await presses(shop, "开通着" if "开通着" in shown.buttons else "不清楚")
    assert shown.text.splitlines()[0] == "⛔ 已开通，没有体验分和成长期体验分，会被关闭权限"
    assert (await asks(shop, "我会被关吗")).startswith("会：体验分、成长期体验分都没有")
    assert "我的店铺：⛔ 会被关闭权限\n" in await asks(shop, "/score")


async def test_a_number_of_the_scale_of_the_kept_scores_is_judged_as_on_the_score_page(
    sandbox: SandboxClient, start: Start
) -> None:
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    shop = await sandbox.person("小店")
    assert (await asks(shop, "体验分 3.6会被关吗")).startswith("3.6 是 5 分制的写法，不能按这一版判断")
    await tells(shop, "体验分 3.6", "是旧的 5 分制，按 2022-10-10 版看", "记下")
    by = "按 2022-10-10 版（5 分制）："
    for question in ("体验分 3.6会被关吗", "我会被关吗"):
        said = await asks(shop, question)
        assert said.startswith(f"{by}不会因分数关闭：体验分 3.6")
        assert "已停用" in said.splitlines()[0]
        assert "2026-07-29 版（100 分制）的写法：" in said


GENERIC = "低于 3.5 分，或违反联盟管理规则达到清退标准，会被关闭权限"


@pytest.fixture
async def two(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant of two shops, one below the closing line after two closings and one above all lines."""
    await start(messages_per_minute=1000)
    shop = await sandbox.person("两店")
    await tells(shop, "/shops 甲店")
    await tells(shop, "/shops 二号店")
    await tells(shop, "甲店 体验分 3.2", "记下")
    await tells(shop, "二号店 体验分 4.2", "记下")
    return shop


@pytest.mark.parametrize(
    ("question", "name", "said"),
    [
        ("甲店会被关闭吗", "甲店", "会：体验分 3.2（今天的）低于 3.5"),
        ("二号店会被关吗", "二号店", "不会因分数关闭：体验分 4.2（今天的）不低于 3.5"),
        ("二号店会收到警告吗", "二号店", "不会警告：体验分 4.2"),
        ("甲店还有几次机会", "甲店", "还不知道还剩几次"),
        ("甲店能开通吗", "甲店", "还不能：（今天记的）体验分 3.2 不到 4.0"),
        ("甲店体验分3.6会被关吗", "甲店", "不会因分数关闭：体验分 3.6 不低于 3.5"),
    ],
)
async def test_a_shop_named_in_a_question_is_the_one_that_is_judged(
    two: Person, question: str, name: str, said: str
) -> None:
    first, second, *_ = (await asks(two, question)).splitlines()
    assert first == name
    assert second.startswith(said)


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        ("我会被关吗", {"甲店": "会：体验分 3.2", "二号店": "不会因分数关闭：体验分 4.2"}),
        ("还有几次机会", {"甲店": "还不知道还剩几次"}),
        ("我的店能开通吗", {"二号店": "能过这一条：（今天记的）体验分 4.2 达到 4.0"}),
    ],
)
async def test_of_several_shops_none_is_judged_before_it_is_chosen(
    two: Person, question: str, answers: dict[str, str]
) -> None:
    asked = await tells(two, question)
    assert asked.text.splitlines()[0] == "你有 2 家店，问的是哪一家？点下面的按钮，或者问的时候写上店名。"
    assert asked.buttons == ["甲店", "二号店"]
    assert "体验分 3.2" not in asked.text
    for name, said in answers.items():
        await two.presses(name, asked.id)
        first, second, *_ = (await two.hears()).text.splitlines()
        assert (first, second[: len(said)]) == (name, said)


async def test_a_question_of_the_rules_asks_for_no_shop(two: Person) -> None:
    assert (await asks(two, "什么情况会被清退")).startswith(GENERIC)
    assert (await asks(two, "每个商家有几次开通机会")).startswith("每个商家有 3 次开通机会")
    assert (await asks(two, "体验分3.2会被关吗")).startswith("会：体验分 3.2 低于 3.5")
    assert (await asks(two, "我体验分3.2会被关吗")).startswith("会：体验分 3.2 低于 3.5")


async def test_the_edition_of_the_scores_answers_first_for_several_shops(two: Person) -> None:
    await tells(two, "甲店 体验分 85", "是 100 分制，按 2026-07-29 版看")
    assert (await asks(two, "我会被关吗")).splitlines()[2].startswith(GENERIC), "no edition judges both"
    await tells(two, "二号店 体验分 90", "是 100 分制，按 2026-07-29 版看")
    by = "按 2026-07-29 版（100 分制）："
    assert (await asks(two, "我会被关吗")).splitlines()[2].startswith(by)
    assert (await asks(two, "甲店会被关吗")).splitlines()[1].startswith(f"{by}不能判断：商品体验分")
    assert (await asks(two, "还有几次机会")).startswith(by), "what holds of any shop asks for none"


async def test_the_name_of_a_shop_in_a_question_of_the_rules_is_no_shop(two: Person) -> None:
    await tells(two, "/shops 小店")
    assert (await asks(two, "抖音小店怎么开通精选联盟")).splitlines()[0] != "小店"


async def test_the_only_shop_is_asked_for_its_chances_without_being_named(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=1000)
    shop = await sandbox.person("小店")
    await tells(shop, "体验分 3.2", "记下")
    await tells(shop, "被关闭了", "第 2 次")
    assert (await asks(shop, "还有几次机会")).startswith("还剩 1 次机会，是最后一次")


async def test_a_named_shop_of_which_nothing_is_known_is_answered_by_the_rules(two: Person) -> None:
    await tells(two, "/shops 丙店")
    first, second, *_ = (await asks(two, "丙店会被关吗")).splitlines()
    assert first == "丙店：还没有记过，下面是规则的写法"
    assert second.startswith(GENERIC)
