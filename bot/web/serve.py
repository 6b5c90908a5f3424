"""Serving the HTTP side until told to stop."""

import asyncio
import socket

from bot.web.app import app
from bot.web.listener import Listener
from bot.web.parts import Parts


async def serve(parts: Parts, sock: socket.socket, stop: asyncio.Event, listening: asyncio.Event) -> None:
    """Answer requests on this socket; `listening` is set when that begins."""
    listener = Listener(app(parts))
    await listener.start(sock)
    listening.set()
    try:
        await stop.wait()
    finally:
        await listener.stop()
