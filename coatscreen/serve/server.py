"""Serving a database until someone ends it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from coatscreen.serve.flat_tables import ABOUT
from coatscreen.serve.site import App, Page, Site
from screening.common.errors import InputError
from screening.criteria.quantities import registered

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TABLES = "/coatscreen"  # path of the tables, which is the name of their file


def require_server() -> None:
    """Check that what serves pages is installed.

    Raises
    ------
    InputError
        If it is not; the message says how to install it.
    """
    try:
        import datasette  # noqa: F401
    except ImportError:
        raise InputError("serving a database needs datasette: pip install 'coatscreen[browse]'") from None


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Parameters
    ----------
    host
        Name or address.
    port
        0 for any that is free.

    Raises
    ------
    InputError
        If the port is taken, or there is no such address on this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except (OSError, UnicodeError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot serve at {host}, port {port}: {why}; --port names another, 0 any free one") from None


def site(file: Path, title: str, pages: Mapping[str, Page], host: str, mounted: Mapping[str, App] | None = None) -> App:
    """Return the application that serves pages, and behind them the tables of a file.

    Parameters
    ----------
    file
        SQLite file of tables; it is opened as one that never changes.
    title
        Title of the tables.
    pages
        HTML by path, or what makes it when it is asked for first.
    host
        Where it is served: on this machine's loopback it answers to its names only.
    mounted
        Applications that answer all paths that begin with one.
    """
    from datasette.app import Datasette

    handler = import_module("datasette.handle_exception")  # behind the application, which registers it
    handler.rich = None  # type: ignore[attr-defined]  # else a slip in a reader's SQL is a page of traceback here
    tables = Datasette(
        immutables=[str(file)],
        metadata=_metadata(file.stem, title),
        settings={"allow_download": True, "default_page_size": 100, "sql_time_limit_ms": 5000},
    )
    app: App = tables.app()
    return Site(pages, app, LOOPBACK if host in LOOPBACK else None, mounted)


@contextmanager
def until_ended() -> Iterator[None]:
    """Do what is inside until the process is interrupted or told to end, which is no error."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def serve(app: App, listener: socket.socket) -> None:
    """Serve until the process is interrupted or told to end; requests under way are answered first."""
    import uvicorn

    uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2)).run(
        sockets=[listener]
    )


def _metadata(name: str, title: str) -> dict[str, Any]:
    about = {column: one.description for column, one in registered().items()}
    described: dict[str, dict[str, Any]] = {table: {"description": text} for table, text in ABOUT.items()}
    described["coatings"] = {**described["coatings"], "columns": about, "sort": "rank"}
    return {"title": title, "databases": {name: {"tables": described}}}
