"""An operator sends a list of shops with names: shown, and registered after a yes."""

import pytest

from storage import audit, shops
from tests.databases import connected
from tests.journeys.conftest import Start, is_old, presses
from tests.journeys.test_score_upload import GOOD, OPERATOR, known, sends
from tests.live import Person, SandboxClient


@pytest.fixture
async def operator(sandbox: SandboxClient, start: Start) -> Person:
    await start(messages_per_minute=1000, admin_chat_ids=str(OPERATOR), timezone="UTC")
    return await sandbox.person("运营", id=OPERATOR)


async def test_a_list_is_shown_first_and_registered_after_a_yes(operator: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        await shops.add(conn, "71", "花店", 0)
        await shops.add(conn, "72", "茶店", 0)
    shown = await sends(operator, "店铺ID,店铺名称\n71,花店\n72,茶叶店\n73,书店\n,没有号\n", "名单.csv")
    assert shown.text.splitlines() == [
        "这是一份店铺名单，登记吗？",
        "",
        "新登记 1 家：书店",
        "改名 1 家：",
        "· 茶店 → 茶叶店",
        "和登记的一样 1 家",
        "没读进来 1 行：",
        "· 第 5 行「店铺ID」：空的，请补上",
    ]
    assert shown.buttons == ["照名单改 2 家", "不用"]
    assert await known(database_url) == {"71": "花店", "72": "茶店"}
    yes = shown.data["照名单改 2 家"]
    done = await presses(operator, "照名单改 2 家")
    assert done.text.startswith("✅ 新登记 1 家，改名 1 家")
    assert await known(database_url) == {"71": "花店", "72": "茶叶店", "73": "书店"}
    assert await is_old(operator, yes, done.id)
    async with connected(database_url) as conn:
        assert [(one.action, one.subject) for one in await audit.listed(conn, 1)] == [
            ("shops.import", "new=1 renamed=1")
        ]


async def test_a_list_that_is_not_wanted_changes_nothing(operator: Person, database_url: str) -> None:
    await sends(operator, "店铺ID,店铺名称\n71,花店\n")
    assert (await presses(operator, "不用")).text == "好，名单没有登记。"
    assert await known(database_url) == {}


async def test_a_list_that_changes_nothing_asks_nothing(operator: Person, database_url: str) -> None:
    async with connected(database_url) as conn:
        await shops.add(conn, "71", "花店", 0)
    shown = await sends(operator, "店铺ID,店铺名称\n71,花店\n")
    assert shown.text == "这是一份店铺名单，没有要改的\n\n和登记的一样 1 家"
    assert shown.buttons == []


async def test_a_file_with_scores_is_no_list_of_shops_whatever_is_wrong_with_it(
    operator: Person, database_url: str
) -> None:
    shown = await sends(operator, "店铺ID,店铺名称,体验分\n71,花店,4.2\n")
    assert "名单" not in shown.text
    assert "「日期」：没有这一列" in shown.text


async def test_a_button_of_a_list_answers_no_file_of_scores(operator: Person, database_url: str) -> None:
    shown = await sends(operator, GOOD)
    yes = next(label for label, data in shown.data.items() if data.startswith("up|"))
    number = shown.data[yes].split("|")[1]
    assert await is_old(operator, f"opd|l|{number}|1", shown.id)
    assert (await presses(operator, yes)).text.startswith("正在导入")
