"""Addresses of proxies, and what the usual settings of a proxy mean."""

import pytest

from bot.proxies import ENCODE, Proxy, is_exempt, proxy_at, usual

SECRET = "s3cret-pass"


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("http://127.0.0.1:7890", Proxy("http", "127.0.0.1", 7890)),
        ("http://proxy.corp", Proxy("http", "proxy.corp", 80)),
        ("https://proxy.corp/", Proxy("https", "proxy.corp", 443)),
        ("SOCKS5H://Proxy.Corp", Proxy("socks5h", "proxy.corp", 1080)),
        (" socks5://[::1]:1081 ", Proxy("socks5", "::1", 1081)),
        ("socks5h://user@host", Proxy("socks5h", "host", 1080, "user")),
        ("http://a%40b:p%40s%3As%2F%23%25@host:1", Proxy("http", "host", 1, "a@b", "p@s:s/#%")),
        ("http://user:pa:ss@host:1", Proxy("http", "host", 1, "user", "pa:ss")),
        ("socks5://%E7%94%A8%E6%88%B7:%E5%AF%86@host:1", Proxy("socks5", "host", 1, "用户", "密")),
    ],
)
def test_an_address_is_read(address: str, wanted: Proxy) -> None:
    assert proxy_at(address) == wanted


@pytest.mark.parametrize("mark", ["@", "/", "#", "?", "%"])
@pytest.mark.parametrize("kind", ["http", "https", "socks5", "socks5h"])
def test_a_password_that_must_be_encoded_is_explained_and_not_shown(kind: str, mark: str) -> None:
    with pytest.raises(ValueError, match="percent-encoded") as refused:
        proxy_at(f"{kind}://user:{SECRET}{mark}{SECRET}@host:1080")
    assert str(refused.value) == ENCODE
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("socks://127.0.0.1:1080", "socks5h:// .* or socks5:// .* instead of socks://"),
        ("socks4://127.0.0.1:1080", "socks5h:// .* or socks5:// .*; SOCKS 4 is not spoken"),
        ("socks4a://127.0.0.1:1080", "SOCKS 4 is not spoken"),
        ("127.0.0.1:7890", "an address like http://HOST:PORT"),
        ("ftp://127.0.0.1:7890", "an address like"),
        ("http://", "an address like"),
        ("http://:8080", "an address like"),
        ("http://host:", "an address like"),
        ("http://host:0", "an address like"),
        ("http://host:65536", "an address like"),
        ("http://host:port", "an address like"),
        ("http://host:80/path", "an address like"),
        ("http://host:80?x", "an address like"),
        ("http://ho st:80", "an address like"),
        ("http://[::1:80", "an address like"),
        ("http://a%3Ab:c@host:80", "a user without a colon"),
        (f"socks5://{'x' * 256}:c@host:80", "at most 255 bytes"),
    ],
)
def test_what_is_no_address_of_a_proxy_is_told_what_is_wanted(address: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        proxy_at(address)


def test_neither_text_nor_repr_of_a_proxy_has_its_password() -> None:
    proxy = proxy_at(f"socks5h://user:{SECRET}@[::1]:1080", "ALL_PROXY")
    assert str(proxy) == "socks5h://user:***@[::1]:1080"
    assert str(proxy_at("http://host:1")) == "http://host:1"
    assert str(proxy_at("http://user@host:1")) == "http://user@host:1"
    assert SECRET not in repr(proxy)


BOTH = {"HTTPS_PROXY": "http://secure:1", "HTTP_PROXY": "http://plain:1", "ALL_PROXY": "socks5h://all:1"}


@pytest.mark.parametrize(
    ("address", "settings", "wanted"),
    [
        ("https://api.telegram.org", BOTH, "http://secure:1"),
        ("http://10.0.0.5:8081", BOTH, "http://plain:1"),
        ("https://api.telegram.org", {"ALL_PROXY": "socks5h://all:1"}, "socks5h://all:1"),
        ("http://10.0.0.5:8081", {"HTTPS_PROXY": "http://secure:1"}, None),
        ("https://api.telegram.org", {"HTTPS_PROXY": "  ", "ALL_PROXY": "socks5://all:1"}, "socks5://all:1"),
        ("https://api.telegram.org", {"HTTPS_PROXY": "127.0.0.1:7890"}, "http://127.0.0.1:7890"),
        ("https://api.telegram.org", BOTH | {"NO_PROXY": "telegram.org"}, None),
        ("https://api.telegram.org", {}, None),
        ("data/notices.json", BOTH, None),
        ("", {"HTTP_PROXY": "malformed://"}, None),
    ],
)
def test_the_usual_settings_mean_what_they_mean_to_others(
    address: str, settings: dict[str, str], wanted: str | None
) -> None:
    found = usual(address, settings)
    assert (None if found is None else str(found)) == wanted


def test_the_setting_that_is_meant_is_remembered_and_named() -> None:
    assert usual("https://host", {"ALL_PROXY": "http://all:1"}) == Proxy("http", "all", 1, setting="ALL_PROXY")
    with pytest.raises(ValueError, match=r"^ALL_PROXY: got \(hidden\); wants socks5h://") as refused:
        usual("https://host", {"ALL_PROXY": f"socks://user:{SECRET}@host:1"})
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "no_proxy", "wanted"),
    [
        ("https://api.telegram.org", "*", True),
        ("https://api.telegram.org", "telegram.org", True),
        ("https://api.telegram.org", ".telegram.org", True),
        ("https://api.telegram.org", "*.telegram.org", True),
        ("https://API.telegram.org", "localhost, API.Telegram.org", True),
        ("https://api.telegram.org", "localhost api.telegram.org", True),
        ("https://api.telegram.org", "nottelegram.org,gram.org,org.telegram", False),
        ("https://api.telegram.org", "api.telegram.org:443", True),
        ("https://api.telegram.org", "api.telegram.org:8443", False),
        ("http://10.1.2.3:8081", "10.0.0.0/8", True),
        ("http://11.1.2.3:8081", "10.0.0.0/8", False),
        ("http://10.1.2.3:8081", "10.1.2.3", True),
        ("http://10.1.2.3:8081", "10.1.2.3:8081", True),
        ("http://10.1.2.3:8081", "10.1.2.3:80", False),
        ("http://[fd00::5]:8081", "fd00::/8", True),
        ("http://[::1]:8081", "[::1]:8081", True),
        ("http://[::1]:8081", "::1", True),
        ("http://[::1]:8081", "::2,127.0.0.1", False),
        ("https://api.telegram.org", "10.0.0.0/8,::1", False),
        ("https://api.telegram.org", ", ,.,", False),
        ("https://api.telegram.org", "", False),
        ("http://[::", "*.org", False),
    ],
)
def test_what_no_proxy_names_is_exempt(address: str, no_proxy: str, wanted: bool) -> None:
    assert is_exempt(address, no_proxy) is wanted
