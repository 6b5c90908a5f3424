"""`python -m bot.sandbox [--host H] [--port P] [--forward PATHS=URL]`: the server as a process."""

import argparse
import asyncio
import sys

from bot.sandbox.forward import Forward
from bot.sandbox.listening import run


def main() -> int:
    """Serve until told to stop. 2 when the address cannot be listened on."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description="A Bot API server on loopback.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one, printed")
    parser.add_argument("--forward", type=_forward, help="PATH,PATH=URL: paths that another server answers")
    given = parser.parse_args()
    try:
        asyncio.run(run(given.host, given.port, given.forward))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {given.host}:{given.port}: {error.strerror}\n")
        return 2
    return 0


def _forward(text: str) -> Forward:
    paths, _, url = text.partition("=")
    return Forward(tuple(paths.split(",")), url)


if __name__ == "__main__":
    sys.exit(main())
