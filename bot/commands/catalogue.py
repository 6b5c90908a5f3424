"""Settings, catalogue and edition of a command, from the environment and the options."""

from datetime import date, datetime

from bot import settings as environment
from bot.commands import Refusal
from bot.settings import Settings, SettingsError
from bot.views.other_edition import EditionOffers
from rules.catalogue.load import CatalogueError, load, packaged_folder
from rules.edition import Catalogue, Edition, EditionError


def settings() -> Settings:
    """Settings of the process. Raises Refusal."""
    try:
        return environment.load()
    except SettingsError as error:
        raise Refusal(str(error)) from None


def today() -> date:
    """The merchant's day, in the zone of the settings. Raises Refusal."""
    return datetime.now(settings().zone).date()


def opened(chosen: Settings) -> Catalogue:
    """The catalogue in RULES_DIR, else the packaged catalogue. Raises Refusal with the first problem found."""
    try:
        return load(chosen.rules_dir or packaged_folder())
    except CatalogueError as error:
        first, *others = error.problems
        more = f"; and {len(others)} more" if others else ""
        raise Refusal(f"{first}{more}; see all with: alliance-bot rules lint") from None


def edition(chosen: Settings, option: str | None) -> Edition:
    """The edition named by `--edition`, else by RULES_EDITION. Raises Refusal with the known names."""
    return offers(chosen, option).answering


def offers(chosen: Settings, option: str | None) -> EditionOffers:
    """The catalogue, with `--edition`, else RULES_EDITION to answer by. Raises Refusal with the known names."""
    where = "--edition: " if option else "RULES_EDITION: "
    return _offers(chosen, option or chosen.rules_edition, where)


def named(name: str) -> Edition:
    """The edition of this name; "latest" is the edition in force today. Raises Refusal with the known names."""
    return _offers(settings(), name, "").answering


def _offers(chosen: Settings, name: str, where: str) -> EditionOffers:
    known = opened(chosen)
    try:
        return EditionOffers(known, known.resolve(name, datetime.now(chosen.zone).date()))
    except EditionError as error:
        raise Refusal(f"{where}{error}") from None


def day_named(on: str | None, today: date) -> date:
    """The day named by `--on`, else `today`. Raises Refusal."""
    try:
        return date.fromisoformat(on) if on is not None else today
    except ValueError:
        raise Refusal(f"--on: got {on!r}; wants a day like 2022-10-10") from None
