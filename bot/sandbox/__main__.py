"""`python -m bot.sandbox [--host H] [--port P] [--open] [--kept] [--forward PATHS=URL]`: the server as a process."""

import argparse
import asyncio
import sys

from bot.sandbox.forward import Forward
from bot.sandbox.hosts import is_loopback, place
from bot.sandbox.listening import run


def main() -> int:
    """Serve until told to stop. 2 when the address can't be listened on, 3 when others reach the address."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A Bot API server on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one, printed")
    parser.add_argument("--forward", type=_forward, help="PATH,PATH=URL: paths that another server answers")
    parser.add_argument("--open", action="store_true", help="also on an address that others reach")
    parser.add_argument("--kept", action="store_true", help="end when standard input ends")
    given = parser.parse_args()
    if not given.open and not is_loopback(given.host):
        sys.stderr.write(f"not only this machine reaches {given.host}: say --open to let everybody in\n")
        return 3
    try:
        asyncio.run(run(given.host, given.port, given.forward, kept=given.kept))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {place(given.host, given.port)}: {error.strerror}\n")
        return 2
    return 0


def _forward(text: str) -> Forward:
    paths, _, url = text.partition("=")
    return Forward(tuple(paths.split(",")), url)


if __name__ == "__main__":
    sys.exit(main())
