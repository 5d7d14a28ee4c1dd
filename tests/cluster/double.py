"""Starting, stopping and killing the double of MongoDB."""

from __future__ import annotations

import os
import secrets
import select
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
PATIENCE_S = 30


class Double:
    """The double of MongoDB, as a process of its own that keeps a journal.

    Parameters
    ----------
    folder
        Where the journal, the password and what it prints are kept.
    authenticated
        Whether it asks for a user's password.
    largest_journal_bytes
        A limit to the journal, to see it full.
    """

    def __init__(self, folder: Path, *, authenticated: bool = True, largest_journal_bytes: int | None = None) -> None:
        self.folder = folder
        self.journal = folder / "journal"
        self.user = "coatscreen" if authenticated else None
        self.password = secrets.token_hex(12) if authenticated else None
        self.largest_journal_bytes = largest_journal_bytes
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        if self.password is not None:
            (folder / "password").write_text(self.password)

    @property
    def uri(self) -> str:
        """The URI of the server, without a database."""
        return self.database_uri("").rpartition("/")[0]

    def database_uri(self, name: str) -> str:
        """Return the URI of one database."""
        if self.user is None:
            return f"mongodb://127.0.0.1:{self.port}/{name}"
        return f"mongodb://{self.user}:{self.password}@127.0.0.1:{self.port}/{name}?authSource=admin"

    def start(self) -> None:
        """Start it, on the port it had before."""
        command = [
            sys.executable,
            "-m",
            "cluster.mongo_double",
            "--port",
            str(self.port),
            "--journal",
            str(self.journal),
        ]
        if self.user is not None:
            command += ["--user", self.user, "--password-file", str(self.folder / "password")]
        if self.largest_journal_bytes is not None:
            command = ["prlimit", f"--fsize={self.largest_journal_bytes}", *command]
        with (self.folder / "stderr").open("a") as stderr:
            self._process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, "PYTHONPATH": str(TESTS)},
                start_new_session=True,
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], PATIENCE_S)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self.kill()
            raise RuntimeError(f"the double did not start: {(self.folder / 'stderr').read_text()[-2000:]}")
        self.port = int(line.rpartition(":")[2])

    @property
    def pid(self) -> int | None:
        """The process, or None while it is down."""
        return self._process.pid if self._process else None

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

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait(timeout=PATIENCE_S)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
