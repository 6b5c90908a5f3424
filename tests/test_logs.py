"""JSON logs of the real process: the update, the chat by a name of no meaning, and no word said."""

import json
from typing import Any

from bot import logs
from tests.live import sandbox_client
from tests.web.whole import process

TOKEN = "123456:spoken-to-nobody"


async def logged(database_url: str, *said: str) -> tuple[int, list[dict[str, Any]], str]:
    """The chat id and the log lines of the process, read and raw, while somebody says `said`."""
    settings = {"LOG_FORMAT": "json", "LOG_LEVEL": "INFO", "HTTP_PORT": "0", "TELEGRAM_BOT_TOKEN": TOKEN}
    async with sandbox_client() as sandbox:
        at = {"TELEGRAM_API_BASE_URL": sandbox.url, "DATABASE_URL": database_url}
        async with process(**settings, **at) as running:
            person = await sandbox.person("小店")
            for text in said:
                await person.says(text)
                await person.hears(within_s=20)
            await person.blocks()
            running.terminate()
            _, written = await running.communicate()
    return person.id, [json.loads(line) for line in written.splitlines()], written.decode()


async def test_every_line_about_an_update_names_it_and_its_chat_and_nothing_that_was_said(embedded_url: str) -> None:
    chat_id, lines, written = await logged(
        embedded_url, "/start", "/衣服秘密 13800138000", "我的店叫红玫瑰 13800138000"
    )
    handled = [line for line in lines if line["event"] == "handled"]
    assert [(line["what"], line["journey"]) for line in handled] == [
        ("command", "start"),
        ("command", ""),
        ("text", ""),
    ]
    assert len({line["update"] for line in handled}) == 3
    logs.name_chats_by(TOKEN)
    assert {line["chat"] for line in handled} == {logs.chat_name(chat_id)}
    for secret in ("衣服", "玫瑰", "13800138000", str(chat_id), TOKEN.partition(":")[2]):
        assert secret not in written


def test_a_chats_name_is_of_the_token_and_tells_chats_apart() -> None:
    logs.name_chats_by("1:one")
    names = {logs.chat_name(number) for number in range(1000)}
    logs.name_chats_by("2:two")
    assert len(names) == 1000
    assert logs.chat_name(7) not in names
