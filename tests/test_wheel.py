"""The package as built: whole, and it runs from an environment of its own, in an empty folder."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

from tests.live import SandboxClient

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot/", "rules/", "storage/")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
QUESTION = "怎么开通精选联盟"


def tracked() -> list[str]:
    """Present files of the project known to Git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built by the backend of the Dockerfile's `pip install`."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in tracked():
        if name.startswith(PACKAGES) or name in ("pyproject.toml", "README.md", "LICENSE"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    build = "from setuptools.build_meta import build_wheel; build_wheel('.')"
    subprocess.run([sys.executable, "-c", build], cwd=folder, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`alliance-bot` of an environment that has the package and, from elsewhere, what the package depends on."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel]
    subprocess.run(pip, check=True, capture_output=True)
    paths = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    (Path(paths["purelib"]) / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return folder / "bin" / "alliance-bot"


def environment(**settings: str) -> dict[str, str]:
    """No path to this checkout, and none of its settings."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | settings


def said(command: Path, folder: Path, *words: str) -> str:
    ran = subprocess.run([command, *words], cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), words
    return ran.stdout


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as package:
        return set(package.namelist())


def test_the_package_has_every_file_of_its_folders(wheel: Path) -> None:
    assert {name for name in tracked() if name.startswith(PACKAGES)} - names(wheel) == set()


def test_the_package_has_nothing_else(wheel: Path) -> None:
    assert {name.split("/")[0] for name in names(wheel) if ".dist-info" not in name} == {"bot", "rules", "storage"}


def test_commands_of_the_installed_package_work_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    where = [installed.with_name("python"), "-c", "import bot; print(bot.__file__)"]
    told = subprocess.run(where, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True).stdout
    assert Path(told.strip()).is_relative_to(installed.parents[1])
    assert said(installed, tmp_path, "--version") == f"alliance-bot {VERSION}\n"
    assert "关闭权限次数<3次" in said(installed, tmp_path, "ask", QUESTION)
    assert "* 2022-10-10" in said(installed, tmp_path, "rules", "list")
    assert said(installed, tmp_path, "db", "upgrade").startswith("upgraded to ")
    assert (tmp_path / "data" / "sandbox.db").is_file()


async def test_the_installed_bot_answers_in_its_sandbox(installed: Path, tmp_path: Path) -> None:
    running = await asyncio.create_subprocess_exec(
        installed, "run", cwd=tmp_path, env=environment(HTTP_PORT="0"), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert running.stdout is not None
        line = (await asyncio.wait_for(running.stdout.readline(), 20)).decode()
        page = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert page is not None
        async with SandboxClient(page[0]) as sandbox:
            person = await sandbox.person()
            await person.says(QUESTION)
            assert "关闭权限次数" in (await person.hears()).text
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 30) == 0
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()
