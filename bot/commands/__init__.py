"""The work of `alliance-bot`, a command a file, in words for operators at a terminal.

A file is imported when the command runs: merchants wait for the start of the bot after a restart.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.commands import answer_questions as answer_questions
    from bot.commands import change_edition as change_edition
    from bot.commands import check_eligibility as check_eligibility
    from bot.commands import compare_editions as compare_editions
    from bot.commands import database as database
    from bot.commands import doctor as doctor
    from bot.commands import evaluate_reader as evaluate_reader
    from bot.commands import explain_reading as explain_reading
    from bot.commands import import_scores as import_scores
    from bot.commands import list_editions as list_editions
    from bot.commands import new_edition as new_edition
    from bot.commands import operator_deeds as operator_deeds
    from bot.commands import operator_reports as operator_reports
    from bot.commands import register_shops as register_shops
    from bot.commands import run as run
    from bot.commands import run_sweep as run_sweep
    from bot.commands import shop_deeds as shop_deeds
    from bot.commands import shop_lists as shop_lists
    from bot.commands import shop_reports as shop_reports
    from bot.commands import watch_rules as watch_rules
else:

    def __getattr__(name: str) -> ModuleType:
        """The module `bot.commands.<name>`. Raises ImportError."""
        if name.startswith("_"):
            raise AttributeError(name)
        return import_module(f"{__name__}.{name}")


class Refusal(Exception):
    """A command could not be done (exit status 2); the message is a line: the fault, the place, the mend."""
