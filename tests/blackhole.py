"""Addresses that swallow packets, and names with several addresses, without a network."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

BLACK_HOLE = "127.0.0.2"
"""Also of this machine; what listens at 127.0.0.1 does not listen there."""


@contextmanager
def black_hole(port: int) -> Iterator[None]:
    """At this port of BLACK_HOLE, whoever connects is neither taken nor refused: the queue of the listening is full."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind((BLACK_HOLE, port))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex((BLACK_HOLE, port))
        with pytest.raises(TimeoutError):
            socket.create_connection((BLACK_HOLE, port), timeout=0.1)
        yield


def name_of(monkeypatch: pytest.MonkeyPatch, name: str, *addresses: str) -> None:
    """From now on the system knows these addresses of the name, in this order."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != name:
            return real(host, port, *more, **named)
        return [found for address in addresses for found in real(address, port, *more, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
