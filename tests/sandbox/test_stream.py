"""The stream of events for the page."""

import json

import aiohttp

from tests.live import Person, SandboxClient
from tests.sandbox.conftest import Bot

STREAM = {"Accept": "text/event-stream"}


async def read(reply: aiohttp.ClientResponse) -> dict[str, object]:
    """The next event."""
    while not (line := await reply.content.readline()).startswith(b"data: "):
        assert line, "the stream has ended"
    return dict(json.loads(line.removeprefix(b"data: ")))


async def test_events_come_as_they_happen_and_go_on_where_a_reader_left_off(
    sandbox: SandboxClient, bot: Bot, person: Person
) -> None:
    url = f"{sandbox.url}/sandbox/events"
    seq = (await sandbox.state())["seq"]
    async with bot.session.get(f"{url}?after={seq}", headers=STREAM) as reply:
        assert reply.content_type == "text/event-stream"
        said = await person.says("一")
        first = await read(reply)
    await person.says("二")
    assert (first["kind"], first["seq"]) == ("person", said["seq"])
    async with bot.session.get(url, headers=STREAM | {"Last-Event-ID": str(first["seq"])}) as reply:
        again = await read(reply)
    assert (again["kind"], again["seq"]) == ("person", said["seq"] + 1)


async def test_a_page_of_another_site_is_turned_away(sandbox: SandboxClient, bot: Bot) -> None:
    async with bot.session.get(f"{sandbox.url}/sandbox/state", headers={"Sec-Fetch-Site": "cross-site"}) as reply:
        assert (reply.status, await reply.json()) == (403, {"error": "other sites may not call the sandbox"})
