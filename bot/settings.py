"""Settings from the environment or `.env`. A wrong setting is a `SettingsError`: a line with name, value and wish."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

KEY_LENGTH = 16
KEYS_AT_MOST = 2
SECRET_NAMES = frozenset({"TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET", "INGEST_SECRET", "DATABASE_URL"})
SANDBOX_TOKEN = "1:sandbox"  # noqa: S105  (opens nothing but the sandbox on this machine)

OWN_PATHS = ("/ingest/", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Paths of the bot at HTTP_PORT; a path with a slash at the end stands for all paths below."""

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]*", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


class SettingsError(Exception):
    """A setting is missing, malformed or contradicts another."""


class QuietHours(tuple[time, time]):
    """From and until, local time of the merchant's zone; may pass midnight."""

    __slots__ = ()


class Settings(BaseSettings):
    """All settings; the public names are the same in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True)

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_base_url: str = "https://api.telegram.org"
    database_url: str = "sqlite+aiosqlite:///data/alliance.db"
    rules_edition: str = "2022-10-10"
    rules_dir: Path | None = None
    rule_notices: str = Field(default="", max_length=500)
    timezone: str = "Asia/Shanghai"
    daily_check_at: time = time(9, 30)
    quiet_hours: Annotated[QuietHours | None, NoDecode] = QuietHours((time(22), time(8)))
    operator_name: str = Field(default="", max_length=60)
    admin_chat_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    webhook_url: str = ""
    webhook_secret: SecretStr = SecretStr("")
    ingest_secret: SecretStr = SecretStr("")
    send_rate_per_s: int = Field(default=29, ge=1, le=100_000)
    messages_per_minute: int = Field(default=20, ge=1, le=1_000_000)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @field_validator("telegram_bot_token")
    @classmethod
    def _token_has_its_form(cls, token: SecretStr) -> SecretStr:
        number, _, rest = token.get_secret_value().partition(":")
        if token.get_secret_value() and not (number.isdigit() and rest and rest.isascii()):
            raise ValueError("a token from @BotFather like 123456:ABC-…, or nothing for the sandbox")
        return token

    @field_validator("telegram_api_base_url", "webhook_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
            raise ValueError("an address like https://host")
        return url.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _leaves_our_paths_alone(cls, url: str) -> str:
        parts = urlsplit(url)
        is_ours = (parts.path + "/").startswith(tuple(path.rstrip("/") + "/" for path in OWN_PATHS))
        if is_ours or parts.query or parts.fragment or not _PLAIN_PATH.fullmatch(parts.path):
            raise ValueError(f"an address with a plain path, other than {', '.join(OWN_PATHS)}")
        return url

    @field_validator("webhook_secret")
    @classmethod
    def _is_what_telegram_takes(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("1 to 256 of A-Z a-z 0-9 _ -")
        return secret

    @field_validator("ingest_secret")
    @classmethod
    def _holds_keys(cls, secret: SecretStr) -> SecretStr:
        read_keys(secret.get_secret_value())
        return secret

    @field_validator("database_url")
    @classmethod
    def _is_a_known_database(cls, url: str) -> str:
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER:PASSWORD@HOST/NAME")
        return url

    @field_validator("rules_dir", mode="before")
    @classmethod
    def _empty_is_the_packaged_catalogue(cls, folder: object) -> object:
        return None if folder == "" else folder

    @field_validator("rules_dir")
    @classmethod
    def _is_a_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError("a folder that holds editions")
        return folder

    @field_validator("rule_notices")
    @classmethod
    def _is_a_file_or_an_address(cls, place: str) -> str:
        parts = urlsplit(place)
        if "://" in place and not (parts.scheme in ("http", "https") and parts.netloc):
            raise ValueError("a file, or an address like https://host/notices.json")
        return place.strip()

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("the name of a time zone, like Asia/Shanghai") from None
        return name

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _from_until(cls, text: object) -> object:
        if not isinstance(text, str):
            return text
        if not text.strip():
            return None
        try:
            start, until = (time.fromisoformat(part.strip()) for part in text.split("-"))
        except ValueError:
            raise ValueError("two times like 22:00-08:00, or nothing") from None
        return QuietHours((start, until))

    @field_validator("admin_chat_ids", mode="before")
    @classmethod
    def _comma_separated(cls, text: object) -> object:
        if not isinstance(text, str):
            return text
        try:
            return frozenset(int(part) for part in text.split(",") if part.strip())
        except ValueError:
            raise ValueError("chat ids separated by commas, like 1234,5678") from None

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> "Settings":
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError("WEBHOOK_SECRET: empty, but WEBHOOK_URL is set; a webhook needs both")
        if self.webhook_url and not self.telegram_bot_token.get_secret_value():
            raise ValueError("WEBHOOK_URL: set, but TELEGRAM_BOT_TOKEN is empty; the sandbox is polled")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The merchant's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def token(self) -> str:
        """The token of the bot, or of the sandbox."""
        return self.telegram_bot_token.get_secret_value() or SANDBOX_TOKEN

    @property
    def is_sandbox(self) -> bool:
        """True without a token: the bot talks to a sandbox on the same machine."""
        return not self.telegram_bot_token.get_secret_value()


def load() -> Settings:
    """Settings of the process. Raises SettingsError with a plain line."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(".env: not UTF-8 text; save it as UTF-8") from None


def _one_line(error: ValidationError) -> str:
    """The first problem as "NAME: got …; wants …", never showing a secret."""
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if not first["loc"]:
        return message
    name = str(first["loc"][0]).upper()
    got = "(hidden)" if name in SECRET_NAMES else repr(first["input"])
    return f"{name}: got {got}; wants {message}"


def read_keys(secret: str) -> tuple[bytes, ...]:
    """The keys of `INGEST_SECRET`, "new" or "new,old"; none for an empty secret (ingest off).

    Raises ValueError, never with the secret in the message, for a third key or a key shorter than 16 characters.
    """
    if not secret.strip():
        return ()
    keys = tuple(part.strip().encode() for part in secret.split(","))
    if len(keys) > KEYS_AT_MOST or any(len(key) < KEY_LENGTH for key in keys):
        raise ValueError(f"one key, or two as new,old, each of at least {KEY_LENGTH} characters")
    return keys
