"""Names that are near to a setting are told with the right one; what belongs to others is left alone."""

import re
from pathlib import Path

import pytest

from bot.setting_names import SETTINGS, Stray, in_environment, in_file, strays

ROOT = Path(__file__).parent.parent

MEANT = {
    "ADMIN_CHATS": "ADMIN_CHAT_IDS",
    "ADMIN_CHAT_ID": "ADMIN_CHAT_IDS",
    "ADMIN_IDS": "ADMIN_CHAT_IDS",
    "TELEGRAM_TOKEN": "TELEGRAM_BOT_TOKEN",
    "BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
    "TG_BOT_TOKEN": "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL": "TELEGRAM_API_BASE_URL",
    "TELEGRAM_PROXY_URL": "TELEGRAM_PROXY",
    "RULES_EDTION": "RULES_EDITION",
    "RULE_EDITION": "RULES_EDITION",
    "DATABASE_URI": "DATABASE_URL",
    "DAILY_CHECK": "DAILY_CHECK_AT",
    "QUIET_HOUR": "QUIET_HOURS",
    "TIME_ZONE": "TIMEZONE",
    "LOGLEVEL": "LOG_LEVEL",
}

OTHERS = (Path(__file__).parent / "environment-names.txt").read_text("utf-8").split()
"""What stands in environments of shells, services, containers and other programs."""


@pytest.mark.parametrize(("name", "meant"), MEANT.items())
def test_a_near_miss_is_told_with_the_setting_that_was_meant(name: str, meant: str) -> None:
    assert in_file([name]) == [Stray(name, ".env", meant)]
    assert in_environment([name, "PATH"]) == [Stray(name, "the environment", meant)]
    assert in_file([name.lower()])[0].meant == in_environment([name.lower()])[0].meant == meant


def test_what_others_call_theirs_is_left_alone_in_the_environment() -> None:
    assert [str(stray) for stray in in_environment(OTHERS)] == []
    assert [str(stray) for stray in in_environment(name.lower() for name in OTHERS)] == []


def test_a_near_miss_in_the_environment_is_anothers_when_the_setting_itself_is_there() -> None:
    assert in_environment(["TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"]) == []
    assert in_environment(["TELEGRAM_TOKEN"], {"TELEGRAM_BOT_TOKEN"}) == []
    assert in_file(["TELEGRAM_TOKEN", "TELEGRAM_BOT_TOKEN"])[0].meant == "TELEGRAM_BOT_TOKEN"


def test_settings_and_what_compose_and_other_programs_read_may_stand_in_the_file() -> None:
    compose = re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text("utf-8"))
    assert {"POSTGRES_PASSWORD", "PUBLIC_HOST", "RULES_FOLDER"} <= set(compose)
    usual = ["SSL_CERT_FILE", "https_proxy", "PYTHONUNBUFFERED", "TZ", "COMPOSE_PROJECT_NAME"]
    assert in_file([*SETTINGS, *compose, *usual]) == []


def test_whatever_else_stands_in_the_file_is_named() -> None:
    assert in_file(["DATABASE_PATH", "WARNING_HOUR"]) == [Stray("DATABASE_PATH", ".env"), Stray("WARNING_HOUR", ".env")]


def test_nothing_of_a_value_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("ADMIN_CHATS=s3cret\nexport RULES_EDTION='s3cret'\nNONSENSE=${s3cret}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TELEGRAM_TOKEN", "s3cret")
    told = [str(stray) for stray in strays()]
    assert told[:3] == [
        "ADMIN_CHATS in .env is no setting; did you mean ADMIN_CHAT_IDS?",
        "RULES_EDTION in .env is no setting; did you mean RULES_EDITION?",
        "NONSENSE in .env is no setting",
    ]
    assert "TELEGRAM_TOKEN in the environment is no setting; did you mean TELEGRAM_BOT_TOKEN?" in told
    assert "s3cret" not in "".join(told)
