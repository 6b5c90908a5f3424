"""An operator sends a file of scores to the bot: looked at, confirmed, imported; all of it or nothing."""

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from storage import follows, schema, shops
from tests.databases import connected
from tests.journeys.conftest import Start, bot_running, is_old, presses, tells
from tests.live import Message, Person, SandboxClient

OPERATOR, COLLEAGUE = 4711, 4712
TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(1)
GOOD = f"shop_id,day,score\nA,{YESTERDAY},3.90\nB,{YESTERDAY},4.2\nA,{YESTERDAY - timedelta(1)},3.95\n"


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start) -> Person:
    await start(messages_per_minute=1000, admin_chat_ids=f"{OPERATOR},{COLLEAGUE}", timezone="UTC")
    return await sandbox.person("运营", id=OPERATOR)


async def sends(operator: Person, content: bytes | str, name: str = "scores.csv") -> Message:
    """Send the file; what the bot says once it has looked at it."""
    await operator.sends("document", content.encode() if isinstance(content, str) else content, name)
    assert "正在检查" in (await operator.hears()).text
    return await operator.hears()


async def known(database_url: str) -> list[str | None]:
    """The ids of the operator's shops that the database knows."""
    async with connected(database_url) as conn:
        return [shop.ref for shop, _ in await shops.listed(conn)]


async def imports(operator: Person, content: str) -> str:
    await sends(operator, content)
    assert "正在导入" in (await presses(operator, "确认导入")).text
    return (await operator.hears()).text


async def test_a_file_is_shown_before_it_is_imported(operator: Person, database_url: str) -> None:
    preview = await sends(operator, GOOD)
    assert f"3 行，2 家店，{YESTERDAY - timedelta(1)} 到 {YESTERDAY}\n新的分数：3\n更正：0" in preview.text
    assert "没登记过的店铺：2 家" in preview.text
    assert await known(database_url) == []
    assert "正在导入" in (await presses(operator, "确认导入")).text
    done = (await operator.hears()).text
    assert done.startswith("✅ 已导入 3 行\n\n新的分数 3，更正 0，新建店铺 2 家。")
    assert "今天的检查（23:59）还没做就到时候提醒商家，做过了就现在提醒" in done
    assert await known(database_url) == ["A", "B"]


async def test_an_import_is_written_down(operator: Person) -> None:
    await imports(operator, GOOD)
    await tells(operator, "/admin")
    assert "scores.import" in (await presses(operator, "操作记录")).text


async def test_corrections_are_named_before_they_are_made(operator: Person) -> None:
    await imports(operator, GOOD)
    preview = await sends(operator, GOOD.replace("3.90", "3.45"))
    assert f"更正：1\n· A {YESTERDAY}：3.9 → 3.45\n和已有的一样：2" in preview.text


async def test_the_same_file_again_changes_nothing(operator: Person) -> None:
    await imports(operator, GOOD)
    assert "新的分数 0，更正 0。" in await imports(operator, GOOD)


async def test_a_workbook_is_read_like_a_csv_file(operator: Person) -> None:
    book, raw = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["店铺ID", "日期", "体验分"])
    book.active.append(["A", YESTERDAY, 3.9])
    book.save(raw)
    assert "1 行，1 家店" in (await sends(operator, raw.getvalue(), "分数.xlsx")).text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            f"shop_id,day,score\nA,{TODAY + timedelta(2)},3.9\nB,{YESTERDAY},85\n",
            ["第 2 行「日期」：还没到的日期", "第 3 行「体验分」：不在范围里（85）"],
        ),
        ("shop_id,day\nA,2022-10-10\n", ["第 1 行「体验分」：没有这一列"]),
        (b"\x00\x01\x02", ["不是文本文件"]),
    ],
)  # fmt: skip
async def test_a_wrong_file_is_explained_and_nothing_is_stored(
    operator: Person, database_url: str, content: bytes | str, says: list[str]
) -> None:
    answer = await sends(operator, content)
    assert answer.text.startswith("文件有问题，什么都没有导入")
    assert [line for line in says if line not in answer.text] == []
    assert answer.buttons == []
    assert await known(database_url) == []


async def test_a_file_that_is_not_confirmed_is_not_imported(operator: Person, database_url: str) -> None:
    await sends(operator, GOOD)
    assert (await presses(operator, "不导入")).text == "好，没有导入。"
    assert await known(database_url) == []


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
    assert await is_old(other, shown.data["确认导入"], welcome.id)
    assert await known(database_url) == []


async def test_the_button_works_once(operator: Person) -> None:
    shown = await sends(operator, GOOD)
    await operator.presses("确认导入")
    await operator.hears_all(2)
    assert await is_old(operator, shown.data["确认导入"], shown.id)


async def test_no_more_than_five_files_an_hour(operator: Person) -> None:
    for _ in range(6):
        await operator.sends("document", GOOD.encode(), "scores.csv")
    heard = [""]
    while "一小时最多传 5 个文件" not in heard[-1]:
        heard.append((await operator.hears()).text)
    assert sum("正在检查" in text for text in heard) == 5


async def test_a_failed_download_is_said(operator: Person, sandbox: SandboxClient) -> None:
    await sandbox.fault("status", method="getFile", status=500, count=1)
    assert "没能从 Telegram 下载" in (await sends(operator, GOOD)).text


async def test_a_file_is_confirmed_by_its_sender_alone(
    operator: Person, sandbox: SandboxClient, database_url: str
) -> None:
    shown = await sends(operator, GOOD)
    colleague = await sandbox.person("同事", id=COLLEAGUE)
    welcome = await tells(colleague, "/start")
    assert await is_old(colleague, shown.data["确认导入"], welcome.id)
    assert await known(database_url) == []


async def test_who_is_no_operator_any_more_imports_nothing(sandbox: SandboxClient, database_url: str) -> None:
    operator = await sandbox.person("运营", id=OPERATOR)
    async with bot_running(sandbox.url, database_url, admin_chat_ids=str(OPERATOR), timezone="UTC"):
        await sends(operator, GOOD)
    async with bot_running(sandbox.url, database_url, timezone="UTC"):
        pressed = await operator.presses("确认导入")
        assert "过期" in (await operator.hears_toast(pressed["query_id"]))["text"]
    assert await known(database_url) == []


async def test_a_file_that_closes_many_is_shown_with_a_warning_and_with_whom_it_reaches(
    operator: Person, database_url: str
) -> None:
    async with connected(database_url) as conn:
        for number in range(4):
            _, shop = await shops.add(conn, f"S{number}", f"店{number}", 1)
            await follows.start(conn, shop.id, 100 + number % 2, 1)
    preview = await sends(operator, "shop_id,day,score\n" + "".join(f"S{n},{TODAY},3.4\n" for n in range(4)))
    assert preview.text.startswith("🛑 4 家店会新跌破清退线（一共登记了 4 家）：店0、店1、店2、店3。")
    assert "还要导入这个文件吗？" in preview.text
    assert "导入后马上提醒清退的聊天：2 个" in preview.text
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
    await presses(operator, "确认导入")
    assert "没有用到的列：店铺名称、物流体验" in (await operator.hears()).text


async def test_no_score_is_taken_and_corrected_like_a_score(operator: Person) -> None:
    await imports(operator, GOOD)
    preview = await sends(operator, GOOD.replace("3.90", "暂无"))
    assert f"更正：1\n· A {YESTERDAY}：3.9 → 暂无\n和已有的一样：2" in preview.text
