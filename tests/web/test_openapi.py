"""The description fits the server: schemathesis calls every path, signed, with good and bad data."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from requests.auth import AuthBase

from bot.web.app import DESCRIPTION
from bot.web.signing import NONCE_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from storage import schema as tables
from storage.database import engine as database
from tests.web.conftest import KEY, served

HEADERS = {TIMESTAMP_HEADER, NONCE_HEADER, SIGNATURE_HEADER}


class Signed(AuthBase):
    """Signs the request as sent, unless a header of the signature is left out on purpose."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if not set(request.headers) >= HEADERS:
            return request
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        method, path = request.method or "", request.path_url
        request.headers.update(sign(KEY, int(time.time()), token_hex(16), method=method, path=path, body=body))
        return request


@contextmanager
def listening(folder: Path) -> Iterator[str]:
    """The address of the HTTP side, served in another thread."""
    began, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    address: list[str] = []

    async def run() -> None:
        engine = database.create(f"sqlite+aiosqlite:///{folder}/test.db")
        await database.migrate(engine)
        async with served(engine) as web:
            web.parts.observer.called("getUpdates", {}, None)
            address.append(web.url)
            began.set()
            await stop.wait()
            assert all((row.hundredths or 0) <= 500 for row in await web.rows(tables.scores))
        await engine.dispose()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    began.wait()
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with listening(tmp_path_factory.mktemp("openapi")) as address:
        yield address


def test_every_path_does_what_its_description_says(root: str) -> None:
    import schemathesis  # noqa: PLC0415  (a second of processor time in every process that collects the tests)
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # noqa: PLC0415

    def does_what_it_says(case: schemathesis.Case) -> None:
        # Whether a day is past and a shop's row contradicts none before it, no schema can say.
        case.call_and_validate(root, auth=Signed(), excluded_checks=[positive_data_acceptance])

    operations = [found.ok() for found in schemathesis.openapi.from_dict(json.loads(DESCRIPTION)).get_all_operations()]
    assert len(operations) == len(json.loads(DESCRIPTION)["paths"])
    for operation in operations:
        examples = 5 if operation.method == "get" else 25  # a GET has neither parameters nor a body
        tried = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        tried(given(operation.as_strategy())(does_what_it_says))()


def test_the_example_of_the_description_is_taken(root: str) -> None:
    example = json.loads(DESCRIPTION)["components"]["schemas"]["Rows"]["example"]
    reply = requests.post(
        f"{root}/ingest/scores", json=example, headers=dict.fromkeys(HEADERS, ""), auth=Signed(), timeout=10
    )
    assert (reply.status_code, reply.json()["rows"]) == (200, 1)
