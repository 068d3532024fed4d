"""A PostgreSQL server for the tests: the one named, the one on this machine, or a throw-away cluster."""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from glob import glob
from pathlib import Path

import psycopg

HELP = (
    "These tests also run on PostgreSQL and none was found. Either name one, for example "
    "AFTERCARE_TEST_POSTGRES=postgresql://user:password@127.0.0.1:5432/postgres (the user must be allowed to create "
    "databases), or install the server programs (Debian and Ubuntu: apt-get install postgresql; "
    "macOS: brew install postgresql@16), and a throw-away cluster is started by itself."
)


@contextmanager
def server() -> Iterator[str]:
    """The address (libpq URL) of a server on which databases may be created. Raises RuntimeError when there is none."""
    named = os.environ.get("AFTERCARE_TEST_POSTGRES")
    if named:
        yield named
        return
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        url = f"postgresql://{user}@127.0.0.1:5432/postgres"
        if _may_create(url):
            yield url
            return
    with _throw_away() as url:
        yield url


@contextmanager
def own_database(server_url: str) -> Iterator[str]:
    """A new empty database, as an SQLAlchemy URL; dropped at the end."""
    name = f"aftercare_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    base = server_url.replace("postgresql://", "postgresql+psycopg://").rpartition("/")[0]
    try:
        yield f"{base}/{name}"
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _may_create(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return bool(row and row[0])
    except psycopg.OperationalError:
        return False


@contextmanager
def _throw_away() -> Iterator[str]:
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if not initdb or not pg_ctl:
        raise RuntimeError(HELP)
    folder = Path(tempfile.mkdtemp(prefix="aftercare-pg-"))
    port = _free_port()
    owner = _as_owner(folder)
    try:
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run([*owner, initdb, "-D", folder / "data", "-U", "aftercare", "-A", "trust", "-E", "UTF8"], **quiet)
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        subprocess.run(
            [*owner, pg_ctl, "-D", folder / "data", "-o", options, "-l", folder / "log", "-w", "start"], **quiet
        )
        yield f"postgresql://aftercare@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*owner, pg_ctl, "-D", folder / "data", "-m", "immediate", "stop"], stdout=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner(folder: Path) -> list[str]:
    # PostgreSQL refuses to run as root, so root lends the folder to the user that packages create for it.
    if os.geteuid() != 0:
        return []
    try:
        shutil.chown(folder, "postgres")
    except LookupError as error:
        raise RuntimeError(HELP) from error
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _program(name: str) -> str | None:
    return shutil.which(name) or next(iter(sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
