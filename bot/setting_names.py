"""Names that were meant for settings of the bot and are none: near misses, and whatever else stands in `.env`.

The environment is full of others' names: there only what is all but a setting counts, and only while that setting
itself is missing. In `.env` every name that nobody reads is named.
"""

import os
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dotenv import dotenv_values
from rapidfuzz import fuzz, process

from bot.settings import FILE_ENCODING, USUAL_PROXIES, Settings

SETTINGS: Final = frozenset(name.upper() for name in Settings.model_fields)
OURS: Final = SETTINGS - {*USUAL_PROXIES, "NO_PROXY", "SSL_CERT_FILE"}
"""Those that no other program reads."""

NEAR: Final = 86.0
"""How alike, of 100, a name in the environment is to the setting that was meant."""

NEAR_IN_FILE: Final = 82.0

_OFTEN: Final = {
    "ADMINS": "ADMIN_CHAT_IDS",
    "ADMIN_ID": "ADMIN_CHAT_IDS",
    "ADMIN_IDS": "ADMIN_CHAT_IDS",
    "API_TOKEN": "TELEGRAM_BOT_TOKEN",
    "BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
    "DB_URL": "DATABASE_URL",
    "EDITION": "RULES_EDITION",
    "INGEST_KEY": "INGEST_SECRET",
    "OPERATOR": "OPERATOR_NAME",
    "PROXY": "TELEGRAM_PROXY",
    "PROXY_URL": "TELEGRAM_PROXY",
    "RULES_DIRECTORY": "RULES_DIR",
    "SOCKS_PROXY": "ALL_PROXY",
    "TG_BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
    "TG_PROXY": "TELEGRAM_PROXY",
    "TG_TOKEN": "TELEGRAM_BOT_TOKEN",
    "TOKEN": "TELEGRAM_BOT_TOKEN",
    "WEBHOOK_KEY": "WEBHOOK_SECRET",
}
"""What people write that no likeness tells."""

_EVERYBODYS: Final = frozenset(
    {"ADMINS", "API_TOKEN", "DB_URL", "EDITION", "OPERATOR"}
    | {"PROXY", "PROXY_URL", "SOCKS_PROXY", "TOKEN", "WEBHOOK_KEY"}
)
"""Those of them that other programs use: they mean us in `.env` only."""

_OTHERS: Final = frozenset(
    {"POSTGRES_PASSWORD", "PUBLIC_HOST", "RULES_FOLDER"}  # compose.yaml
    | {
        "DATABASE_USER",
        "FTP_PROXY",
        "HTTPS_HOST",
        "HTTPS_PORT",
        "TZ",
        "NODE_EXTRA_CA_CERTS",
        "SSL_CERT_DIR",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
    }
)
_OTHERS_BEGIN: Final = ("COMPOSE_", "DOCKER_", "LC_", "NO_", "PG", "POSTGRES_", "PYTHON", "UV_", "PIP_")


@dataclass(frozen=True)
class Stray:
    """A name that is no setting. `meant`: the setting it is near, "" for none."""

    name: str
    where: str
    meant: str = ""

    def __str__(self) -> str:
        told = f"{self.name} in {self.where} is no setting"
        return f"{told}; did you mean {self.meant}?" if self.meant else told


def strays() -> list[Stray]:
    """The stray names of the process's environment and of `.env`."""
    written = names_in(Path(".env"))
    return [*in_file(written), *in_environment(os.environ, {name.upper() for name in written})]


def names_in(file: Path) -> list[str]:
    """The names that are set in a file of settings; none without the file."""
    return list(dotenv_values(file, encoding=FILE_ENCODING, interpolate=False)) if file.is_file() else []


def in_file(names: Iterable[str]) -> list[Stray]:
    """The stray names of a file of settings."""
    unknown = [name for name in names if name.upper() not in SETTINGS and not _is_others(name.upper())]
    return [Stray(name, ".env", _meant(name.upper(), NEAR_IN_FILE, SETTINGS)) for name in unknown]


def in_environment(names: Iterable[str], also_set: Set[str] = frozenset()) -> list[Stray]:
    """The names of an environment that are near to a setting that stands neither there nor in `also_set`."""
    given = {name.upper(): name for name in names}
    found = [Stray(name, "the environment", _meant_in_environment(upper)) for upper, name in given.items()]
    return [stray for stray in found if stray.meant and stray.meant not in given.keys() | also_set]


def _meant_in_environment(name: str) -> str:
    if name in SETTINGS or name in _EVERYBODYS or _is_others(name):
        return ""
    return _meant(name, NEAR, OURS)


def _is_others(name: str) -> bool:
    return name in _OTHERS or name.startswith(_OTHERS_BEGIN)


def _meant(name: str, near: float, settings: Set[str]) -> str:
    """The one of the settings that is meant by the name, "" for none."""
    if name in _OFTEN:
        return _OFTEN[name]
    found = process.extractOne(name, sorted(settings), scorer=fuzz.ratio, score_cutoff=near)
    return found[0] if found else ""
