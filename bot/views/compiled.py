"""Templates as compiled, kept beside Python's own byte code: to compile those of an answer takes half a second.

A template that changed is compiled anew. Settings of the environment are not looked at: who changes one changes FORMAT.
"""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

FORMAT: Final = "1"


class Compiled(FileSystemBytecodeCache):
    """What can't be written is compiled at each start."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the compiled template if the disk lets it."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def beside(modules: Path) -> Compiled | None:
    """The cache in the `__pycache__` of a folder of modules; None where Python may keep no byte code."""
    folder = modules / "__pycache__"
    if sys.dont_write_bytecode:
        return None
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return Compiled(str(folder), f"templates-{FORMAT}-%s.cache")
