"""What the tests notice: places of the code changed at random, one at a time, each run against the tests nearest to it.

    python -m bench.mutants --count 100 --seed 1 --folder rules     exit status 1 when one was not noticed

The changes are mutmut's, which is no dependency of the project: `pip install 'mutmut>=3.8,<4'` into an environment of
its own that has the project's packages. Each change is run in a process that is forked when the libraries are loaded,
and that reads the changed file in place of the one on disk. PostgreSQL is left out. A change that is not noticed may be
none (the same behaviour in other words), or one that tests further away notice: see docs/measurements.md.
"""

import argparse
import importlib
import importlib.machinery
import importlib.util
import os
import random
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FOLDERS = {"rules": "tests/rules", "bot/delivery": "tests/delivery"}
LIBRARIES = ("aiohttp", "aiosqlite", "hypothesis", "jinja2", "pydantic", "sqlalchemy.ext.asyncio", "starlette")
MOST_CPU_S = 60


@dataclass(frozen=True)
class Mutant:
    """A file with one place changed."""

    file: Path
    source: str

    def __str__(self) -> str:
        old = self.file.read_text("utf-8").splitlines()
        new = self.source.splitlines()
        odd = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
        return f"{self.file}:{odd + 1}: {new[odd].strip()}"


class Changed(importlib.machinery.SourceFileLoader):
    """Loads the source that it was given instead of the file's."""

    source = b""

    def get_data(self, path: str) -> bytes:
        if path.endswith(".py"):
            return self.source
        raise OSError  # no compiled file either


class Finder:
    """Finds one module, changed."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = ".".join(mutant.file.with_suffix("").parts)
        self._loader = Changed(self._name, str(mutant.file.resolve()))
        self._loader.source = mutant.source.encode()

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """The module, if it has this name."""
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(name, self._loader.path, loader=self._loader)


def sample(folder: str, count: int, seed: int) -> Iterator[Mutant]:
    """So many of all changes below the folder."""
    changes = importlib.import_module("mutmut.mutation.file_mutation")
    found = []
    for file in sorted(Path(folder).rglob("*.py")):
        module, mutations, *_ = changes.create_mutations(str(file), file.read_text("utf-8"))
        found += [(file, module, one) for one in mutations]
    print(f"{folder}: {len(found)} changes, {count} of them at random", flush=True)
    for file, module, one in random.Random(seed).sample(found, count):
        yield Mutant(file, changes.deep_replace(module, one.original_node, one.mutated_node).code)


def tests(file: Path, folder: str) -> list[str]:
    """The files of tests for a file of code: those named like it first."""
    files = sorted(Path(folder).rglob("test_*.py"))
    if "understanding" in file.parts:
        files = [path for path in files if "understanding" in path.parts]
    return [str(path) for path in sorted(files, key=lambda path: file.stem not in path.stem)]


def is_noticed(mutant: Mutant, words: list[str]) -> bool:
    """Whether a test fails, or takes more processor time than all together should."""
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_S, MOST_CPU_S + 1))
        sys.dont_write_bytecode = True
        sys.meta_path.insert(0, Finder(mutant))  # type: ignore[arg-type]
        os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-k", "not postgresql", *words])))
    return os.waitpid(child, 0)[1] != 0


def main(told: list[str]) -> int:
    """Print each change that was not noticed, and the share of those that were; the exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", choices=FOLDERS, default="rules")
    wanted = parser.parse_args(told)
    for name in LIBRARIES:
        importlib.import_module(name)
    missed = 0
    for mutant in sample(wanted.folder, wanted.count, wanted.seed):
        if not is_noticed(mutant, tests(mutant.file, FOLDERS[wanted.folder])):
            missed += 1
            print(f"not noticed: {mutant}", flush=True)
    print(f"{wanted.folder}: {wanted.count - missed} of {wanted.count} noticed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
