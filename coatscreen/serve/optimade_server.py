"""Entries served by the OPTIMADE consortium's own server, from memory."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coatscreen.serve.optimade_entries import PREFIX
from coatscreen.serve.site import App
from screening.common.errors import InputError
from screening.common.provenance import software

PATH = "/optimade"
_ABOUT = "Cathode coatings for all-solid-state batteries, screened with coatscreen"


def require_optimade() -> None:
    """Check that the server is installed.

    Raises
    ------
    InputError
        If it is not; the message says how to install it.
    """
    try:
        import fastapi  # noqa: F401
        import optimade  # noqa: F401
    except ImportError:
        raise InputError("--optimade needs the server of OPTIMADE: pip install 'coatscreen[optimade]'") from None


def optimade_app(
    entries: Sequence[dict[str, Any]], fields: Sequence[dict[str, str]], address: str, folder: Path
) -> App:
    """Return the application that serves entries.

    Parameters
    ----------
    entries
        Structures, as :func:`coatscreen.serve.optimade_entries.entries` makes them.
    fields
        What their properties are that OPTIMADE does not define, as :func:`~.optimade_entries.provider_fields` says.
    address
        Where it is served, without the path.
    folder
        Where it may write its logs.
    """
    os.environ.setdefault("OPTIMADE_LOG_DIR", str(folder))  # it is read when the server is imported
    from optimade.server.config import LogLevel, ServerConfig
    from optimade.server.create_app import create_app
    from optimade.server.mappers import BaseResourceMapper

    base = f"{address}{PATH}"
    config = ServerConfig(
        database_backend="mongomock",
        mongo_uri="localhost",
        mongo_database=uuid.uuid4().hex,  # one client serves all of a process: each application has its own database
        insert_test_data=False,
        base_url=base,
        log_level=LogLevel.ERROR,
        log_dir=folder,
        provider={"prefix": PREFIX, "name": "coatscreen", "description": _ABOUT},
        implementation={"name": "coatscreen", "version": software().coatscreen},
        provider_fields={"structures": list(fields)},
    )
    for handler in logging.getLogger("optimade").handlers:
        handler.setLevel(logging.CRITICAL)  # a wrong filter is the asker's, who is told
    app = create_app(config, logger_tag="coatscreen")
    app.state.base_resource_mapper = BaseResourceMapper(config)  # it is made of the default otherwise
    app.state.entry_collections["structures"].insert(list(entries))
    app.state.entry_collections["links"].insert([_root(base)])
    return app  # type: ignore[no-any-return]  # what FastAPI makes is untyped to mypy here


def _root(base: str) -> dict[str, Any]:
    """Return the link that every OPTIMADE database has: to itself."""
    return {
        "id": PREFIX,
        "type": "links",
        "name": "coatscreen",
        "description": _ABOUT,
        "base_url": base,
        "homepage": None,
        "link_type": "root",
    }
