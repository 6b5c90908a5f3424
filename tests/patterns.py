"""`python -m tests.patterns`: every regular expression of the project, a JSON line each, as compiled by real work.

A line has the pattern, its flags, and whether the text is only ever matched from a given place on (`match`,
`fullmatch`), so that no search begins anew at each character.
"""

import importlib
import json
import pkgutil
import re
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parent.parent
PACKAGES = ("rules", "bot", "storage")
_MACHINERY = str(Path(re.__file__).parent)
FOUND: dict[tuple[str, int], tuple[str, int]] = {}
"""Pattern and flags → file and line."""


def record() -> None:
    """Keep what is compiled from now on."""
    compiler: Any = importlib.import_module("re._compiler")
    compiled = compiler.compile

    def compile_and_keep(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        made = compiled(pattern, flags)
        if isinstance(pattern, str) and (place := _place(sys._getframe(1))):
            FOUND.setdefault((made.pattern, made.flags), place)
        return made

    compiler.compile = compile_and_keep


def _place(frame: FrameType | None) -> tuple[str, int] | None:
    """The line of the project that compiles; None where a library does."""
    while frame and frame.f_code.co_filename.startswith(_MACHINERY):
        frame = frame.f_back
    if frame is None or not any(frame.f_code.co_filename.startswith(str(ROOT / name)) for name in PACKAGES):
        return None
    return str(Path(frame.f_code.co_filename).relative_to(ROOT)), frame.f_lineno


def work() -> None:
    """Import everything and read what merchants write, so that what is compiled late is compiled."""
    for name in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / name)], f"{name}."):
            if not module.name.endswith("__main__") and ".migrations." not in module.name:
                importlib.import_module(module.name)
    from tests.fuzz.corpus import TEXTS  # noqa: PLC0415
    from tests.reading_paths import PATHS  # noqa: PLC0415

    for read in PATHS.values():
        for text in (*TEXTS, "明天3.6呢", "那3.6呢", "A店3.7", "以后都按2026版", str(date(2022, 1, 1))):
            read(text)


def is_from_a_place(file: str, line: int) -> bool:
    """Whether the name that the line gives to the pattern is used for nothing but `match` and `fullmatch`."""
    source = (ROOT / file).read_text("utf-8")
    lines = source.splitlines()[:line]
    name = next((found[1] for one in reversed(lines) if (found := re.match(r"(\w+)(?:: .*)? = ", one))), "")
    used = set(re.findall(rf"\b{name}\b\.?(\w*)", source)) - {""} if name else set()
    return bool(used) and used <= {"match", "fullmatch"}


if __name__ == "__main__":
    record()
    work()
    for (pattern, flags), (file, line) in FOUND.items():
        print(json.dumps([pattern, flags, f"{file}:{line}", is_from_a_place(file, line)]))
