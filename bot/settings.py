"""Settings from the environment or `.env`. A wrong setting is a `SettingsError`: a line with name, value and wish."""

import os
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.proxies import Proxy, proxy_at, usual
from bot.setting_values import QuietHours, certificates, chat_ids, database_address, hour, quiet_hours

FILE = ".env"
FILE_ENCODING = "utf-8-sig"
"""UTF-8, with the mark that some editors put before it, or without."""

LONGEST_ID = 18
"""Digits of a bot's id that still fit into the database."""

KEY_LENGTH = 16
KEYS_AT_MOST = 2
USUAL_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
SECRET_NAMES = frozenset(
    {"TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET", "INGEST_SECRET", "DATABASE_URL", "TELEGRAM_PROXY", *USUAL_PROXIES}
)
SANDBOX_TOKEN = "1:sandbox"  # noqa: S105  (opens nothing but the sandbox on this machine)

OWN_DATABASE = "sqlite+aiosqlite:///data/alliance.db"
SANDBOX_DATABASE = "sqlite+aiosqlite:///data/sandbox.db"
"""Where everything is kept when DATABASE_URL is not set, with a token and without."""

OWN_PATHS = ("/ingest/", "/healthz", "/readyz", "/metrics", "/openapi.json")
"""Paths of the bot at HTTP_PORT; a path with a slash at the end stands for all paths below."""

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]*", re.ASCII)
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}", re.ASCII)


class SettingsError(Exception):
    """A setting is missing, malformed or contradicts another."""


class Settings(BaseSettings):
    """All settings; the public names are the same in capitals."""

    model_config = SettingsConfigDict(env_file=FILE, env_file_encoding=FILE_ENCODING, extra="ignore", frozen=True)

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_proxy: SecretStr = SecretStr("")
    https_proxy: SecretStr = SecretStr("")
    http_proxy: SecretStr = SecretStr("")
    all_proxy: SecretStr = SecretStr("")
    no_proxy: str = ""
    ssl_cert_file: Path | None = None
    database_url: str = Field(default="", validate_default=True)
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
    sandbox_open: bool = False
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
        is_id = number.isdecimal() and len(number) <= LONGEST_ID
        if token.get_secret_value() and not (is_id and rest and rest.isascii()):
            raise ValueError("a token from @BotFather like 123456:ABC-…, or nothing for the sandbox")
        return token

    @field_validator("telegram_api_base_url", "webhook_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not _is_web_address(url):
            raise ValueError("an address like https://host")
        return url.rstrip("/")

    @field_validator("webhook_url")
    @classmethod
    def _leaves_our_paths_alone(cls, url: str) -> str:
        parts = urlsplit(url)
        if is_own(parts.path) or parts.query or parts.fragment or not _PLAIN_PATH.fullmatch(parts.path):
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
    def _is_a_known_database(cls, url: str, told: ValidationInfo) -> str:
        """The address; when none is set the bot's file, or the sandbox's."""
        if url.strip():
            return database_address(url.strip())
        token = told.data.get("telegram_bot_token", SecretStr(""))
        return OWN_DATABASE if token.get_secret_value() else SANDBOX_DATABASE

    @field_validator("telegram_proxy")
    @classmethod
    def _is_a_proxy(cls, address: SecretStr) -> SecretStr:
        if address.get_secret_value().strip():
            proxy_at(address.get_secret_value())
        return address

    @field_validator("rules_dir", "ssl_cert_file", mode="before")
    @classmethod
    def _empty_is_none(cls, path: object) -> object:
        return None if path == "" else path

    @field_validator("rules_dir")
    @classmethod
    def _is_a_folder(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.is_dir():
            raise ValueError("a folder that holds editions")
        return folder

    @field_validator("rule_notices")
    @classmethod
    def _is_a_file_or_an_address(cls, place: str) -> str:
        if "://" in place and not _is_web_address(place):
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

    @field_validator("daily_check_at", mode="before")
    @classmethod
    def _is_an_hour(cls, text: object) -> object:
        return hour(text) if isinstance(text, str) else text

    @field_validator("http_host")
    @classmethod
    def _without_brackets(cls, host: str) -> str:
        return host.strip().removeprefix("[").removesuffix("]")

    @field_validator("sandbox_open", mode="before")
    @classmethod
    def _is_yes_or_no(cls, text: object) -> object:
        known = {"": False, "false": False, "true": True}
        if isinstance(text, str) and text.strip().lower() not in known:
            raise ValueError("true or false")
        return known[text.strip().lower()] if isinstance(text, str) else text

    @field_validator("quiet_hours", mode="before")
    @classmethod
    def _from_until(cls, text: object) -> object:
        return quiet_hours(text) if isinstance(text, str) else text

    @field_validator("admin_chat_ids", mode="before")
    @classmethod
    def _are_numbers(cls, text: object) -> object:
        return chat_ids(text) if isinstance(text, str) else text

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> "Settings":
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError("WEBHOOK_SECRET: empty, but WEBHOOK_URL is set; a webhook needs both")
        if self.webhook_url and not self.telegram_bot_token.get_secret_value():
            raise ValueError("WEBHOOK_URL: set, but TELEGRAM_BOT_TOKEN is empty; the sandbox is polled")
        return self

    @model_validator(mode="after")
    def _reaches_the_bot_api(self) -> "Settings":
        """What the environment says for all programs is looked at only when a call goes that way."""
        if not self.is_sandbox:
            self.bot_api_proxy(self.telegram_api_base_url)
            self._certificates_are_readable()
        self.usual_proxy(self.rule_notices)
        return self

    def _certificates_are_readable(self) -> None:
        try:
            if self.ssl_cert_file is not None:
                certificates(self.ssl_cert_file)
        except ValueError as error:
            raise ValueError(f"SSL_CERT_FILE: got {str(self.ssl_cert_file)!r}; wants {error}") from None

    def bot_api_proxy(self, root: str) -> Proxy | None:
        """The proxy to the Bot API server at `root`: TELEGRAM_PROXY, else the usual one; None for none or the sandbox.

        Raises ValueError, without the proxy's address, for one that is malformed.
        """
        if self.is_sandbox:
            return None
        if own := self.telegram_proxy.get_secret_value().strip():
            return proxy_at(own, "TELEGRAM_PROXY")
        return self.usual_proxy(root)

    def usual_proxy(self, address: str) -> Proxy | None:
        """The proxy to an address by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. Raises as `bot_api_proxy`."""
        secrets = {name: getattr(self, name.lower()).get_secret_value() for name in USUAL_PROXIES}
        return usual(address, secrets | {"NO_PROXY": self.no_proxy})

    @property
    def own_ca(self) -> Path | None:
        """SSL_CERT_FILE of `.env`; None when it stands in the environment, where OpenSSL reads it by itself."""
        is_read = self.ssl_cert_file is None or os.environ.get("SSL_CERT_FILE") == str(self.ssl_cert_file)
        return None if is_read else self.ssl_cert_file

    @property
    def zone(self) -> ZoneInfo:
        """The merchant's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def token(self) -> str:
        """The token of the bot, or of the sandbox."""
        return self.telegram_bot_token.get_secret_value() or SANDBOX_TOKEN

    @property
    def http_root(self) -> str:
        """The address of the HTTP side for a program on this machine, or of the sandbox before it."""
        host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.http_host, self.http_host)  # noqa: S104
        return f"http://{place(host, self.http_port)}"

    @property
    def is_sandbox(self) -> bool:
        """True without a token: the bot talks to a sandbox on the same machine."""
        return not self.telegram_bot_token.get_secret_value()


def bot_id_in(token: str) -> int:
    """The id of the bot, which stays when the token is changed."""
    return int(token.partition(":")[0])


def place(host: str, port: int) -> str:
    """Host and port as in an address, an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_own(path: str) -> bool:
    """Whether the path is one of `OWN_PATHS`, or below one."""
    return (path + "/").startswith(tuple(own.rstrip("/") + "/" for own in OWN_PATHS))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def load() -> Settings:
    """Settings of the process. Raises SettingsError with a plain line."""
    try:
        if Path(FILE).is_dir():  # what Docker makes of a file that was to be mounted and is not there
            raise SettingsError(f"{FILE}: a folder; wants a file of settings, or nothing at this place")
        return Settings()
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{FILE}: not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise SettingsError(f"{FILE}: can't be read here: {error.strerror}") from None


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
