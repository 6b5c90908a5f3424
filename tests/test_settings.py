"""Settings: a line about a wrong setting has the name and never a secret."""

from datetime import time
from pathlib import Path

import pytest

from bot.settings import SettingsError, load

WRONG = [
    ("TELEGRAM_BOT_TOKEN", "s3cret-but-no-token"),
    ("TELEGRAM_API_BASE_URL", "ftp://host"),
    ("DATABASE_URL", "mysql://user:s3cret@host/name"),
    ("RULES_DIR", "/no/such/folder"),
    ("RULE_NOTICES", "ftp://host/list.json"),
    ("RULE_NOTICES", "https:///list.json"),
    ("TIMEZONE", "Mars/Base"),
    ("DAILY_CHECK_AT", "25:00"),
    ("QUIET_HOURS", "22:00"),
    ("QUIET_HOURS", "late-early"),
    ("ADMIN_CHAT_IDS", "1;2"),
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
    ],
)
def test_what_a_setting_wants_is_said_plainly(
    name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert str(refused.value) == told


def test_a_file_of_settings_that_is_no_utf_8_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("TIMEZONE=Asia/Shanghai # 中文\n", "gb18030")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"^\.env: not UTF-8 text; save it as UTF-8$"):
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
