"""The deployment: every path, command and setting named in the files exists."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import VERSION
from bot.commands import Refusal, run
from bot.settings import Settings, SettingsError, load
from rules.catalogue.load import lint

ROOT = Path(__file__).parent.parent
OPERATING = ROOT / "docs" / "operating"
PAGES = sorted(OPERATING.glob("*.md"))
SETTINGS = {name.upper() for name in Settings.model_fields}
FROM_COMPOSE = {"POSTGRES_PASSWORD", "PUBLIC_HOST", "RULES_FOLDER"}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def compose() -> Any:
    return yaml.safe_load(text("compose.yaml"))


def test_the_image_copies_what_there_is_and_does_not_run_as_root() -> None:
    lines = text("Dockerfile").splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = set(text(".dockerignore").splitlines())
    assert [name for name in copied if f"!{name}" not in ignored] == []
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users not in ([], ["root"])
    assert lines.index("USER alliance") < next(n for n, line in enumerate(lines) if line.startswith("ENTRYPOINT"))


def instructions() -> list[str]:
    """The Dockerfile's instructions, a line each, without comments."""
    lines = [line for line in text("Dockerfile").splitlines() if not line.startswith("#")]
    return [line for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines() if line]


def test_no_step_of_the_image_goes_on_after_a_failure() -> None:
    steps = [line for line in instructions() if line.startswith("RUN ")]
    assert len(steps) >= 4
    assert [step for step in steps if re.search(r"\|\||\||;|&(?!&)|\bset \+e", step.replace("&&", ""))] == []


def test_the_image_is_built_from_named_versions_only() -> None:
    lines = instructions()
    assert lines[0].startswith("ARG PYTHON=3.")
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert bases == ["python:${PYTHON}"] * 2
    assert [line for line in lines if line.startswith(("ADD ", "MAINTAINER ")) or ":latest" in line] == []
    assert all(line.split()[1].startswith("/") for line in lines if line.startswith("WORKDIR "))
    assert all(json.loads(line.split(maxsplit=1)[1]) for line in lines if line.startswith(("CMD ", "ENTRYPOINT ")))


def in_the_image(monkeypatch: pytest.MonkeyPatch, folder: Path, **settings: str) -> None:
    """The environment of the image; what it keeps goes to `folder`."""
    (block,) = [line for line in instructions() if line.startswith("ENV PATH=")]
    given = dict(re.findall(r"([A-Z_]+)=(\S+)", block))
    assert given["HTTP_HOST"] == "0.0.0.0"
    monkeypatch.chdir(folder)
    for name, value in (given | settings).items():
        if name in SETTINGS:
            monkeypatch.setenv(name, value.replace("/data/", f"{folder}/"))


def test_the_image_is_no_sandbox_on_an_open_address_unless_told_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    in_the_image(monkeypatch, tmp_path)
    with pytest.raises(Refusal, match=r"^HTTP_HOST: without TELEGRAM_BOT_TOKEN .* '0\.0\.0\.0'; .*SANDBOX_OPEN=true$"):
        run.run()
    assert not list(tmp_path.iterdir())


def test_neither_image_nor_compose_tells_the_sandbox_to_be_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("Dockerfile", "compose.yaml"):
        lines = [line for line in text(name).splitlines() if not line.startswith("#")]
        assert [line for line in lines if "SANDBOX_OPEN" in line] == []
    url = compose()["services"]["bot"]["environment"]["WEBHOOK_URL"].partition("${")[0] + "host.example/webhook"
    in_the_image(monkeypatch, tmp_path, WEBHOOK_URL=url, WEBHOOK_SECRET="s", TELEGRAM_BOT_TOKEN="")
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: set, but TELEGRAM_BOT_TOKEN is empty"):
        load()


def test_the_image_and_the_project_agree_on_python() -> None:
    (version,) = re.findall(r"ARG PYTHON=(\d\.\d+)", text("Dockerfile"))
    assert f'requires-python = ">={version}"' in text("pyproject.toml")


def test_code_project_image_and_changelog_are_of_one_version() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert re.findall(r"^ARG VERSION=(.*)$", text("Dockerfile"), re.MULTILINE) == [project] * 2
    assert "LABEL org.opencontainers.image.version=$VERSION" in text("Dockerfile")
    newest = re.findall(r"^## (\S+)", text("CHANGELOG.md"), re.MULTILINE)[0]
    assert (VERSION, newest) == (project, project)


def test_compose_has_a_database_two_replicas_and_a_proxy() -> None:
    services = compose()["services"]
    assert set(services) == {"db", "schema", "bot", "proxy"}
    assert services["bot"]["deploy"]["replicas"] == 2
    for name, service in services.items():
        waited_for = service.get("depends_on", [])
        assert set(waited_for) <= set(services), name


def test_compose_sets_only_settings_that_there_are_and_asks_for_the_rest() -> None:
    services = compose()["services"]
    assert set(services["bot"]["environment"]) <= SETTINGS
    assert set(re.findall(r"\$\{(\w+)", text("compose.yaml"))) == FROM_COMPOSE
    for name in FROM_COMPOSE:
        assert f"`{name}`" in (OPERATING / "install.md").read_text("utf-8")


def test_what_compose_mounts_is_there_and_the_proxy_lets_only_two_paths_in() -> None:
    mounted = [volume.split(":")[0] for volume in compose()["services"]["proxy"]["volumes"]]
    assert [name for name in mounted if name.startswith("./") and not (ROOT / name).exists()] == []
    proxy = (OPERATING / "Caddyfile").read_text("utf-8")
    assert re.findall(r"@public path (.*)", proxy) == ["/webhook /ingest/scores"]


def test_compose_mounts_a_catalogue_where_the_bot_looks_for_it() -> None:
    bot = compose()["services"]["bot"]
    (volume,) = bot["volumes"]
    source, place, mode = re.fullmatch(r"\$\{RULES_FOLDER:-(.*)\}:(.*):(.*)", volume).groups()  # type: ignore[union-attr]
    assert (place, mode) == (bot["environment"]["RULES_DIR"], "ro")
    assert lint(ROOT / source) == []


def test_the_schema_is_brought_up_before_a_replica_starts() -> None:
    services = compose()["services"]
    assert services["schema"]["command"] == ["db", "upgrade"]
    assert services["bot"]["depends_on"]["schema"]["condition"] == "service_completed_successfully"


def test_the_unit_restarts_the_bot_and_does_not_run_it_as_root() -> None:
    unit = dict(re.findall(r"^(\w+)=(.*)$", (OPERATING / "alliance-bot.service").read_text("utf-8"), re.MULTILINE))
    assert (unit["User"], unit["Restart"], unit["ProtectSystem"]) == ("alliance", "always", "strict")
    assert unit["ExecStart"].endswith(".venv/bin/alliance-bot run")
    assert {pair.split("=")[0] for pair in unit["Environment"].split()} <= SETTINGS
    install = (OPERATING / "install.md").read_text("utf-8")
    for path in (unit["EnvironmentFile"], unit["WorkingDirectory"], unit["ExecStart"].split("/.venv")[0]):
        assert path in install


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    called = set(re.findall(r"(?<![/\w-])alliance-bot((?: [a-z][a-z-]*){1,2})", page.read_text("utf-8")))
    unknown = [words for words in sorted(called) if not _exists(words.split())]
    assert unknown == []


def _exists(words: list[str]) -> bool:
    from typer.main import get_command  # noqa: PLC0415

    from bot.cli import app  # noqa: PLC0415

    found: Any = get_command(app)
    for word in words:
        if not hasattr(found, "commands"):
            return True  # what follows is an argument
        if word not in found.commands:
            return False
        found = found.commands[word]
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]{5,})(?:=[^`]*)?`", page.read_text("utf-8")))
    assert named - SETTINGS - FROM_COMPOSE == set()
