"""How scores are watched, as the settings of a command say."""

from bot.commands.catalogue import edition
from bot.settings import Settings
from bot.warnings.policy import WatchPolicy


def watch_policy(chosen: Settings) -> WatchPolicy:
    """By the edition that the settings name. Raises Refusal that lists the known ones."""
    return WatchPolicy(edition(chosen, None), chosen.zone, chosen.quiet_hours)
