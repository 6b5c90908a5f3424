"""The running bot tells its operators of a rule notice by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.jobs import rule_watch
from tests.journeys.conftest import Start
from tests.live import SandboxClient
from tests.rule_lists import as_list, entry

OPERATOR = 4_000_000_002


async def test_a_notice_in_the_list_of_the_setting_comes_into_the_operator_s_chat(
    sandbox: SandboxClient, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_watch, "FIRST_LOOK_S", 0.0)
    in_a_week = (datetime.now(UTC).date() + timedelta(7)).isoformat()
    (tmp_path / "list.json").write_bytes(as_list(entry("n1", in_a_week, announced_on=in_a_week)))
    operator = await sandbox.chat(id=OPERATOR, first_name="运营")
    await start(admin_chat_ids=str(OPERATOR), rule_notices=str(tmp_path / "list.json"))
    told = await operator.hears()
    while "规则公告" not in told.text:  # the packaged editions may be due for comparison by now
        told = await operator.hears()
    assert f"alliance-bot rules new {in_a_week} --from 2026-07-29" in told.text
