"""The commands of the operators' guide work as printed."""

import asyncio
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.web.conftest import KEY, Served

GUIDE = Path(__file__).parents[2] / "docs/operating/feed.md"
PART = GUIDE.read_text("utf-8").partition("\n## 用接口喂")[2]
TOOLS = ("bash", "curl", "openssl")
MISSING = [name for name in TOOLS if not shutil.which(name)]


def block(language: str) -> str:
    """The first block of code in `language` of the guide's part."""
    found = re.search(rf"```{language}\n(.*?)```", PART, re.DOTALL)
    assert found is not None
    return found[1]


async def typed(web: Served, folder: Path) -> str:
    """The output of the guide's script."""
    given = {"URL": web.url, "KEY": KEY.decode(), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    command = ("bash", "-eu", "-c", block("bash"))
    running = await asyncio.create_subprocess_exec(*command, cwd=folder, env=given, stdout=asyncio.subprocess.PIPE)
    printed, _ = await asyncio.wait_for(running.communicate(), 20)
    assert running.returncode == 0
    return printed.decode()


@pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}")
async def test_the_call_of_the_guide_is_answered_as_the_guide_says(web: Served, tmp_path: Path) -> None:
    first, again = await typed(web, tmp_path), await typed(web, tmp_path)
    assert json.loads(first) == json.loads(again) == json.loads(block("json"))


def test_the_guide_names_every_status_of_the_description() -> None:
    told = json.loads((GUIDE.parents[2] / "bot/web/openapi.json").read_text("utf-8"))
    described = set(told["paths"]["/ingest/scores"]["post"]["responses"])
    table = PART.partition("### 回答")[2]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| ")]
    assert set(re.findall(r"[2-5]\d\d", " ".join(rows))) == described
