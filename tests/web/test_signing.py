"""The ingest's signature: only the holder of a key gets in, only with the signed request, only within the window."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from bot.settings import read_keys
from bot.web.signing import Refusal, Verified, sign, verify

NEW, OLD = b"new-key-0123456789", b"old-key-0123456789"
NOW = datetime(2022, 10, 10, 1, 30, tzinfo=UTC)
STAMP = int(NOW.timestamp())
NONCE = "nonce-0123456789_ab"
PATH, BODY = "/ingest/scores", b'{"scores": []}'


def _headers(key: bytes = NEW) -> dict[str, str]:
    return sign(key, STAMP, NONCE, method="POST", path=PATH, body=BODY)


def _verify(
    headers: dict[str, str],
    *,
    keys: tuple[bytes, ...] = (NEW, OLD),
    method: str = "POST",
    path: str = PATH,
    body: bytes = BODY,
    now: datetime = NOW,
) -> Verified | Refusal:
    return verify(keys, headers, method, path, body, now=now)


def test_the_signature_is_the_documented_one() -> None:
    signed = f"{STAMP}\n{NONCE}\nPOST\n/ingest/scores\n{hashlib.sha256(BODY).hexdigest()}"
    assert _headers() == {
        "X-Alliance-Timestamp": str(STAMP),
        "X-Alliance-Nonce": NONCE,
        "X-Alliance-Signature": hmac.new(NEW, signed.encode(), "sha256").hexdigest(),
    }


@pytest.mark.parametrize(("key", "place"), [(NEW, 0), (OLD, 1)])
def test_both_keys_of_a_rotation_are_taken(key: bytes, place: int) -> None:
    assert _verify(_headers(key=key)) == Verified(NONCE, STAMP, place)


def test_header_names_count_in_any_case() -> None:
    assert isinstance(_verify({name.upper(): value for name, value in _headers().items()}), Verified)


@pytest.mark.parametrize(
    "changed",
    [
        {"body": BODY + b" "},
        {"path": "/ingest/scores?dry=1"},
        {"method": "PUT"},
        {"keys": (OLD,)},
        {"keys": ()},
    ],
    ids=["body", "path", "method", "key taken out", "ingest off"],
)
def test_another_request_than_the_signed_one_is_refused(changed: dict[str, object]) -> None:
    assert _verify(_headers(), **changed) is Refusal.WRONG_SIGNATURE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "value", "refusal"),
    [
        ("X-Alliance-Timestamp", str(STAMP + 1), Refusal.WRONG_SIGNATURE),
        ("X-Alliance-Timestamp", f"{STAMP}.5", Refusal.TIMESTAMP_MALFORMED),
        ("X-Alliance-Timestamp", "٣", Refusal.TIMESTAMP_MALFORMED),
        ("X-Alliance-Timestamp", "9" * 400, Refusal.TIMESTAMP_MALFORMED),
        ("X-Alliance-Nonce", "another-0123456789_ab", Refusal.WRONG_SIGNATURE),
        ("X-Alliance-Nonce", "short", Refusal.NONCE_MALFORMED),
        ("X-Alliance-Nonce", "n" * 65, Refusal.NONCE_MALFORMED),
        ("X-Alliance-Nonce", "new\nline-0123456789", Refusal.NONCE_MALFORMED),
        ("X-Alliance-Signature", "0" * 64, Refusal.WRONG_SIGNATURE),
        ("X-Alliance-Signature", "签" * 64, Refusal.WRONG_SIGNATURE),
        ("X-Alliance-Signature", "", Refusal.WRONG_SIGNATURE),
    ],
)
def test_a_header_changed_on_the_way_is_refused(header: str, value: str, refusal: Refusal) -> None:
    assert _verify(_headers() | {header: value}) is refusal


@pytest.mark.parametrize("header", ["X-Alliance-Timestamp", "X-Alliance-Nonce", "X-Alliance-Signature"])
def test_a_header_left_out_is_refused(header: str) -> None:
    headers = _headers()
    del headers[header]
    assert _verify(headers) is Refusal.HEADER_MISSING


@pytest.mark.parametrize(
    ("late_s", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)], ids=str
)
def test_the_window_is_300_seconds_either_way(late_s: int, taken: bool) -> None:
    answer = _verify(_headers(), now=NOW + timedelta(seconds=late_s))
    assert answer == (Verified(NONCE, STAMP, 0) if taken else Refusal.OUTSIDE_WINDOW)


@pytest.mark.parametrize(
    ("secret", "keys"),
    [("", ()), ("  ", ()), (NEW.decode(), (NEW,)), (f"{NEW.decode()}, {OLD.decode()}", (NEW, OLD))],
)
def test_the_setting_holds_no_one_or_two_keys(secret: str, keys: tuple[bytes, ...]) -> None:
    assert read_keys(secret) == keys


@pytest.mark.parametrize("secret", ["short-key", f"{NEW.decode()},", f"{NEW.decode()},{OLD.decode()},third-0123456789"])
def test_a_weak_or_a_third_key_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match="16 characters") as refused:
        read_keys(secret)
    assert not any(part and part in str(refused.value) for part in secret.split(","))
