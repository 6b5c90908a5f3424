"""Scores of another scale than the chat's edition: judged, kept and shown by the edition of their scale."""

import pytest

from tests.journeys.conftest import Start, asks, is_old, presses, tells
from tests.live import Person, SandboxClient

BY_NEW = "按 2026-07-29 版（100 分制）"


@pytest.fixture
async def modern(sandbox: SandboxClient, start: Start) -> Person:
    """A merchant of a bot that answers by the edition of 100 points."""
    await start(messages_per_minute=1000, rules_edition="2026-07-29")
    return await sandbox.person("小店")


async def test_a_score_of_100_points_is_judged_kept_and_shown_by_its_edition(shop: Person) -> None:
    asked = await tells(shop, "体验分 85")
    assert asked.text.splitlines()[0] == f"体验分 85：❓ 还不知道商品体验分 · {BY_NEW}"
    assert "比清退线 70 高 15" in asked.text
    kept = await presses(shop, "记下")
    assert kept.text.splitlines()[0] == f"❓ 还不知道商品体验分 · {BY_NEW}"
    assert "已记下：我的店铺 · " in kept.text
    assert "2026-07-29 版 ·" in kept.text
    page = await tells(shop, "/score")
    assert f"我的店铺：❓ 还不知道商品体验分 · {BY_NEW}\n体验分 85（今天）" in page.text
    photo = await presses(shop, "走势图")
    assert "最新：85" in photo.text
    assert "要记下吗？我的店铺" in (await tells(shop, "体验分 66")).text


@pytest.mark.parametrize("text", ["85", "85分", "/score 85", "今天85分", "体验分85"])
async def test_a_score_of_100_points_may_be_told_in_short(shop: Person, text: str) -> None:
    assert (await asks(shop, text)).splitlines()[0] == f"体验分 85：❓ 还不知道商品体验分 · {BY_NEW}"


async def test_a_number_after_a_question_is_read_with_the_question(shop: Person) -> None:
    await tells(shop, "入驻多少天内不考核")
    assert "要记下吗" not in await asks(shop, "60")
    assert "要记下吗" in await asks(shop, "60分")


@pytest.mark.parametrize("question", ["体验分多少会被清退", "怎么开通", "体验分3.7会怎样"])
async def test_a_number_after_a_question_of_scores_is_a_score(shop: Person, question: str) -> None:
    await tells(shop, question)
    assert (await asks(shop, "85")).splitlines()[0] == f"体验分 85：❓ 还不知道商品体验分 · {BY_NEW}"
    assert (await asks(shop, "3.4")).startswith("会被清退：体验分 3.4 低于 3.5")


async def test_a_bare_score_is_judged_by_the_edition_of_100_points(modern: Person) -> None:
    assert (await asks(modern, "67")).startswith("会被清退：体验分 67 低于 70")
    assert (await asks(modern, "85")).startswith("体验分 85 达到 70，这一项够开通")
    assert (await asks(modern, "3.4")).startswith("体验分 3.4：是旧的 5 分制，还是写错了？")


async def test_a_score_below_the_line_of_its_edition_warns(shop: Person) -> None:
    kept = await tells(shop, "体验分 68", "记下")
    assert kept.text.splitlines()[0] == f"⛔ 我的店铺：体验分 68，低于清退线 70 · {BY_NEW}"
    assert kept.rows[0] == ["被关闭了"]


async def test_a_what_if_of_100_points_is_judged_by_its_edition(shop: Person) -> None:
    assert (await asks(shop, "如果降到 60")).splitlines()[0] == f"如果体验分是 60：⛔ 会被关闭权限 · {BY_NEW}"


async def test_two_scores_of_a_message_are_kept_by_one_confirmation(shop: Person) -> None:
    asked = await tells(shop, "体验分85 商品体验分50")
    assert asked.text.splitlines()[0] == f"体验分 85、商品体验分 50：⛔ 会被关闭权限 · {BY_NEW}"
    yesterday = await presses(shop, "是昨天的")
    assert "（昨天）" in yesterday.text
    kept = await presses(shop, "记下")
    assert kept.text.splitlines()[0] == f"⛔ 我的店铺：商品体验分 50，低于清退线 60 · {BY_NEW}"
    assert kept.buttons[-2:] == ["↩️ 撤销体验分", "↩️ 撤销商品体验分"]
    page = await tells(shop, "/score")
    assert "体验分 85（" in page.text
    assert "商品体验分 50（" in page.text
    photo = await presses(shop, "走势图：商品体验分")
    assert photo.text.startswith("我的店铺 近 30 天商品体验分")
    assert "最新：50" in photo.text


async def test_more_scores_than_a_button_holds_are_confirmed_one_by_one(shop: Person) -> None:
    await shop.says("体验分85 商品体验分80 成长期体验分90")
    asked = [await shop.hears() for _ in range(3)]
    assert [one.text.split("：")[0] for one in asked] == ["体验分 85", "商品体验分 80", "成长期体验分 90"]
    for one in asked:
        await shop.presses(one.data["记下"], one.id)
        assert "已记下" in (await shop.hears()).text
    page = await asks(shop, "/score")
    assert all(told in page for told in ("体验分 85（", "商品体验分 80（", "成长期体验分 90（"))


async def test_a_score_is_judged_beside_what_is_known(shop: Person) -> None:
    await tells(shop, "商品体验分 50", "记下")
    asked = await tells(shop, "体验分 85")
    assert asked.text.startswith("体验分 85、商品体验分 50（")
    assert "记的）：⛔ 会被关闭权限" in asked.text.splitlines()[0]


async def test_all_clear_needs_every_score_and_names_the_breaches(shop: Person) -> None:
    await tells(shop, "体验分85 商品体验分80", "记下")
    page = (await tells(shop, "/score")).text
    assert f"我的店铺：✅ 这个分数不触发警告或关闭 · {BY_NEW}" in page
    assert page.count("违规达到清退标准也会被关闭") == 1


TWO = "❓ 有两种分制的分数，不能下结论"


async def test_scores_of_two_scales_are_said_to_contradict(shop: Person) -> None:
    await tells(shop, "昨天商品体验分 80", "记下")
    asked = await tells(shop, "体验分 4.3", "是 5 分制，没写错")
    assert asked.text.splitlines()[0] == f"体验分 4.3：{TWO}（按旧版 2022-10-10，已停用）"
    assert "另一种分制的 80（满分 100，" in asked.text
    kept = await presses(shop, "记下")
    assert (kept.text.splitlines()[0], "✅" in kept.text) == (f"{TWO}（按旧版 2022-10-10，已停用）", False)
    page = await tells(shop, "/score")
    assert (TWO in page.text, "满分 100" in page.text, "✅" in page.text) == (True, True, False)
    assert (await asks(shop, "我的店会被清退吗")).startswith("还不能下结论：另一种分制的 80（满分 100，")
    await tells(shop, "体验分 85", "记下")
    assert "✅ 这个分数不触发警告或关闭" in await asks(shop, "/score")


async def test_of_two_scales_told_on_one_day_the_graver_line_is_not_hidden(shop: Person) -> None:
    await tells(shop, "商品体验分 50", "记下")
    kept = await tells(shop, "体验分 4.3", "是 5 分制，没写错", "记下")
    assert kept.text.splitlines()[0] == f"⛔ 会被关闭权限 · {BY_NEW}"
    assert "另一种分制的 4.3（满分 5，" in kept.text


async def test_no_score_of_5_points_hides_no_score_of_100(shop: Person) -> None:
    await tells(shop, "还没有体验分", "记下")
    kept = await tells(shop, "商品体验分 50", "记下")
    assert kept.text.splitlines()[0] == f"⛔ 我的店铺：商品体验分 50，低于清退线 60 · {BY_NEW}"
    assert f"⛔ 会被关闭权限 · {BY_NEW}" in await asks(shop, "/score")


async def test_the_old_edition_is_named_at_the_shops_that_it_judges(shop: Person) -> None:
    for text in ("/shops 一号店", "/shops 二号店"):
        await asks(shop, text)
    await tells(shop, "二号店 体验分 69", "记下")
    page = (await asks(shop, "/score")).splitlines()
    assert page[0] == "2 家店：1 ⛔ 1 ❓"
    assert f"⛔ 二号店 69 会被关闭权限 · {BY_NEW}" in page
    assert "❓ 一号店 还没有分数" in page
    await tells(shop, "一号店 体验分 4.3", "记下")
    page = (await asks(shop, "/score")).splitlines()
    assert page[0] == "2 家店：1 ⛔ 1 ✅"
    assert "✅ 一号店 4.3（按旧版 2022-10-10，已停用）" in page


async def test_the_other_scale_is_asked_about_before_a_score_is_kept(shop: Person) -> None:
    await tells(shop, "体验分 69", "记下")
    asked = await tells(shop, "体验分 3.9")
    assert asked.text.startswith("体验分 3.9：是 5 分制，还是写错了？")
    assert "我的店铺记着另一种分制的 69（满分 100，今天的）" in asked.text
    assert asked.buttons == ["是 5 分制，没写错", "写错了"]
    assert (await presses(shop, "写错了")).text == "好，没有记下。"
    assert "体验分 69（今天）" in await asks(shop, "/score")
    await tells(shop, "体验分 3.9", "是 5 分制，没写错", "记下")
    assert "体验分 3.9（今天）" in await asks(shop, "/score")


async def test_of_several_shops_the_one_of_another_scale_is_asked_about(shop: Person) -> None:
    for text in ("/shops 一号店", "/shops 二号店"):
        await asks(shop, text)
    await tells(shop, "二号店 体验分 69", "记下")
    assert (await tells(shop, "二号店 体验分 3.9")).text.startswith("体验分 3.9：是 5 分制，还是写错了？")
    asked = await tells(shop, "体验分 3.9", "二号店")
    assert asked.text.startswith("体验分 3.9：是 5 分制，还是写错了？")
    assert "二号店记着另一种分制的 69" in asked.text
    assert "已改为：二号店" in (await presses(shop, "是 5 分制，没写错")).text
    assert "已记下：一号店" in (await tells(shop, "体验分 3.9", "一号店")).text


async def test_a_score_of_5_points_under_100_is_asked_back(modern: Person) -> None:
    asked = await tells(modern, "体验分 4.3")
    assert asked.text.splitlines()[0] == "体验分 4.3：是旧的 5 分制，还是写错了？"
    assert "关闭" not in asked.text
    assert asked.buttons == ["是旧的 5 分制，按 2022-10-10 版看", "写错了"]
    by_old = await presses(modern, "是旧的 5 分制，按 2022-10-10 版看")
    assert by_old.text.splitlines()[0] == "体验分 4.3：✅ 这个分数不触发警告或关闭（按旧版 2022-10-10，已停用）"
    await presses(modern, "记下")
    assert "体验分 4.3（今天）" in await asks(modern, "/score")
    assert (await tells(modern, "4.3", "写错了")).text == "好，没有记下。"


SHARES = ["体验分0.85", "体验分 85%", "/score 0.85", "/score 85%", "0.85", "体验分百分之85", "体验分85%会怎样"]


@pytest.mark.parametrize("text", SHARES)
async def test_a_share_is_asked_back_as_points_and_never_judged(shop: Person, text: str) -> None:
    asked = await tells(shop, text)
    assert asked.text.splitlines()[0] == "体验分是 85 分，还是写错了？"
    assert [word for word in ("关闭", "清退", "✅", "⛔") if word in asked.text] == []
    assert asked.buttons == ["是 85 分，按 2026-07-29 版（100 分制）看", "写错了"]
    meant = await presses(shop, asked.buttons[0])
    assert meant.text.splitlines()[0] == f"体验分 85：❓ 还不知道商品体验分 · {BY_NEW}"
    await presses(shop, "记下")
    assert "体验分 85（今天）" in await asks(shop, "/score")


async def test_shares_told_together_are_asked_back_together(modern: Person) -> None:
    asked = await tells(modern, "昨天体验分0.85 商品体验分0.9")
    assert asked.text.splitlines()[0] == "体验分是 85 分、商品体验分是 90 分，还是写错了？"
    meant = (await presses(modern, asked.buttons[0])).text
    assert meant.startswith("体验分 85、商品体验分 90：")
    assert "（昨天）" in meant


async def test_a_made_up_share_is_asked_back_and_nothing_is_offered_to_be_kept(shop: Person) -> None:
    asked = await tells(shop, "如果体验分降到0.85")
    assert asked.text.splitlines()[0] == "体验分是 85 分，还是写错了？"
    assert asked.buttons == []


async def test_a_share_of_no_scale_and_of_no_day_is_asked_back_as_such(shop: Person) -> None:
    assert "这个数不在范围里" in await asks(shop, "体验分 0.06")
    assert "这个数不在范围里" in await asks(shop, "体验分 850%")
    assert "这一天还没到" in await asks(shop, "明天体验分0.85")


async def test_a_score_likely_nowhere_is_asked_back_with_the_scales(modern: Person) -> None:
    for text in ("体验分 6", "/score 120", "商品体验分 101", "体验分4.3 商品体验分50"):
        assert "这个数不在范围里，或者不像是真的分数" in await asks(modern, text), text


async def test_a_merchant_tells_that_there_is_no_score(shop: Person) -> None:
    asked = await tells(shop, "还没有体验分")
    assert asked.text.startswith("暂无体验分：❓ 暂无体验分，规则没有写会怎样")
    assert "已记下：我的店铺 · " in (await presses(shop, "记下")).text
    assert "暂无体验分（今天）" in await asks(shop, "/score")


async def test_no_score_is_judged_by_the_edition_of_the_numbers_left(shop: Person) -> None:
    await tells(shop, "昨天商品体验分80", "记下")
    asked = await tells(shop, "还没有体验分")
    assert asked.text.startswith("暂无体验分、商品体验分 80（")
    assert BY_NEW in asked.text.splitlines()[0]
    assert BY_NEW in (await presses(shop, "记下")).text.splitlines()[0]


async def test_no_score_says_nothing_of_the_edition(shop: Person) -> None:
    await tells(shop, "昨天体验分85", "记下")
    for text in ((await tells(shop, "还没有体验分")).text, (await presses(shop, "记下")).text):
        assert text.startswith("暂无体验分：" if "要记下吗" in text else "❓ 暂无体验分"), text
        assert BY_NEW not in text.splitlines()[0]


async def test_no_score_told_today_is_not_missing_on_another_scale(shop: Person) -> None:
    await tells(shop, "还没有体验分", "记下")
    kept = await tells(shop, "商品体验分 80", "记下")
    assert kept.text.startswith(f"❓ 暂无体验分，还不知道成长期体验分 · {BY_NEW}")
    assert "暂无体验分（今天）" in await asks(shop, "/score")
    assert "沉睡店铺" in kept.text


async def test_no_score_is_judged_by_the_edition_chosen_later(shop: Person) -> None:
    await tells(shop, "还没有体验分", "记下")
    await tells(shop, "以后都按 2026-07-29 版")
    page = await asks(shop, "/score")
    assert "我的店铺：❓ 暂无体验分，还不知道成长期体验分" in page
    assert "规则没有写" not in page


async def test_a_merchant_who_chooses_the_new_edition_gets_all_three_functions(shop: Person) -> None:
    await tells(shop, "以后都按2026版")
    answer = await tells(shop, "体验分多少分会被清退")
    assert "低于 70 分" in answer.text
    assert "2026-07-29 版 ·" in answer.text
    check = await tells(shop, "/check")
    assert "第 1/" in check.text
    await tells(shop, "/cancel")
    kept = await tells(shop, "体验分 68", "记下")
    assert kept.text.splitlines()[0] == "⛔ 我的店铺：体验分 68，低于清退线 70"
    assert "2022" not in kept.text


async def test_a_button_of_scores_that_no_shop_can_have_does_nothing(shop: Person) -> None:
    welcome = await tells(shop, "/start")
    for told in ("score=999", "other=3", "score=4,product_score=50", "score=85,score=80"):
        assert await is_old(shop, f"ss|0|20221010|{told}", welcome.id), told
