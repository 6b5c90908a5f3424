"""`alliance-bot rules new`: the folder of a new edition, as a copy of another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from bot.commands import Refusal
from bot.commands.catalogue import named, opened, settings, today
from rules.catalogue.skeleton import Head, HeadError, ended_by, head_of, named_day, with_head
from rules.edition import Edition

Ended = tuple[Edition, Head] | None

FILE = "edition.toml"


def made(name: str, pattern: str) -> Iterator[str]:
    """Lines about what was made, and the commands that follow. Raises Refusal, with nothing made."""
    chosen, copied = settings(), named(pattern)
    root = chosen.rules_dir
    if root is None:
        raise Refusal("RULES_DIR: not set, and the packaged catalogue stays as it is; copy it and name the copy")
    catalogue = opened(chosen)
    try:
        head = head_of(catalogue, copied, name, today())
    except ValueError as error:
        raise Refusal(f"D: {error}") from None
    if (root / name).exists():
        raise Refusal(f"{root / name}: is there already; take it away, or choose another day")
    ended = ended_by(catalogue, named_day(name))
    _write(root, copied.name, head, ended)
    yield from _told(root / name, copied, head, ended)


def _write(root: Path, pattern: str, head: Head, ended: Ended) -> None:
    """Make the folder, whole or not at all, after the edition before has ended. Raises Refusal."""
    name = str(head["name"])
    part = root / f".{name}"  # a folder of this name is no edition
    try:
        fresh = _rewritten(root / pattern / FILE, head)
        shutil.copytree(root / pattern, part)
        (part / FILE).write_bytes(fresh)
        if ended:
            file = root / ended[0].name / FILE
            file.write_bytes(_rewritten(file, ended[1]))
        part.rename(root / name)
    except OSError as error:
        raise Refusal(f"RULES_DIR: {error.filename or root}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _rewritten(file: Path, head: Head) -> bytes:
    try:
        return with_head(file.read_bytes().decode("utf-8-sig"), head).encode()
    except HeadError as error:
        raise Refusal(f"{file}: {error}") from None


def _told(folder: Path, copied: Edition, head: Head, ended: Ended) -> Iterator[str]:
    span = f"from {head['held_from']} " + (f"to {head['held_until']}" if head["held_until"] else "on")
    yield f"made {folder}, a copy of {copied.name}: held {span}, checked {head['checked']}"
    if ended:
        yield f"ended {ended[0].name} the day before, on {ended[1]['held_until']}"
    yield "next:"
    yield f"  edit {folder / FILE}: published, source_name, source_url, confidence, then the texts and the numbers;"
    yield f"  until then they are those of {copied.name}"
    yield "  alliance-bot rules lint"
    yield f"  alliance-bot rules diff {copied.name} {head['name']}"
    yield f"  alliance-bot rules impact {head['name']}"
