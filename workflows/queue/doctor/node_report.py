"""What a process on a node of the cluster finds there: versions, settings, and whether it reaches the database."""

from __future__ import annotations

import platform
import socket
import sys
import uuid
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.common.errors import StoreError
from screening.common.provenance import software
from screening.database import StoreLocation
from screening.files.content import write_whole
from workflows.queue.site import Site, site_folder

_PACKAGES = ("jobflow", "FireWorks", "jobflow-remote", "pymatgen", "maggma")


class NodeReport(BaseModel):
    """What a process finds on a node."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(description="the name of the machine")
    python: str = Field(description="the path of the interpreter")
    versions: dict[str, str | None] = Field(description="of coatscreen, Python and other packages; null: not installed")
    ping_seconds: int | None = Field(description="between two signs of life, as FireWorks reads it")
    database_fault: str | None = Field(description="why the site's database cannot be used; null where it can be")


def versions() -> dict[str, str | None]:
    """Return the versions that matter to a job; None for a package that is not installed."""
    found: dict[str, str | None] = {"coatscreen": software().coatscreen, "Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def write_and_read(location: StoreLocation) -> None:
    """Write a document into a database, read it and remove it.

    Raises
    ------
    StoreError
        If one of these fails; the message holds no password.
    """
    from pymongo import MongoClient

    key = {"_id": uuid.uuid4().hex}
    with location.first_contact(), MongoClient(location.uri, **location.client_options) as client:
        collection = client.get_default_database()["doctor"]
        collection.insert_one(key)
        found = collection.find_one(key)
        collection.delete_one(key)
    if found != key:
        raise StoreError(f"{location.name}: a document was written, but is not there to be read")


def write_report(file: Path) -> None:
    """Write what this process finds on the site of its variable COATSCREEN_SITE into a file.

    Raises
    ------
    InputError
        If the site cannot be read here.
    """
    site = Site.read(site_folder())
    ping_seconds, fault = None, None
    if site.manager == "fireworks":
        from fireworks import fw_config

        ping_seconds = fw_config.PING_TIME_SECS
    try:
        write_and_read(site.location)
    except StoreError as error:
        fault = str(error)
    report = NodeReport(
        host=socket.gethostname(),
        python=sys.executable,
        versions=versions(),
        ping_seconds=ping_seconds,
        database_fault=fault,
    )
    write_whole(file, report.model_dump_json())
