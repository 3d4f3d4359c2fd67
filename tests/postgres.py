"""A temporary PostgreSQL server for tests: its own folder, a free loopback port, always stopped.

PostgreSQL refuses to run as root, so root hands it to the user `postgres`, or to `nobody`.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
MISSING = (
    "no PostgreSQL server was found; install one (on Debian: apt-get install postgresql) to run "
    "the tests that need it"
)
INITDB = ("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")


@dataclass(frozen=True)
class Server:
    """A running server in which each test may have a database of its own."""

    port: int

    def url(self, database: str) -> str:
        """Return the address of a database in this server."""
        return f"postgresql+psycopg://headway@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Create a database as a copy of another and return its address."""
        self._administer(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._administer(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _administer(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    found = [
        folder
        for place in PLACES
        for folder in Path("/").glob(place.lstrip("/"))
        if (folder / "initdb").exists() and (folder / "postgres").exists()
    ]
    return max(found, key=_version, default=None)


def _version(folder: Path) -> int:
    digits = "".join(sign for sign in folder.parent.name if sign.isdigit())
    return int(digits or 0)


@contextlib.contextmanager
def running(where: Path) -> Iterator[Server]:
    """Start a server from the programs in this folder; stop it and remove its files at the end."""
    owner = _owner()
    home = Path(tempfile.mkdtemp(prefix="headway-postgres-"))
    try:
        if owner:
            os.chown(home, owner.pw_uid, owner.pw_gid)
        data = home / "data"
        _run(
            [where / "initdb", "-D", data, "-U", "headway", *INITDB],
            home,
            owner,
        )
        port = free_port()
        process = _start(where, data, port, owner)
        try:
            _wait(process, data)
            yield Server(port)
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _owner() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError("root needs a user postgres or nobody to run PostgreSQL as")


def _run(command: list[str | Path], home: Path, owner: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        command, cwd=home, capture_output=True, text=True, check=False, **_identity(owner)
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def _start(
    where: Path, data: Path, port: int, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "on",
        "logging_collector": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(
            [*_with_parent(), where / "postgres", "-D", data, *options],
            cwd=data.parent,
            stdout=log,
            stderr=log,
            **_identity(owner),
        )


def _identity(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _with_parent() -> list[str]:
    # A test run that is killed cannot stop its server; where Linux has `setpriv`, the kernel does.
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []


def _wait(process: subprocess.Popen[bytes], data: Path) -> None:
    state = data / "postmaster.pid"  # its eighth line says when the server takes connections
    for _ in range(600):
        if process.poll() is not None:
            break
        lines = state.read_text().splitlines() if state.exists() else []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start: {(data.parent / 'log').read_text()}")
