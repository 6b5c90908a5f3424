"""Operators' deeds as the chat lists them: in words, not by the names under which they are written down."""

import re
from pathlib import Path
from types import SimpleNamespace

from bot.clock import SystemClock
from bot.views.render import render

BOT = Path(__file__).parents[2] / "bot"
WRITTEN = re.compile(r"(?:\bnote|audit\.record)\((?:[^()]|\([^()]*\))*\)")
NAME = re.compile(r'"([a-z]+\.[a-z_]+)"')
REQUEUED = ("message.requeue", "update.requeue")
"""Names that are put together from the kind."""


def names() -> set[str]:
    """Under which names deeds are written down."""
    calls = (call for file in BOT.rglob("*.py") for call in WRITTEN.findall(file.read_text("utf-8")))
    return {*REQUEUED, *(name for call in calls for name in NAME.findall(call))}


def test_every_deed_has_words() -> None:
    now = SystemClock().now()
    acts = [SimpleNamespace(at=now, operator=4711, action=name, subject="") for name in sorted(names())]
    assert len(acts) > len(REQUEUED)
    shown = render("operators/log", acts=acts).html
    assert [name for name in names() if name in shown] == []
