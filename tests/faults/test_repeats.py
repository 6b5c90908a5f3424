"""R6, R9: lost answers and repeated updates."""

import json

from tests.faults.echo import UNLIMITED, running
from tests.faults.scene import all_answered, ask, crowd, report, tally, times
from tests.live import sandbox_client


async def test_r6_a_message_whose_answer_was_lost_is_repeated_once_and_says_so(database_url: str):
    lost = times(100, 20)
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 3 * lost)
        for person in people[::3]:
            await sandbox.fault("effect_then_drop", chat_id=person.id, method="sendMessage", count=1)
        asked = await ask(people, 1)
        await all_answered(sandbox, people, 3 * lost, within_s=30)
        for person in people[::3]:
            await sandbox.calls("sendMessage", chat_id=person.id, status=200, count=1)
        answers = await all_answered(sandbox, people, 3 * lost, within_s=30)
    result = tally(asked, answers)
    report("R6", f"{lost} answers lost after the effect: {result}", f"{lost} answers: {result}")
    assert (result.lost, result.repeats, result.unmarked) == (0, lost, 0)
    assert max(sum(one.chat_id == person.id for one in answers) for person in people) == 2


async def test_a_message_that_certainly_took_no_effect_is_sent_again_without_a_mark(database_url: str):
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED):
        await sandbox.bot_has_come()
        people = await crowd(sandbox, 3)
        await sandbox.fault("429", method="sendMessage", retry_after=1, count=3)
        await ask(people, 1)
        answers = await all_answered(sandbox, people, 3, within_s=30)
    assert [one.is_repeat for one in answers] == [False] * 3


async def test_r9_the_same_update_three_times_and_ids_that_fall(database_url: str):
    async with sandbox_client() as sandbox, running(sandbox.url, database_url, limits=UNLIMITED):
        await sandbox.bot_has_come()
        person = await sandbox.person()
        ids = [9_000_000_000, 9_000_000_000, 9_000_000_001, 9_000_000_000, 17, 18, 17, 9_000_000_002]
        for update_id in ids:
            chat = {"id": person.id, "type": "private"}
            message = {"message_id": 1, "date": 1, "chat": chat, "from": {"id": person.id}, "text": f"问{update_id}"}
            await sandbox.push(json.dumps({"update_id": update_id, "message": message}))
        answers = await all_answered(sandbox, [person], len(set(ids)), within_s=30)
        await person.says("问完了")
        answers = await all_answered(sandbox, [person], len(set(ids)) + 1, within_s=30)
    said = f"{len(ids)} updates with {len(set(ids))} ids, falling: {len(answers) - 1} answers (one process)"
    report("R9", said, f"{len(answers) - 1 - len(set(ids))} too many")
    assert sorted(one.text for one in answers) == sorted([*(f"问{update_id}" for update_id in set(ids)), "问完了"])
