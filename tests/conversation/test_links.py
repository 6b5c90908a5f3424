"""Invite links: made by the bot, good until the expiry, and nothing else passes for a link."""

import base64
import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.links import Invite, Refusal, looks_like_invite, make, read

SECRET = b"a secret of the bot"
NOW = datetime(2022, 10, 10, 1, 30, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=3)
ID = "AbCdEfGh_-012345"
PAYLOAD = make(SECRET, ID, EXPIRES)


def test_a_link_that_the_bot_made_names_its_invite() -> None:
    assert read(SECRET, PAYLOAD, NOW) == Invite(ID, EXPIRES)


@given(st.binary(min_size=12, max_size=12), st.integers(0, 300 * 365 * 86_400))
def test_every_payload_fits_telegram_and_reads_back(raw: bytes, expires_s: int) -> None:
    invite_id = base64.urlsafe_b64encode(raw).decode()
    until = datetime.fromtimestamp(expires_s, UTC)
    payload = make(SECRET, invite_id, until)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload), "more than Telegram takes after ?start="
    assert read(SECRET, payload, until - timedelta(seconds=1)) == Invite(invite_id, until)


def test_an_id_from_the_standard_library_fits() -> None:
    invite_id = secrets.token_urlsafe(12)
    assert read(SECRET, make(SECRET, invite_id, EXPIRES), NOW) == Invite(invite_id, EXPIRES)


@pytest.mark.parametrize(
    ("early", "answer"), [(timedelta(seconds=1), Invite(ID, EXPIRES)), (timedelta(0), Refusal.EXPIRED)]
)
def test_a_link_ends_at_its_expiry(early: timedelta, answer: object) -> None:
    assert read(SECRET, PAYLOAD, EXPIRES - early) == answer


def test_every_single_changed_character_is_noticed() -> None:
    for place, character in enumerate(PAYLOAD):
        other = "B" if character != "B" else "C"
        changed = PAYLOAD[:place] + other + PAYLOAD[place + 1 :]
        assert read(SECRET, changed, NOW) in (Refusal.FORGED, Refusal.MALFORMED), place


def test_a_link_under_another_secret_is_forged_even_when_it_is_old() -> None:
    assert read(b"another secret", PAYLOAD, EXPIRES + timedelta(days=1)) is Refusal.FORGED


@pytest.mark.parametrize(
    "payload", ["", "check", PAYLOAD + "A", PAYLOAD[:-1], PAYLOAD + "\n", " " + PAYLOAD[1:], "签" * 46, "=" * 46]
)
def test_anything_else_is_no_invite(payload: str) -> None:
    assert not looks_like_invite(payload)
    assert read(SECRET, payload, NOW) is Refusal.MALFORMED


@given(st.text(max_size=70))
def test_no_text_is_taken_for_an_invite(payload: str) -> None:
    assert read(SECRET, payload, NOW) in (Refusal.MALFORMED, Refusal.FORGED)


@pytest.mark.parametrize(
    ("secret", "invite_id", "expires"),
    [(b"", ID, EXPIRES), (SECRET, "short", EXPIRES), (SECRET, ID, EXPIRES.replace(tzinfo=None))],
    ids=["no secret", "odd id", "no zone"],
)
def test_an_invite_that_could_not_be_trusted_is_not_made(secret: bytes, invite_id: str, expires: datetime) -> None:
    with pytest.raises(ValueError, match="secret, an id of 16 characters"):
        make(secret, invite_id, expires)
