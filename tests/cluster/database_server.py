"""The server that the tests use: the MongoDB that MONGODB_URI names, else the double."""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import urlsplit

import pytest


class GivenServer:
    """A MongoDB that was there before the tests, and is not theirs to kill.

    Parameters
    ----------
    uri
        Where it is; a database in it is ignored.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def database_uri(self, name: str) -> str:
        """Return the URI of one database."""
        parts = urlsplit(self.uri)
        default = parts.path.strip("/")
        query = parts.query
        if default and "authSource=" not in query:
            query = f"{query}&authSource={default}".lstrip("&")
        return parts._replace(path=f"/{name}", query=query).geturl()

    def stop(self) -> NoReturn:
        """Skip the test that asks for it."""
        pytest.skip("MONGODB_URI names a server, and it is not the tests' to stop")

    kill = restart = start = stop
