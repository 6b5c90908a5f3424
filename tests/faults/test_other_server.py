"""R33: the updates come from another Bot API server, which counts them anew."""

import json
import time
from typing import Any

from sqlalchemy import update as sql_update
from structlog.testing import capture_logs

from storage import schema
from tests.databases import connected
from tests.faults.echo import UNLIMITED, running
from tests.faults.scene import all_answered, crowd, report, times
from tests.journeys.conftest import bot_running
from tests.live import Person, SandboxClient, sandbox_client

IDS = range(500, 509)


def update(number: int, chat: int, text: str, date: int = 1) -> dict[str, Any]:
    """An update of this number, in which somebody writes."""
    who = {"id": chat, "type": "private"}
    message = {"message_id": number, "date": date, "chat": who, "from": {"id": chat}, "text": text}
    return {"update_id": number, "message": message}


async def test_r33_after_moving_to_another_server_the_same_numbers_are_other_updates(database_url: str):
    heard = 0
    for turn in range(times(5, 2)):
        async with sandbox_client() as sandbox, bot_running(sandbox.url, database_url, messages_per_minute=1000):
            await sandbox.bot_has_come()
            people = [await sandbox.person(f"小店{turn}", id=7000 + n) for n in IDS]
            heard += await asked(sandbox, people)
    report(
        "R33",
        f"{times(5, 2)} servers one after the other, the same 9 numbers: {heard} of {9 * times(5, 2)} answered",
        f"{9 * times(5, 2) - heard} of {9 * times(5, 2)} swallowed",
    )
    assert heard == 9 * times(5, 2)


async def asked(sandbox: SandboxClient, people: list[Person]) -> int:
    """How many answers the people hear to nine questions of the same numbers."""
    for number, person in zip(IDS, people, strict=True):
        await sandbox.push(json.dumps(update(number, person.id, "谢谢")))
    return len([await person.hears() for person in people])


async def test_r33_a_server_that_lost_its_data_counts_anew_at_the_same_address(database_url: str):
    with capture_logs() as logs:
        async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED):
            await sandbox.bot_has_come()
            people = await crowd(sandbox, 18)
            for nine in (people[:9], people[9:]):
                for person, number in zip(nine, IDS, strict=True):
                    await sandbox.push(json.dumps(update(number, person.id, f"问{number}")))
                await all_answered(sandbox, nine, 9, within_s=30)
            for number in (IDS[0], IDS[0], IDS[-1]):  # the newest with this number are of the last nine people
                await sandbox.push(json.dumps(update(number, people[9 + number - IDS[0]].id, f"问{number}")))
            async with connected(database_url) as conn:
                await conn.execute(sql_update(schema.inbox).values(received_at=int(time.time() * 1000) - 120_000))
            later = update(IDS[1], people[10].id, "问晚些", date=int(time.time()))
            await sandbox.push(json.dumps(later))
            answers = await all_answered(sandbox, people, 19, within_s=30)
    report(
        "R33",
        f"9 numbers again at the same address: {len(answers)} of 19 answered, of 3 repeats none",
        f"{19 - len(answers)} lost at the same address",
    )
    assert len(answers) == 19
    assert not [line for line in logs if line["log_level"] == "error"]
