"""What Telegram tells of the webhook is read strictly, and means trouble only when it is of now."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.telegram.webhook_info import LONGEST_ERROR, WebhookInfo, read_info

NOW = datetime(2026, 10, 10, 12, tzinfo=UTC)
SAID = {
    "url": "https://bot.example/webhook/secret-path",
    "pending_update_count": 612,
    "last_error_date": int(NOW.timestamp()) - 40,
    "last_error_message": "SSL error {certificate verify failed}",
}
AGO = timedelta(seconds=40)


def test_what_telegram_tells_is_read():
    url, error = SAID["url"], SAID["last_error_message"]
    assert read_info({**SAID, "has_custom_certificate": False}) == WebhookInfo(url, 612, error, NOW - AGO)


@pytest.mark.parametrize("raw", [None, [], "x", 5])
def test_another_answer_is_none(raw: object):
    assert read_info(raw) is None


@pytest.mark.parametrize("odd", [None, "612", -1, 10**30, 1.5, True, []])
def test_a_count_that_is_none_is_unknown(odd: object):
    found = read_info({**SAID, "pending_update_count": odd})
    assert found and found.pending is None
    assert found.trouble(NOW) == ""


@pytest.mark.parametrize("odd", [[], {"a": 1}, 5, None])
def test_words_that_are_none_are_absent(odd: object):
    found = read_info({**SAID, "url": odd, "last_error_message": odd})
    assert found and (found.url, found.error) == ("", "")


def test_words_of_any_length_and_kind_are_one_short_line():
    found = read_info({**SAID, "last_error_message": "a\nb\ud800\0\x1b[31m" + "长" * 5000})
    assert found and found.error.startswith("a b\ufffd\ufffd [31m长") and len(found.error) == LONGEST_ERROR


def test_updates_that_wait_for_a_reason_are_trouble():
    found = read_info(SAID)
    assert found and found.trouble(NOW) == (
        "612 updates wait at Telegram, whose last call failed 40 s ago: SSL error {certificate verify failed}"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"pending_update_count": 0},
        {"last_error_date": int(NOW.timestamp()) - 601},
        {"last_error_date": None, "last_error_message": None},
        {"last_error_date": 10**30},
    ],
)
def test_nothing_that_waits_or_an_error_of_long_ago_is_no_trouble(changed: dict[str, object]):
    found = read_info({**SAID, **changed})
    assert found and found.trouble(NOW) == ""


@pytest.mark.parametrize(
    ("url", "host"),
    [(SAID["url"], "bot.example"), ("https://[::1", "an unreadable address"), ("x", "an unreadable address")],
)
def test_the_host_is_named_without_the_path(url: str, host: str):
    assert WebhookInfo(url).host == host
