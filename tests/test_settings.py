"""Settings: a line about a wrong setting has the name and never a secret."""

from datetime import time
from pathlib import Path

import pytest

from bot.proxies import ENCODE, Proxy
from bot.setting_names import in_file, names_in
from bot.settings import Settings, SettingsError, load

SOCKS_5 = "socks5h:// (the proxy looks names up) or socks5:// (names are looked up here)"
BOT = {"TELEGRAM_BOT_TOKEN": "1:abc"}
CERTIFICATES = "-----BEGIN CERTIFICATE-----"

FOR_ALL_PROGRAMS = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOR_ALL_PROGRAMS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


WRONG = [
    ("TELEGRAM_BOT_TOKEN", "s3cret-but-no-token"),
    ("TELEGRAM_API_BASE_URL", "ftp://host"),
    ("DATABASE_URL", "mysql://user:s3cret@host/name"),
    ("RULES_DIR", "/no/such/folder"),
    ("RULE_NOTICES", "ftp://host/list.json"),
    ("RULE_NOTICES", "https:///list.json"),
    ("TIMEZONE", "Mars/Base"),
    ("TELEGRAM_API_BASE_URL", "https://host:port"),
    ("TELEGRAM_PROXY", "127.0.0.1:1080"),
    ("TELEGRAM_PROXY", "socks://user:s3cret@host:1080"),
    ("TELEGRAM_PROXY", "socks5h://user:s3cret@s3cret@host:1080"),
    ("DATABASE_URL", "postgresql+asyncpg://user:s3cret@s3cret@host/name"),
    ("DAILY_CHECK_AT", "25:00"),
    ("DAILY_CHECK_AT", "9"),
    ("DAILY_CHECK_AT", "930"),
    ("DAILY_CHECK_AT", "9.30"),
    ("DAILY_CHECK_AT", "09:30+08:00"),
    ("DAILY_CHECK_AT", ""),
    ("QUIET_HOURS", "22:00"),
    ("QUIET_HOURS", "late-early"),
    ("QUIET_HOURS", "22:00-08:00-09:00"),
    ("QUIET_HOURS", "22-8"),
    ("ADMIN_CHAT_IDS", "1;2"),
    ("ADMIN_CHAT_IDS", "@operator"),
    ("ADMIN_CHAT_IDS", "1_000"),
    ("ADMIN_CHAT_IDS", "1-2"),
    ("HTTP_PORT", "http"),
    ("LOG_LEVEL", "LOUD"),
    ("SEND_RATE_PER_S", "0"),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=[f"{name}={value}" for name, value in WRONG])
def test_a_wrong_setting_is_named_in_one_line(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value).startswith(f"{name}: got ")
    assert "wants" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("HTTP_PORT", "65536", "HTTP_PORT: got '65536'; wants less than or equal to 65535"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: got 'xml'; wants 'console' or 'json'"),
        ("DAILY_CHECK_AT", "24:00", "DAILY_CHECK_AT: got '24:00'; wants a time from 00:00 to 23:59, like 09:30"),
        ("DAILY_CHECK_AT", "930", "DAILY_CHECK_AT: got '930'; wants a time like 09:30"),
        ("QUIET_HOURS", "22-8", "QUIET_HOURS: got '22-8'; wants two times like 22:00-08:00, or nothing"),
        ("ADMIN_CHAT_IDS", "1;2", "ADMIN_CHAT_IDS: got '1;2'; wants chat ids separated by commas, like 1234,5678"),
        ("TELEGRAM_PROXY", "socks://h:1", f"TELEGRAM_PROXY: got (hidden); wants {SOCKS_5} instead of socks://"),
        ("TELEGRAM_PROXY", "http://u:p#w@h:1", f"TELEGRAM_PROXY: got (hidden); wants {ENCODE}"),
        ("DATABASE_URL", "postgresql+asyncpg://u:p@w@h/d", f"DATABASE_URL: got (hidden); wants {ENCODE}"),
    ],
)
def test_what_a_setting_wants_is_said_plainly(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == told


@pytest.mark.parametrize("url", ["u:p@w/x@h/d", "u:p@w:x@h/d", "u:p@w?x@h/d", "u:p@h:port/d", "h:port/d"])
def test_a_password_that_cuts_the_address_of_the_database_is_explained(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://{url}")
    with pytest.raises(SettingsError, match="percent-encoded"):
        load()


@pytest.mark.parametrize(
    "url",
    ["u:p/s#s%zz?x@h:5432/d", "u:p%40w@[::1]:5432/d", "/d?host=/run/postgresql", "u@h/d?application_name=a@b", "h"],
)
def test_an_address_that_the_database_understands_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql+asyncpg://{url}")
    assert load().database_url == f"postgresql+asyncpg://{url}"


def test_a_file_of_settings_that_is_no_utf_8_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=Asia/Shanghai # 中文\n", "gb18030")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^\.env: not UTF-8 text; save it as UTF-8$"):
        load()


def test_a_folder_where_the_file_of_settings_is_looked_for_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^\.env: a folder; wants a file of settings, or nothing at this place$"):
        load()


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="no file here that cannot be read by anybody")
def test_a_file_of_settings_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").symlink_to("/proc/self/mem")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^\.env: can't be read here: "):
        load()


def test_a_file_of_settings_may_begin_with_the_mark_of_its_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=Asia/Tokyo\r\nHTTP_PORT=81\r\n", "utf-8-sig")
    monkeypatch.chdir(tmp_path)
    assert (load().timezone, load().http_port) == ("Asia/Tokyo", 81)
    assert in_file(names_in(Path(".env"))) == []


@pytest.mark.parametrize(
    ("host", "root"),
    [
        ("0.0.0.0", "http://127.0.0.1:81"),
        ("", "http://127.0.0.1:81"),
        ("::", "http://[::1]:81"),
        ("[::1]", "http://[::1]:81"),
        ("sandbox", "http://sandbox:81"),
    ],
)
def test_the_http_side_is_asked_at_an_address_that_can_be_called(
    host: str, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_HOST", host)
    monkeypatch.setenv("HTTP_PORT", "81")
    assert load().http_root == root


@pytest.mark.parametrize(("written", "is_open"), [("true", True), ("True", True), ("false", False), ("", False)])
def test_the_sandbox_is_open_only_when_told_so(written: str, is_open: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_OPEN", written)
    assert load().sandbox_open is is_open
    monkeypatch.setenv("SANDBOX_OPEN", "maybe")
    with pytest.raises(SettingsError, match=r"^SANDBOX_OPEN: got 'maybe'; wants true or false$"):
        load()


def test_a_webhook_without_its_secret_contradicts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_URL", "https://bot.example")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "1:abc")
    with pytest.raises(SettingsError, match=r"^WEBHOOK_SECRET: empty"):
        load()


def test_what_is_empty_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QUIET_HOURS", "ADMIN_CHAT_IDS", "RULES_DIR", "TELEGRAM_BOT_TOKEN"):
        monkeypatch.setenv(name, "")
    settings = load()
    assert (settings.quiet_hours, settings.admin_chat_ids, settings.rules_dir) == (None, frozenset(), None)
    assert settings.is_sandbox


def test_values_are_read_as_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIET_HOURS", "23:30 - 07:00")
    monkeypatch.setenv("ADMIN_CHAT_IDS", "12, -34,")
    monkeypatch.setenv("DAILY_CHECK_AT", "08:05")
    settings = load()
    assert settings.quiet_hours == (time(23, 30), time(7))
    assert settings.admin_chat_ids == {12, -34}
    assert settings.daily_check_at == time(8, 5)


@pytest.mark.parametrize("written", ["9:30", "09:30", "９：３０", " 09:30 ", "09:30:00"])
def test_an_hour_is_taken_as_people_write_it(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAILY_CHECK_AT", written)
    assert load().daily_check_at == time(9, 30)


@pytest.mark.parametrize(
    "written",
    [
        "22:00-8:00",
        "22:00~8:00",
        "２２：００－０８：００",
        "22:00 – 08:00",
        "22:00～8:00",
        "22:00 至 8:00",
        "22:00到8:00",
    ],
)
def test_quiet_hours_are_taken_as_people_write_them(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUIET_HOURS", written)
    assert load().quiet_hours == (time(22), time(8))


@pytest.mark.parametrize("written", ["12,-34", "12，-34", "12 -34", "１２、－３４", " 12 , -34 ,"])
def test_chat_ids_are_taken_as_people_write_them(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_CHAT_IDS", written)
    assert load().admin_chat_ids == {12, -34}


def with_settings(monkeypatch: pytest.MonkeyPatch, **settings: str) -> Settings:
    for name, value in (BOT | settings).items():
        monkeypatch.setenv(name, value)
    return load()


def test_the_own_setting_of_a_proxy_comes_before_the_usual_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"https_proxy": "http://usual:1", "ALL_PROXY": "malformed", "NO_PROXY": "*"}
    settings = with_settings(monkeypatch, TELEGRAM_PROXY="socks5h://own", **usual)
    assert settings.bot_api_proxy("https://api.telegram.org") == Proxy("socks5h", "own", 1080, setting="TELEGRAM_PROXY")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_usual_settings_are_read_in_either_spelling(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_settings(monkeypatch, **{name: "http://usual:1"})
    found = settings.bot_api_proxy("https://api.telegram.org")
    assert found == Proxy("http", "usual", 1, setting=name.upper())
    monkeypatch.setenv("no_proxy", "telegram.org")
    assert load().bot_api_proxy("https://api.telegram.org") is None


def test_a_usual_proxy_may_stand_in_the_file_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=1:abc\nHTTPS_PROXY=http://usual:1\nSSL_CERT_FILE=ca.pem\n")
    (tmp_path / "ca.pem").write_text(CERTIFICATES)
    monkeypatch.chdir(tmp_path)
    assert str(load().bot_api_proxy("https://api.telegram.org")) == "http://usual:1"
    assert load().own_ca == Path("ca.pem")


def test_a_malformed_usual_proxy_is_an_error_only_where_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = "socks://user:s3cret@host:1"
    with pytest.raises(SettingsError, match=r"^ALL_PROXY: got \(hidden\); wants socks5h://") as refused:
        with_settings(monkeypatch, ALL_PROXY=bad)
    assert "s3cret" not in str(refused.value)
    with_settings(monkeypatch, HTTPS_PROXY="http://usual:1")
    monkeypatch.delenv("HTTPS_PROXY")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "")
    assert load().bot_api_proxy("http://127.0.0.1:8080") is None


def test_the_sandbox_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = with_settings(monkeypatch, TELEGRAM_BOT_TOKEN="", TELEGRAM_PROXY="http://own:1")
    assert settings.bot_api_proxy("http://127.0.0.1:8080") is None


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN PRIVATE KEY-----"])
def test_a_file_without_certificates_is_an_error(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match=r"^SSL_CERT_FILE: got '.*ca.pem'; wants a readable file of certificates"):
        with_settings(monkeypatch, SSL_CERT_FILE=str(file))
    assert with_settings(monkeypatch, SSL_CERT_FILE="").own_ca is None


def test_certificates_of_the_environment_are_left_to_openssl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text(CERTIFICATES)
    assert with_settings(monkeypatch, SSL_CERT_FILE=str(tmp_path / "ca.pem")).own_ca is None


def test_no_repr_of_the_settings_has_a_password_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("TELEGRAM_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
    settings = with_settings(monkeypatch, **dict.fromkeys(names, "http://user:s3cret@host:1"))
    assert "s3cret" not in repr(settings) + str(settings.model_dump())
