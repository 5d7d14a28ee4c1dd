"""What a node of the cluster says of itself; run as a module, it writes that into a file."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
import uuid
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from screening.database import StoreLocation
from screening.errors import StoreError
from screening.provenance import software

_PACKAGES = ("jobflow", "FireWorks", "jobflow-remote", "pymatgen", "maggma")


class NodeReport(BaseModel):
    """What a process says of itself."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(description="name of the machine")
    python: str = Field(description="the interpreter")
    versions: dict[str, str | None] = Field(description="of coatscreen, Python and other packages; null: not installed")
    ping_seconds: int | None = Field(description="between two signs of life, as FireWorks reads it")
    database_fault: str | None = Field(description="why the database of the site cannot be used; null: it can")


def versions() -> dict[str, str | None]:
    """Return the versions that matter to a job."""
    found: dict[str, str | None] = {"coatscreen": software().coatscreen, "Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def write_and_read(location: StoreLocation) -> None:
    """Write a document, read it and remove it.

    Raises
    ------
    StoreError
        If one of these fails; no password is in the message.
    """
    from pymongo import MongoClient

    key = {"_id": uuid.uuid4().hex}
    with location.errors(), MongoClient(location.uri, **location.client_options) as client:
        collection = client.get_default_database()["doctor"]
        collection.insert_one(key)
        found = collection.find_one(key)
        collection.delete_one(key)
    if found != key:
        raise StoreError(f"{location.name}: a document was written, but is not there to be read")


def report() -> NodeReport:
    """Return what this process finds, on the site of its variable COATSCREEN_SITE."""
    from workflows.queue.site import Site, site_folder

    site = Site.read(site_folder())
    ping = None
    if site.manager == "fireworks":
        from fireworks import fw_config

        ping = fw_config.PING_TIME_SECS
    fault = None
    try:
        write_and_read(site.location)
    except StoreError as error:
        fault = str(error)
    return NodeReport(
        host=socket.gethostname(), python=sys.executable, versions=versions(), ping_seconds=ping, database_fault=fault
    )


def main() -> None:
    """Write the report; the file is there only when it is whole."""
    target = Path(sys.argv[1])
    unfinished = target.with_suffix(".part")
    unfinished.write_text(json.dumps(report().model_dump()), encoding="utf-8")
    os.replace(unfinished, target)  # noqa: PTH105


if __name__ == "__main__":
    main()
