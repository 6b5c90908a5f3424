"""What the bot learns of itself at the start, over real sockets."""

import json

import pytest

from bot.telegram.api import Api
from bot.telegram.introduction import introduce, username
from bot.telegram.session import Session
from tests.telegram.test_session import TOKEN, saying, server


def answer(status: str, **body: object) -> bytes:
    text = json.dumps(body).encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n".encode() + text


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (answer("200 OK", ok=True, result={"id": 4242, "username": "alliance_bot"}), "alliance_bot"),
        (answer("200 OK", ok=True, result={"id": 4242, "username": None}), ""),
        (answer("200 OK", ok=True, result={}), ""),
        (answer("200 OK", ok=True, result=True), ""),
        (answer("502 Bad Gateway", ok=False, error_code=502, description="Bad Gateway"), ""),
    ],
)
async def test_the_name_is_what_telegram_says_and_else_nothing(said: bytes, name: str) -> None:
    async with server(saying(said)) as seen, Session(1) as session:
        assert await username(Api(TOKEN, seen.root, session)) == name


async def test_a_call_that_is_refused_stops_no_other() -> None:
    refused = answer("400 Bad Request", ok=False, error_code=400, description="Bad Request: chat not found")
    done = answer("200 OK", ok=True, result=True)
    async with server(saying(refused, done)) as seen, Session(1) as session:
        await introduce(Api(TOKEN, seen.root, session), [("setMyCommands", {}), ("setMyDescription", {})])
    assert len(seen.requests) == 2
