"""The catalogue and the edition that the settings and options of a command mean."""

from datetime import date, datetime

from bot import settings as environment
from bot.commands.refusal import Refusal
from bot.settings import Settings, SettingsError
from bot.views.other_edition import EditionOffers
from rules.catalogue.load import CatalogueError, load, packaged_folder
from rules.edition import Catalogue, Edition, EditionError


def settings() -> Settings:
    """The settings of this process. Raises Refusal."""
    try:
        return environment.load()
    except SettingsError as error:
        raise Refusal(str(error)) from None


def opened(chosen: Settings) -> Catalogue:
    """The catalogue that the settings name. Raises Refusal with the first problem of it."""
    try:
        return load(chosen.rules_dir or packaged_folder())
    except CatalogueError as error:
        first, *others = error.problems
        more = f"; and {len(others)} more" if others else ""
        raise Refusal(f"{first}{more}; see all with: alliance-bot rules lint") from None


def edition(chosen: Settings, option: str | None) -> Edition:
    """The edition that `--edition` or else RULES_EDITION names. Raises Refusal that lists the known ones."""
    return offers(chosen, option).answering


def offers(chosen: Settings, option: str | None) -> EditionOffers:
    """The catalogue with that edition as the one that answers. Raises Refusal that lists the known ones."""
    today, known = datetime.now(chosen.zone).date(), opened(chosen)
    try:
        return EditionOffers(known, known.resolve(option or chosen.rules_edition, today))
    except EditionError as error:
        where = "--edition" if option else "RULES_EDITION"
        raise Refusal(f"{where}: {error}") from None


def named(name: str) -> Edition:
    """The edition that this name, or "latest", means. Raises Refusal that lists the known ones."""
    chosen = settings()
    try:
        return opened(chosen).resolve(name, datetime.now(chosen.zone).date())
    except EditionError as error:
        raise Refusal(str(error)) from None


def day_named(on: str | None, today: date) -> date:
    """The day that `--on` names, else `today`. Raises Refusal."""
    try:
        return date.fromisoformat(on) if on is not None else today
    except ValueError:
        raise Refusal(f"--on: got {on!r}; wants a day like 2022-10-10") from None
