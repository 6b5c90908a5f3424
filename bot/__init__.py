"""The bot: composes rules and storage, and alone knows Telegram, words, settings and the clock."""

from typing import Final

VERSION: Final = "0.3.0"
"""Of the code that runs: a package replaced on disk does not change it. A test compares it with `pyproject.toml`."""
