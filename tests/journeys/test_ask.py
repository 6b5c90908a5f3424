"""Questions as merchants type them, answered over HTTP."""

from storage import unanswered
from tests.databases import connected
from tests.journeys.conftest import Start, asks, tells
from tests.live import Person, SandboxClient
from tests.sandbox.test_message_methods import PNG


async def test_a_question_is_answered_with_the_provisions(shop: Person) -> None:
    answer = await tells(shop, "怎么开通精选联盟")
    assert answer.quotes == ["关闭权限次数<3次", "商家体验分>=4.0分"]
    assert "2022-10-10 版 · 旧" in answer.text
    assert len(answer.buttons) <= 3


async def test_a_button_onward_is_answered(shop: Person) -> None:
    answer = await tells(shop, "怎么开通精选联盟")
    await shop.presses(answer.buttons[0])
    assert (await shop.hears()).text != answer.text


async def test_commands_have_answers(shop: Person) -> None:
    assert "精选联盟助手" in await asks(shop, "/start")
    assert "/check" in await asks(shop, "/help")
    assert "可信程度" in await asks(shop, "/rules")
    assert "没有正在做的检查" in await asks(shop, "/cancel")
    assert "没有这个命令" in await asks(shop, "/whatever")


async def test_what_is_not_text_gets_a_kind_line(shop: Person) -> None:
    for kind in ("photo", "voice", "sticker", "document"):
        await shop.sends(kind, PNG, "file.png")
        assert "图片和语音我看不懂" in (await shop.hears()).text


async def test_an_edited_message_is_answered_anew_unless_its_words_are_the_same(shop: Person) -> None:
    said = await shop.says("谢谢")
    await shop.hears()
    await shop.edits(said["message"]["message_id"], "怎么开通精选联盟")
    assert "4.0" in (await shop.hears()).text
    await shop.edits(said["message"]["message_id"], "怎么开通精选联盟")
    assert "精选联盟助手" in await asks(shop, "/start")


async def test_a_very_long_text_is_answered(shop: Person) -> None:
    assert await asks(shop, "怎么开通精选联盟" + "啊" * 3900)


async def test_who_writes_too_fast_is_asked_once_to_slow_down(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=3)
    shop = await sandbox.person("小店")
    answers = [await asks(shop, "谢谢") for _ in range(4)]
    assert "太快" in answers[3]
    await shop.says("谢谢")
    other = await sandbox.person("另一家")
    assert "太快" not in await asks(other, "谢谢")
    assert len(await sandbox.calls("sendMessage", chat_id=shop.id)) == 4


async def test_the_menu_is_set_through_the_bot_api(shop: Person, sandbox: SandboxClient) -> None:
    await asks(shop, "/start")
    (commands,) = await sandbox.calls("setMyCommands", count=1)
    assert [entry["command"] for entry in commands["params"]["commands"]][:2] == ["check", "rules"]


async def test_what_was_not_understood_is_kept_masked(shop: Person, database_url: str) -> None:
    await asks(shop, "香蕉13800138000多少钱一斤")
    await asks(shop, "怎么开通精选联盟")
    async with connected(database_url) as conn:
        kept = await unanswered.listed(conn, 0, 10)
    assert [one.text for one in kept] == ["香蕉******多少钱一斤"]


async def test_a_quick_row_of_presses_is_not_too_fast(sandbox: SandboxClient, start: Start) -> None:
    await start(messages_per_minute=4)
    shop = await sandbox.person("小店")
    await tells(shop, "/check")
    for answer in ("开了", "能", "正常营业", "上一题", "正常营业", "2 次"):
        await shop.presses(answer)
        assert (await shop.hears()).text.startswith("第 ")


async def test_a_question_on_the_own_shop_is_answered_by_what_is_known_of_it(shop: Person) -> None:
    await tells(shop, "体验分 3.4", "记下")
    answer = await tells(shop, "我会被清退吗")
    assert answer.text.startswith("会：体验分 3.4（")
    assert "低于 3.5，关闭权限" in answer.text


async def test_what_a_question_tells_is_laid_over_what_is_known_and_not_kept(shop: Person) -> None:
    await tells(shop, "体验分 3.4", "记下")
    assert (await tells(shop, "我体验分3.9会被清退吗")).text.startswith("不会因分数关闭：体验分 3.9 不低于 3.5")
    assert (await tells(shop, "我会被清退吗")).text.startswith("会：体验分 3.4（")


async def test_a_condition_that_the_shop_fails_is_told_whatever_else_is_asked(shop: Person) -> None:
    await tells(shop, "第三次被清退了", "是，第 3 次")
    answer = await tells(shop, "我体验分4.5能开通吗")
    assert answer.text.startswith("不能，永久不可再申请：")
