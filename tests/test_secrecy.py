"""The search over all logs finds secrets."""

import pytest

from tests.conftest import Searched
from tests.journeys.conftest import TOKEN
from tests.proxies import ENCODED_PASSWORD, PASSWORD


@pytest.mark.parametrize(
    "line",
    [
        f"POST /bot{TOKEN}/getMe",
        "error: 1234567890:" + "A" * 35,
        "shop=ref-Ab3_xYz9Qw-12345",
        "chat_id=5795454103",
        "signed with a key of the tests, the new one",
        f"through socks5h://operator:{PASSWORD}@proxy",
        f"through socks5h://operator:{ENCODED_PASSWORD}@proxy",
    ],
)
def test_a_secret_in_a_log_line_is_found(line: str) -> None:
    searched = Searched()
    assert searched.found_in(f"fine\n{line}\n") == [line]
    assert searched.lines == 2


def test_an_ordinary_line_is_left_alone() -> None:
    assert Searched().found_in("2026-11-23 17:16:55 [info] running edition=2022-10-10 update=123456789") == []
