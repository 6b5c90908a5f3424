"""Servers of Debian's packages, for a single test: PostgreSQL with a standby or certificates, and pgbouncer.

Started by the user `postgres` where the tests run as root: neither server runs as root.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import trustme

from tests.web.whole import free_port

BIN: Final = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), Path("/nowhere"))
PGBOUNCER: Final = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
AS: Final = ["runuser", "--user", "postgres", "--"] if os.geteuid() == 0 else []

wants_postgresql = pytest.mark.skipif(not (BIN / "initdb").is_file(), reason="wants Debian's postgresql")
wants_pgbouncer = pytest.mark.skipif(
    PGBOUNCER is None or not (BIN / "initdb").is_file(), reason="wants Debian's postgresql and pgbouncer"
)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that listens on loopback and in its folder."""

    folder: Path
    port: int

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://postgres@{self.place}/postgres"

    def start(self) -> None:
        told = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        self._ctl("--wait", "--log", str(self.folder / "log"), "--options", told, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._ctl("--mode", mode, "stop")

    def promote(self) -> None:
        """Make the standby the primary."""
        self._ctl("--wait", "promote")

    def says(self, *statements: str) -> str:
        """What psql prints."""
        told = [word for statement in statements for word in ("--command", statement)]
        words = ["--host", str(self.folder), "--port", str(self.port), "--username", "postgres", "--no-align"]
        return _does(str(BIN / "psql"), *words, "--tuples-only", "--quiet", *told).strip()

    def _ctl(self, *words: str) -> None:
        _does(str(BIN / "pg_ctl"), "--pgdata", str(self.folder / "data"), *words)


@contextmanager
def primary(authority: trustme.CA | None = None, **settings: str) -> Iterator[Server]:
    """A new server with the settings, and a certificate of the authority; gone when the block is left."""
    with _folder() as folder:
        words = ["--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--no-sync"]
        settings = {"fsync": "off"} | settings
        _does(str(BIN / "initdb"), "--pgdata", str(folder / "data"), *words)
        if authority is not None:
            settings |= {"ssl": "on"} | _certified(folder, authority)
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        with _running(Server(folder, free_port())) as server:
            yield server


@contextmanager
def standby_of(server: Server) -> Iterator[Server]:
    """A server that follows the other one."""
    with _folder() as folder:
        words = ["--host", str(server.folder), "--port", str(server.port), "--username", "postgres", "--no-sync"]
        data = str(folder / "data")
        _does(str(BIN / "pg_basebackup"), *words, "--pgdata", data, "--write-recovery-conf", "--checkpoint=fast")
        with _running(Server(folder, free_port())) as standby:
            yield standby


@contextmanager
def pgbouncer(server: Server, sessions: int) -> Iterator[str]:
    """The URL of the server's database behind pgbouncer in transaction mode, with so many sessions on the server."""
    with _folder() as folder:
        port, conf = free_port(), folder / "pgbouncer.ini"
        conf.write_text(
            f"""[databases]
* = host={server.folder} port={server.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
log_connections = 0
log_disconnections = 0
"""
        )
        shutil.chown(conf, "postgres") if AS else None
        assert PGBOUNCER is not None
        with subprocess.Popen([*AS, PGBOUNCER, str(conf)], stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if "process up" in line:
                    break
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/postgres"
            process.terminate()


def _certified(folder: Path, authority: trustme.CA) -> dict[str, str]:
    """Settings that name the files of a new certificate for this machine."""
    made, files = authority.issue_cert("localhost"), {name: folder / name for name in ("ssl_cert_file", "ssl_key_file")}
    made.cert_chain_pems[0].write_to_path(files["ssl_cert_file"])
    made.private_key_pem.write_to_path(files["ssl_key_file"])
    for file in files.values():
        file.chmod(0o600)
        if AS:
            shutil.chown(file, "postgres")
    return {name: str(file) for name, file in files.items()}


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.start()
    try:
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        if AS:
            shutil.chown(name, "postgres")
        yield Path(name)


def _does(*words: str) -> str:
    """What the program prints. Raises CalledProcessError."""
    done = subprocess.run([*AS, *words], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout
