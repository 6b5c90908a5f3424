"""An operator sends a file of scores to the bot: looked at, confirmed, and its right rows imported."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from storage import follows, schema, shops
from tests.databases import connected, registered
from tests.journeys.conftest import Start, bot_running, is_old, presses, tells
from tests.live import Message, Person, SandboxClient

OPERATOR, COLLEAGUE = 4711, 4712
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(1)
GOOD = f"shop_id,day,score\nA,{YESTERDAY},3.90\nB,{YESTERDAY},4.2\nA,{YESTERDAY - timedelta(1)},3.95\n"


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start, database_url: str) -> Person:
    """An operator of the shops A and B."""
    await start(messages_per_minute=1000, admin_chat_ids=f"{OPERATOR},{COLLEAGUE}", timezone="UTC")
    async with connected(database_url) as conn:
        for ref, name in (("A", "花店"), ("B", "茶店")):
            await shops.add(conn, ref, name, 1)
    return await sandbox.person("运营", id=OPERATOR)


async def sends(operator: Person, content: bytes | str, name: str = "scores.csv") -> Message:
    """Send the file; what the bot says once it has looked at it."""
    await operator.sends("document", content.encode() if isinstance(content, str) else content, name)
    assert "正在检查" in (await operator.hears()).text
    return await operator.hears()


async def known(database_url: str) -> dict[str, str | None]:
    """The names of the operator's shops that the database knows, by id."""
    async with connected(database_url) as conn:
        return await registered(conn)


async def stored(database_url: str) -> list[int | None]:
    """All scores stored."""
    async with connected(database_url) as conn:
        return sorted((await conn.execute(select(schema.scores.c.hundredths))).scalars())


async def imports(operator: Person, content: str) -> str:
    await sends(operator, content)
    assert "正在导入" in (await presses(operator, "导入")).text
    return (await operator.hears()).text


async def test_a_file_is_shown_before_it_is_imported(operator: Person, database_url: str) -> None:
    preview = await sends(operator, GOOD)
    assert preview.text.startswith("能导入 3 行\n\n")
    days = f"{YESTERDAY - timedelta(1)} 到 {YESTERDAY}"
    assert f"2 家店，{days}\n体验分：3 个\n新的分数 3，更正 0，和已有的一样 0" in preview.text
    assert preview.buttons == ["导入", "不导入"]
    assert await stored(database_url) == []
    assert "正在导入" in (await presses(operator, "导入")).text
    done = (await operator.hears()).text
    assert done.startswith("✅ 已导入 3 行\n\n新的分数 3，更正 0。")
    assert "今天 23:59 的检查还没做就等检查，做过了就马上发" in done
    assert await stored(database_url) == [390, 395, 420]


async def test_an_import_is_written_down(operator: Person) -> None:
    await imports(operator, GOOD)
    await tells(operator, "/admin")
    assert "你 · 导入分数" in (await presses(operator, "操作记录")).text


async def test_corrections_are_named_before_they_are_made(operator: Person) -> None:
    await imports(operator, GOOD)
    preview = await sends(operator, GOOD.replace("3.90", "3.45"))
    assert "新的分数 0，更正 1，和已有的一样 2" in preview.text
    assert f"更正：\n· 花店 {YESTERDAY}：3.9 → 3.45" in preview.text


async def test_of_many_corrections_a_few_are_named_below_whom_they_alarm(operator: Person) -> None:
    days = [YESTERDAY - timedelta(back) for back in range(8)]
    await imports(operator, "shop_id,day,score\n" + "".join(f"A,{day},4.2\n" for day in days))
    preview = await sends(operator, "shop_id,day,score\n" + "".join(f"A,{day},4.3\n" for day in days))
    alarms, _, corrections = preview.text.partition("更正：\n")
    assert "导入后没有聊天会马上收到清退提醒" in alarms
    assert corrections.count("· 花店") == 5
    assert "· 还有 3 处" in corrections


async def test_the_same_file_again_changes_nothing(operator: Person) -> None:
    await imports(operator, GOOD)
    assert "新的分数 0，更正 0。" in await imports(operator, GOOD)


async def test_a_workbook_is_read_like_a_csv_file(operator: Person) -> None:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["店铺ID", "日期", "体验分"])
    book.active.append(["A", YESTERDAY, 3.9])
    book.save(raw)
    assert "能导入 1 行" in (await sends(operator, raw.getvalue(), "分数.xlsx")).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            f"shop_id,day,score\nA,{TODAY + timedelta(2)},3.9\nB,{YESTERDAY},85\n",
            ["没有一行能导入", f"· 第 2 行「日期」：还没到的日期，请改成真实的日期（{TODAY + timedelta(2)}）\n"
                "· 第 3 行「体验分」：不在范围里（0 到 5），请改（85）"],
        ),
        (
            f"shop_id,day,score\nA,{YESTERDAY},85\nB,{YESTERDAY},92.5\n",
            ["没有一行能导入", "分数都不在这一版的范围里。后台用的是别的分制，就请装机器人的人改 RULES_EDITION"],
        ),
        ("shop_id,day\nA,2022-10-10\n", ["文件读不了，什么都没有导入", "第 1 行「体验分」：没有这一列"]),
        ("shop_id,day,score\n", ["文件读不了，什么都没有导入", "没有数据"]),
    ],
)  # fmt: skip
async def test_a_wrong_file_is_explained_and_nothing_is_stored(
    operator: Person, database_url: str, content: bytes | str, says: list[str]
) -> None:
    answer = await sends(operator, content)
    assert [line for line in says if line not in answer.text] == []
    assert (
        "需要这几列：店铺ID（shop_id）、日期（day）和分数：体验分（score，0 到 5）。最大 1 MB、5000 行。" in answer.text
    )
    assert answer.buttons == []
    assert await stored(database_url) == []


async def test_a_file_that_is_not_confirmed_is_not_imported(operator: Person, database_url: str) -> None:
    await sends(operator, GOOD)
    assert (await presses(operator, "不导入")).text == "好，没有导入。"
    assert await stored(database_url) == []


@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_a_file_over_a_megabyte_is_not_fetched(operator: Person, sandbox: SandboxClient) -> None:
    await operator.sends("document", b"x" * (1024 * 1024 + 1), "scores.csv")
    assert "文件太大" in (await operator.hears()).text
    assert await sandbox.calls("getFile") == []


async def test_a_file_of_somebody_else_gets_the_ordinary_line(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    other = await sandbox.person("别人")
    await other.sends("document", GOOD.encode(), "scores.csv")
    assert "图片和语音我看不懂" in (await other.hears()).text
    shown = await sends(operator, GOOD)
    welcome = await tells(other, "/start")
    assert await is_old(other, shown.data["导入"], welcome.id)
    assert await stored(database_url) == []


async def test_the_button_works_once(operator: Person) -> None:
    shown = await sends(operator, GOOD)
    await operator.presses("导入")
    await operator.hears_all(2)
    assert await is_old(operator, shown.data["导入"], shown.id)


async def test_no_more_than_five_files_an_hour(operator: Person) -> None:
    for _ in range(6):
        await operator.sends("document", GOOD.encode(), "scores.csv")
    heard = [""]
    while "一小时最多看 5 个文件" not in heard[-1]:
        heard.append((await operator.hears()).text)
    assert sum("正在检查" in text for text in heard) == 5


async def test_files_that_are_refused_do_not_count_among_the_five(operator: Person, sandbox: SandboxClient) -> None:
    for _ in range(5):
        assert "文件读不了" in (await sends(operator, "no,table\n1,2\n")).text
    await sandbox.fault("status", method="getFile", status=400, count=1)
    assert "没能从 Telegram 下载" in (await sends(operator, GOOD)).text
    assert (await sends(operator, GOOD)).text.startswith("能导入 3 行")


async def test_a_failed_download_is_said(operator: Person, sandbox: SandboxClient) -> None:
    await sandbox.fault("status", method="getFile", status=400, count=1)
    assert "没能从 Telegram 下载" in (await sends(operator, GOOD)).text


async def test_a_file_is_confirmed_by_its_sender_alone(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    shown = await sends(operator, GOOD)
    colleague = await sandbox.person("同事", id=COLLEAGUE)
    welcome = await tells(colleague, "/start")
    assert await is_old(colleague, shown.data["导入"], welcome.id)
    assert await stored(database_url) == []


async def test_who_is_no_operator_any_more_imports_nothing(sandbox: SandboxClient, database_url: str) -> None:
    operator = await sandbox.person("运营", id=OPERATOR)
    async with bot_running(sandbox.url, database_url, admin_chat_ids=str(OPERATOR), timezone="UTC"):
        await sends(operator, GOOD)
    async with bot_running(sandbox.url, database_url, timezone="UTC"):
        pressed = await operator.presses("登记 2 家新店并导入")
        assert "过期" in (await operator.hears_toast(pressed["query_id"]))["text"]
    assert await stored(database_url) == []


async def test_a_file_that_closes_many_is_shown_with_a_warning_and_with_whom_it_reaches(
    operator: Person, database_url: str
) -> None:
    async with connected(database_url) as conn:
        for number in range(4):
            _, shop = await shops.add(conn, f"S{number}", f"店{number}", 1)
            await follows.start(conn, shop.id, 100 + number % 2, 1)
    preview = await sends(operator, "shop_id,day,score\n" + "".join(f"S{n},{TODAY},3.4\n" for n in range(4)))
    assert preview.text.startswith("🛑 4 家店会新跌破清退线（一共登记了 6 家）：店0、店1、店2、店3。")
    assert "能导入 4 行" in preview.text
    assert "⛔ 导入后马上提醒清退：2 个聊天\n· 店0：⛔ 清退线下，1 个聊天" in preview.text
    async with connected(database_url) as conn:
        assert (await conn.execute(select(schema.notices))).all() == []
        assert (await conn.execute(select(schema.scores))).all() == []
    await presses(operator, "仍然导入，马上提醒 2 个聊天")
    assert (await operator.hears()).text.startswith("✅ 已导入 4 行")
    async with connected(database_url) as conn:
        assert len((await conn.execute(select(schema.notices))).all()) == 2


async def test_columns_left_alone_are_named_before_and_after(operator: Person) -> None:
    preview = await sends(operator, f"shop_id,day,score,店铺名称,物流体验\nA,{YESTERDAY},3.9,小铺,4.1\n")
    assert "没有用到的列：店铺名称、物流体验" in preview.text
    assert "导入后没有聊天会马上收到清退提醒" in preview.text
    await presses(operator, "导入")
    assert "没有用到的列：店铺名称、物流体验" in (await operator.hears()).text


async def test_no_score_is_taken_and_corrected_like_a_score(operator: Person) -> None:
    await imports(operator, GOOD)
    preview = await sends(operator, GOOD.replace("3.90", "暂无"))
    assert f"更正：\n· 花店 {YESTERDAY}：3.9 → 暂无" in preview.text


MIXED = f"""店铺ID,店铺名称,日期,体验分
A,花店,{YESTERDAY},4.2
C,新店,{YESTERDAY},4.3
D,,{YESTERDAY},4.4
C,新店,{YESTERDAY - timedelta(1)},4.3
E,书店,昨天,4.1
合计,,,4.2
"""


async def test_right_rows_are_imported_and_the_others_named(operator: Person, database_url: str) -> None:
    preview = await sends(operator, MIXED)
    assert preview.text.startswith("能导入 1 行，2 行先放一边，2 家店还没登记")
    assert "没登记的店不会悄悄登记，这 2 家的行先不导入：\n· C 新店\n· D\n" in preview.text
    assert (
        "先放一边的 2 行，改好后再发一次：\n· 第 6 行「日期」：不是日期，请写成 2022-10-10 这样（昨天）\n· 第 7 行"
        in preview.text
    )
    assert preview.buttons == ["导入", "登记 2 家新店并导入", "不导入"]
    await presses(operator, "导入")
    done = (await operator.hears()).text
    assert done.startswith("✅ 已导入 1 行\n\n新的分数 1，更正 0，先放一边 2 行。")
    assert "没登记的店 2 家，没有导入：\n· C 新店\n· D" in done
    assert (await known(database_url), await stored(database_url)) == ({"A": "花店", "B": "茶店"}, [420])


async def test_a_button_registers_the_shops_of_the_file_by_its_names(operator: Person, database_url: str) -> None:
    await sends(operator, MIXED)
    assert "正在导入" in (await presses(operator, "登记 2 家新店并导入")).text
    done = (await operator.hears()).text
    assert done.startswith("✅ 已导入 4 行\n\n新的分数 4，更正 0，登记新店 2 家，先放一边 2 行。")
    assert await known(database_url) == {"A": "花店", "B": "茶店", "C": "新店", "D": None}
    await tells(operator, "/admin")
    assert "你 · 导入分数，登记新店" in (await presses(operator, "操作记录")).text


async def test_a_first_file_of_new_shops_alone_says_so_and_offers_to_register_them(
    operator: Person, database_url: str
) -> None:
    preview = await sends(operator, MIXED.replace("A,花店", "F,花店"))
    assert preview.text.startswith("现在还不能导入，2 行先放一边，3 家店还没登记")
    assert preview.buttons == ["登记 3 家新店并导入", "不导入"]
    await presses(operator, "登记 3 家新店并导入")
    assert (await operator.hears()).text.startswith("✅ 已导入 4 行")
    assert len(await stored(database_url)) == 4


async def test_new_shops_with_scores_of_another_scale_are_asked_about_first(operator: Person) -> None:
    preview = await sends(operator, f"shop_id,day,score\nC,{YESTERDAY},0.85\nD,{YESTERDAY},0.9\n")
    assert preview.text.startswith("🛑 体验分像是别的分制：2 个分数里有 2 个特别低（C、D）。")
    assert preview.buttons == ["仍然登记 2 家新店并导入", "不导入"]


async def test_a_file_of_which_most_lines_are_set_aside_asks_first(operator: Person, database_url: str) -> None:
    preview = await sends(operator, f"shop_id,day,score\nA,{YESTERDAY},4.2\nB,x,4.2\nB,y,4.2\n")
    assert preview.text.startswith("🛑 读不准的行比能导入的多：一共 3 行，2 行先放一边。")
    assert preview.buttons == ["仍然导入", "不导入"]
    await presses(operator, "仍然导入")
    await operator.hears()
    assert await stored(database_url) == [420]


async def test_the_preview_and_the_report_name_whom_it_tells_what(operator: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        for ref, chats in (("A", (101, 102)), ("B", (103,))):
            shop = await shops.by_ref(conn, ref)
            assert shop
            for chat in chats:
                await follows.start(conn, shop.id, chat, 1)
        await shops.add(conn, "C", "书店", 1)
    preview = await sends(operator, f"shop_id,day,score\nA,{TODAY},3.4\nB,{TODAY},3.7\nC,{TODAY},3.6\n")
    told = "· 花店：⛔ 清退线下，2 个聊天\n· 茶店：⚠️ 警告线下，1 个聊天\n❗ 在线下、没人关注的店 1 家：书店"
    assert f"⛔ 导入后马上提醒清退：2 个聊天\n⚠️ 其他提醒等下次每日检查：1 个聊天\n{told}" in preview.text
    await presses(operator, "导入")
    done = (await operator.hears()).text
    assert f"马上告诉：清退 2 个聊天\n{told}" in done


async def test_a_button_of_an_earlier_version_still_imports(operator: Person, database_url: str) -> None:
    shown = await sends(operator, GOOD)
    assert shown.data["导入"] == "up|1|1"
    await operator.presses("up|1|1", shown.id)
    assert "正在导入" in (await operator.hears()).text
    await operator.hears()
    assert len(await stored(database_url)) == 3


async def test_lines_that_contradict_each_other_are_both_left(operator: Person, database_url: str) -> None:
    preview = await sends(
        operator,
        f"shop_id,day,score\nA,{YESTERDAY},4.2\nB,{YESTERDAY},4.3\nB,{TODAY},4.4\nA,{YESTERDAY},4.1\n",
    )
    assert preview.text.startswith("能导入 2 行，2 行先放一边")
    assert "和第 5 行同店同日，值不一样，两行都没有导入，请留对的一行" in preview.text
    await presses(operator, "导入")
    await operator.hears()
    assert await stored(database_url) == [430, 440]
