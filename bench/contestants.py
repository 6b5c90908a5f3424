"""The bots compared: the start of each, and the questions asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench.questions import different, popular

TOKEN = "123456:test-token"
HERE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Contestant:
    """A bot: name, command line and settings, with `{root}` of the Bot API and a `{folder}` for the bot alone.

    `asked(number)`: the text of update `number`. `checkout`: the folder of the project with the code to run.
    """

    name: str
    arguments: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    asked: Callable[[int], str] = popular
    checkout: Path = HERE


SETTINGS = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_API_BASE_URL": "{root}",
    "DATABASE_URL": "sqlite+aiosqlite:///{folder}/bench.db",
    "HTTP_PORT": "0",
    "LOG_LEVEL": "ERROR",
    "PYTHONOPTIMIZE": "2",
}
"""Without docstrings, as `make run` starts the bot."""

NO_LIMITS = {"SEND_RATE_PER_S": "100000", "MESSAGES_PER_MINUTE": "1000000"}

RUN = ("-c", "import bot.cli; bot.cli.main()", "run")
OURS = Contestant("ours", RUN, SETTINGS | NO_LIMITS)
"""The whole bot, each update and each message on disk (synchronous FULL) before the bot acts."""

ALL_DIFFERENT = replace(OURS, name="all different", asked=different)
"""The same, asked each question for the first time."""


def peer(name: str, *, at_once: bool = False) -> Contestant:
    """The peer in `bench/<name>.py`; `at_once`: updates are handled concurrently."""
    return Contestant(name, ("-m", f"bench.{name}", "{root}", "{folder}", *(("concurrent",) if at_once else ())))
