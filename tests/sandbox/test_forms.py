"""Bodies of every kind: a broken body is refused in Telegram's manner, and the server goes on."""

import re
from base64 import b64encode

import pytest

from tests.live import Person
from tests.sandbox.conftest import Bot

FORM = "multipart/form-data; boundary=x"


def part(head: str, content: bytes = b"") -> bytes:
    return f"--x\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


HEAD = 'Content-Disposition: form-data; name="text"'
TEXT = part(HEAD, "好".encode())
END = b"--x--\r\n"

BROKEN = {
    "no boundary": ("multipart/form-data", TEXT + END),
    "a boundary that is too long": (f"multipart/form-data; boundary={'x' * 71}", TEXT + END),
    "another boundary": ("multipart/form-data; boundary=y", TEXT + END),
    "no name": (FORM, part("Content-Disposition: form-data", b"x") + END),
    "no head": (FORM, b"--x\r\n\r\nx\r\n" + END),
    "a head that is none": (FORM, part("no colon", b"x") + END),
    "a head without end": (FORM, b"--x\r\n" + b"a: b\r\n" * 20_000),
    "one long line": (FORM, b"--x\r\nContent-Disposition: " + b"a" * 100_000 + b"\r\n\r\n\r\n" + END),
    "a form in a form": (FORM, part("Content-Type: multipart/mixed; boundary=y", b"--y--") + END),
    "not UTF-8": (FORM, part(HEAD, b"\xff\xfe") + END),
    "bytes that are not UTF-8": (FORM, part(f"{HEAD}\r\nContent-Type: image/png", b"\xff") + END),
    "an unknown charset": (FORM, part(f"{HEAD}\r\nContent-Type: text/x; charset=no", b"x") + END),
    "an unknown transfer encoding": (FORM, part(f"{HEAD}\r\nContent-Transfer-Encoding: no", b"x") + END),
    "base64 that is none": (FORM, part(f"{HEAD}\r\nContent-Transfer-Encoding: base64", b"a") + END),
    "cut off": (FORM, TEXT[:-9]),
    "an urlencoded body that is not UTF-8": ("application/x-www-form-urlencoded", b"\xff=\xff"),
    "an urlencoded body of an unknown charset": ("application/x-www-form-urlencoded; charset=no", b"a=b"),
    "JSON that breaks off": ("application/json", b'{"text": '),
    "JSON that is no object": ("application/json", b"[1]"),
    "JSON that is not UTF-8": ("application/json", b"\xff"),
}


@pytest.mark.parametrize(("content_type", "body"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_body_is_a_bad_request(bot: Bot, person: Person, content_type: str, body: bytes) -> None:
    url = f"{bot.url}/bot{bot.token}/sendMessage?chat_id={person.id}&text=x"
    async with bot.session.post(url, data=body, headers={"Content-Type": content_type}) as reply:
        answer = await reply.json()
    assert (reply.status, answer["error_code"], answer["ok"]) == (400, 400, False)
    assert re.fullmatch(
        "Bad Request: (can't parse the form|can't parse JSON object|object expected)", answer["description"]
    )
    await bot("getMe")


async def test_a_form_of_very_many_fields_is_too_large(bot: Bot) -> None:
    url = f"{bot.url}/bot{bot.token}/sendMessage"
    body = b"".join(part(f'Content-Disposition: form-data; name="{number}"') for number in range(5000)) + END
    async with bot.session.post(url, data=body, headers={"Content-Type": FORM}) as reply:
        assert (reply.status, (await reply.json())["description"]) == (413, "Request Entity Too Large")
    await bot("getMe")


GOOD = {
    "an empty file beside it": (FORM, TEXT + part('Content-Disposition: form-data; name="no"; filename=""') + END),
    "text before and after": (FORM, b"a preamble\r\n" + TEXT + END + b"an epilogue"),
    "no quotes, another type": (
        FORM,
        part("content-disposition: form-data; name=text\r\nContent-Type: application/x", "好".encode()) + END,
    ),
    "base64": (FORM, part(f"{HEAD}\r\nContent-Transfer-Encoding: base64", b64encode("好".encode())) + END),
    "urlencoded": ("application/x-www-form-urlencoded", b"text=%E5%A5%BD"),
    "JSON": ("application/json; charset=utf-8", b'{"text": "\\u597d"}'),
}


@pytest.mark.parametrize(("content_type", "body"), GOOD.values(), ids=GOOD)
async def test_one_text_sent_in_many_ways(bot: Bot, person: Person, content_type: str, body: bytes) -> None:
    url = f"{bot.url}/bot{bot.token}/sendMessage?chat_id={person.id}"
    async with bot.session.post(url, data=body, headers={"Content-Type": content_type}) as reply:
        assert reply.status == 200, await reply.text()
    assert (await person.hears()).text == "好"
