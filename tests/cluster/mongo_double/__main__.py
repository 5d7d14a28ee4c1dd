"""Run the double: ``PYTHONPATH=tests python -m cluster.mongo_double --port 27018 --journal FILE``."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from .journal import Journal
from .scram import Credentials
from .server import Database, Server


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="mongo_double", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--journal", type=Path, help="keep what is written in this file; without it, in memory only")
    parser.add_argument("--user", help="ask for this user's password")
    parser.add_argument("--password-file", type=Path, help="the file that holds it")
    asked = parser.parse_args()
    if (asked.user is None) != (asked.password_file is None):
        parser.error("--user and --password-file go together")
    credentials = Credentials(asked.user, asked.password_file.read_text().strip()) if asked.user else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    database = Database(Journal(asked.journal) if asked.journal else None)
    with Server(asked.port, database, credentials) as server:
        print(f"the double of MongoDB listens on 127.0.0.1:{server.server_address[1]}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
